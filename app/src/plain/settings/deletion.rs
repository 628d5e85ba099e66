//! The sections for deleting the account and the household.

use super::{Section, SettingsPage, filled, saved};
use crate::{
    domain::Role,
    i18n::people_words::deleted_on,
    plain::{Input, PageFrame, refusal, signing_out::lost_with_it, typed_by},
};
use leptos::prelude::*;

/// Deletion of the account, confirmed with the password.
pub(super) fn account(frame: &PageFrame, page: &SettingsPage) -> AnyView {
    let t = frame.words();
    let filled = filled(page, Section::Account);
    view! {
        <section class="card" aria-labelledby="account-title">
            <h2 id="account-title">{t.delete_account}</h2>
            <p class="muted">{t.delete_account_hint}</p>
            {lost_with_it(frame, &page.account.to_string())}
            <form method="post" action="/settings/account" class="form" aria-labelledby="account-title">
                {typed_by(page.me.member.id)}
                {refusal(frame, &filled)}
                // For password managers.
                <input type="email" autocomplete="username" value=page.me.email.clone() hidden aria-hidden="true" />
                {Input::password("password", frame.live().password, "current-password").draw(frame, &filled)}
                <button type="submit" class="button button-danger">{t.delete_account_do}</button>
            </form>
        </section>
    }
    .into_any()
}

/// Deletion of the household by its owner, confirmed with its name, and the cancellation of it.
pub(super) fn household(frame: &PageFrame, page: &SettingsPage) -> AnyView {
    let t = frame.words();
    let household = &page.me.household;
    let owner = page.me.member.role == Role::Owner;
    if !owner && household.erase_on.is_none() {
        return ().into_any();
    }
    let form = match household.erase_on {
        Some(day) => {
            // On the day itself it can no longer be kept.
            let keep = (owner && page.today < day).then(|| {
                view! {
                    <form method="post" action="/settings/keep">
                        {typed_by(page.me.member.id)}
                        <button type="submit" class="button button-outline">{t.keep_household}</button>
                    </form>
                }
            });
            view! {
                <p>{deleted_on(frame.language, day, page.today)}</p>
                {refusal(frame, &filled(page, Section::Deletion))}
                {refusal(frame, &filled(page, Section::Keep))}
                {keep}
            }
            .into_any()
        }
        None => {
            let filled = filled(page, Section::Deletion);
            view! {
                <p class="muted">{t.delete_household_hint}</p>
                {lost_with_it(frame, &format!("{} {}", page.account, household.id))}
                <p><b>{household.name.shown()}</b></p>
                <form method="post" action="/settings/deletion" class="form" aria-labelledby="deletion-title">
                    {typed_by(page.me.member.id)}
                    {refusal(frame, &filled)}
                    {Input::text("confirm_name", t.delete_household_name).draw(frame, &filled)}
                    <button type="submit" class="button button-danger">{t.delete_household_do}</button>
                </form>
            }
            .into_any()
        }
    };
    view! {
        <section class="card" aria-labelledby="deletion-title">
            <h2 id="deletion-title">{t.delete_household}</h2>
            {form}
            {saved(page, Section::Keep, t.household_kept)}
        </section>
    }
    .into_any()
}
