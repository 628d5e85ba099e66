use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn accepted_text_is_trimmed_bounded_and_round_trips(text in "[\\x00-\\x20a-zё]{0,90}") {
        if let Ok(name) = text.parse::<Name>() {
            prop_assert_eq!(name.as_str(), text.trim());
            prop_assert!((1..=80).contains(&name.as_str().chars().count()));
            prop_assert_eq!(name.as_str().parse::<Name>(), Ok(name.clone()));
        } else {
            let text = text.trim();
            prop_assert!(text.is_empty() || text.chars().count() > 80 || text.chars().any(char::is_control));
        }
    }
}

#[test]
fn a_name_is_visible_and_does_not_affect_the_text_next_to_it() {
    for unseen in [
        "\u{200b}",
        "\u{ad}",
        "\u{2800}",
        "\u{3164}",
        "\u{115f}",
        "\u{301}",
        "\u{64b}",
        "\u{94d}",
        "\u{20dd}",
        "\u{fe0f}",
        "\u{200d}",
        "\u{e0041}",
        "\u{abc}",
        "\u{102d}",
        "\u{11001}",
        "\u{fff9}",
        " \u{200b} \u{a0}\u{308}",
        "\u{202e}",
        // No characters, unassigned ones, ones for private use.
        "\u{fffe}",
        "\u{ffff}",
        "\u{fdd0}",
        "\u{1fffe}",
        "\u{10ffff}",
        "\u{378}",
        "\u{e1000}",
        "\u{50000}",
        "\u{e000}",
        "\u{f8ff}",
        "\u{10fffd}",
        // Format characters.
        "\u{600}",
        "\u{6dd}",
        "\u{70f}",
        "\u{8e2}",
        "\u{110bd}",
        "\u{13430}",
        // Blank glyphs.
        "\u{fffc}",
        "\u{13441}\u{13442}",
        "\u{1d159} \u{2800}",
        "\u{e000}\u{301} \u{fffe}",
    ] {
        assert_eq!(unseen.parse::<Name>(), Err(TextError::Missing), "{unseen:?}");
        let stored = Name::try_from(unseen.to_owned()).map(|name| name.to_string());
        assert_eq!(stored, Ok(unseen.trim().to_owned()), "an old name stays readable: {unseen:?}");
    }
    for turning in [
        "a\u{2028}b",
        "a\u{2029}b",
        "a\u{202e}b",
        "\u{2066}a\u{2069}",
        "a\u{200f}",
        "\u{200e}a",
        "a\u{61c}",
        "a\u{202a}b\u{202c}",
    ] {
        assert_eq!(turning.parse::<Name>(), Err(TextError::ControlCharacter), "{turning:?}");
        assert!(turning.parse::<Comment>().is_ok(), "a note keeps what it has");
    }
    for seen in [
        "A",
        "ё",
        "e\u{301}",
        "🏠",
        "👨\u{200d}👩",
        "…",
        "\"",
        "'",
        "\\",
        "€",
        "𝒜",
        "𠀀",
        "ﾊ",
        "A\u{e000}",
        "כסף",
        "मा",
        "ไทย",
    ] {
        assert_eq!(seen.parse::<Name>().map(|name| name.to_string()), Ok(seen.to_owned()));
    }
    let sees = |text: &str| text.parse::<Comment>().map(|comment| comment.shown());
    assert_eq!(sees("plain"), Ok("plain".into()));
    assert_eq!(sees("כסף"), Ok("\u{2068}כסף\u{2069}".into()));
    assert_eq!(sees("a\u{2069}\u{202e}b"), Ok("\u{2068}ab\u{2069}".into()));
}

#[test]
fn a_comment_is_counted_in_characters_not_bytes() {
    assert!("ё".repeat(500).parse::<Comment>().is_ok());
    assert_eq!("ё".repeat(501).parse::<Comment>(), Err(TextError::TooLong { max: 500 }));
    assert_eq!("a\0b".parse::<Comment>(), Err(TextError::ControlCharacter));
    assert_eq!("two\nlines".parse::<Comment>(), Err(TextError::ControlCharacter));
}

#[test]
fn an_email_needs_two_sides_and_no_spaces() {
    assert_eq!(" Anna@Example.org ".parse::<Email>().map(|e| e.to_string()), Ok("anna@example.org".into()));
    for text in ["anna", "@b", "a@", "a@b@c", "a b@c", "a\u{202e}b@c", "a\u{200b}@c"] {
        assert_eq!(text.parse::<Email>(), Err(TextError::NotAnEmail), "{text}");
    }
}
