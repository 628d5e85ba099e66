//! The sentence of each error: what happened and what to do.

#[cfg(test)]
mod tests;

pub use super::field_words::field_sentence;
use super::range_words::refusal_sentence;
use super::store_words;
use super::words::words;
use crate::{
    domain::{Language, Limit},
    error::AppError,
};

/// The sentence of an error.
#[must_use]
pub fn sentence(error: &AppError, language: Language) -> String {
    let (en, ru) = match error {
        // For programs there is more detail in `program_words`.
        AppError::Malformed
        | AppError::MalformedHeaders
        | AppError::MethodNotAllowed
        | AppError::IdempotencyKeyReused
        | AppError::IdTaken
        | AppError::UnsupportedMediaType => (
            "This page and the server do not understand each other. Reload the page and try again.",
            "Эта страница и сервер не понимают друг друга. Обновите страницу и повторите.",
        ),
        AppError::NotSignedIn => {
            ("You are not signed in. Sign in and try again.", "Вход не выполнен. Войдите и повторите.")
        }
        AppError::WrongCredentials => (
            "Email or password is wrong. Check both and try again.",
            "Неверная почта или пароль. Проверьте и попробуйте ещё раз.",
        ),
        AppError::ForeignOrigin => (
            "This request comes from another site and was refused. Open the program's own page.",
            "Запрос пришёл с другого сайта и отклонён. Откройте страницу самой программы.",
        ),
        AppError::RegistrationClosed => (
            "This server takes new people by invitation only. Ask a member for a link.",
            "Сюда можно попасть только по приглашению. Попросите ссылку у участника.",
        ),
        AppError::NotInDemo => (
            "The demo household is for you alone. Create a household of your own to invite somebody.",
            "Семья для примера только для вас. Чтобы пригласить кого-нибудь, создайте свою семью.",
        ),
        AppError::NoHousehold => (
            "You are not a member of any household now. Ask for an invitation: its link takes this email and password.",
            "Вы сейчас не состоите ни в одной семье. Попросите приглашение: по ссылке подойдут эта почта и пароль.",
        ),
        AppError::OwnersOnly => (
            "Only the owner of the household can do this. Ask them.",
            "Это может сделать только владелец семьи. Обратитесь к нему.",
        ),
        AppError::BelongsElsewhere => (
            "This person belongs to another household too, so you cannot set their password. Whoever runs the server can: family-budget password EMAIL.",
            "Этот человек состоит и в другой семье, поэтому менять его пароль вы не можете. Это может администратор сервера: family-budget password ПОЧТА.",
        ),
        AppError::OwnersPassword => (
            "Nobody else sets the password of an owner. Change your own in the settings; whoever runs the server can set one: family-budget password EMAIL.",
            "Пароль владельца никто другой не меняет. Свой смените в настройках; администратор сервера может задать новый: family-budget password ПОЧТА.",
        ),
        AppError::NotFound => (
            "There is nothing here. It may belong to another household or never have existed.",
            "Здесь ничего нет: возможно, это из другой семьи или такого никогда не было.",
        ),
        AppError::PartOfGroup => (
            "This is part of a transfer or split. Change it as a whole.",
            "Это часть перевода или разделённой операции. Меняйте её целиком.",
        ),
        AppError::InUse => (
            "It is used and cannot be deleted. Archive it instead.",
            "Это используется, удалить нельзя. Уберите в архив.",
        ),
        AppError::AlreadyMember => {
            ("You are a member of this household already.", "Вы уже участник этой семьи.")
        }
        AppError::OtherMember => (
            "Somebody else entered this, not the person who is signed in now. Sign in as that person, then try again.",
            "Это ввёл другой человек, не тот, кто вошёл сейчас. Войдите под его именем и повторите.",
        ),
        AppError::LastOwner => (
            "A household needs an owner. Make another member the owner first, or delete the household.",
            "Семье нужен владелец. Сначала передайте её другому участнику или удалите.",
        ),
        AppError::LastOwnerOfClosed => (
            "This household is going to be deleted. Until then its other members need an owner, who can take that back. Make one of them the owner, remove them, or wait for that day.",
            "Эта семья будет удалена. До тех пор другим участникам нужен владелец, который может отменить удаление. Передайте семью одному из них, исключите их или дождитесь этого дня.",
        ),
        AppError::HouseholdClosed => (
            "This household is going to be deleted and takes no changes. Its owner can take that back in the settings.",
            "Эта семья будет удалена, изменить в ней ничего нельзя. Владелец может отменить удаление в настройках.",
        ),
        AppError::ErasureDue => (
            "The day of its deletion has come: this household takes no changes, can no longer be kept, and will be erased shortly.",
            "День удаления наступил: изменить в этой семье ничего нельзя, сохранить её тоже; скоро она будет стёрта.",
        ),
        AppError::BalanceChanged => (
            "The balance of the account has changed meanwhile; nothing was recorded. Compare it with the statement again.",
            "Остаток счёта за это время изменился; ничего не записано. Сверьте его с выпиской ещё раз.",
        ),
        AppError::CurrencyChanged => (
            "The currency has changed meanwhile, so this amount would mean something else; nothing was saved. Check the amount and save it again.",
            "Валюту за это время сменили, и сумма означала бы другое; ничего не записано. Проверьте сумму и сохраните ещё раз.",
        ),
        AppError::LimitReached { limit } => limit_words(*limit),
        AppError::Gone => ("It was deleted. Restore it first.", "Это удалено. Сначала верните."),
        AppError::MemberGone => (
            "This person is no longer a member of the household. An invitation brings them back.",
            "Этот человек больше не участник семьи. Вернуться можно по приглашению.",
        ),
        AppError::PositionLost => (
            "The log cannot be continued from there. Take a snapshot and go on from its position.",
            "Журнал нельзя продолжить с этого места. Возьмите снимок и продолжайте с его позиции.",
        ),
        AppError::InviteEnded => (
            "This invitation was used or has ended. Ask for a new link.",
            "Приглашение уже использовано или истекло. Попросите новую ссылку.",
        ),
        AppError::PasswordLinkEnded => (
            "This link was used or has ended. Ask the owner of your household for a new one.",
            "Ссылка уже использована или истекла. Попросите новую у владельца семьи.",
        ),
        AppError::Stale { .. } => (
            "Somebody changed this meanwhile. Look at both and choose.",
            "Пока вы писали, это изменили. Посмотрите оба варианта и выберите.",
        ),
        AppError::PayloadTooLarge => (
            "The request is too large. Send less at once.",
            "Запрос слишком большой. Отправьте меньше за раз.",
        ),
        AppError::Invalid { .. } => {
            ("Some fields need a correction; nothing was saved.", "Нужно исправить поля; ничего не записано.")
        }
        AppError::TooManyRequests { retry_after_seconds } => {
            let wait = waiting_time(*retry_after_seconds, language);
            return match language {
                Language::En => format!("Too many attempts. Try again in {wait}."),
                Language::Ru => format!("Слишком много попыток. Повторите через {wait}."),
            };
        }
        AppError::DemoFull { of_network, may_register, retry_after_seconds } => {
            let wait = waiting_time(*retry_after_seconds, language);
            let taken = match (of_network, language) {
                (false, Language::En) => "Every demo household is in use.",
                (false, Language::Ru) => "Все семьи для примера сейчас заняты.",
                (true, Language::En) => "All demo households for your network are in use.",
                (true, Language::Ru) => "Все семьи для примера, доступные вашей сети, сейчас заняты.",
            };
            let instead = match (may_register, language) {
                (false, _) => "",
                (true, Language::En) => ", or create a household of your own",
                (true, Language::Ru) => " или создайте свою семью",
            };
            let again = pick(language, "Try again in", "Повторите через");
            return format!("{taken} {again} {wait}{instead}.");
        }
        AppError::Internal => (
            "Something failed on our side; nothing was saved. Try again in a moment.",
            "У нас что-то сломалось; ничего не записано. Попробуйте чуть позже.",
        ),
        AppError::Busy => (
            "Many people are signing in at this moment. Try again in a few seconds.",
            "Сейчас входит слишком много людей. Повторите через несколько секунд.",
        ),
        AppError::Unavailable => (
            "The server is busy or restarting; nothing was saved. Try again in a moment.",
            "Сервер занят или перезапускается; ничего не записано. Попробуйте чуть позже.",
        ),
        AppError::Store(fault) => store_words::sentence(*fault),
        AppError::NoAnswer => (
            "No answer from the server. Your entry is kept here; try again.",
            "Сервер не отвечает. Введённое сохранено здесь; попробуйте ещё раз.",
        ),
    };
    pick(language, en, ru).to_owned()
}

