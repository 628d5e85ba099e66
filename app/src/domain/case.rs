//! Upper and lower case of every script.
//!
//! A browser knows Unicode's tables already; with Rust's own they would be a thirtieth of what it
//! downloads. Both follow the same standard.

/// In lower case.
#[must_use]
pub fn lower(text: &str) -> String {
    #[cfg(target_arch = "wasm32")]
    return js_sys::JsString::from(text).to_lower_case().into();
    #[cfg(not(target_arch = "wasm32"))]
    text.to_lowercase()
}

/// In upper case.
#[must_use]
pub fn upper(text: &str) -> String {
    #[cfg(target_arch = "wasm32")]
    return js_sys::JsString::from(text).to_upper_case().into();
    #[cfg(not(target_arch = "wasm32"))]
    text.to_uppercase()
}

/// The first letter in upper case, the rest as it is.
#[must_use]
pub fn capital(word: &str) -> String {
    let end = word.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = word.split_at(end);
    upper(first) + rest
}
