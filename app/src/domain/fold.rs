//! Folding of searchable text: names, notes, tags, and search terms.
//!
//! Server and browser must fold identically, since text folded by one is compared with text folded by the
//! other. So the letters are listed here; of Unicode's tables only those for case are used.

use super::case::lower;

/// The version of the folding, which the database stores with its `folded` columns. Whoever changes the
/// result of [`folded`] or of [`folded_note`](super::tag::folded_note) must increment it: the columns are then folded
/// again at the next start.
pub const FOLDING: i64 = 2;

/// Latin letters with marks and strokes, by their base letters.
const LATIN: [(&str, &str); 33] = [
    ("a", "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ"),
    ("ae", "æǣǽ"),
    ("b", "ƀḃḅḇ"),
    ("c", "çćĉċčḉ"),
    ("d", "ðďđḋḍḏḑḓ"),
    ("dz", "ǆǳ"),
    ("e", "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ"),
    ("f", "ḟ"),
    ("g", "ĝğġģǥǧǵḡ"),
    ("h", "ĥħȟḣḥḧḩḫẖ"),
    ("i", "ìíîïĩīĭįıǐȉȋḭḯỉị"),
    ("ij", "ĳ"),
    ("j", "ĵǰ"),
    ("k", "ķĸǩḱḳḵ"),
    ("l", "ĺļľŀłḷḹḻḽ"),
    ("lj", "ǉ"),
    ("m", "ḿṁṃ"),
    ("n", "ñńņňŋǹṅṇṉṋ"),
    ("nj", "ǌ"),
    ("o", "òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ"),
    ("oe", "œ"),
    ("p", "ṕṗ"),
    ("r", "ŕŗřȑȓṙṛṝṟ"),
    ("s", "śŝşšſșṡṣṥṧṩẛ"),
    ("ss", "ß"),
    ("t", "ţťŧțṫṭṯṱẗ"),
    ("th", "þ"),
    ("u", "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"),
    ("v", "ṽṿ"),
    ("w", "ŵẁẃẅẇẉẘ"),
    ("x", "ẋẍ"),
    ("y", "ýÿŷȳẏẙỳỵỷỹ"),
    ("z", "źżžƶẑẓẕ"),
];

/// The base letter of a letter with a mark or stroke.
fn latin(c: char) -> Option<&'static str> {
    // A shortcut for most letters.
    if !matches!(c, '\u{df}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') {
        return None;
    }
    LATIN.iter().find(|(_, marked)| marked.contains(c)).map(|(plain, _)| *plain)
}

const fn greek(c: char) -> Option<char> {
    Some(match c {
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        _ => return None,
    })
}

/// A letter or sign that is drawn as empty space.
#[must_use]
pub const fn is_blank(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// Whether a character is invisible on a screen, wherever it stands.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    is_blank(c)
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(c, '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}')
        || matches!(c, '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A combining mark of Latin, Greek and Cyrillic letters, written after its letter.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
}

/// Converts to lower case and removes marks, except from Cyrillic letters that are separate letters with
/// them.
pub(super) fn unmarked(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in lower(text).chars() {
        // A letter and its mark may be two characters.
        let whole = match (c, plain.chars().next_back()) {
            ('\u{306}', Some('и')) => Some('й'),
            ('\u{306}', Some('у')) => Some('ў'),
            ('\u{308}', Some('е')) => Some('ё'),
            ('\u{308}', Some('і')) => Some('ї'),
            _ => None,
        };
        if let Some(whole) = whole {
            plain.pop();
            plain.push(whole);
        } else if let Some(letters) = latin(c) {
            plain.push_str(letters);
        } else if c.is_whitespace() {
            plain.push(' ');
        } else if !is_mark(c) && !is_invisible(c) {
            plain.push(greek(c).unwrap_or(c));
        }
    }
    plain
}

/// The form in which text is searched: lower case, without accents, `ё` as `е`, `ß` as `ss`.
#[must_use]
pub fn folded(text: &str) -> String {
    let letter = |c| match c {
        'ё' | 'ѐ' => 'е',
        'ї' => 'і',
        'ў' => 'у',
        'ѝ' => 'и',
        'ѓ' => 'г',
        'ќ' => 'к',
        c => c,
    };
    unmarked(text).chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_are_folded_however_they_are_written() {
        for (text, plain) in [
            ("Äpfel", "apfel"),
            ("A\u{308}pfel", "apfel"),
            ("Łódź", "lodz"),
            ("Straße", "strasse"),
            ("STRASSE", "strasse"),
            ("GROẞ", "gross"),
            ("Crème brûlée", "creme brulee"),
            ("Smørrebrød", "smorrebrod"),
            ("Æbler", "aebler"),
            ("Œufs", "oeufs"),
            ("İstanbul ışık", "istanbul isik"),
            ("Đà Nẵng", "da nang"),
            ("Þór", "thor"),
            ("Ёлка", "елка"),
            ("Е\u{308}лка", "елка"),
            ("Чай", "чай"),
            ("Чаи\u{306}", "чай"),
            ("Їжа й ґрунт", "іжа й ґрунт"),
            ("ΚΑΦΈΣ", "καφεσ"),
            ("auto\u{ad}mobil", "automobil"),
            ("a\u{a0}b", "a b"),
            ("日本", "日本"),
        ] {
            assert_eq!(folded(text), plain, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_is_idempotent(text in "(\\PC|[a-zA-ZÀ-žА-яёЁ\u{300}-\u{310}]){0,20}") {
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
        }

        #[test]
        fn every_letter_of_the_table_folds_to_its_base(at in 0..LATIN.len()) {
            let (plain, marked) = LATIN[at];
            for letter in marked.chars() {
                prop_assert_eq!(folded(&letter.to_string()), plain, "{}", letter);
                prop_assert_eq!(folded(&super::super::case::upper(&letter.to_string())), plain, "{}", letter);
            }
        }
    }
}
