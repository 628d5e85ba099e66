//! The form that signs in again on the page after the session has ended. Everything typed stays.

use super::refusal::Refusal;
use crate::{
    api::{account::log_in, book::open_book},
    error::AppError,
    i18n::doing_words::Doing,
    live_link::{Connection, LiveLink},
    replica::Replica,
    state::{language::use_editing_words, opened::Opened},
    ui::program_part::program_part,
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

program_part! {
    /// The form, in its dialog.
    pub SIGN_IN: fn() -> AnyView = sign_in_part in later, || view! { <SignInForm /> }.into_any()
}

#[component]
fn SignInForm() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let t = use_editing_words();
    let known = use_context::<Opened>().unwrap_or_default().email.get_value();
    // Members of a demo have no password: they enter from the sign-in page.
    let known = Some(known).filter(|email| !email.ends_with("@demo.invalid")).unwrap_or_default();
    let (email, password) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let (failure, busy) = (RwSignal::new(None::<AppError>), RwSignal::new(false));
    // A dialog that opened before its form arrived has given the focus to nothing.
    Effect::new(move || {
        if let Some(password) = password.get() {
            // If the field cannot be focused, the form can still be filled in.
            drop(password.focus());
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text =
            |node: NodeRef<html::Input>| node.get_untracked().map(|input| input.value()).unwrap_or_default();
        let (email, password) = (text(email), text(password));
        let (replica, link) = (replica.clone(), link.clone());
        let household = replica.household.with_untracked(|household| household.id);
        busy.set(true);
        spawn_local(async move {
            let answer = match log_in(email, password, household).await {
                Ok(()) => open_book().await,
                Err(error) => Err(error),
            };
            busy.try_set(false);
            match answer {
                // Another person or household: nothing on this page belongs to it.
                Ok(opening) if opening.snapshot.me != replica.me => link.browser.reload(),
                Ok(opening) => {
                    link.browser.begin_book_of(opening.account);
                    replica.replace(opening.snapshot);
                    link.connection.set(Connection::CatchingUp);
                    link.browser.start(replica);
                }
                Err(error) => {
                    failure.try_set(Some(error));
                }
            }
        });
    };
    view! {
        // Without the program it is posted, as the form of the sign-in page is.
        <form class="form" method="post" action="/sign-in" on:submit=submit>
            <h2>{t.signed_out}</h2>
            <p>{t.sign_in_again}</p>
            <Refusal refusal=failure doing=Doing::SigningIn />
            <div class="field">
                <label class="field-label" for="again-email">{t.email}</label>
                <input node_ref=email class="input" id="again-email" name="email" type="email" autocomplete="username" required value=known />
            </div>
            <div class="field">
                <label class="field-label" for="again-password">{t.password}</label>
                <input node_ref=password class="input" id="again-password" name="password" type="password" autocomplete="current-password" required autofocus />
            </div>
            <button type="submit" class="button" disabled=busy>{t.sign_in}</button>
            <p><a href="/sign-in" rel="external">{t.sign_in_page}</a></p>
        </form>
    }
    .into_any()
}
