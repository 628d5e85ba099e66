//! The catalogue of the live screens: a table with one line for each text, in the order of the screens, so that both
//! languages are read side by side.

use super::{catalogue, format::grouped, plural_ru};
use crate::domain::Language;

catalogue! {
    /// Every fixed text of the live screens.
    Words, words;

    product: "Family Budget", "Семейный бюджет";
    skip: "Skip to content", "Перейти к содержимому";
    navigation: "Main", "Основное меню";
    today: "Today", "Сегодня";
    household: "Household", "Семья";

    currency: "Currency", "Валюта";
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
    edit: "Edit", "Изменить";
    add_transaction: "Add a transaction", "Новая операция";
    choose: "Choose…", "Выберите…";
    transactions: "Transactions", "Операции";
    empty: "No transactions yet. Type an amount to start.", "Операций пока нет. Начните с суммы.";
    saving: "saving…", "сохраняется…";
    waiting: "waiting…", "ждёт отправки…";
    kept_here: "Kept on this device.", "Хранится на этом устройстве.";
    kept_while_open: "Kept while this page is open.", "Хранится, пока открыта эта страница.";
    not_recorded: "This is not recorded yet. Look through it, then press Add.", "Это ещё не записано. Просмотрите и нажмите «Записать».";
    not_saved: "Not saved", "Не записано";
    not_counted: "not counted", "не учтено";
    try_again: "Try again", "Повторить";
    discard: "Discard", "Убрать";
    deleted: "Deleted", "Удалено";
    undo: "Undo", "Вернуть";
    older: "Older transactions are not shown here.", "Более ранние операции здесь не показаны.";

    split: "Split", "Разделить";
    planned: "Planned", "План";
    plan: "Plan", "План";
    operators: "Calculate", "Посчитать";
    income: "Income", "Доходы";
    spent: "Spent", "Расходы";
    together: "Total", "Всего";
    balances: "Balances", "Остатки";
    expense_kind: "Expense", "Расход";
    income_kind: "Income", "Доход";
    transfer_kind: "Transfer", "Перевод";

    finish_first: "Not saved yet. Save it, or press Cancel to discard what you typed.", "Ещё не сохранено. Сохраните или нажмите «Отмена», чтобы убрать введённое.";
    keep_mine: "Keep mine", "Оставить моё";

    live: "Live", "На связи";
    connecting: "Connecting…", "Соединяемся…";
    catching_up: "Catching up…", "Догоняем…";
    crowded: "Not live", "Без обновлений";
    disconnected: "Disconnected", "Отключено";
    disconnected_detail: "The server has ended this connection. What you enter is still sent. Reload the page to see what others enter.", "Сервер закрыл соединение. Введённое вами отправляется. Чтобы видеть записи других, обновите страницу.";
    crowded_detail: "You have more windows open than this server takes. Close some, then come back to this one.", "У вас открыто больше окон, чем принимает сервер. Закройте лишние и вернитесь сюда.";
    here_now: "Also here now", "Сейчас здесь";
    signed_out: "Signed out", "Сеанс завершён";
    connecting_detail: "What is shown is from when this page was loaded.", "Показано то, что было при загрузке страницы.";
    catching_up_detail: "Asking for the changes that are missing here.", "Запрашиваем изменения, которых здесь ещё нет.";
    offline_detail: "What you enter is sent when the connection is back.", "Введённое уйдёт, когда связь вернётся.";
    signed_out_detail: "Sign in again to go on. What you typed is still here.", "Войдите снова, чтобы продолжить. Введённое никуда не делось.";
    sign_in: "Sign in", "Войти";
    email: "Email", "Почта";
    password: "Password", "Пароль";
    new_build: "There is a new version of this page.", "Вышла новая версия этой страницы.";
    new_build_busy: "There is a new version of this page. Finish what is open first.", "Вышла новая версия этой страницы. Сначала закончите начатое.";
    reload: "Reload", "Обновить";
    loading_part: "Loading…", "Загружается…";
    part_missing: "This part of the page could not be loaded. Check the connection.", "Эта часть страницы не загрузилась. Проверьте соединение.";
    part_outdated: "This part of the page has a newer version by now: reload the page.", "У этой части страницы уже новая версия: обновите страницу.";

    close: "Close", "Закрыть";
    done: "Done", "Готово";
    change_sign: "Change the sign", "Сменить знак";
    settings: "Settings", "Настройки";
    connection: "Connection", "Связь";

    name: "Name", "Название";
    nothing_fits: "nothing fits", "ничего не подходит";
    expected: "Expected", "Ожидается";
    record: "Record", "Записать";
    skip_day: "Skip", "Пропустить";
    recorded: "Recorded", "Записано";
    skipped: "Skipped", "Пропущено";
    by_itself: "automatically", "автоматически";
    expected_keys: "Delete skips it.", "Del пропускает.";
    recurring: "Recurring", "Повторяется";
    you: "you", "вы";
    not_a_member: "No longer a member", "Вы больше не участник";
    not_a_member_detail: "You are not a member of this household any more, and nothing here is brought up to date.", "Вы больше не состоите в этой семье, и здесь ничего не обновляется.";
    kept_for_return: "What you entered and could not be sent stays on this device. It is sent when you are a member again and open this household here.", "То, что вы ввели и не удалось отправить, остаётся на этом устройстве. Оно отправится, когда вы снова будете в этой семье и откроете её здесь.";
    go_on: "Continue", "Продолжить";
    colour: "Colour", "Цвет";
    not_found: "There is no such page.", "Такой страницы нет.";
}

