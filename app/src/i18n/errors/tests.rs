//! The sentences of errors with numbers and fields.

use super::{Language, whole_sentence};
use crate::{
    domain::{FieldError, Reason},
    error::AppError,
};

#[test]
fn a_time_to_wait_is_told_in_units_that_people_count_in() {
    for (retry_after_seconds, en, ru) in [
        (1, "1 s", "1 с"),
        (89, "89 s", "89 с"),
        (90, "2 min", "2 мин"),
        (886, "15 min", "15 мин"),
        (5_399, "90 min", "90 мин"),
        (5_400, "2 h", "2 ч"),
        (86_400, "24 h", "24 ч"),
    ] {
        let error = AppError::TooManyRequests { retry_after_seconds };
        let told = |language| whole_sentence(&error, language).replace('\u{a0}', " ");
        assert_eq!(told(Language::En), format!("Too many attempts. Try again in {en}."));
        assert_eq!(told(Language::Ru), format!("Слишком много попыток. Повторите через {ru}."));
    }
}

#[test]
fn a_visitor_who_finds_no_demo_is_told_whose_are_in_use_and_what_may_be_done_instead() {
    let said = |of_network, may_register, language| {
        let error = AppError::DemoFull { of_network, may_register, retry_after_seconds: 886 };
        whole_sentence(&error, language).replace('\u{a0}', " ")
    };
    for (of_network, may_register, en, ru) in [
        (
            false,
            true,
            "Every demo household is in use. Try again in 15 min, or create a household of your own.",
            "Все семьи для примера сейчас заняты. Повторите через 15 мин или создайте свою семью.",
        ),
        (
            true,
            false,
            "All demo households for your network are in use. Try again in 15 min.",
            "Все семьи для примера, доступные вашей сети, сейчас заняты. Повторите через 15 мин.",
        ),
    ] {
        assert_eq!(said(of_network, may_register, Language::En), en);
        assert_eq!(said(of_network, may_register, Language::Ru), ru);
    }
}

#[test]
fn without_fields_on_the_screen_each_refusal_names_its_field() {
    let refused = |field: &str| FieldError { field: field.to_owned(), reason: Reason::Required };
    let fields = ["amount", "article_id", "financial_center_id", "parts.0.date", "comment", "name"];
    let error = AppError::Invalid { errors: fields.map(refused).into() };
    let said = whole_sentence(&error, Language::En);
    for label in ["Amount", "Category", "Account", "Date", "Note", "Name"] {
        assert!(said.contains(&format!(" {label}: This is needed.")), "{said}");
    }
    assert!(whole_sentence(&error, Language::Ru).contains(" Сумма: Это нужно заполнить."));
}
