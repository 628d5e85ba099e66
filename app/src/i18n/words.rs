//! The catalogue of the live screens: a table with one line for each text, in the order of the screens, so that both
//! languages are read side by side.

use super::{catalogue, format::grouped, plural_ru};
use crate::domain::{Language, look::ICONS};

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
    delete: "Delete", "Удалить";
    edit: "Edit", "Изменить";
    add_transaction: "Add a transaction", "Новая операция";
    edit_transaction: "Edit the transaction", "Изменить операцию";
    choose: "Choose…", "Выберите…";
    transactions: "Transactions", "Операции";
    empty: "No transactions yet. Type an amount to start.", "Операций пока нет. Начните с суммы.";
    saving: "saving…", "сохраняется…";
    waiting: "waiting…", "ждёт отправки…";
    uncounted_refused: "Not counted: it would be refused now.", "Пока не учтено: сейчас это было бы отклонено.";
    uncounted_depends: "Not counted: it depends on an entry that was not saved.", "Пока не учтено: зависит от того, что не сохранено.";
    changed_by_now: "This was changed meanwhile.", "Тем временем это изменили.";
    kept_here: "Kept on this device.", "Хранится на этом устройстве.";
    kept_while_open: "Kept while this page is open.", "Хранится, пока открыта эта страница.";
    not_recorded: "This is not recorded yet. Look through it, then press Add.", "Это ещё не записано. Просмотрите и нажмите «Записать».";
    not_saved: "Not saved", "Не записано";
    not_deleted: "Not deleted", "Не удалено";
    delete_anyway: "Delete anyway", "Всё равно удалить";
    not_stopped: "Not stopped", "Не прекращено";
    stop_anyway: "Stop anyway", "Всё равно прекратить";
    leave_it: "Leave it", "Оставить";
    waits_for_this: "waits for this", "ждёт этого";
    try_again: "Try again", "Повторить";
    discard: "Discard", "Убрать";
    deleted: "Deleted", "Удалено";
    undo: "Undo", "Вернуть";
    older: "Older transactions are not shown here.", "Более ранние операции здесь не показаны.";

    split: "Split", "Разделить";
    from_account: "From", "Откуда";
    to_account: "To", "Куда";
    arrives: "Arrives", "Поступит";
    add_part: "Add a part", "Ещё часть";
    remove_part: "Remove this part", "Убрать часть";
    the_rest: "the rest", "остаток";
    rest_is: "The rest:", "Остаток:";
    not_split: "Not split yet:", "Ещё не разделено:";
    planned: "Planned", "План";
    plan: "Plan", "План";
    fact: "Actual", "Факт";
    left: "Left", "Осталось";
    expenses: "Expenses", "Расходы";
    overspent: "overspent", "перерасход";
    previous_month: "Previous month", "Предыдущий месяц";
    next_month: "Next month", "Следующий месяц";
    copy_last_month: "Copy last month", "Как в прошлом месяце";
    average_of_three: "Average of three months", "Среднее за три месяца";
    spread_over_year: "Spread over a year", "Разложить на год";
    left_out: "Other currencies are not in the plan:", "Другие валюты в план не входят:";
    operators: "Calculate", "Посчитать";
    income: "Income", "Доходы";
    spent: "Spent", "Расходы";
    together: "Total", "Всего";
    balances: "Balances", "Остатки";
    expense_kind: "Expense", "Расход";
    income_kind: "Income", "Доход";
    transfer_kind: "Transfer", "Перевод";

    changed_meanwhile: "Changed while you were editing", "Изменилось, пока вы писали";
    finish_first: "Not saved yet. Save it, or press Cancel to discard what you typed.", "Ещё не сохранено. Сохраните или нажмите «Отмена», чтобы убрать введённое.";
    add_first: "Not added yet. Add it, or press Cancel to discard what you typed.", "Ещё не записано. Запишите или нажмите «Отмена», чтобы убрать введённое.";
    deleted_meanwhile: "Deleted while you were editing", "Удалено, пока вы писали";
    theirs: "Theirs", "Сейчас";
    yours: "Yours", "У вас";
    deleted_and_kept: "It was deleted meanwhile. What you changed is kept here.", "Тем временем это удалили. Ваши изменения хранятся здесь.";
    keep_mine: "Keep mine", "Оставить моё";
    restore_with_mine: "Restore with my change", "Вернуть с моими изменениями";
    keep_theirs: "Keep theirs", "Оставить как есть";
    correct: "Correct", "Исправить";
    look_at_both: "Look at both", "Сравнить";

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
    sign_in_again: "This session has ended. Sign in to go on; what you typed is still here.", "Этот сеанс завершён. Войдите, чтобы продолжить: введённое никуда не делось.";
    sign_in: "Sign in", "Войти";
    sign_in_page: "Sign in as somebody else", "Войти под другим именем";
    email: "Email", "Почта";
    password: "Password", "Пароль";
    new_build: "There is a new version of this page.", "Вышла новая версия этой страницы.";
    new_build_busy: "There is a new version of this page. Finish what is open first.", "Вышла новая версия этой страницы. Сначала закончите начатое.";
    reload: "Reload", "Обновить";
    loading_part: "Loading…", "Загружается…";
    part_missing: "This part of the page could not be loaded. Check the connection.", "Эта часть страницы не загрузилась. Проверьте соединение.";
    part_outdated: "This part of the page has a newer version by now: reload the page.", "У этой части страницы уже новая версия: обновите страницу.";

    keys: "Keys", "Клавиши";
    key_new: "New transaction", "Новая операция";
    key_enter: "Add and stay; open a row", "Записать и остаться; открыть строку";
    key_move: "From row to row", "По строкам";
    key_escape: "Close without saving", "Закрыть, не сохраняя";
    key_tree: "Move a category up or down the tree", "Вложить категорию или вынести";
    key_order: "Move an account up or down", "Переставить счёт";
    key_help: "This list", "Этот список";
    close: "Close", "Закрыть";
    done: "Done", "Готово";
    change_sign: "Change the sign", "Сменить знак";
    settings: "Settings", "Настройки";
    connection: "Connection", "Связь";

    categories: "Categories", "Категории";
    accounts: "Accounts", "Счета";
    members: "Members", "Участники";
    name: "Name", "Название";
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
    nothing_fits: "nothing fits", "ничего не подходит";
    key_letters: "Find a category in its list", "Найти категорию в списке";
    expected: "Expected", "Ожидается";
    record: "Record", "Записать";
    skip_day: "Skip", "Пропустить";
    recorded: "Recorded", "Записано";
    skipped: "Skipped", "Пропущено";
    by_itself: "by itself", "автоматически";
    expected_keys: "Delete skips it.", "Del пропускает.";
    recurring: "Recurring", "Повторяется";
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
    you: "you", "вы";
    remove: "Remove", "Убрать";
    leave: "Leave this household", "Выйти из семьи";
    leave_ask: "Leave this household? What you recorded stays. You can come back only by an invitation.", "Выйти из этой семьи? Записанное вами останется. Вернуться можно только по приглашению.";
    not_a_member: "No longer a member", "Вы больше не участник";
    not_a_member_detail: "You are not a member of this household any more, and nothing here is brought up to date.", "Вы больше не состоите в этой семье, и здесь ничего не обновляется.";
    go_on: "Continue", "Продолжить";
    edit_category: "Edit the category", "Изменить категорию";
    edit_account: "Edit the account", "Изменить счёт";
    move_up: "Move up", "Переставить выше";
    move_down: "Move down", "Переставить ниже";
    no_icon: "No icon", "Без значка";
    icon: "Icon", "Значок";
    colour: "Colour", "Цвет";
    not_found: "There is no such page.", "Такой страницы нет.";
}