/// How long to wait, rounded up: seconds, from a minute and a half minutes, from an hour and a half hours.
fn waiting_time(seconds: u32, language: Language) -> String {
    let (number, en, ru) = match seconds {
        0..90 => (seconds, "s", "с"),
        90..5_400 => (seconds.div_ceil(60), "min", "мин"),
        _ => (seconds.div_ceil(3_600), "h", "ч"),
    };
    format!("{number}\u{a0}{}", pick(language, en, ru))
}

/// The sentence of a reached limit: what is limited, and what to do.
const fn limit_words(limit: Limit) -> (&'static str, &'static str) {
    match limit {
        Limit::Articles => (
            "A household has at most 1,000 categories. Delete or merge some first.",
            "В семье может быть не больше 1000 категорий. Сначала удалите или объедините лишние.",
        ),
        Limit::FinancialCenters => (
            "A household has at most 200 accounts. Delete some that are not used first.",
            "В семье может быть не больше 200 счетов. Сначала удалите неиспользуемые.",
        ),
        Limit::Recurring => (
            "A household has at most 500 recurring entries. Delete some first.",
            "В семье может быть не больше 500 повторяющихся операций. Сначала удалите лишние.",
        ),
        Limit::Invites => (
            "50 invitations are open. Use or withdraw some, or wait until they end.",
            "Открыто 50 приглашений. Используйте или отзовите часть из них либо подождите, пока они истекут.",
        ),
        Limit::Members => {
            ("A household has at most 50 members.", "В семье может быть не больше 50 участников.")
        }
        Limit::Merged => (
            "A merge moves at most 10,000 transactions and planned amounts. Give some transactions the other category first.",
            "Объединение переносит не больше 10 000 операций и сумм плана. Сначала дайте части операций другую категорию.",
        ),
    }
}

