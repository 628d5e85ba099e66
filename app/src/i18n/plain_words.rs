//! The texts of pages and elements that only the server renders, kept out of the browser's download.

use super::catalogue;
use crate::domain::{Instant, Language};

catalogue! {
    /// Every fixed text of the plain pages.
    PlainWords, plain_words;


    sign_in: "Sign in", "Вход";
    sign_in_do: "Sign in", "Войти";
    sign_out: "Sign out", "Выйти";
    sign_out_ask: "Sign out before everything is sent?", "Выйти, не отправив всё?";
    sign_out_hint: "What is kept on this device is sent when you sign in here again. Nobody else sees or sends it here, but it lies in this browser unencrypted.", "Оставленное на устройстве отправится, когда вы снова войдёте здесь. Никто другой здесь его не увидит и не отправит, но лежит оно в этом браузере без шифрования.";
    waiting_here: "Changes waiting on this device to be sent:", "Изменения на этом устройстве, которые ждут отправки:";
    refused_here: "Changes that were not saved:", "Изменения, которые не записаны:";
    send_now: "Send now", "Отправить сейчас";
    keep_unsent: "Keep on this device", "Оставить на устройстве";
    discard_unsent: "Discard them", "Убрать их";
    not_discarded: "Nothing was discarded: the changes on this device are others by now.", "Ничего не убрано: изменения на этом устройстве уже другие.";
    discard_failed: "They could not be discarded. Try again, or keep them.", "Убрать их не удалось. Повторите или оставьте их.";
    kept_here: "Changes on this device", "Изменения на этом устройстве";
    sent_elsewhere: "They are sent while Today, the plan or the household is open.", "Они отправляются, пока открыты «Сегодня», план или семья.";
    show_waiting: "Show and send them", "Показать и отправить";
    none_waits: "No changes wait on this device any more.", "На этом устройстве больше ничего не ждёт отправки.";
    left_here: "Signed out on this device", "На этом устройстве вы вышли";
    left_here_text: "The book is erased from it. What you entered and could not be sent stays here, and is sent when you sign in here again.", "Бюджет с него стёрт. Записанное, но не отправленное осталось здесь и отправится, когда вы снова войдёте здесь.";
    session_goes_on: "The server cannot be reached, so your session there has not ended yet. It ends as soon as this browser reaches the server, even if you close this page.", "Связи с сервером нет, поэтому сеанс там ещё не завершён. Он завершится, как только этот браузер свяжется с сервером, даже если закрыть эту страницу.";
    lost_with_it: "These changes would be lost with it:", "Вместе с этим пропадёт:";
    register: "Create a household", "Новая семья";
    register_do: "Start", "Начать";
    no_account: "New here? Create a household", "Впервые здесь? Создайте семью";
    have_account: "Already registered? Sign in", "Уже есть учётная запись? Войдите";
    join_with_this: "Your account is in no household now. To join with it, enter your name and the same password.", "Ваша учётная запись сейчас ни в одной семье. Чтобы вступить с ней, введите имя и тот же пароль.";
    your_name: "Your name", "Ваше имя";
    password_hint: "At least 8 characters", "Не меньше 8 знаков";
    household_name: "Name of the household", "Название семьи";
    household_hint: "The others see it, for example: The Millers", "Его видят все, например: Ивановы";
    first_account: "Now on the card", "Сейчас на карте";
    first_account_hint: "You can leave it empty and enter it later", "Можно оставить пустым и записать позже";
    about_you: "About you", "О вас";
    join: "Join a household", "Присоединиться к семье";
    join_do: "Join", "Присоединиться";
    invited_to: "You are invited to", "Вас приглашают в семью";
    join_with_account: "Join with your account", "Присоединиться со своей учётной записью";
    not_here: "This cannot be shown", "Это нельзя показать";

    entry_waits: "This session has ended. Sign in to go on: what you typed is not recorded yet, and will be in its form again.", "Этот сеанс завершён. Войдите, чтобы продолжить: введённое ещё не записано и снова будет в форме.";
    nobody_signed_out: "Somebody else is signed in in this browser by now, and stays signed in: nobody was signed out. To sign them out, open their settings.", "В этом браузере вошёл уже другой человек и остаётся в приложении: никто не вышел. Чтобы выйти за него, откройте его настройки.";
    not_saved: "This is not saved:", "Это не сохранено:";
    demo_offer: "Explore the demo household", "Посмотреть на примере";
    demo_offer_hint: "A family of three with a year of transactions, all yours to try. No sign-up.", "Семья из трёх человек и год операций: пробуйте что угодно. Без регистрации.";
    demo: "The demo household", "Семья для примера";
    demo_text: "It is yours alone, and disappears 24 hours after your last visit.", "Она только ваша и исчезнет через 24 часа после последнего посещения.";
    demo_two: "Open it as Anna here and as Ben in a second window: what one enters, the other sees at once.", "Откройте её здесь за Анну, а в другом окне за Бориса: что запишет один, другой увидит сразу.";
    demo_signed_in: "You are signed in as somebody else in this browser. Opening the demo signs you out here.", "В этом браузере вы уже вошли. Если открыть пример, этот сеанс завершится.";
    demo_second: "For the second window", "Для второго окна";

    not_started: "This page has not started yet. If it stays like this, reload it.", "Страница ещё не запустилась. Если так и останется, обновите её.";
    stopped: "This page has stopped working, and changes do not arrive here. Reload it to go on.", "Страница перестала работать, изменения сюда не приходят. Обновите её, чтобы продолжить.";
    not_saved_here: "This was not saved: the page has stopped working. Copy what you typed, then reload the page.", "Это не записано: страница перестала работать. Скопируйте введённое и обновите её.";

    no_server: "No connection to the server", "Нет связи с сервером";
    no_server_text: "This page opens by itself as soon as there is one.", "Страница откроется сама, как только связь появится.";
    number_kept: "Changes kept on this device:", "Изменений, сохранённых на этом устройстве:";
    look_again: "Try again", "Повторить";
    open_kept: "Open the book kept on this device", "Открыть бюджет, сохранённый на этом устройстве";

    you: "You", "Вы";
    language: "Language", "Язык";
    theme: "Appearance", "Оформление";
    theme_system: "Match device", "Как на устройстве";
    theme_light: "Light", "Светлое";
    theme_dark: "Dark", "Тёмное";
    saved: "Saved", "Сохранено";
    old_password: "Current password", "Нынешний пароль";
    new_password: "New password", "Новый пароль";
    change_password: "Change the password", "Сменить пароль";
    password_changed: "The password is changed; other devices are signed out", "Пароль изменён; на других устройствах выполнен выход";
    keep_book: "Keep the book on this device for when there is no network", "Хранить бюджет на этом устройстве на случай, если не будет сети";
    keep_book_hint: "Then it opens without a connection, and you can go on entering. It lies in this browser unencrypted until you sign out on this device; if it was not used for 60 days, it is deleted instead of opened. Entries that wait to be sent are kept in any case.", "Тогда он откроется и без связи, и записывать можно будет дальше. Он лежит в этом браузере без шифрования, пока вы не выйдете на этом устройстве; если им не пользовались 60 дней, он не откроется, а удалится. Записи, которые ждут отправки, хранятся в любом случае.";
    devices: "Devices", "Устройства";
    devices_hint: "Where you are signed in. Sign out what you do not recognise, and change the password.", "Где выполнен вход. Если устройство вам незнакомо, завершите его сеанс и смените пароль.";
    this_device: "this device", "это устройство";
    time_zone: "Time zone", "Часовой пояс";
    time_zone_hint: "It decides when a new day begins for everybody", "От него зависит, когда для всех начинается новый день";
    now_is: "Now it is", "Сейчас";
    switch_household: "Your households", "Ваши семьи";
    switch_do: "Open", "Открыть";
    current: "open now", "открыта";

    delete_account: "Delete your account", "Удалить учётную запись";
    delete_account_hint: "You leave every household and cannot sign in any more. What you recorded stays there with your name. This cannot be undone.", "Вы выйдете из всех семей и больше не сможете войти. Записанное вами останется там с вашим именем. Отменить это нельзя.";
    delete_account_do: "Delete your account", "Удалить учётную запись";
    delete_this_account: "Delete this account", "Удалить эту учётную запись";
    delete_this_account_hint: "You cannot sign in with it any more, and its email and password are erased. What you recorded stays in the household with your name. This cannot be undone.", "Войти с ней больше будет нельзя, почта и пароль будут стёрты. Записанное вами останется в семье с вашим именем. Отменить это нельзя.";
    account_deleted: "The account is deleted.", "Учётная запись удалена.";
    delete_household: "Delete the household", "Удалить семью";
    delete_household_hint: "It takes no changes from then on. Seven days later it is erased for everybody, with all transactions; until then you can take that back.", "Сразу после этого изменить в ней ничего нельзя. Через семь дней она исчезнет для всех вместе со всеми операциями; до тех пор это можно отменить.";
    delete_household_name: "Type its name to confirm", "Введите её название";
    delete_household_do: "Delete the household", "Удалить семью";
    keep_household: "Keep the household", "Оставить семью";
    household_kept: "The household stays", "Семья остаётся";
    new_password_for: "A new password for", "Новый пароль для";
    set_password: "Set the password", "Сохранить пароль";
    password_set: "The password is set. Sign in with it.", "Пароль сохранён. Войдите с ним.";
}

