//! The settings of a person and of a household.

use super::{
    From, Posted, Segments, acting, choice, enter::ask_somebody_else, failed, form_page, go, just_deleted,
};
use crate::http::{Web, session};
use app::{
    command::{Command, household::check_member},
    domain::{Language, Refusals, Theme, look::COLOURS},
    error::AppError,
    plain::{self, Section, SettingsPage, SignInPage},
    service::{Actor, BudgetService, HouseholdForm, Identity, MeForm, Terms},
};
use axum::{
    extract::{RawQuery, State},
    http::header,
    response::{AppendHeaders, IntoResponse, Response},
};

async fn page_of(
    web: &Web,
    identity: &Identity,
    refused: Option<(Section, Posted, AppError)>,
    saved: Option<Section>,
) -> Response {
    let read = async {
        let actor = identity.actor.clone()?;
        let account = actor.account;
        let me = web.ledger.me(actor).await?.value;
        let sessions = web.ledger.sessions(actor).await?;
        let changed_by = match &refused {
            Some((Section::Household, _, AppError::Stale { .. })) => {
                web.ledger.household_changed_by(actor).await?.map(|member| member.name.shown())
            }
            _ => None,
        };
        Ok::<_, AppError>((me, account, sessions, changed_by))
    };
    let (me, account, sessions, changed_by) = match read.await {
        Ok(read) => read,
        Err(error) => return failed(web, identity, &error),
    };
    let refused = refused.map(|(section, posted, error)| (section, posted.refused(error)));
    let mut time_zones: Vec<String> =
        jiff::tz::db().available().map(|name| name.to_string()).filter(|name| name.contains('/')).collect();
    time_zones.push("UTC".into());
    if !time_zones.contains(&me.household.time_zone) {
        time_zones.push(me.household.time_zone.clone());
    }
    time_zones.sort_unstable();
    let (now, today) = (web.clock.now(), web.clock.today(&me.household.time_zone));
    let shown = SettingsPage { me, account, sessions, changed_by, time_zones, today, now, refused, saved };
    let refusal = shown.refused.as_ref().and_then(|(_, filled)| filled.refusal.as_ref());
    form_page(web, identity, refusal, |frame| plain::settings(frame, &shown))
}

pub async fn page(State(web): State<Web>, From(identity): From, RawQuery(query): RawQuery) -> Response {
    let saved = Posted::of_query(query).text("saved");
    page_of(&web, &identity, None, saved.as_deref().and_then(Section::of)).await
}

pub async fn save(
    State(web): State<Web>,
    From(identity): From,
    Segments(word): Segments<String>,
    posted: Posted,
) -> Response {
    let actor = match identity.actor.clone() {
        Ok(actor) => actor,
        Err(error) => return failed(&web, &identity, &error),
    };
    let actor = match acting(&web, actor, &posted).await {
        Ok(actor) => actor,
        Err(AppError::OtherMember) => {
            let kept =
                ["name", "household_name"].into_iter().filter_map(|name| changed(&posted, name)).collect();
            return ask_somebody_else(&web, &identity, SignInPage { kept, ..SignInPage::default() });
        }
        Err(error) => return failed(&web, &identity, &error),
    };
    let identity = Identity { actor: Ok(actor), ..identity };
    if word == "switch" {
        let form = MeForm { household_id: posted.text("household_id"), ..MeForm::default() };
        return match web.ledger.change_me(actor, Terms::default(), form).await {
            Ok(_) => go("/"),
            Err(error) => failed(&web, &identity, &error),
        };
    }
    let Some(section) = Section::of(&word) else { return failed(&web, &identity, &AppError::NotFound) };
    match done(&web, actor, section, &posted).await {
        // The account is deleted: signed out, here and everywhere.
        Ok(()) if section == Section::Account => {
            let cookie = session::cookie("", identity.secure);
            let ended = AppendHeaders([(header::SET_COOKIE, cookie)]);
            (ended, just_deleted(Some(actor.account)), go("/sign-in?saved=deletion")).into_response()
        }
        Ok(()) => {
            let place = if section == Section::Keep { Section::Deletion } else { section };
            let back = go(&format!("/settings?saved={}#{}-title", section.as_str(), place.as_str()));
            match posted.text("theme").filter(|_| section == Section::You) {
                Some(theme) => (choice("theme", &theme), back).into_response(),
                None => back,
            }
        }
        Err(AppError::NotSignedIn) => go("/sign-in"),
        Err(error) => {
            // Fields that were not edited show their current values, not those from when the form was opened.
            let mut posted = posted;
            for name in FIELDS {
                if posted.text(name).is_some() && posted.text(name) == posted.text(&format!("was_{name}")) {
                    posted.0.remove(name);
                }
            }
            page_of(&web, &identity, Some((section, posted, error)), None).await
        }
    }
}

