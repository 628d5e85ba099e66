//! The direction of text: what a person typed may be right-to-left, or contain characters that change the direction.

/// Whether a character changes the text direction of what follows it, or ends such a change.
pub(super) const fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character belongs to a right-to-left script.
const fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}')
        || matches!(c, '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Isolates a person's text, so that its direction does not affect the text next to it. A left-to-right text
/// is returned unchanged, since the program's own words are left-to-right, too.
#[must_use]
pub fn isolated(text: &str) -> String {
    if !text.contains(|c| is_direction(c) || is_right_to_left(c)) {
        return text.to_owned();
    }
    // Controls within the text could end the isolation.
    let ends = |c: &char| matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let inside: String = text.chars().filter(|c| !ends(c)).collect();
    format!("\u{2068}{inside}\u{2069}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn isolated_text_is_balanced_and_keeps_its_letters(text in "[a-zא-ת\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069} ]{0,12}") {
            let shown = isolated(&text);
            let direction = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            let plain = |text: &str| text.chars().filter(|c| !direction(*c)).collect::<String>();
            prop_assert_eq!(plain(&shown), plain(&text));
            let controls: String = shown.chars().filter(|c| direction(*c)).collect();
            let around = shown.starts_with('\u{2068}') && shown.ends_with('\u{2069}');
            let balanced = controls.is_empty() || around && controls == "\u{2068}\u{2069}";
            prop_assert!(balanced, "{:?}", shown);
        }
    }
}
