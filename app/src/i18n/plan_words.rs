//! Texts about plans: what is left, what will be left, and how much is used.

use super::{
    Words, catalogue,
    format::{amount, of_month_in},
    words,
};
use crate::domain::{Language, Money, Month};

catalogue! {
    /// The fixed texts of the plan page, beside those of all live screens. Only its part of the program uses them.
    PlanWords, plan_words, beside Words, words;

    fact: "Actual", "Факт";
    left: "Left", "Осталось";
    expenses: "Expenses", "Расходы";
    overspent: "overspent", "перерасход";
    previous_month: "Previous month", "Предыдущий месяц";
    next_month: "Next month", "Следующий месяц";
    copy_last_month: "Copy last month", "Как в прошлом месяце";
    average_of_three: "Average of three months", "Среднее за три месяца";
    spread_over_year: "Spread over a year", "Разложить на год";
    tools_need_connection: "Copying, the average and spreading need a connection to the server.", "Чтобы взять прошлый месяц, среднее или разложить на год, нужна связь с сервером.";
    left_out: "Other currencies are not in the plan:", "Другие валюты в план не входят:";
}

/// `421.00 left`, `12.00 over`.
#[must_use]
pub fn left(money: Money, language: Language) -> String {
    let figure = amount(if money.is_negative() { money.negated() } else { money }, language);
    match (language, money.is_negative()) {
        (Language::En, false) => format!("{figure} left"),
        (Language::En, true) => format!("{figure} over"),
        (Language::Ru, false) => format!("осталось {figure}"),
        (Language::Ru, true) => format!("перерасход {figure}"),
    }
}

/// `Groceries: 421.00 left → 370.03 after this`
#[must_use]
pub fn left_after(name: &str, before: Money, after: Money, language: Language) -> String {
    let now = left(before, language);
    // The word for left or over is repeated only if it changes.
    let then = if before.is_negative() == after.is_negative() {
        amount(if after.is_negative() { after.negated() } else { after }, language)
    } else {
        left(after, language)
    };
    match language {
        Language::En => format!("{name}: {now} → {then} after this"),
        Language::Ru => format!("{name}: {now} → станет {then}"),
    }
}

/// The label of the month's figure: left to spend, or overspent.
#[must_use]
pub fn left_in(month: Month, overspent: bool, language: Language) -> String {
    let month = of_month_in(month, language);
    match (language, overspent) {
        (Language::En, false) => format!("Left to spend in {month}"),
        (Language::En, true) => format!("Overspent in {month}"),
        (Language::Ru, false) => format!("Можно потратить в {month}"),
        (Language::Ru, true) => format!("Перерасход в {month}"),
    }
}

/// The notice, shown once, when a plan is nearly or completely used.
#[must_use]
pub fn used_up(name: &str, percent: i64, rest: Money, language: Language) -> String {
    let rest = left(rest, language);
    match language {
        Language::En => format!("{name}: {percent} % of the plan used, {rest}"),
        Language::Ru => format!("{name}: план выполнен на {percent} %, {rest}"),
    }
}

/// The result of a computation: `= 52.97`, `≈ 18.69`.
#[must_use]
pub fn comes_to(money: Money, rounded: bool, language: Language) -> String {
    let sign = if rounded { "≈" } else { "=" };
    format!("{sign} {}", amount(money, language))
}

/// The accessible name of a cell: `Groceries, November 2026: plan`.
#[must_use]
pub fn plan_of(name: &str, month: &str, language: Language) -> String {
    match language {
        Language::En => format!("{name}, {month}: plan"),
        Language::Ru => format!("{name}, {month}: план"),
    }
}

/// The name of a change of many plans, in the list of waiting changes.
#[must_use]
pub fn plans_of(count: usize, language: Language) -> String {
    match language {
        Language::En => format!("Plan: {count} amounts"),
        Language::Ru => format!("План, сумм: {count}"),
    }
}