/// The fields for which the form also posts the value from when it was opened.
const FIELDS: [&str; 6] = ["name", "colour", "language", "household_name", "currency", "time_zone"];

/// The typed value of a field, if it differs from the one when the form was opened.
fn changed(posted: &Posted, name: &str) -> Option<String> {
    posted.text(name).filter(|typed| posted.text(&format!("was_{name}")).as_ref() != Some(typed))
}

async fn done(web: &Web, actor: Actor, section: Section, posted: &Posted) -> Result<(), AppError> {
    let ledger = &web.ledger;
    match section {
        Section::You => {
            // Only the edited fields: another device may have changed the rest in the meantime.
            let (name, language) = (changed(posted, "name"), changed(posted, "language"));
            let mut refusals = Refusals::default();
            let colour = refusals.number("colour", changed(posted, "colour").as_ref(), 0..=COLOURS - 1);
            refusals.given::<Theme>("theme", posted.text("theme").as_ref());
            refusals.optional::<Language>("language", language.as_ref());
            check_member(&mut refusals, name.as_ref(), None);
            refusals.finish()?;
            if name.is_none() && colour.is_none() && language.is_none() {
                return Ok(());
            }
            let form = MeForm { name, colour, language, household_id: None };
            ledger.change_me(actor, Terms::default(), form).await.map(drop)
        }
        Section::Password => {
            let field = |name| posted.text(name).unwrap_or_default();
            ledger.change_password(actor, field("old"), field("new")).await
        }
        Section::Devices => {
            let id = posted.text("id").and_then(|id| id.parse().ok()).ok_or(AppError::NotFound)?;
            ledger.end_session(actor, id).await
        }
        Section::Account => {
            let password = posted.text("password").unwrap_or_default();
            ledger.delete_account(actor, password).await
        }
        Section::Deletion => {
            let name = posted.text("confirm_name").unwrap_or_default();
            ledger.close_household(actor, Terms::default(), name).await.map(drop).map_err(|error| match error
            {
                // Another form of the page has a field of this name.
                AppError::Invalid { mut errors } => {
                    for error in &mut errors {
                        error.field = "confirm_name".into();
                    }
                    AppError::Invalid { errors }
                }
                error => error,
            })
        }
        Section::Keep => ledger.reopen_household(actor, Terms::default()).await.map(drop),
        Section::Household => {
            let household = ledger.household(actor).await?.value;
            let now = [household.name.as_str(), household.currency.code(), household.time_zone.as_str()];
            let names = ["household_name", "currency", "time_zone"];
            let mut wanted = [None, None, None];
            for ((name, now), wanted) in names.into_iter().zip(now).zip(&mut wanted) {
                let (typed, began) = (changed(posted, name), posted.text(&format!("was_{name}")));
                if typed.is_none() || typed.as_deref() == Some(now) {
                    continue;
                }
                // Somebody else changed the field in the meantime: both values are shown.
                if began.is_some_and(|began| began != now) {
                    return Err(AppError::Stale { current: String::new() });
                }
                *wanted = typed;
            }
            let [name, currency, time_zone] = wanted;
            let form = HouseholdForm { name, currency, time_zone };
            if form == HouseholdForm::default() {
                return Ok(());
            }
            let terms = Terms { base_version: Some(household.version), ..Terms::default() };
            ledger.write(actor, terms, Command::ReviseHousehold(form)).await.map(drop)
        }
    }
}
