//! Finds a name by a few letters: in its own alphabet, transliterated, or typed on the wrong keyboard layout.

use super::text::folded;

/// The keys of an English keyboard layout, and of a Russian one.
const KEYS: [(&str, &str); 3] =
    [("qwertyuiop[]", "йцукенгшщзхъ"), ("asdfghjkl;'", "фывапролджэ"), ("zxcvbnm,.`", "ячсмитьбюё")];

/// The text that the same keys produce on the other layout.
#[must_use]
pub fn other_keyboard(text: &str) -> String {
    let swap = |c: char| {
        let other =
            |from: &str, to: &str| from.chars().zip(to.chars()).find(|(a, _)| *a == c).map(|(_, b)| b);
        KEYS.into_iter().find_map(|(en, ru)| other(en, ru).or_else(|| other(ru, en))).unwrap_or(c)
    };
    text.chars().map(swap).collect()
}

/// Transliterates Russian letters to Latin ones, as people spell them.
fn latin(text: &str) -> String {
    let mut latin = String::with_capacity(text.len());
    for c in text.chars() {
        latin.push_str(match c {
            'а' => "a",
            'б' => "b",
            'в' => "v",
            'г' => "g",
            'д' => "d",
            'е' | 'э' | 'ё' => "e",
            'ж' => "zh",
            'з' => "z",
            'и' => "i",
            'й' | 'ы' => "y",
            'к' => "k",
            'л' => "l",
            'м' => "m",
            'н' => "n",
            'о' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'у' => "u",
            'ф' => "f",
            'х' => "h",
            'ц' => "ts",
            'ч' => "ch",
            'ш' => "sh",
            'щ' => "sch",
            'ъ' | 'ь' => "",
            'ю' => "yu",
            'я' => "ya",
            other => {
                latin.push(other);
                continue;
            }
        });
    }
    latin
}

/// How well typed letters match a name; greater is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The letters occur in order.
    Scattered,
    /// The letters occur together.
    Within,
    /// A word of the name begins with them.
    WordStart,
    /// The name begins with them.
    Start,
    /// They are the whole name.
    Whole,
}

fn plain_fit(name: &str, letters: &str) -> Option<Fit> {
    if name == letters {
        return Some(Fit::Whole);
    }
    if name.starts_with(letters) {
        return Some(Fit::Start);
    }
    let boundary = |c: char| c.is_whitespace() || c.is_ascii_punctuation();
    if name.split(boundary).any(|word| word.starts_with(letters)) {
        return Some(Fit::WordStart);
    }
    if name.contains(letters) {
        return Some(Fit::Within);
    }
    // Scattered letters must begin with the start of a word, since otherwise nearly every name would match.
    let begins = letters.chars().next();
    name.split(boundary).filter(|word| word.chars().next() == begins).find_map(|word| {
        let mut rest = name.get(word.as_ptr().addr() - name.as_ptr().addr()..)?.chars();
        letters.chars().all(|c| rest.any(|other| other == c)).then_some(Fit::Scattered)
    })
}

/// How well typed letters match a name; `None` if they do not.
#[must_use]
pub fn fit(name: &str, typed: &str) -> Option<Fit> {
    let (name, typed) = (folded(name.trim()), folded(typed.trim()));
    if typed.is_empty() {
        return None;
    }
    let other = folded(&other_keyboard(&typed));
    [plain_fit(&name, &typed), plain_fit(&name, &other), plain_fit(&latin(&name), &latin(&typed))]
        .into_iter()
        .flatten()
        .max()
}

/// The rows that match, best first; equal matches by use, most used first, then in their given order.
#[must_use]
pub fn found<T>(
    rows: impl IntoIterator<Item = (T, usize)>,
    name: impl Fn(&T) -> String,
    typed: &str,
) -> Vec<T> {
    let mut fitting: Vec<(Fit, usize, T)> = rows
        .into_iter()
        .filter_map(|(row, used)| fit(&name(&row), typed).map(|fit| (fit, used, row)))
        .collect();
    // A stable sort keeps the order of equal rows.
    fitting.sort_by_key(|(fit, used, _)| std::cmp::Reverse((*fit, *used)));
    fitting.into_iter().map(|(_, _, row)| row).collect()
}

/// The pause in milliseconds after which a letter begins a new search, as in the lists of a browser.
pub const PAUSE: f64 = 1000.0;

