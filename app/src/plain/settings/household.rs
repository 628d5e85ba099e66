//! The settings of the household, and the switch to another household.

use super::{Section, SettingsPage, filled, saved};
use crate::{
    domain::{Currency, HouseholdName},
    error::AppError,
    i18n::editing_words::changed_to_choose,
    plain::{Input, PageFrame, refusal, select, typed_by},
};
use leptos::prelude::*;

pub(super) fn household(frame: &PageFrame, page: &SettingsPage) -> AnyView {
    let t = frame.words();
    let mut filled = filled(page, Section::Household);
    let row = &page.me.household;
    let now = [row.name.to_string(), row.currency.code().to_owned(), row.time_zone.clone()];
    let names = ["household_name", "currency", "time_zone"];
    for (name, now) in names.iter().zip(&now) {
        filled.values.entry((*name).to_owned()).or_insert_with(|| now.clone());
    }
    if let Some(AppError::Invalid { errors }) = &mut filled.refusal {
        // Ids of inputs must be unique within a page.
        for error in errors.iter_mut().filter(|error| error.field == "name") {
            error.field = "household_name".into();
        }
    }
    let mut currencies: Vec<String> = Currency::COMMON.map(str::to_owned).to_vec();
    for code in [&now[1], &filled.value("currency")] {
        if !currencies.contains(code) {
            currencies.insert(0, code.clone());
        }
    }
    // A value that somebody else saved in the meantime is shown next to the typed one.
    let stale = matches!(filled.refusal, Some(AppError::Stale { .. }));
    let theirs = names.iter().zip(&now).filter(|(name, now)| stale && filled.value(name) != **now);
    let theirs = theirs.map(|(_, now)| view! { <li>{t.now_is} " " <b>{now.clone()}</b></li> }).collect_view();
    let said = match &page.changed_by {
        Some(who) if stale => {
            let said = changed_to_choose(frame.language, who);
            view! { <p class="form-error" role="alert">{said}</p> }.into_any()
        }
        _ => refusal(frame, &filled),
    };
    // The form also posts its initial values, so that only edited fields are changed.
    let began = names.iter().zip(&now).map(|(name, now)| {
        view! { <input type="hidden" name=format!("was_{name}") value=now.clone() /> }
    });
    let zones = page.time_zones.iter().cloned();
    view! {
        <section class="card" aria-labelledby="household-title">
            <h2 id="household-title">{frame.live().household}</h2>
            <form method="post" action="/settings/household" class="form" aria-labelledby="household-title">
                {typed_by(page.me.member.id)}
                {said}
                <ul class="form-error">{theirs}</ul>
                {began.collect_view()}
                {Input::text("household_name", t.household_name).draw(frame, &filled)}
                <div class="form-pair">
                    {select(frame, &filled, ("currency", frame.live().currency), currencies, &filled.value("currency"), None)}
                    {select(frame, &filled, ("time_zone", t.time_zone), zones, &filled.value("time_zone"), Some(t.time_zone_hint))}
                </div>
                <button type="submit" class="button">{frame.live().save}</button>
                {saved(page, Section::Household, t.saved)}
            </form>
        </section>
    }
    .into_any()
}

/// The other households of the account.
pub(super) fn households(frame: &PageFrame, page: &SettingsPage) -> AnyView {
    let t = frame.words();
    if page.me.households.len() < 2 {
        return ().into_any();
    }
    let here = page.me.household.id;
    let row = |row: &HouseholdName| {
        let open = if row.id == here {
            view! { <span class="plain-detail">{t.current}</span> }.into_any()
        } else {
            view! {
                <form method="post" action="/settings/switch">
                    {typed_by(page.me.member.id)}
                    <input type="hidden" name="household_id" value=row.id.to_string() />
                    <button type="submit" class="button button-quiet" aria-label=format!("{}: {}", t.switch_do, row.name.shown())>{t.switch_do}</button>
                </form>
            }
            .into_any()
        };
        view! { <li class="plain-row"><span class="plain-name">{row.name.shown()}</span>{open}</li> }
    };
    view! {
        <section class="card" aria-labelledby="households-title">
            <h2 id="households-title">{t.switch_household}</h2>
            <ul class="plain-list">{page.me.households.iter().map(row).collect_view()}</ul>
        </section>
    }
    .into_any()
}
