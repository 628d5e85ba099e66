//! Every sentence that people read, in English and Russian, and the formats of amounts and days.
//!
//! The catalogue is typed: a text that is missing in one language does not compile. The formats are our own,
//! because server and browser must produce exactly the same text.

mod amount_words;
pub mod device_words;
pub mod doing_words;
pub mod editing_words;
pub mod errors;
mod field_words;
pub mod format;
pub mod household_words;
pub mod key_words;
pub mod people_words;
#[cfg(feature = "ssr")]
pub mod plain_words;
pub mod plan_words;
#[cfg(feature = "ssr")]
pub mod program_words;
pub mod range_words;
pub mod recurring_words;
mod store_words;
pub mod words;

pub use words::{Words, words};

/// Defines a struct of texts with a value for each language. `beside` another one, it has the texts of that one too.
macro_rules! catalogue {
    (
        $(#[$about:meta])* $type:ident, $of:ident, beside $others:ident, $of_others:ident;
        $($name:ident: $en:literal, $ru:literal;)*
    ) => {
        $(#[$about])*
        pub struct $type {
            $(#[doc = $en] pub $name: &'static str,)*
            language: Language,
        }

        impl std::ops::Deref for $type {
            type Target = $others;

            fn deref(&self) -> &$others {
                $of_others(self.language)
            }
        }

        /// The texts of a language.
        #[must_use]
        pub fn $of(language: Language) -> &'static $type {
            static EN: $type = $type { $($name: $en,)* language: Language::En };
            static RU: $type = $type { $($name: $ru,)* language: Language::Ru };
            match language {
                Language::En => &EN,
                Language::Ru => &RU,
            }
        }
    };
    ($(#[$about:meta])* $type:ident, $of:ident; $($name:ident: $en:literal, $ru:literal;)*) => {
        $(#[$about])*
        pub struct $type {
            $(#[doc = $en] pub $name: &'static str,)*
        }

        /// The texts of a language.
        #[must_use]
        pub fn $of(language: Language) -> &'static $type {
            static EN: $type = $type { $($name: $en,)* };
            static RU: $type = $type { $($name: $ru,)* };
            match language {
                Language::En => &EN,
                Language::Ru => &RU,
            }
        }
    };
}
pub(crate) use catalogue;

/// The form of a Russian noun after a number: 1 минута, 2 минуты, 5 минут.
#[must_use]
pub fn plural_ru(count: i64, [one, few, many]: [&str; 3]) -> &str {
    match (count % 10, count % 100) {
        (1, rest) if rest != 11 => one,
        (2..=4, rest) if !(12..=14).contains(&rest) => few,
        _ => many,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_nouns_have_three_plural_forms() {
        let forms = ["1", "2", "5"];
        for (count, form) in [
            (1, "1"),
            (2, "2"),
            (4, "2"),
            (5, "5"),
            (11, "5"),
            (14, "5"),
            (21, "1"),
            (111, "5"),
            (122, "2"),
            (0, "5"),
        ] {
            assert_eq!(plural_ru(count, forms), form, "{count}");
        }
    }
}
