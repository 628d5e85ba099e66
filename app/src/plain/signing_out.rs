//! What the pages say of the changes that wait on the device, before they could be lost. `public/signing-out.js` fills in
//! the numbers, and shows what is hidden here.

use super::{PageFrame, typed_by};
use crate::domain::{AccountId, SessionId};
use leptos::prelude::*;

/// The script.
pub(super) fn script() -> impl IntoView {
    view! { <script src="/signing-out.js" defer></script> }
}

/// What the script does with the copies of the book at a form after which another person may be signed in: if nobody is
/// signed in, it erases them at once, otherwise when the form is sent.
pub(super) const fn enters(frame: &PageFrame) -> &'static str {
    if frame.member.is_some() { "replaces" } else { "" }
}

/// Whether this device keeps a copy of the book. The browser knows it, so the script fills it in; without it there is no copy.
/// Nothing if there is no service worker: a browser may still have the one of before, and removes it with its next page.
pub(super) fn keeps_book(frame: &PageFrame) -> AnyView {
    if !frame.has_worker {
        return ().into_any();
    }
    let t = frame.words();
    view! {
        <div data-keeps-book="" hidden>
            <label class="check">
                <input type="checkbox" aria-describedby="keeps-book-hint" />
                <span>{t.keep_book}</span>
            </label>
            <p class="muted" id="keeps-book-hint">{t.keep_book_hint}</p>
        </div>
    }
    .into_any()
}

/// How many changes wait on this device, and the way to the page that sends and lists them; hidden unless there are some.
/// This page runs no program that could.
pub(super) fn waits(frame: &PageFrame, account: AccountId) -> AnyView {
    let t = frame.words();
    view! {
        <section class="card kept-here" aria-label=t.kept_here data-waits=account.to_string() hidden>
            <div data-there="">
                {numbers(frame)}
                <p class="muted">{t.sent_elsewhere}</p>
                <p><a class="button button-outline" href="/#connection">{t.show_waiting}</a></p>
            </div>
            <p role="status"><span data-gone="" hidden>{t.none_waits}</span></p>
        </section>
    }
    .into_any()
}

/// What takes the place of the page if the server cannot be reached when somebody signs out.
fn unreached(frame: &PageFrame) -> impl IntoView + use<> {
    let t = frame.words();
    let product = frame.live().product;
    view! {
        <template data-unreached="">
            <main id="main" class="page page-narrow">
                <p class="brand">{product}</p>
                <h1 tabindex="-1">{t.left_here}</h1>
                <p>{t.left_here_text}</p>
                <p role="status">{t.session_goes_on}</p>
                <button type="button" class="button" data-end-session="">{t.look_again}</button>
            </main>
        </template>
    }
}

/// The form that signs out of this session, and the question before it if changes wait.
pub(super) fn sign_out(frame: &PageFrame, account: AccountId, session: Option<SessionId>) -> AnyView {
    let (t, live) = (frame.words(), frame.live());
    let choice = |word: &'static str, class: &'static str, text: &'static str| {
        view! { <button type="button" class=class data-choice=word>{text}</button> }.into_any()
    };
    view! {
        <form method="post" action="/sign-out" data-sign-out=account.to_string() data-session=session.map(|id| id.to_string())>
            {frame.member.map(typed_by)}
            <button type="submit" class="button button-outline">{t.sign_out}</button>
        </form>
        <dialog class="dialog" aria-labelledby="ask-title" data-ask="">
            <div class="form">
                <h2 id="ask-title">{t.sign_out_ask}</h2>
                {numbers(frame)}
                <p class="muted">{t.sign_out_hint}</p>
                <p class="form-error" role="alert" data-note="failed" hidden>{t.discard_failed}</p>
                <p class="form-error" role="alert" data-note="changed" hidden>{t.not_discarded}</p>
                {choice("send", "button", t.send_now)}
                {choice("keep", "button button-outline", t.keep_unsent)}
                {choice("discard", "button button-danger", t.discard_unsent)}
                {choice("cancel", "button button-quiet", live.cancel)}
            </div>
        </dialog>
        {unreached(frame)}
    }
    .into_any()
}

/// Says what a deletion would lose; hidden unless changes of this account wait, or of this household of it.
pub(super) fn lost_with_it(frame: &PageFrame, owner: &str) -> AnyView {
    view! {
        <div class="form-error" data-waits=owner.to_owned() hidden>
            <p>{frame.words().lost_with_it}</p>
            {numbers(frame)}
        </div>
    }
    .into_any()
}

fn numbers(frame: &PageFrame) -> impl IntoView + use<> {
    let t = frame.words();
    view! {
        <p>{t.waiting_here} " " <b data-count="waiting"></b></p>
        <p>{t.refused_here} " " <b data-count="refused"></b></p>
    }
}
