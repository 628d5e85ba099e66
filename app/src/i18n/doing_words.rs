//! Refusals in context: the sentence says that typed text is kept only where something was typed.

use super::errors::{plain_sentence, whole_sentence};
use crate::{
    domain::Language,
    error::{AppError, StoreFault},
};

/// The action that was refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Doing {
    /// A form was submitted; what was typed in it is still there.
    #[default]
    Entering,
    /// An invitation was requested.
    Inviting,
    /// A link was revoked.
    Withdrawing,
    /// A member was removed, left, became the owner, or was given a password link.
    Members,
    /// A row was moved to another position.
    Moving,
    /// Something was read.
    Reading,
    /// The last action was undone.
    TakingBack,
    /// An occurrence of a recurring entry was recorded or skipped.
    Settling,
    /// Many plans were set at once.
    Planning,
    /// Somebody signed in.
    SigningIn,
}

/// How many offers to undo stand behind the one that is shown.
#[must_use]
pub fn more_offers(language: Language, count: usize) -> String {
    match language {
        Language::En => format!("{count} more"),
        Language::Ru => format!("ещё {count}"),
    }
}

/// The sentence of a refusal, and its consequence for the action.
#[must_use]
pub fn refused(error: &AppError, doing: Doing, language: Language) -> String {
    let cause = match (error, language) {
        (AppError::NoAnswer, Language::En) => "No answer from the server",
        (AppError::NoAnswer, Language::Ru) => "Сервер не отвечает",
        (AppError::Unavailable, Language::En) => "The server is busy or restarting",
        (AppError::Unavailable, Language::Ru) => "Сервер занят или перезапускается",
        (AppError::Store(StoreFault::Away), Language::En) => "The server's database does not answer",
        (AppError::Store(StoreFault::Away), Language::Ru) => "База данных на сервере не отвечает",
        (AppError::Internal, Language::En) => "Something failed on our side",
        (AppError::Internal, Language::Ru) => "У нас что-то сломалось",
        _ if doing == Doing::Entering => return whole_sentence(error, language),
        _ => return plain_sentence(error, language),
    };
    let (en, ru) = match doing {
        Doing::Entering => return whole_sentence(error, language),
        Doing::Inviting => ("there is no link yet", "ссылки пока нет"),
        Doing::Withdrawing => ("a link in the list still works", "ссылка из списка ещё действует"),
        Doing::Members => ("the list shows who is what", "кто есть кто, видно в списке"),
        Doing::Moving => ("the order is as you see it", "порядок такой, как на экране"),
        Doing::Reading => ("this cannot be shown now", "показать это сейчас нельзя"),
        Doing::TakingBack => ("it is not taken back yet", "пока ничего не возвращено"),
        Doing::Settling => ("what stands here is not recorded yet", "то, что здесь стоит, ещё не записано"),
        Doing::Planning => ("the plans are as you see them", "планы такие, как на экране"),
        Doing::SigningIn => ("you are not signed in yet", "вход не выполнен"),
    };
    match language {
        Language::En => format!("{cause}: {en}. Try again in a moment."),
        Language::Ru => format!("{cause}: {ru}. Повторите чуть позже."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOINGS: [Doing; 10] = [
        Doing::Entering,
        Doing::Inviting,
        Doing::Withdrawing,
        Doing::Members,
        Doing::Moving,
        Doing::Reading,
        Doing::TakingBack,
        Doing::Settling,
        Doing::Planning,
        Doing::SigningIn,
    ];

    #[test]
    fn typed_text_is_said_to_be_kept_only_where_something_was_typed() {
        for doing in DOINGS {
            for error in [AppError::NoAnswer, AppError::Unavailable, AppError::Internal] {
                for language in [Language::En, Language::Ru] {
                    let said = refused(&error, doing, language);
                    let speaks = ["kept", "saved", "сохранено", "ничего не записано"]
                        .iter()
                        .any(|word| said.contains(word));
                    assert_eq!(speaks, doing == Doing::Entering, "{doing:?}: {said}");
                }
            }
        }
    }

    #[test]
    fn no_screen_mentions_json_headers_or_ids() {
        let errors = [
            AppError::Malformed,
            AppError::MethodNotAllowed,
            AppError::IdempotencyKeyReused,
            AppError::IdTaken,
            AppError::UnsupportedMediaType,
            AppError::PayloadTooLarge,
            AppError::field("article_id", crate::domain::Reason::NotAnId),
            AppError::field("comment", crate::domain::Reason::WrongType),
            AppError::field("comment", crate::domain::Reason::UnknownField),
        ];
        for error in errors {
            for doing in DOINGS {
                for language in [Language::En, Language::Ru] {
                    let said = refused(&error, doing, language);
                    for word in [
                        "JSON",
                        "UTF",
                        "UUID",
                        "/api",
                        " id",
                        "Content-Type",
                        "идемпотентности",
                        "idempotency",
                    ] {
                        assert!(!said.contains(word), "{said}");
                    }
                }
            }
        }
    }
}
