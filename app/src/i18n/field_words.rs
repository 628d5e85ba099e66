//! What is wrong with a field.

use super::amount_words::amount_sentence;
use crate::domain::{Language, Reason};

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
        Reason::Bracketed => (
            "Brackets around one number can mean a minus. Enter it without them, or with its sign inside: (-30)",
            "Скобки вокруг одного числа могут означать минус. Введите его без скобок или со знаком внутри: (-30)",
        ),
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
        Reason::TooManyTerms(max) => {
            return match language {
                Language::En => format!("At most {max} search terms"),
                Language::Ru => format!("Не больше {max} условий поиска"),
            };
        }
        Reason::TooShort(min) => {
            return match language {
                Language::En => format!("At least {min} characters"),
                Language::Ru => format!("Не меньше {min} знаков"),
            };
        }
        Reason::OnlySpaces => (
            "Spaces alone are no password: use letters, digits or signs too",
            "Одни пробелы — не пароль: добавьте буквы, цифры или знаки",
        ),
        Reason::ControlCharacter => (
            "Line breaks and invisible characters are not allowed here",
            "Уберите переносы строк и невидимые знаки",
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
        Reason::TooManyPlans => (
            "These months have more than 50,000 plans. Ask for fewer months",
            "В этих месяцах больше 50 000 планов. Запросите меньше месяцев",
        ),
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
        Reason::TooDeep => (
            "Categories stand at most 10 levels below a top one. Choose a category further up",
            "Под категорией верхнего уровня бывает не больше 10 уровней. Выберите категорию повыше",
        ),
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
    match language {
        Language::En => en,
        Language::Ru => ru,
    }
    .to_owned()
}
