//! Whether what a form or query carries is text.

/// Whether every name and value of a form or query is UTF-8 once its escapes are resolved.
///
/// The usual readers put U+FFFD in the place of each byte that is not, so that something else is stored than was sent.
/// That character itself may be typed. A percent sign that begins no escape stands for itself, as browsers have it.
#[must_use]
pub fn is_text(encoded: &[u8]) -> bool {
    encoded.split(|byte| matches!(byte, b'&' | b'=')).all(|part| str::from_utf8(&unescaped(part)).is_ok())
}

fn unescaped(part: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut at = 0;
    while let Some(byte) = part.get(at) {
        let escaped =
            part.get(at + 1..at + 3).filter(|hex| *byte == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
        let escaped = escaped.and_then(|hex| u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::is_text;

    #[test]
    fn what_is_not_utf_8_after_its_escapes_is_no_text() {
        for (encoded, text) in [
            ("", true),
            ("a=1&b=2", true),
            ("comment=%D1%91+%EF%BF%BD", true),
            ("comment=ё", true),
            ("a=100%&b=%zz&c=%f&d=%+f", true),
            ("comment=%ff", false),
            ("comment=a%FFb&amount=1", false),
            ("%ff=1", false),
            ("a=%D1", false),
            ("a=%D1&b=%91", false),
            ("a=%ED%A0%80", false),
            ("a=%C0%80", false),
        ] {
            assert_eq!(is_text(encoded.as_bytes()), text, "{encoded}");
        }
        assert!(!is_text(b"a=\xff"));
    }
}
