//! Signing in, and founding a household.

use super::use_words;
use crate::{
    api::account::{LogIn, Register as RegisterCall},
    components::{
        field::Field,
        post_form::{PostForm, Posting, Refusal},
    },
    domain::Currency,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;

/// Sign in.
#[component]
pub fn SignIn() -> impl IntoView {
    let t = use_words();
    let posting = Posting::to::<LogIn>();
    view! {
        <Title text=t.sign_in />
        <main id="main" class="page page-narrow">
            <h1>{t.product}</h1>
            <PostForm posting class="card form" label=t.sign_in>
                <h2>{t.sign_in}</h2>
                <Refusal refusal=posting.refusal />
                <Field label=t.email id="email".to_owned() error=posting.of_field("email")>
                    <input class="input" id="email" name="email" type="email" autocomplete="username" required />
                </Field>
                <Field label=t.password id="password".to_owned() error=posting.of_field("password")>
                    <input class="input" id="password" name="password" type="password" autocomplete="current-password" required />
                </Field>
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
    view! {
        <Title text=t.register />
        <main id="main" class="page page-narrow">
            <h1>{t.product}</h1>
            <PostForm posting class="card form" label=t.register>
                <h2>{t.register}</h2>
                <Refusal refusal=posting.refusal />
                <Field label=t.household_name id="household".to_owned() error=posting.of_field("household")>
                    <input class="input" id="household" name="form[household]" maxlength="80" autocomplete="off" required />
                </Field>
                <Field label=t.currency id="currency".to_owned() error=posting.of_field("currency")>
                    <select class="input" id="currency" name="form[currency]">
                        {Currency::COMMON.into_iter().map(|code| view! { <option value=code>{code}</option> }).collect_view()}
                    </select>
                </Field>
                <Person posting />
                <input type="hidden" name="form[time_zone]" data-time-zone="" />
                <button type="submit" class="button" disabled=posting.pending>{t.register_do}</button>
            </PostForm>
            <p><A href="/sign-in">{t.have_account}</A></p>
        </main>
    }
}

/// Name, email and password of somebody new.
#[component]
pub(super) fn Person(
    /// The form that asks.
    posting: Posting,
) -> impl IntoView {
    let t = use_words();
    view! {
        <Field label=t.your_name id="name".to_owned() error=posting.of_field("name")>
            <input class="input" id="name" name="form[name]" maxlength="80" autocomplete="given-name" required />
        </Field>
        <Field label=t.email id="email".to_owned() error=posting.of_field("email")>
            <input class="input" id="email" name="form[email]" type="email" autocomplete="username" required />
        </Field>
        <Field label=t.password id="password".to_owned() error=posting.of_field("password")>
            <input class="input" id="password" name="form[password]" type="password" autocomplete="new-password"
                minlength="8" required aria-describedby="password-hint" />
            <p class="field-hint" id="password-hint">{t.password_hint}</p>
        </Field>
    }
}