/// The notice that somebody else set the same cell.
#[must_use]
pub fn set_meanwhile(who: &str, amount: &str, language: Language) -> String {
    match language {
        Language::En => format!("{who} set this to {amount} meanwhile."),
        Language::Ru => format!("Пока вы писали, здесь стало {amount} ({who})."),
    }
}

/// Why several plans were not set: the same person has changed one of them in another window or on another device.
#[must_use]
pub const fn changed_elsewhere(language: Language) -> &'static str {
    match language {
        Language::En => {
            "You changed this elsewhere meanwhile: nothing was set. Look at the plan and try again."
        }
        Language::Ru => {
            "Тем временем вы изменили это в другом месте: ничего не записано. Посмотрите план и повторите."
        }
    }
}

/// Why several plans were not set: somebody has changed one of them.
#[must_use]
pub fn changed_and_not_set(who: Option<&str>, language: Language) -> String {
    match (language, who) {
        (Language::En, who) => {
            let who = who.unwrap_or("Somebody");
            format!("{who} changed this meanwhile: nothing was set. Look at the plan and try again.")
        }
        (Language::Ru, who) => {
            let who = who.map(|who| format!(" ({who})")).unwrap_or_default();
            format!("Тем временем это изменили{who}: ничего не записано. Посмотрите план и повторите.")
        }
    }
}

/// How many lines of a pasted block were taken, if not all.
#[must_use]
pub fn lines_pasted(pasted: usize, lines: usize, columns: usize, language: Language) -> String {
    let rows = (lines > 1).then(|| match language {
        Language::En => format!("{pasted} of {lines} lines pasted."),
        Language::Ru => format!("Вставлено строк: {pasted} из {lines}."),
    });
    let first = (columns > 1).then(|| match language {
        Language::En => format!("Of {columns} columns only the first one."),
        Language::Ru => format!("Столбцов: 1 из {columns}, только первый."),
    });
    rows.into_iter().chain(first).collect::<Vec<_>>().join(" ")
}

/// The question before existing plans are replaced, with their number.
#[must_use]
pub fn would_replace(replaced: usize, all: usize, language: Language) -> String {
    match (language, replaced) {
        // Somebody has unset them meanwhile.
        (Language::En, 0) => "Nothing that is planned already would be replaced.".to_owned(),
        (Language::Ru, 0) => "Ничего из запланированного не заменится.".to_owned(),
        (Language::En, 1) if all == 1 => "This replaces an amount that is planned already.".to_owned(),
        (Language::En, _) if replaced == all => {
            format!("All {all} amounts replace ones that are planned already.")
        }
        (Language::En, 1) => format!("Of {all} amounts 1 replaces one that is planned already."),
        (Language::En, _) => format!("Of {all} amounts {replaced} replace ones that are planned already."),
        (Language::Ru, _) => format!("Новых сумм: {all}. Уже запланированных заменят: {replaced}."),
    }
}

/// The line below the amounts that are named, for those that are not.
#[must_use]
pub fn more_amounts(language: Language, count: usize) -> String {
    match language {
        Language::En => format!("and {count} more"),
        Language::Ru => format!("и ещё {count}"),
    }
}

/// The buttons of that question: replace all, or set only empty cells.
#[must_use]
pub const fn replacing(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::En => ("Replace", "Set only the empty ones"),
        Language::Ru => ("Заменить", "Заполнить только пустые"),
    }
}

/// The notice after plans were set.
#[must_use]
pub fn amounts_set(count: usize, language: Language) -> String {
    match (language, count) {
        (Language::En, 0) => "Nothing to set: the plan has these amounts already.".to_owned(),
        (Language::En, 1) => "1 amount set.".to_owned(),
        (Language::En, _) => format!("{count} amounts set."),
        (Language::Ru, 0) => "Менять нечего: всё уже так.".to_owned(),
        (Language::Ru, _) => format!("Записано сумм: {count}."),
    }
}
