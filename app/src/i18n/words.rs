//! The catalogue: each word once in each language.

use super::format::grouped;
use crate::domain::Language;

macro_rules! catalogue {
    ($($name:ident: $en:literal, $ru:literal;)*) => {
        /// Every fixed text of the screens.
        pub struct Words {
            $(#[doc = $en] pub $name: &'static str,)*
        }

        static EN: Words = Words { $($name: $en,)* };
        static RU: Words = Words { $($name: $ru,)* };
    };
}

catalogue! {
    product: "Family Budget", "Семейный бюджет";
    skip: "Skip to content", "Перейти к содержимому";
    navigation: "Main", "Основное меню";
    today: "Today", "Сегодня";
    household: "Household", "Семья";

    sign_in: "Sign in", "Вход";
    sign_in_do: "Sign in", "Войти";
    sign_out: "Sign out", "Выйти";
    register: "Found a household", "Новая семья";
    register_do: "Start", "Начать";
    no_account: "New here? Found a household", "Впервые здесь? Создайте семью";
    have_account: "Already registered? Sign in", "Уже есть учётная запись? Войдите";
    your_name: "Your name", "Ваше имя";
    email: "Email", "Почта";
    password: "Password", "Пароль";
    password_hint: "At least 8 characters", "Не меньше 8 знаков";
    household_name: "Name of the household", "Название семьи";
    currency: "Currency", "Валюта";
    join: "Join a household", "Присоединиться к семье";
    join_do: "Join", "Присоединиться";
    invited_to: "You are invited to", "Вас приглашают в семью";
    join_with_account: "Join with your account", "Присоединиться со своей учётной записью";
    back_to_today: "Back to Today", "К сегодняшнему дню";

    amount: "Amount", "Сумма";
    category: "Category", "Категория";
    account: "Account", "Счёт";
    date: "Date", "Дата";
    note: "Note", "Заметка";
    add: "Add", "Записать";
    more: "More fields", "Ещё поля";
    save: "Save", "Сохранить";
    cancel: "Cancel", "Отмена";
    delete: "Delete", "Удалить";
    edit: "Edit", "Изменить";
    add_transaction: "Add a transaction", "Новая операция";
    edit_transaction: "Edit the transaction", "Изменить операцию";
    choose: "Choose…", "Выберите…";
    transactions: "Transactions", "Операции";
    empty: "No transactions yet. Type an amount to start.", "Операций пока нет. Начните с суммы.";
    saving: "saving…", "сохраняется…";
    not_saved: "Not saved", "Не записано";
    try_again: "Try again", "Повторить";
    discard: "Discard", "Убрать";
    deleted: "Deleted", "Удалено";
    undo: "Undo", "Вернуть";
    older: "Older transactions are not shown here.", "Более ранние операции здесь не показаны.";

    income: "Income", "Доходы";
    spent: "Spent", "Расходы";
    balances: "Balances", "Остатки";
    expense_kind: "Expense", "Расход";
    income_kind: "Income", "Доход";
    transfer_kind: "Transfer", "Перевод";

    changed_meanwhile: "Changed while you were editing", "Изменилось, пока вы писали";
    finish_first: "Save or cancel this one first", "Сначала сохраните или отмените эту";
    deleted_meanwhile: "Deleted while you were editing", "Удалено, пока вы писали";
    theirs: "Theirs", "Сейчас";
    yours: "Yours", "У вас";
    keep_mine: "Keep mine", "Оставить моё";
    keep_theirs: "Keep theirs", "Оставить как есть";
    correct: "Correct", "Исправить";

    live: "Live", "На связи";
    catching_up: "Catching up…", "Догоняем…";
    offline: "Offline", "Нет связи";
    signed_out: "Signed out", "Сеанс завершён";
    connection: "Connection", "Связь";

    categories: "Categories", "Категории";
    accounts: "Accounts", "Счета";
    members: "Members", "Участники";
    name: "Name", "Название";
    kind: "Kind", "Вид";
    below: "Below", "Внутри";
    top_level: "Top level", "Верхний уровень";
    opening_balance: "Opening balance", "Начальный остаток";
    archive: "Archive", "В архив";
    unarchive: "Restore", "Вернуть из архива";
    archived: "archived", "в архиве";
    rename: "Rename", "Переименовать";
    add_row: "Add", "Добавить";
    add_category: "Add a category", "Новая категория";
    add_account: "Add an account", "Новый счёт";
    invite: "Invite somebody", "Пригласить";
    invite_do: "Make a link", "Создать ссылку";
    invite_link: "Invitation link", "Ссылка-приглашение";
    invite_hint: "Send this link to one person. It works once, for seven days.", "Отправьте ссылку одному человеку. Она действует один раз, семь дней.";
    copy: "Copy", "Копировать";
    copied: "Copied", "Скопировано";
    you: "you", "вы";
    language: "Language", "Язык";
    not_found: "There is no such page.", "Такой страницы нет.";
    loading: "Loading…", "Загружается…";
}

/// The texts of a language.
#[must_use]
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &EN,
        Language::Ru => &RU,
    }
}

/// `Offline since 14:02`; `waiting` entries are kept here.
#[must_use]
pub fn offline_since(language: Language, time: &str, waiting: usize) -> String {
    match (language, waiting) {
        (Language::En, 0) => format!("Offline since {time}"),
        (Language::En, waiting) => format!("Offline since {time}, {waiting} waiting"),
        (Language::Ru, 0) => format!("Нет связи с {time}"),
        (Language::Ru, waiting) => format!("Нет связи с {time}, ждут отправки: {waiting}"),
    }
}

/// Who changed what is being edited here; nobody's name when it was oneself elsewhere.
#[must_use]
pub fn changed_by(language: Language, who: Option<&str>) -> String {
    match (language, who) {
        (Language::En, Some(who)) => format!("{who} changed this while you were editing"),
        (Language::Ru, Some(who)) => format!("Изменилось, пока вы писали ({who})"),
        (language, None) => words(language).changed_meanwhile.to_owned(),
    }
}

/// `Keep Ben's`
#[must_use]
pub fn keep_of(language: Language, who: Option<&str>) -> String {
    match (language, who) {
        (Language::En, Some(who)) => format!("Keep {who}'s"),
        (Language::Ru, Some(who)) => format!("Оставить вариант: {who}"),
        (language, None) => words(language).keep_theirs.to_owned(),
    }
}

/// Said once before a row that somebody changed is deleted all the same.
#[must_use]
pub fn delete_changed(language: Language, who: Option<&str>, now: &str) -> String {
    let changed = changed_by(language, who);
    match language {
        Language::En => format!("{changed}: {now}. Delete again to delete it all the same."),
        Language::Ru => format!("{changed}: {now}. Чтобы всё равно удалить, нажмите ещё раз."),
    }
}

/// `All changes received, no. 48 213`.
#[must_use]
pub fn all_received(language: Language, seq: i64) -> String {
    let seq = grouped(&seq.to_string());
    match language {
        Language::En => format!("All changes received, no. {seq}"),
        Language::Ru => format!("Все изменения получены, № {seq}"),
    }
}

/// What a screen reader says when somebody else recorded something.
#[must_use]
pub fn recorded_by(language: Language, who: &str, what: &str, amount: &str) -> String {
    match language {
        Language::En => format!("{who}: {what}, {amount}"),
        Language::Ru => format!("{who}: {what}, {amount}"),
    }
}
