//! Signing in, and founding a household.

use super::{use_language, use_words};
use crate::{
    api::account::{LogIn, Register as RegisterAction},
    components::field::Field,
    domain::Currency,
    error::AppError,
    i18n::errors::{field_sentence, sentence},
};
use leptos::{form::ActionForm, prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::components::A;

/// What an action was refused for.
pub(super) fn refusal_of<S>(action: ServerAction<S>) -> Signal<Option<AppError>>
where
    S: ServerFn<Output = (), Error = AppError> + Send + Sync + Clone + 'static,
{
    let value = action.value();
    Signal::derive(move || value.get().and_then(Result::err))
}

/// The message of one field.
fn of_field(refusal: Signal<Option<AppError>>, field: &'static str) -> Signal<Option<String>> {
    let language = use_language();
    Signal::derive(move || {
        refusal.with(|refusal| {
            let found = refusal.as_ref()?.fields().iter().find(|error| error.field == field)?;
            Some(field_sentence(found.reason, language))
        })
    })
}

/// The message of the whole form.
#[component]
pub(super) fn Refusal(
    /// What it was refused for.
    refusal: Signal<Option<AppError>>,
) -> impl IntoView {
    let language = use_language();
    view! { <p class="form-error" role="alert">{move || refusal.get().map(|error| sentence(&error, language))}</p> }
}

/// Sign in.
#[component]
pub fn SignIn() -> impl IntoView {
    let t = use_words();
    let action = ServerAction::<LogIn>::new();
    let (pending, refusal) = (action.pending(), refusal_of(action));
    view! {
        <Title text=t.sign_in />
        <main id="main" class="page page-narrow">
            <h1>{t.product}</h1>
            <ActionForm action=action attr:class="card form" attr:aria-label=t.sign_in>
                <h2>{t.sign_in}</h2>
                <Refusal refusal />
                <Field label=t.email id="email".to_owned() error=of_field(refusal, "email")>
                    <input class="input" id="email" name="email" type="email" autocomplete="username" required />
                </Field>
                <Field label=t.password id="password".to_owned() error=of_field(refusal, "password")>
                    <input class="input" id="password" name="password" type="password" autocomplete="current-password" required />
                </Field>
                <button type="submit" class="button" disabled=move || pending.get()>{t.sign_in_do}</button>
            </ActionForm>
            <p><A href="/register">{t.no_account}</A></p>
        </main>
    }
}

/// Found a household.
#[component]
pub fn Register() -> impl IntoView {
    let t = use_words();
    let action = ServerAction::<RegisterAction>::new();
    let (pending, refusal) = (action.pending(), refusal_of(action));
    view! {
        <Title text=t.register />
        <main id="main" class="page page-narrow">
            <h1>{t.product}</h1>
            <ActionForm action=action attr:class="card form" attr:aria-label=t.register>
                <h2>{t.register}</h2>
                <Refusal refusal />
                <Field label=t.household_name id="household".to_owned() error=of_field(refusal, "household")>
                    <input class="input" id="household" name="form[household]" maxlength="80" autocomplete="off" required />
                </Field>
                <Field label=t.currency id="currency".to_owned() error=of_field(refusal, "currency")>
                    <select class="input" id="currency" name="form[currency]">
                        {Currency::COMMON.into_iter().map(|code| view! { <option value=code>{code}</option> }).collect_view()}
                    </select>
                </Field>
                <Person refusal />
                <input type="hidden" name="form[time_zone]" data-time-zone="" />
                <button type="submit" class="button" disabled=move || pending.get()>{t.register_do}</button>
            </ActionForm>
            <p><A href="/sign-in">{t.have_account}</A></p>
        </main>
    }
}

/// Name, email and password of somebody new.
#[component]
pub(super) fn Person(
    /// What the form was refused for.
    refusal: Signal<Option<AppError>>,
) -> impl IntoView {
    let t = use_words();
    view! {
        <Field label=t.your_name id="name".to_owned() error=of_field(refusal, "name")>
            <input class="input" id="name" name="form[name]" maxlength="80" autocomplete="given-name" required />
        </Field>
        <Field label=t.email id="email".to_owned() error=of_field(refusal, "email")>
            <input class="input" id="email" name="form[email]" type="email" autocomplete="username" required />
        </Field>
        <Field label=t.password id="password".to_owned() error=of_field(refusal, "password")>
            <input class="input" id="password" name="form[password]" type="password" autocomplete="new-password"
                minlength="8" required aria-describedby="password-hint" />
            <p class="field-hint" id="password-hint">{t.password_hint}</p>
        </Field>
    }
}
