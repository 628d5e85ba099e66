//! The entrance to the demo household.

use super::{PageFrame, document, narrow, signing_out};
use crate::i18n::plain_words::open_as;
use leptos::prelude::*;

/// The content of the page.
#[derive(Clone, Debug)]
pub struct DemoPage {
    /// The key of the demo household.
    pub key: String,
    /// The people in it: the word in the address, and the name.
    pub people: Vec<(&'static str, &'static str)>,
    /// The person the link is for; `None` on the page that offers all.
    pub person: Option<&'static str>,
    /// Whether somebody is signed in here who is not a member of this household.
    pub signed_in: bool,
    /// The address of this server under another name, which has separate cookies: a second person fits in
    /// this browser.
    pub elsewhere: Option<String>,
}

/// The page on which a visitor enters as one of the people.
#[must_use]
pub fn demo(frame: &PageFrame, page: &DemoPage) -> String {
    let t = frame.words();
    let language = frame.language;
    // Opening a link must not sign anybody out: then the button has to be pressed.
    let at_once = page.person.is_some() && !page.signed_in;
    // A form that is sent at once leaves no time for that.
    let enters = if at_once { "" } else { signing_out::enters(frame) };
    let shown = page.people.iter().filter(|(word, _)| page.person.is_none_or(|person| person == *word));
    let buttons = shown.enumerate().map(|(at, (word, name))| {
        let class = if at == 0 { "button" } else { "button button-outline" };
        view! {
            <form method="post" action=format!("/demo/{}/{word}", page.key) data-at-once=at_once.then_some("") data-enters=enters>
                <button type="submit" class=class>{open_as(language, name)}</button>
            </form>
        }
    });
    let buttons = buttons.collect_view();
    let second = page.person.is_none().then(|| page.people.get(1)).flatten().map(|(word, name)| {
        let host = page.elsewhere.clone().unwrap_or_default();
        let link = format!("{host}/demo/{}/{word}", page.key);
        view! {
            <p>{t.demo_second} ": " <a href=link target="_blank" rel="noopener">{open_as(language, name)}</a></p>
        }
    });
    let warning = page.signed_in.then(|| view! { <p class="form-error">{t.demo_signed_in}</p> });
    let body = view! {
        <h1>{t.demo}</h1>
        <p>{t.demo_two}</p>
        {warning}
        <div class="form">{buttons}</div>
        {second}
        <p class="muted">{t.demo_text}</p>
        {super::enter::languages(frame)}
        {signing_out::script()}
    };
    document(frame, t.demo, narrow(frame, body))
}