/// `Live`, with the numbers of entries that were refused and of those that wait to be sent.
#[must_use]
pub fn live_with(language: Language, refused: usize, waiting: usize) -> String {
    with_counts(language, words(language).live.to_owned(), refused, waiting)
}

/// `Offline since 14:02`, with the same numbers.
#[must_use]
pub fn offline_since(language: Language, time: &str, refused: usize, waiting: usize) -> String {
    let offline = match language {
        Language::En => format!("Offline since {time}"),
        Language::Ru => format!("Нет связи с {time}"),
    };
    with_counts(language, offline, refused, waiting)
}

/// `Live, 1 not saved, 3 waiting`. Each number stays beside its words where a narrow screen breaks the line.
fn with_counts(language: Language, mut text: String, refused: usize, waiting: usize) -> String {
    for (count, en, ru) in
        [(refused, "not\u{a0}saved", "не\u{a0}сохранено"), (waiting, "waiting", "ждут\u{a0}отправки")]
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
        (Language::En, 1) => "1 entry was not accepted:".to_owned(),
        (Language::En, _) => format!("{count} entries were not accepted:"),
        (Language::Ru, _) => {
            let number = i64::try_from(count).unwrap_or(i64::MAX);
            format!("Не принято: {count} {}", plural_ru(number, ["запись", "записи", "записей"]))
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

/// `20.00 € too much`: the parts of a split exceed its total.
#[must_use]
pub fn over_whole(language: Language, over: &str) -> String {
    match language {
        Language::En => format!("{over} too much"),
        Language::Ru => format!("Лишние {over}"),
    }
}

/// Who changed the entry that is being edited here; without a name if it was the same person in another
/// window.
#[must_use]
pub fn changed_by(language: Language, who: Option<&str>) -> String {
    match (language, who) {
        (Language::En, Some(who)) => format!("{who} changed this while you were editing"),
        (Language::Ru, Some(who)) => format!("Изменилось, пока вы писали ({who})"),
        (language, None) => words(language).changed_meanwhile.to_owned(),
    }
}

/// Why a change was refused: another member changed the same before it arrived.
#[must_use]
pub fn changed_to_choose(language: Language, who: &str) -> String {
    match language {
        Language::En => format!("{who} changed this meanwhile. Look at both and choose."),
        Language::Ru => format!("Пока вы писали, это изменили ({who}). Посмотрите оба варианта и выберите."),
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

/// The warning before a row that somebody changed is deleted anyway. A recurring entry is stopped.
#[must_use]
pub fn delete_changed(language: Language, who: Option<&str>, now: &str, stops: bool) -> String {
    let changed = changed_by(language, who);
    let again = match (language, stops) {
        (Language::En, false) => "Delete again to delete it all the same.",
        (Language::En, true) => "Stop again to stop it all the same.",
        (Language::Ru, false) => "Чтобы всё равно удалить, нажмите ещё раз.",
        (Language::Ru, true) => "Чтобы всё равно прекратить, нажмите ещё раз.",
    };
    format!("{changed}: {now}. {again}")
}

/// Why a deletion was refused: another member changed the row before it arrived. The row shows that change.
#[must_use]
pub fn changed_before_deletion(language: Language, who: Option<&str>) -> String {
    match (language, who) {
        (Language::En, Some(who)) => format!("{who} changed it meanwhile. This is how it is now."),
        (Language::En, None) => "It was changed meanwhile. This is how it is now.".to_owned(),
        (Language::Ru, Some(who)) => format!("Тем временем запись изменилась ({who}). Сейчас она такая."),
        (Language::Ru, None) => "Тем временем запись изменилась. Сейчас она такая.".to_owned(),
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
