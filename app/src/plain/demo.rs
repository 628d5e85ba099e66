//! The way into the demo household.

use super::{Frame, document, narrow};
use crate::i18n::plain_words::open_as;
use leptos::prelude::*;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct DemoPage {
    /// Whose demo household it is.
    pub key: String,
    /// The people in it: the word in the address, and the name.
    pub people: Vec<(&'static str, &'static str)>,
    /// The one whom the link is for; none on the page that offers all.
    pub person: Option<&'static str>,
    /// Somebody is signed in here who is not of this household.
    pub signed_in: bool,
    /// The same server under another name, whose cookies are others: a second person fits in this browser.
    pub elsewhere: Option<String>,
}

/// Lets a visitor in as one of the people.
#[must_use]
pub fn demo(frame: &Frame, page: &DemoPage) -> String {
    let t = frame.words();
    let language = frame.language;
    // Nobody is signed out by opening a link: then the button is pressed by hand.
    let at_once = page.person.is_some() && !page.signed_in;
    let shown = page.people.iter().filter(|(word, _)| page.person.is_none_or(|person| person == *word));
    let buttons = shown.enumerate().map(|(at, (word, name))| {
        let class = if at == 0 { "button" } else { "button button-outline" };
        view! {
            <form method="post" action=format!("/demo/{}/{word}", page.key) data-at-once=at_once.then_some("")>
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
    };
    document(frame, t.demo, narrow(frame, body))
}
