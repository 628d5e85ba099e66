//! The texts of forms in which rows are changed, and of what was refused. Only later parts of the program use them.

use super::{Words, catalogue, words};
use crate::domain::Language;

catalogue! {
    /// The fixed texts, beside those of all live screens.
    EditingWords, editing_words, beside Words, words;

    delete: "Delete", "Удалить";
    edit_transaction: "Edit the transaction", "Изменить операцию";
    uncounted_refused: "Not counted: it would be refused now.", "Пока не учтено: сейчас это было бы отклонено.";
    uncounted_depends: "Not counted: it depends on an entry that was not saved.", "Пока не учтено: зависит от того, что не записано.";
    changed_by_now: "This was changed meanwhile.", "Тем временем это изменили.";
    not_deleted: "Not deleted", "Не удалено";
    delete_anyway: "Delete anyway", "Всё равно удалить";
    not_stopped: "Not stopped", "Не прекращено";
    stop_anyway: "Stop anyway", "Всё равно прекратить";
    leave_it: "Leave it", "Оставить";
    send_now: "Send now", "Отправить сейчас";
    waits_for_this: "waits for this", "ждёт этого";
    from_account: "From", "Откуда";
    to_account: "To", "Куда";
    arrives: "Arrives", "Поступит";
    add_part: "Add a part", "Ещё часть";
    remove_part: "Remove this part", "Убрать часть";
    the_rest: "the rest", "остаток";
    rest_is: "The rest:", "Остаток:";
    not_split: "Not split yet:", "Ещё не разделено:";
    changed_meanwhile: "Changed while you were editing", "Изменилось, пока вы писали";
    add_first: "Not added yet. Add it, or press Cancel to discard what you typed.", "Ещё не записано. Запишите или нажмите «Отмена», чтобы убрать введённое.";
    deleted_meanwhile: "Deleted while you were editing", "Удалено, пока вы писали";
    theirs: "Theirs", "Сейчас";
    yours: "Yours", "У вас";
    deleted_and_kept: "It was deleted meanwhile. What you changed is kept here.", "Тем временем это удалили. Ваши изменения хранятся здесь.";
    not_in_restored: "The book was restored to an earlier state; this transaction is no longer in it.", "Данные вернули к более раннему состоянию; этой операции в них больше нет.";
    enter_again: "Enter it again", "Записать заново";
    restore_with_mine: "Restore with my change", "Вернуть с моими изменениями";
    keep_theirs: "Keep theirs", "Оставить как есть";
    correct: "Correct", "Исправить";
    look_at_both: "Look at both", "Сравнить";
    sign_in_again: "This session has ended. Sign in to go on; what you typed is still here.", "Этот сеанс завершён. Войдите, чтобы продолжить: введённое никуда не делось.";
    sign_in_page: "Sign in as somebody else", "Войти под другим именем";
}

/// Who changed the entry that is being edited here; without a name if it was the same person in another
/// window.
#[must_use]
pub fn changed_by(language: Language, who: Option<&str>) -> String {
    match (language, who) {
        (Language::En, Some(who)) => format!("{who} changed this while you were editing"),
        (Language::Ru, Some(who)) => format!("Изменилось, пока вы писали ({who})"),
        (language, None) => editing_words(language).changed_meanwhile.to_owned(),
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
        (language, None) => editing_words(language).keep_theirs.to_owned(),
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

/// `20.00 € too much`: the parts of a split exceed its total.
#[must_use]
pub fn over_whole(language: Language, over: &str) -> String {
    match language {
        Language::En => format!("{over} too much"),
        Language::Ru => format!("Лишние {over}"),
    }
}
