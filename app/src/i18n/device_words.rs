//! The texts of what the device stores, of signing out while it waits, and of what needs a connection. Only later parts of
//! the program use them.

use super::catalogue;
use crate::domain::Language;

catalogue! {
    /// The fixed texts.
    DeviceWords, device_words;

    sending: "Sending before you sign out", "Отправка перед выходом";
    not_sent: "Not everything could be sent", "Отправлено не всё";
    no_connection: "There is no connection. Sending goes on by itself once it is back.", "Нет связи. Отправка продолжится сама, когда она появится.";
    needs_connection: "This needs a connection to the server.", "Для этого нужна связь с сервером.";
    months_wait: "Other months need a connection. They appear by themselves once it is back.", "Для других месяцев нужна связь. Они появятся сами, когда она вернётся.";
    keep_or_discard: "Keep or discard them…", "Оставить или убрать…";
    stay: "Stay signed in", "Не выходить";
    unreadable_hint: "Another version of this page has stored them. Reload to get the newest one.", "Их сохранила другая версия этой страницы. Обновите её, чтобы получить самую новую.";
    discard_unreadable: "Discard them…", "Убрать их…";
    discard_sure: "This deletes them from this device for good. They are saved nowhere else.", "Они исчезнут с этого устройства навсегда. Больше они нигде не сохранены.";
    discard_now: "Discard for good", "Убрать навсегда";
    elsewhere_hint: "Open that household in the settings to decide about them.", "Чтобы решить, что с ними делать, откройте ту семью в настройках.";
    discard_elsewhere: "Discard what was not saved there…", "Убрать не сохранённое там…";
}

/// `2 of 5 sent`
#[must_use]
pub fn sent_of(language: Language, sent: usize, all: usize) -> String {
    match language {
        Language::En => format!("{sent} of {all} sent"),
        Language::Ru => format!("Отправлено {sent} из {all}"),
    }
}

/// How many stored entries this build cannot read.
#[must_use]
pub fn unreadable(language: Language, count: usize) -> String {
    match language {
        Language::En => format!("Entries on this device that this version of the page cannot read: {count}."),
        Language::Ru => {
            format!("Записи на этом устройстве, которые эта версия страницы не может прочитать: {count}.")
        }
    }
}

/// What the device stores of the other households of the account: `In another household: 1 not saved, 2 waiting to be
/// sent.` Counted are those that were refused, those that wait, and those that wait for a page of that household.
#[must_use]
pub fn elsewhere(language: Language, counts: [usize; 3]) -> String {
    let words = match language {
        Language::En => ["not saved", "waiting to be sent", "waiting for you to open it"],
        Language::Ru => ["не записано", "ждут отправки", "ждут, когда вы её откроете"],
    };
    let counted = counts.into_iter().zip(words);
    let counted = counted.filter(|(count, _)| *count > 0).map(|(count, words)| match language {
        Language::En => format!("{count} {words}"),
        Language::Ru => format!("{words}: {count}"),
    });
    let counted = counted.collect::<Vec<_>>().join(", ");
    match language {
        Language::En => format!("In another household: {counted}."),
        Language::Ru => format!("В другой семье {counted}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_there_is_in_another_household_is_counted() {
        let english = "In another household: 1 not saved, 2 waiting to be sent.";
        assert_eq!(elsewhere(Language::En, [1, 2, 0]), english);
        assert_eq!(elsewhere(Language::Ru, [0, 2, 0]), "В другой семье ждут отправки: 2.");
        let russian = "В другой семье ждут отправки: 2, ждут, когда вы её откроете: 1.";
        assert_eq!(elsewhere(Language::Ru, [0, 2, 1]), russian);
    }
}