/// The search text after one more letter, typed `since` milliseconds after the last.
///
/// If all letters together match nothing, the longest end of them that matches remains. If not even the new letter
/// matches, all remain, so that the person sees that they match nothing.
#[must_use]
pub fn typed_on(before: &str, since: f64, letter: char, matches: impl Fn(&str) -> bool) -> String {
    // A clock that was set back also ends a search.
    let before = if (0.0..PAUSE).contains(&since) { before } else { "" };
    let all = format!("{before}{letter}");
    let rest = |(at, c): (usize, char)| all.get(at..).filter(|_| !c.is_whitespace());
    let fitting = all.char_indices().filter_map(rest).find(|letters| matches(letters)).map(str::to_owned);
    fitting.unwrap_or(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 9] = [
        "Groceries",
        "Eating out",
        "Gas",
        "Продукты",
        "Кафе и рестораны",
        "Подарки",
        "Ёлка",
        "Children",
        "Car",
    ];

    fn first(typed: &str) -> &'static str {
        found(NAMES.map(|name| (name, 0)), |name| (*name).to_owned(), typed)
            .first()
            .copied()
            .unwrap_or("nothing")
    }

    #[test]
    fn a_few_letters_find_a_name_in_either_alphabet_and_keyboard_layout() {
        for (typed, name) in [
            ("gro", "Groceries"),
            ("GRC", "Groceries"),
            ("out", "Eating out"),
            ("eo", "Eating out"),
            ("про", "Продукты"),
            // The keys of `про` and of `gro`.
            ("ghj", "Продукты"),
            ("пкщ", "Groceries"),
            ("prod", "Продукты"),
            ("rest", "Кафе и рестораны"),
            ("рест", "Кафе и рестораны"),
            ("елка", "Ёлка"),
            ("`krf", "Ёлка"),
            ("хоз", "nothing"),
            ("", "nothing"),
            ("xyz", "nothing"),
        ] {
            assert_eq!(first(typed), name, "{typed}");
        }
    }

    #[test]
    fn among_equal_matches_the_most_used_comes_first() {
        let rows = [("Gifts", 1), ("Gas", 9), ("Garden", 0), ("Leggings", 99)];
        assert_eq!(found(rows, |name| (*name).to_owned(), "g"), ["Gas", "Gifts", "Garden", "Leggings"]);
    }

    /// The search after these letters, each with the time since the last.
    fn search(letters: impl IntoIterator<Item = (f64, char)>) -> String {
        let matches = |typed: &str| first(typed) != "nothing";
        letters
            .into_iter()
            .fold(String::new(), |before, (since, letter)| typed_on(&before, since, letter, matches))
    }

    #[test]
    fn a_pause_begins_a_new_search_and_letters_that_match_nothing_together_keep_the_last_that_do() {
        for (typed, since, then, letters) in [
            ("gro", 200.0, "c", "groc"),
            ("gro", PAUSE, "c", "c"),
            ("gas", 200.0, "chi", "chi"),
            ("кафе", 200.0, " и", "кафе и"),
            ("gas", 200.0, "q", "gasq"),
            ("gas", 200.0, "qca", "ca"),
        ] {
            let slowly = then.chars().enumerate().map(|(n, c)| (if n == 0 { since } else { 0.0 }, c));
            let all = typed.chars().map(|c| (0.0, c)).chain(slowly);
            assert_eq!(search(all), letters, "{typed}, {then}");
        }
    }

    proptest! {
        #[test]
        fn a_search_is_the_longest_end_of_the_letters_since_the_pause_that_matches(
            before in "[a-zа-я]{0,4}",
            since in prop_oneof![Just(0.0), Just(PAUSE - 1.0), Just(PAUSE), Just(60_000.0)],
            letter in proptest::char::range('a', 'z'),
        ) {
            let matches = |typed: &str| first(typed) != "nothing";
            let now = typed_on(&before, since, letter, matches);
            let all = if since < PAUSE { format!("{before}{letter}") } else { letter.to_string() };
            prop_assert!(all.ends_with(&now) && now.ends_with(letter));
            let longer = all.char_indices().map(|(at, _)| &all[at..]).filter(|rest| rest.len() > now.len());
            for rest in longer {
                prop_assert!(!matches(rest), "{rest} is longer than {now}");
            }
            prop_assert!(matches(&now) || now == all);
        }

        #[test]
        fn a_name_typed_after_a_pause_is_found_whatever_was_typed_before(at in 0..NAMES.len(), before in "[a-zа-я]{0,6}") {
            let old = before.chars().map(|c| (0.0, c));
            let new = NAMES[at].chars().enumerate().map(|(n, c)| (if n == 0 { PAUSE } else { 0.0 }, c));
            prop_assert_eq!(search(old.chain(new)), NAMES[at]);
        }

        #[test]
        fn a_completely_typed_name_matches_best_on_either_layout(name in "[a-zа-яё]{1,12}( [a-zа-яё]{1,8})?") {
            prop_assert_eq!(fit(&name, &name), Some(Fit::Whole));
            // A sign on one layout may be a letter on the other; swapping twice is the identity.
            prop_assert_eq!(other_keyboard(&other_keyboard(&name)), name.clone());
            prop_assert_eq!(fit(&name, &other_keyboard(&folded(&name))), Some(Fit::Whole));
        }

        #[test]
        fn a_prefix_of_a_match_still_matches(at in 0..NAMES.len(), count in 1..6_usize) {
            let letters: String = NAMES[at].chars().take(count).collect();
            prop_assert!(fit(NAMES[at], &letters).is_some_and(|fit| fit >= Fit::Start));
        }

        #[test]
        fn no_text_panics(name in "\\PC{0,20}", typed in "\\PC{0,8}") {
            let _ = fit(&name, &typed);
        }
    }
}