/// `last seen 5 minutes ago`, in whole units.
#[must_use]
pub fn seen_ago(language: Language, seen: Instant, now: Instant) -> String {
    let minutes = (now.millis() - seen.millis()).max(0) / 60_000;
    let (count, unit) = match minutes {
        0..=1 => {
            return match language {
                Language::En => "seen just now".to_owned(),
                Language::Ru => "только что".to_owned(),
            };
        }
        2..60 => (minutes, 0),
        60..1440 => (minutes / 60, 1),
        _ => (minutes / 1440, 2),
    };
    match language {
        Language::En => {
            let unit = [["minute", "minutes"], ["hour", "hours"], ["day", "days"]][unit];
            format!("seen {count} {} ago", unit[usize::from(count != 1)])
        }
        Language::Ru => {
            let unit =
                [["минуту", "минуты", "минут"], ["час", "часа", "часов"], ["день", "дня", "дней"]][unit];
            format!("{count} {} назад", super::plural_ru(count, unit))
        }
    }
}

/// `Open as Ben`
#[must_use]
pub fn open_as(language: Language, name: &str) -> String {
    match language {
        Language::En => format!("Open as {name}"),
        Language::Ru => format!("Открыть: {name}"),
    }
}

/// `Sign out Firefox`, for people who cannot see which row the button is in.
#[must_use]
pub fn sign_out_device(language: Language, device: &str) -> String {
    format!("{}: {device}", plain_words(language).sign_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_since_is_in_whole_units_with_their_plural_forms() {
        let told = |language, minutes: i64| {
            seen_ago(language, Instant::from_millis(0), Instant::from_millis(minutes * 60_000))
        };
        assert_eq!(told(Language::En, 1), "seen just now");
        assert_eq!(told(Language::En, 60), "seen 1 hour ago");
        assert_eq!(told(Language::En, 5), "seen 5 minutes ago");
        assert_eq!(told(Language::Ru, 21), "21 минуту назад");
        assert_eq!(told(Language::Ru, 3 * 60), "3 часа назад");
        assert_eq!(told(Language::Ru, 11 * 24 * 60), "11 дней назад");
    }
}
