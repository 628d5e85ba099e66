//! Which other members are present, and what they edit. Shown while the connection is live; otherwise it is
//! unknown.

use crate::{
    domain::{FactId, Member},
    i18n::words::is_editing,
    live_link::{Connection, LiveLink},
    replica::Replica,
    state::language::{use_language, use_words},
    ui::{changing::part, icon::avatar, list},
    wire::Present,
};
use leptos::prelude::*;

/// The other members for whom `which` is true, while that is known.
fn others(replica: &Replica, which: impl Fn(&Present) -> bool) -> Vec<Member> {
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    if !link.connection.with(|state| matches!(state, Connection::Live { .. })) {
        return Vec::new();
    }
    let present = replica.present.get();
    replica.members.with(|members| {
        let here = |member: &&Member| {
            member.id != replica.me && present.iter().any(|row| row.member_id == member.id && which(row))
        };
        members.iter().filter(here).cloned().collect()
    })
}

/// The initials of the other members who are present, for the bar.
#[component]
pub fn PresentMembers() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let t = use_words();
    let people = move || {
        let person = |member: Member| {
            let key = format!("{}{}", member.id, member.version);
            list::item(key, move || {
                let (name, title) = (member.name.shown(), member.name.shown());
                view! { <li title=title>{avatar(&member)}<span class="visually-hidden">{name}</span></li> }
            })
        };
        others(&replica, |_| true).into_iter().map(person).collect()
    };
    view! { <ul class="people" aria-label=t.here_now>{list::list(people)}</ul> }.into_any()
}

/// Shows beside a row that another member is editing it.
pub fn editors(replica: Replica, id: FactId) -> Box<dyn FnMut() -> AnyView + Send> {
    let language = use_language();
    part(move || {
        let names = others(&replica, |row| row.editing == Some(id));
        (!names.is_empty()).then(|| {
            let names: Vec<String> = names.iter().map(|member| member.name.shown()).collect();
            view! { <span class="row-editing">{is_editing(language, &names.join(", "))}</span> }
        })
    })
}
