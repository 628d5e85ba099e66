//! The texts of the household page. Only its part of the program uses them.

use super::{Words, catalogue, words};
use crate::domain::{Language, look::ICONS};

catalogue! {
    /// The fixed texts, beside those of all live screens.
    HouseholdWords, household_words, beside Words, words;

    categories: "Categories", "Категории";
    accounts: "Accounts", "Счета";
    members: "Members", "Участники";
    kind: "Kind", "Вид";
    below: "Parent category", "Внутри";
    top_level: "Top level", "Верхний уровень";
    opening_balance: "Opening balance", "Начальный остаток";
    archive: "Archive", "В архив";
    unarchive: "Restore", "Вернуть из архива";
    archived: "archived", "в архиве";
    merge: "Merge", "Объединить";
    merge_first: "Answer this before you save.", "Сначала ответьте на этот вопрос.";
    merge_into: "Merge into", "Объединить с";
    reconcile: "Compare with a statement", "Сверить с выпиской";
    on_statement: "Balance on the statement", "Остаток по выписке";
    agrees: "It agrees.", "Всё сходится.";
    agrees_once_saved: "It agrees with the new opening balance, once that is saved.", "Сойдётся с новым начальным остатком, когда он будет сохранён.";
    difference: "Difference:", "Разница:";
    settle_first: "Record the difference, or empty this field.", "Запишите разницу или очистите это поле.";
    adjust: "Record the difference", "Записать разницу";
    adjustment: "Adjustment", "Корректировка";
    add_category: "Add a category", "Новая категория";
    add_account: "Add an account", "Новый счёт";
    history: "History", "История";
    at_month_end: "Balance at the end of each month", "Остаток на конец каждого месяца";
    add_recurring: "Add something recurring", "Добавить повторение";
    edit_recurring: "Edit recurring entry", "Изменить повторение";
    what_recurs: "What recurs", "Что повторяется";
    a_transaction: "A transaction", "Операция";
    a_plan: "A plan", "План";
    first_day: "First day", "Первый день";
    repeats_every: "Every", "Раз в";
    unit: "Unit", "Единица";
    weeks: "weeks", "нед.";
    months: "months", "мес.";
    years: "years", "г.";
    from_month_end: "Count from the month's end", "Считать от конца месяца";
    ends_on: "Last day", "Последний день";
    times: "How many times", "Сколько раз";
    automatic: "Record automatically", "Записывать без подтверждения";
    finished: "finished", "закончилось";
    stop_recurring: "Stop", "Прекратить";
    invite: "Invite somebody", "Пригласить";
    invite_do: "Make a link", "Создать ссылку";
    invite_link: "Invitation link", "Ссылка-приглашение";
    invite_hint: "Send this link to one person. It works once, for seven days.", "Отправьте ссылку одному человеку. Она действует один раз, семь дней.";
    copy: "Copy", "Копировать";
    copied: "Copied", "Скопировано";
    share: "Share…", "Поделиться…";
    qr_code: "The same link as a QR code for a phone's camera", "Та же ссылка: QR-код для камеры телефона";
    remove: "Remove", "Убрать";
    leave: "Leave this household", "Выйти из семьи";
    leave_ask: "Leave this household? What you recorded stays. You can come back only by an invitation.", "Выйти из этой семьи? Записанное вами останется. Вернуться можно только по приглашению.";
    edit_category: "Edit the category", "Изменить категорию";
    edit_account: "Edit the account", "Изменить счёт";
    move_up: "Move up", "Переставить выше";
    move_down: "Move down", "Переставить ниже";
    no_icon: "No icon", "Без значка";
    icon: "Icon", "Значок";
}

/// The question before a category is merged into another one.
#[must_use]
pub fn merge_ask(language: Language, name: &str, into: &str) -> String {
    match language {
        Language::En => format!(
            "Merge {name} into {into}? Its transactions and plans go there; {name} itself is removed. This cannot be undone."
        ),
        Language::Ru => format!(
            "Объединить «{name}» с «{into}»? Операции и планы перейдут туда, сама категория «{name}» исчезнет, и вернуть это нельзя."
        ),
    }
}

/// The question before a member is removed.
#[must_use]
pub fn remove_ask(language: Language, name: &str) -> String {
    match language {
        Language::En => format!("Remove {name}? What they recorded stays."),
        Language::Ru => format!("Убрать участника {name}? Записанное останется."),
    }
}

/// The accessible name of an icon.
#[must_use]
pub fn icon_name(language: Language, at: usize) -> &'static str {
    const EN: [&str; ICONS.len()] = [
        "Basket",
        "House",
        "Key",
        "Lightning",
        "Sofa",
        "Car",
        "Fuel",
        "Bus",
        "Plane",
        "Fork and knife",
        "Cup",
        "Heart",
        "Shirt",
        "Child",
        "Star",
        "Book",
        "Present",
        "Paw",
        "Phone",
        "Wrench",
        "Coin",
        "Briefcase",
        "Arrows",
        "Dots",
    ];
    const RU: [&str; ICONS.len()] = [
        "Корзина",
        "Дом",
        "Ключ",
        "Молния",
        "Диван",
        "Машина",
        "Бензин",
        "Автобус",
        "Самолёт",
        "Вилка и нож",
        "Чашка",
        "Сердце",
        "Рубашка",
        "Ребёнок",
        "Звезда",
        "Книга",
        "Подарок",
        "Лапа",
        "Телефон",
        "Гаечный ключ",
        "Монета",
        "Портфель",
        "Стрелки",
        "Точки",
    ];
    let names = match language {
        Language::En => &EN,
        Language::Ru => &RU,
    };
    names.get(at).copied().unwrap_or_default()
}
