//! The sentence of each error: what happened and what to do.

use super::amount_words::amount_sentence;
use super::range_words::refusal_sentence;
use super::store_words;
use crate::{
    domain::{Language, Limit, Reason},
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
            "Somebody else entered this than who is signed in now. Sign in as that person, then try again.",
            "Это ввёл другой человек, не тот, кто вошёл сейчас. Войдите под его именем и повторите.",
        ),
        AppError::LastOwner => (
            "A household needs an owner. Make another member the owner first, or delete the household.",
            "Семье нужен владелец. Сначала передайте её другому участнику или удалите.",
        ),
        AppError::HouseholdClosed => (
            "This household is going to be deleted and takes no changes. Its owner can take that back in the settings.",
            "Эта семья будет удалена, изменить в ней ничего нельзя. Владелец может отменить удаление в настройках.",
        ),
        AppError::LimitReached { limit } => limit_words(*limit),
        AppError::Gone => ("It was deleted. Restore it first.", "Это удалено. Сначала верните."),
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
            return match language {
                Language::En => format!("Too many attempts. Try again in {retry_after_seconds} s."),
                Language::Ru => format!("Слишком много попыток. Повторите через {retry_after_seconds} с."),
            };
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
    let fields = error.fields().iter().map(|error| format!(" {}.", refusal_sentence(error, language)));
    let mut text = sentence(error, language);
    text.extend(fields);
    text
}

/// The sentence of a refused field.
#[must_use]
pub fn field_sentence(reason: Reason, language: Language) -> String {
    let (en, ru) = match reason {
        Reason::Required => ("This is needed", "Это нужно заполнить"),
        Reason::NotANumber => ("This is not a number", "Это не число"),
        Reason::NotAnAmount(digits)
        | Reason::Ambiguous(digits)
        | Reason::Dashed(digits)
        | Reason::OtherCurrency(digits) => return amount_sentence(reason, digits, language),
        Reason::BelowZero => (
            "This comes to less than zero. Enter the amount itself, with + if it was received or - if it was paid",
            "Получается меньше нуля. Введите саму сумму: с +, если она получена, или с -, если заплачена",
        ),
        Reason::TooManyDigits(0) => ("This currency has no decimals", "В этой валюте нет дробной части"),
        Reason::TooManyDigits(digits) => {
            return match language {
                Language::En => format!("Amounts in this currency have {digits} decimals"),
                Language::Ru => format!("В этой валюте цифр после запятой: {digits}"),
            };
        }
        Reason::TooLarge => ("The amount is too large", "Слишком большая сумма"),
        Reason::Zero => (
            "The amount is zero: enter what was paid or received",
            "Сумма равна нулю: введите, сколько заплачено или получено",
        ),
        Reason::Negative => ("Enter it without a minus sign", "Введите без знака минус"),
        Reason::Duplicate => ("This stands here twice", "Это указано дважды"),
        Reason::SumDiffers => {
            ("The parts do not add up to the whole amount", "Части в сумме не дают всю сумму")
        }
        Reason::SameCenter => ("Choose two different accounts", "Выберите два разных счёта"),
        Reason::TooLong(max) => {
            return match language {
                Language::En => format!("At most {max} characters"),
                Language::Ru => format!("Не больше {max} знаков"),
            };
        }
        Reason::TooShort(min) => {
            return match language {
                Language::En => format!("At least {min} characters"),
                Language::Ru => format!("Не меньше {min} знаков"),
            };
        }
        Reason::ControlCharacter => (
            "Line breaks and invisible characters are not allowed here",
            "Здесь нельзя переносы строк и невидимые знаки",
        ),
        Reason::NotAnEmail => {
            ("Enter an email, for example anna@example.org", "Введите почту, например anna@example.org")
        }
        Reason::NotADate => ("There is no such date", "Такой даты нет"),
        // For programs there is more detail in `program_words`.
        Reason::NotAnId => ("Choose one from the list", "Выберите из списка"),
        Reason::UnknownField | Reason::WrongType => {
            ("Reload the page and enter this again", "Обновите страницу и введите это ещё раз")
        }
        Reason::OutOfRange => ("The number is out of range", "Число вне допустимых пределов"),
        Reason::TooEarly => ("Choose a later day", "Выберите день позже"),
        Reason::UnknownCurrency => (
            "Enter a currency by its three letters, for example EUR",
            "Введите код валюты из трёх букв, например EUR",
        ),
        Reason::UnknownTimeZone => {
            ("Choose a time zone, for example Europe/Berlin", "Выберите часовой пояс, например Europe/Berlin")
        }
        Reason::UnknownWord => ("This value is not one of those allowed", "Такое значение здесь не подходит"),
        Reason::NotFound => {
            ("This household has no such entry; choose another", "В этой семье такого нет; выберите другое")
        }
        Reason::NotOpen => (
            "Nothing is expected on this day: the entry, or what was recorded for it, has changed. Look at it again",
            "На этот день ничего не ожидается: операция или записанное по ней изменились. Посмотрите ещё раз",
        ),
        Reason::Archived => ("This is archived; choose another", "Это в архиве; выберите другое"),
        Reason::KindDiffers => (
            "It must have the same kind as what it stands below",
            "Вид должен быть тот же, что у вышестоящей категории",
        ),
        Reason::Circle => {
            ("A category cannot stand below itself", "Категория не может стоять под самой собой")
        }
        Reason::UsedCurrency => (
            "What is recorded on this account is in its currency. Add another account in the new one and transfer the money there",
            "Записанное на этом счёте остаётся в его валюте. Добавьте счёт в новой валюте и переведите деньги туда",
        ),
        Reason::PlannedCurrency => (
            "Plans are amounts in the household's currency. Clear them first, or keep the currency",
            "Планы записаны в валюте семьи. Сначала очистите их или оставьте валюту",
        ),
        Reason::UsedKind => (
            "What is recorded or planned here would count as something else. Add another category of that kind",
            "То, что здесь записано или запланировано, стало бы другим. Добавьте новую категорию этого вида",
        ),
        Reason::OnlyTransfer => (
            "Transfers need a category: add another one for transfers first",
            "Переводам нужна категория: сначала добавьте для них другую",
        ),
        Reason::SetOnce => (
            "This cannot change afterwards. End this entry and add a new one",
            "Потом это не меняется. Завершите эту запись и добавьте новую",
        ),
        Reason::Edited => (
            "Its transaction was changed since it was recorded, so it stays: delete it first if it is not needed",
            "Операцию изменили после записи, поэтому она остаётся: если она не нужна, сначала удалите её",
        ),
        Reason::Settled => ("Somebody has recorded or skipped it already", "Это уже записано или пропущено"),
        Reason::Taken => {
            ("This email is registered: sign in instead", "Эта почта уже зарегистрирована: войдите")
        }
        Reason::WrongPassword => ("This is not your password", "Это не ваш пароль"),
        Reason::NameDiffers => ("This is not the name of the household", "Название семьи другое"),
    };
    pick(language, en, ru).to_owned()
}

const fn pick(language: Language, en: &'static str, ru: &'static str) -> &'static str {
    match language {
        Language::En => en,
        Language::Ru => ru,
    }
}
