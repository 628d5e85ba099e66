//! Texts about members: ownership, open links, and the deletion of the household.

use super::{catalogue, format::date, plural_ru};
use crate::domain::{Day, Language};

catalogue! {
    /// The fixed texts about members and links.
    PeopleWords, people_words;

    owner: "owner", "владелец";
    make_owner: "Make owner", "Передать семью";
    password_link: "New password", "Новый пароль";
    password_link_do: "Make the link", "Создать ссылку";
    open_links: "Open links", "Действующие ссылки";
    withdraw: "Withdraw", "Отозвать";
}

/// The question before the household is handed over.
#[must_use]
pub fn hand_over_ask(language: Language, name: &str) -> String {
    match language {
        Language::En => {
            format!("Make {name} the owner? Only {name} can undo that: you will be a member like the others.")
        }
        Language::Ru => format!(
            "Передать семью? Владелец: {name}. Вы станете обычным участником; вернуть семью сможет только новый владелец."
        ),
    }
}

/// The question before a password link is made.
#[must_use]
pub fn password_link_ask(language: Language, name: &str) -> String {
    match language {
        Language::En => {
            format!(
                "{name} cannot sign in? Make a link that sets a new password, once, within 24 hours. Give it to {name} alone."
            )
        }
        Language::Ru => format!(
            "Не получается войти? Создайте ссылку для нового пароля: она действует один раз, 24 часа. Передайте её только участнику {name}."
        ),
    }
}

/// The title of an invitation, with its maker.
#[must_use]
pub fn invitation_by(language: Language, name: &str) -> String {
    match language {
        Language::En => format!("Invitation by {name}"),
        Language::Ru => format!("Приглашение от участника {name}"),
    }
}

/// The title of a password link, with its member.
#[must_use]
pub fn new_password_for(language: Language, name: &str) -> String {
    match language {
        Language::En => format!("New password for {name}"),
        Language::Ru => format!("Новый пароль: {name}"),
    }
}

/// `6 days left`; in hours below two days.
#[must_use]
pub fn time_left(language: Language, hours: i64) -> String {
    let (count, days) = if hours >= 48 { (hours / 24, true) } else { (hours, false) };
    match language {
        Language::En => {
            let unit = [["hour", "hours"], ["day", "days"]][usize::from(days)][usize::from(count != 1)];
            format!("{count} {unit} left")
        }
        Language::Ru => {
            let forms = [["час", "часа", "часов"], ["день", "дня", "дней"]][usize::from(days)];
            format!("ещё {count} {}", plural_ru(count, forms))
        }
    }
}

/// The notice on every screen of a household that waits to be erased.
#[must_use]
pub fn deleted_on(language: Language, day: Day, today: Day) -> String {
    let (due, day) = (day <= today, date(day, today, language));
    match language {
        Language::En if due => "This household is being deleted and takes no changes.".to_owned(),
        Language::Ru if due => "Эта семья удаляется, изменить в ней ничего нельзя.".to_owned(),
        Language::En => format!("This household will be deleted on {day} and takes no changes until then."),
        Language::Ru => format!("Эта семья будет удалена {day}. До тех пор изменить в ней ничего нельзя."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_in_days_or_hours_with_their_plural_forms() {
        for (hours, en, ru) in [
            (168, "7 days left", "ещё 7 дней"),
            (71, "2 days left", "ещё 2 дня"),
            (47, "47 hours left", "ещё 47 часов"),
            (24, "24 hours left", "ещё 24 часа"),
            (1, "1 hour left", "ещё 1 час"),
        ] {
            assert_eq!(time_left(Language::En, hours), en);
            assert_eq!(time_left(Language::Ru, hours), ru);
        }
    }
}
