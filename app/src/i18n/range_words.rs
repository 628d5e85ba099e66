//! The sentences for numbers out of range, and for limits on the rows or months of a request.

use super::field_words::field_sentence;
use crate::domain::{
    FieldError, Language, MonthRange, Reason, Schedule, fact_group::MOST_PARTS, look::COLOURS,
    plan::MOST_CELLS,
};

/// The sentence of a refused field, with the accepted range if there is one.
#[must_use]
pub fn refusal_sentence(error: &FieldError, language: Language) -> String {
    range(error, language).unwrap_or_else(|| field_sentence(error.reason, language))
}

fn range(error: &FieldError, language: Language) -> Option<String> {
    if error.reason != Reason::OutOfRange {
        return None;
    }
    // A field of a row in a list has an index in its name: `items.0.every`.
    let field = error.field.rsplit('.').next().unwrap_or_default();
    let (least, most) = match field {
        "every" => (1, Schedule::MOST_UNITS),
        "times" => (1, Schedule::MOST_TIMES),
        "colour" => (0, COLOURS - 1),
        "limit" => (1, 500),
        "parts" => return Some(parts(language)),
        "items" => return Some(items(language)),
        "from" | "to" => return Some(months(language)),
        "since" => {
            return Some(
                match language {
                    Language::En => "This must not be negative",
                    Language::Ru => "Число не может быть отрицательным",
                }
                .to_owned(),
            );
        }
        _ => return None,
    };
    Some(match language {
        Language::En => format!("Enter a number from {least} to {most}"),
        Language::Ru => format!("Введите число от {least} до {most}"),
    })
}

fn parts(language: Language) -> String {
    match language {
        Language::En => format!("A split has 2 to {MOST_PARTS} parts"),
        Language::Ru => format!("В разделённой операции от 2 до {MOST_PARTS} частей"),
    }
}

fn items(language: Language) -> String {
    match language {
        Language::En => format!("Send at most {MOST_CELLS} at once"),
        Language::Ru => format!("Отправляйте за раз не больше {MOST_CELLS}"),
    }
}

fn months(language: Language) -> String {
    let most = MonthRange::MOST;
    match language {
        Language::En => format!("The range must not end before it begins, and it has at most {most} months"),
        Language::Ru => {
            format!("Промежуток не может кончаться раньше, чем начинается; в нём не больше {most} месяцев")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_out_of_range_is_refused_with_its_range() {
        for (field, expected) in [
            ("every", "1 to 99"),
            ("items.3.times", "1 to 999"),
            ("parts", "2 to 50"),
            ("limit", "1 to 500"),
            ("items", "500"),
            ("to", "1200 months"),
            ("colour", "0 to 7"),
        ] {
            let error = FieldError { field: field.into(), reason: Reason::OutOfRange };
            let told = refusal_sentence(&error, Language::En);
            assert!(told.contains(expected), "{field}: {told}");
            assert_ne!(refusal_sentence(&error, Language::Ru), told);
            assert!(!told.contains("plans"), "{field}: not only plans have this limit");
        }
    }

    #[test]
    fn too_many_plans_are_refused_with_their_number() {
        let error = FieldError { field: "to".into(), reason: Reason::TooManyPlans };
        assert!(refusal_sentence(&error, Language::En).contains("50,000 plans"));
        assert!(refusal_sentence(&error, Language::Ru).contains("50 000 планов"));
    }

    #[test]
    fn any_other_reason_has_its_own_sentence() {
        let error = FieldError { field: "every".into(), reason: Reason::Required };
        assert_eq!(refusal_sentence(&error, Language::En), field_sentence(Reason::Required, Language::En));
    }
}