/// The sentence of an error, followed by those of its fields, for places where the fields are not on the
/// screen.
#[must_use]
pub fn whole_sentence(error: &AppError, language: Language) -> String {
    let mut text = sentence(error, language);
    text.extend(fields_said(error, language).map(|said| format!(" {said}")));
    text
}

/// The sentences of the refused fields, or else that of the error, for what was not entered in a form.
#[must_use]
pub fn plain_sentence(error: &AppError, language: Language) -> String {
    let fields: Vec<String> = fields_said(error, language).collect();
    if fields.is_empty() { sentence(error, language) } else { fields.join(" ") }
}

fn fields_said(error: &AppError, language: Language) -> impl Iterator<Item = String> {
    error.fields().iter().map(move |error| {
        let said = refusal_sentence(error, language);
        label_of(&error.field, language)
            .map_or_else(|| format!("{said}."), |label| format!("{label}: {said}."))
    })
}

/// How the forms call a field, of a part too (`parts.0.amount`).
fn label_of(field: &str, language: Language) -> Option<&'static str> {
    let t = words(language);
    Some(match field.rsplit('.').next()? {
        "amount" => t.amount,
        "article_id" => t.category,
        "financial_center_id" => t.account,
        "date" => t.date,
        "comment" => t.note,
        "name" => t.name,
        "email" => t.email,
        "password" | "new" => t.password,
        _ => return None,
    })
}

const fn pick(language: Language, en: &'static str, ru: &'static str) -> &'static str {
    match language {
        Language::En => en,
        Language::Ru => ru,
    }
}
