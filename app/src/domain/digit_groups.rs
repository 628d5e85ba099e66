//! Digits in groups of three.

/// Whether there is nothing else in the text.
pub(crate) fn only_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits of an integer without the separator that groups them by three; `None` if it does not.
pub(crate) fn ungrouped(text: &str, signs: &[char]) -> Option<String> {
    let Some(at) = text.find(signs) else { return only_digits(text).then(|| text.to_owned()) };
    let sign = text[at..].chars().next()?;
    let mut groups = text.split(sign);
    let first = groups.next()?;
    let begins = (1..=3).contains(&first.len()) && only_digits(first) && !first.starts_with('0');
    let goes_on = groups.all(|group| group.len() == 3 && only_digits(group));
    (begins && goes_on).then(|| text.replace(sign, ""))
}
