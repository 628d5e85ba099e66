//! The devices on which the account is signed in, and the way to sign out here.

use super::{Section, SettingsPage, filled};
use crate::{
    domain::Session,
    i18n::plain_words::{seen_ago, sign_out_device},
    plain::{PageFrame, refusal, signing_out, typed_by},
};
use leptos::prelude::*;

pub(super) fn devices(frame: &PageFrame, page: &SettingsPage) -> AnyView {
    let t = frame.words();
    let (language, now) = (frame.language, page.now);
    let row = |session: &Session| {
        let name = device_name(&session.device);
        let seen = seen_ago(language, session.last_seen_at, now);
        let end = if session.current {
            view! { <span class="plain-detail">{t.this_device}</span> }.into_any()
        } else {
            view! {
                <form method="post" action="/settings/devices">
                    {typed_by(page.me.member.id)}
                    <input type="hidden" name="id" value=session.id.to_string() />
                    <button type="submit" class="button button-quiet" aria-label=sign_out_device(language, &name)>{t.sign_out}</button>
                </form>
            }
            .into_any()
        };
        view! {
            <li class="plain-row" title=session.device.clone()>
                <span class="plain-name">{name}<small>{seen}</small></span>
                {end}
            </li>
        }
    };
    let session = page.sessions.iter().find(|session| session.current).map(|session| session.id);
    view! {
        <section class="card" aria-labelledby="devices-title">
            <h2 id="devices-title">{t.devices}</h2>
            <p class="muted">{t.devices_hint}</p>
            {refusal(frame, &filled(page, Section::Devices))}
            <ul class="plain-list">{page.sessions.iter().map(row).collect_view()}</ul>
            {signing_out::keeps_book(frame)}
            {signing_out::sign_out(frame, page.account, session)}
        </section>
    }
    .into_any()
}

/// A readable name for a browser and its device, from the `User-Agent`.
fn device_name(agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("YaBrowser", "Yandex"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("CrOS", "Chromebook"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        // Another program: its own name.
        (None, None) => agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::device_name;

    #[test]
    fn devices_have_readable_names() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari · iPhone",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0",
                "Edge · Windows",
            ),
            ("my-import/1.0", "my-import/1.0"),
            ("", ""),
        ] {
            assert_eq!(device_name(agent), name);
        }
    }
}
