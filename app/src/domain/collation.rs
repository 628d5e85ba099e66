//! The order in which people sort names: `Äpfel` with A, `Ёлка` among the Ё that follow the Е, ignoring case;
//! spaces and signs first, then digits, then letters.
//!
//! Server and browser sort the same lists, and a page must not reorder when it hydrates. So the order is
//! computed here, from the letters alone; of Unicode's tables only those for case and for compatibility are used,
//! which are the same everywhere. For the letters of Europe it equals Unicode's collation.

use super::{case::lower, fold::unmarked};
use std::{borrow::Cow, cmp::Reverse};

/// Letters that follow another one in their alphabet but not in code point order.
const AFTER: [(char, &str); 15] = [
    ('а', "ә"),
    ('г', "ґғѓ"),
    ('д', "ђ"),
    ('е', "ёєѐ"),
    ('з', "ѕ"),
    ('и', "ѝії"),
    ('й', "ј"),
    ('к', "қќ"),
    ('л', "љ"),
    ('н', "ңњ"),
    ('о', "ө"),
    ('т', "ћ"),
    ('у', "ўүұ"),
    ('х', "һ"),
    ('ч', "џ"),
];

/// Names compare as their keys do.
pub type SortKey = (Vec<u32>, String, Reverse<String>);

/// The sort key of a name: its base letters, then its marks, then its case.
#[must_use]
pub fn key(name: &str) -> SortKey {
    (unmarked(&plain(name)).chars().map(weight).collect(), lower(name), Reverse(name.to_owned()))
}

/// The letters that compatibility letters stand for: `ﬁ` is `fi`, `Ⅳ` is `IV`.
fn plain(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    #[cfg(target_arch = "wasm32")]
    return Cow::Owned(js_sys::JsString::from(name).normalize("NFKC").into());
    #[cfg(not(target_arch = "wasm32"))]
    icu_normalizer::ComposingNormalizerBorrowed::new_nfkc().normalize(name)
}

fn weight(c: char) -> u32 {
    let group = match c {
        ' ' => 0,
        '0'..='9' => 2,
        'a'..='z' => 3,
        '\0'..='\u{a9}' | '\u{ab}'..='\u{b4}' | '\u{b6}'..='\u{b9}' | '\u{bb}'..='\u{bf}' | '×' | '÷' => 1,
        // Signs, arrows and pictographs.
        '\u{2000}'..='\u{2bff}' | '\u{2e00}'..='\u{2e7f}' | '\u{3000}'..='\u{303f}' => 1,
        '\u{fe10}'..='\u{fe6f}' | '\u{1f000}'..='\u{1faff}' => 1,
        _ => 3,
    };
    let after = matches!(c, '\u{450}'..='\u{4ff}')
        .then(|| {
            AFTER.iter().find_map(|(letter, followers)| {
                let place = followers.chars().position(|follower| follower == c)?;
                Some((*letter, u32::try_from(place).ok()? + 1))
            })
        })
        .flatten();
    let (letter, place) = after.unwrap_or((c, 0));
    (group << 28) | (u32::from(letter) * 8 + place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The order of `Intl.Collator("be")`, in which Ё is a separate letter that follows Е.
    const SORTED: [&str; 34] = [
        "- other",
        "«Пятёрочка»",
        "10 things",
        "2nd car",
        "apfel",
        "Apfel",
        "Äpfel",
        "Apple",
        "Auto",
        "cafe",
        "Café",
        "Čaj",
        "Day",
        "Łódź",
        "London",
        "Lotto",
        "Ökologie",
        "Opera",
        "strasse",
        "Straße",
        "Stream",
        "Żabka",
        "Zoo",
        "Авто",
        "Еда",
        "Ель",
        "Ёж",
        "ёлка",
        "Ёлка",
        "Жильё",
        "Игры",
        "Йога",
        "Яблоки",
        "Яйца",
    ];

    #[test]
    fn names_are_in_alphabetical_order() {
        let mut names = SORTED;
        names.reverse();
        names.sort_by_cached_key(|name| key(name));
        assert_eq!(names, SORTED);
    }

    #[test]
    fn a_compatibility_letter_is_sorted_as_the_letters_that_it_stands_for() {
        // The order of `Intl.Collator("en")`.
        let sorted = [
            "℃", "½ price", "1st", "②b", "２nd", "3rd", "Ａpfel", "apple", "ⓑus", "fig", "file", "fish",
            "ﬁsh", "fist", "Ⅲ", "iris", "IV", "Ⅳ", "IVa", "Kelvin", "㎏", "m²", "m³", "№ 3", "Nobel", "™b",
            "ⅷ", "x",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by_cached_key(|name| key(name));
        assert_eq!(names, sorted);
        for (one, two) in [("ﬁsh", "fish"), ("Ⅳ", "IV"), ("ⅷ", "viii"), ("Ｆｉｓｈ", "Fish"), ("m²", "m2")]
        {
            assert_eq!(key(one).0, key(two).0, "{one}");
            assert!(key(one) > key(two), "{one}");
        }
    }

    #[test]
    fn a_letter_and_its_mark_are_sorted_as_one_letter() {
        for (two, one) in [("A\u{308}pfel", "Äpfel"), ("Е\u{308}лка", "Ёлка"), ("И\u{306}ога", "Йога")]
        {
            assert_eq!(key(two).0, key(one).0, "{one}");
        }
    }

    proptest! {
        #[test]
        fn the_order_is_total_and_only_equal_names_have_equal_keys(a in "\\PC{0,8}", b in "\\PC{0,8}") {
            prop_assert_eq!(key(&a) == key(&b), a == b);
        }
    }
}
