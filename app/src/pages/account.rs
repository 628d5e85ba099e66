//! Signing in, and founding a household.

use super::use_words;
use crate::{
    api::account::{LogIn, Register as RegisterCall},
    components::{
        field::Field,
        post_form::{PostForm, Posting, Refusal},
    },
    domain::{Currency, MutationId},
    live_link::LiveLink,
};
use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::{components::A, hooks::use_query_map};

/// Sign in.
#[component]
pub fn SignIn() -> impl IntoView {
    let t = use_words();
    let posting = Posting::to::<LogIn>();
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    view! {
        <Title text=t.sign_in />
        <main id="main" class="page page-narrow">
            <h1>{t.product}</h1>
            <PostForm posting class="card form" label=t.sign_in>
                <h2>{t.sign_in}</h2>
                <Refusal refusal=posting.refusal />
                <Field label=t.email id="email".to_owned() error=posting.of_field("email")>
                    <input class="input" id="email" aria-invalid=posting.invalid("email") aria-describedby="email-error" name="email" type="email" autocomplete="username" required />
                </Field>
                <Field label=t.password id="password".to_owned() error=posting.of_field("password")>
                    <input class="input" id="password" aria-invalid=posting.invalid("password") name="password" type="password" autocomplete="current-password" aria-describedby="password-error" required />
                </Field>
                <input type="hidden" name="next" value=next />
                <button type="submit" class="button" disabled=posting.pending>{t.sign_in_do}</button>
            </PostForm>
            <p><A href="/register">{t.no_account}</A></p>
        </main>
    }
}

/// Found a household.
#[component]
pub fn Register() -> impl IntoView {
    let t = use_words();
    let posting = Posting::to::<RegisterCall>();
    let zone = NodeRef::<html::Input>::new();
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    // The household's days begin where the person is.
    Effect::new(move || {
        if let (Some(input), Some(zone)) = (zone.get(), link.time_zone()) {
            input.set_value(&zone);
        }
    });
    view! {
        <Title text=t.register />
        <main id="main" class="page page-narrow">
            <h1>{t.product}</h1>
            <PostForm posting class="card form" label=t.register>
                <h2>{t.register}</h2>
                <Refusal refusal=posting.refusal />
                <Field label=t.household_name id="household".to_owned() error=posting.of_field("household")>
                    <input class="input" id="household" aria-invalid=posting.invalid("household") aria-describedby="household-error" name="form[household]" maxlength="80" autocomplete="off" required />
                </Field>
                <Field label=t.currency id="currency".to_owned() error=posting.of_field("currency")>
                    <select class="input" id="currency" aria-invalid=posting.invalid("currency") aria-describedby="currency-error" name="form[currency]">
                        {Currency::COMMON.into_iter().map(|code| view! { <option value=code>{code}</option> }).collect_view()}
                    </select>
                </Field>
                <Person posting />
                <input node_ref=zone type="hidden" name="form[time_zone]" />
                <button type="submit" class="button" disabled=posting.pending>{t.register_do}</button>
            </PostForm>
            <p><A href="/sign-in">{t.have_account}</A></p>
        </main>
    }
}

/// Name, email and password of somebody new; and the key under which an answer that was lost is found
/// again when the form is sent once more.
#[component]
pub(super) fn Person(
    /// The form that asks.
    posting: Posting,
) -> impl IntoView {
    let t = use_words();
    view! {
        <input type="hidden" name="mutation_id" value=MutationId::new().to_string() />
        <Field label=t.your_name id="name".to_owned() error=posting.of_field("name")>
            <input class="input" id="name" aria-invalid=posting.invalid("name") aria-describedby="name-error" name="form[name]" maxlength="80" autocomplete="given-name" required />
        </Field>
        <Field label=t.email id="email".to_owned() error=posting.of_field("email")>
            <input class="input" id="email" aria-invalid=posting.invalid("email") aria-describedby="email-error" name="form[email]" type="email" autocomplete="username" required />
        </Field>
        <Field label=t.password id="password".to_owned() error=posting.of_field("password")>
            <input class="input" id="password" aria-invalid=posting.invalid("password") name="form[password]" type="password" autocomplete="new-password"
                minlength="8" required aria-describedby="password-error password-hint" />
            <p class="field-hint" id="password-hint">{t.password_hint}</p>
        </Field>
    }
}