/// `Live`, with the numbers of entries that were refused and of those that wait to be sent.
#[must_use]
pub fn live_with(language: Language, refused: usize, waiting: usize) -> String {
    with_counts(language, words(language).live.to_owned(), refused, waiting)
}

/// `Offline since 14:02`, with the same numbers; only `Offline` if the time is not known.
#[must_use]
pub fn offline_since(language: Language, time: &str, refused: usize, waiting: usize) -> String {
    let offline = match language {
        Language::En if time.is_empty() => "Offline".to_owned(),
        Language::En => format!("Offline since {time}"),
        Language::Ru if time.is_empty() => "Нет связи".to_owned(),
        Language::Ru => format!("Нет связи с {time}"),
    };
    with_counts(language, offline, refused, waiting)
}

/// `Live, 1 not saved, 3 waiting`. Each number stays beside its words where a narrow screen breaks the line.
fn with_counts(language: Language, mut text: String, refused: usize, waiting: usize) -> String {
    for (count, en, ru) in
        [(refused, "not\u{a0}saved", "не\u{a0}записано"), (waiting, "waiting", "ждут\u{a0}отправки")]
    {
        match language {
            _ if count == 0 => {}
            Language::En => text.push_str(&format!(", {count}\u{a0}{en}")),
            Language::Ru => text.push_str(&format!(", {ru}:\u{a0}{count}")),
        }
    }
    text
}

/// What the badge says of what waits in the account's other households: `, 2 in another household`; empty without any.
#[must_use]
pub fn in_another_household(language: Language, count: usize) -> String {
    match language {
        _ if count == 0 => String::new(),
        Language::En => format!(", {count}\u{a0}in another household"),
        Language::Ru => format!(", в\u{a0}другой семье:\u{a0}{count}"),
    }
}

/// `Ben is editing`.
#[must_use]
pub fn is_editing(language: Language, name: &str) -> String {
    match language {
        Language::En => format!("{name} is editing"),
        Language::Ru => format!("{name} редактирует"),
    }
}

/// `edited by Ben`: the member who changed a transaction that somebody else recorded.
#[must_use]
pub fn edited_by(language: Language, name: &str) -> String {
    match language {
        Language::En => format!("edited by {name}"),
        Language::Ru => format!("изменено: {name}"),
    }
}

/// `Live since 14:02.`
#[must_use]
pub fn live_since(language: Language, time: &str) -> String {
    match language {
        Language::En => format!("Live since {time}."),
        Language::Ru => format!("На связи с {time}."),
    }
}

/// How many entries of this screen have not reached the server.
#[must_use]
pub fn waiting_entries(language: Language, count: usize) -> String {
    let number = i64::try_from(count).unwrap_or(i64::MAX);
    match (language, count) {
        (Language::En, 0) => "Nothing is waiting to be sent.".to_owned(),
        (Language::Ru, 0) => "Неотправленного нет.".to_owned(),
        (Language::En, 1) => "1 entry is waiting to be sent:".to_owned(),
        (Language::En, _) => format!("{count} entries are waiting to be sent:"),
        (Language::Ru, _) => {
            let noun = plural_ru(number, ["запись ждёт", "записи ждут", "записей ждут"]);
            format!("{count} {noun} отправки:")
        }
    }
}

/// The heading of the list of refused entries; empty if there is none.
#[must_use]
pub fn refused_entries(language: Language, count: usize) -> String {
    match (language, count) {
        (_, 0) => String::new(),
        (Language::En, 1) => "1 entry was not saved:".to_owned(),
        (Language::En, _) => format!("{count} entries were not saved:"),
        (Language::Ru, _) => {
            let number = i64::try_from(count).unwrap_or(i64::MAX);
            format!("Не записано: {count} {}", plural_ru(number, ["запись", "записи", "записей"]))
        }
    }
}

/// `2 new ↑`
#[must_use]
pub fn new_above(language: Language, count: usize) -> String {
    let number = i64::try_from(count).unwrap_or(i64::MAX);
    match language {
        Language::En => format!("{count} new ↑"),
        Language::Ru => format!("{count} {} ↑", plural_ru(number, ["новая", "новые", "новых"])),
    }
}

/// `3 parts`
#[must_use]
pub fn parts_count(language: Language, count: usize) -> String {
    let number = i64::try_from(count).unwrap_or(i64::MAX);
    match language {
        Language::En => format!("{count} parts"),
        Language::Ru => format!("{count} {}", plural_ru(number, ["часть", "части", "частей"])),
    }
}

/// `Part 2`
#[must_use]
pub fn part_number(language: Language, number: usize) -> String {
    match language {
        Language::En => format!("Part {number}"),
        Language::Ru => format!("Часть {number}"),
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

/// The announcement for screen readers when somebody else recorded something.
#[must_use]
pub fn recorded_by(language: Language, who: &str, what: &str, amount: &str) -> String {
    match language {
        Language::En => format!("{who}: {what}, {amount}"),
        Language::Ru => format!("{who}: {what}, {amount}"),
    }
}

/// The button that shows the rest of a list.
#[must_use]
pub fn more(count: usize, language: Language) -> String {
    match language {
        Language::En => format!("{count} more"),
        Language::Ru => format!("Ещё {count}"),
    }
}
