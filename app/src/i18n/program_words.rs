//! The sentences for programs that call the HTTP API, where they differ from those on screens: they mention
//! JSON, headers and ids.

use super::{errors::sentence, range_words::refusal_sentence};
use crate::{
    domain::{FieldError, Language, Reason},
    error::AppError,
};

/// The sentence of an error.
#[must_use]
pub fn program_sentence(error: &AppError, language: Language) -> String {
    let (en, ru) = match error {
        AppError::Malformed => (
            "The request could not be read. Check that it arrived whole, and that its body, if it has one, is valid JSON in UTF-8.",
            "Запрос не удалось прочитать. Проверьте, что он пришёл целиком и что его тело, если оно есть, — правильный JSON в UTF-8.",
        ),
        AppError::MalformedHeaders => (
            "The request's headers are wrong: exactly one valid Host is needed, and at most one Origin and one Budget-Member.",
            "Неверные заголовки запроса: нужен ровно один правильный Host и не больше одного Origin и одного Budget-Member.",
        ),
        AppError::MethodNotAllowed => (
            "This address does not take that method. See /api/docs.",
            "Этот адрес не принимает такой метод. Смотрите /api/docs.",
        ),
        AppError::IdempotencyKeyReused => (
            "This idempotency key was used for another request. Use a new one.",
            "Этот ключ идемпотентности уже был у другого запроса. Возьмите новый.",
        ),
        AppError::IdTaken => {
            ("A row with this id exists. Use a new id.", "Запись с таким id уже есть. Возьмите новый id.")
        }
        AppError::UnsupportedMediaType => (
            "The body must be JSON: set Content-Type to application/json.",
            "Тело должно быть JSON: укажите Content-Type application/json.",
        ),
        _ => return sentence(error, language),
    };
    pick(language, en, ru)
}

/// The sentence of a refused field.
#[must_use]
pub fn program_field_sentence(error: &FieldError, language: Language) -> String {
    let (en, ru) = match error.reason {
        Reason::NotAnId => ("This is not a UUID", "Это не UUID"),
        Reason::UnknownField => {
            ("There is no field or parameter of this name", "Поля или параметра с таким именем нет")
        }
        Reason::WrongType => ("This must be text", "Здесь должен быть текст"),
        _ => return refusal_sentence(error, language),
    };
    pick(language, en, ru)
}

fn pick(language: Language, en: &str, ru: &str) -> String {
    match language {
        Language::En => en,
        Language::Ru => ru,
    }
    .to_owned()
}
