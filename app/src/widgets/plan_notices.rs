//! Announces that a plan is nearly or completely used, once for each article and month, on every open screen.
//!
//! Only what the server has carried out is announced: an entry that is refused leaves the plan as it was.

use crate::{
    domain::{ArticleId, Money, Month, plan},
    i18n::plan_words::used_up,
    outbox::Outbox,
    replica::Replica,
    state::language::{use_language, use_words},
    ui::{
        focus::press_without_focus,
        list::{item, list},
    },
};
use leptos::prelude::*;
use std::{collections::BTreeMap, time::Duration};

/// How long a notice is shown unless it is closed.
const TIME: Duration = Duration::from_secs(12);

/// How far a plan is used: 1 from 90 %, 2 from 100 %, otherwise 0.
fn level(line: plan::PlanLine) -> u8 {
    let tenths = i128::from(line.fact) * 10;
    match line.plan {
        plan if tenths >= i128::from(plan) * 10 => 2,
        plan if tenths >= i128::from(plan) * 9 => 1,
        _ => 0,
    }
}

/// The announced levels by article and month.
type Told = BTreeMap<(ArticleId, Month), u8>;

/// The announced levels, which outlive the pages; `None` before the first.
#[derive(Clone, Copy, Default)]
pub struct AnnouncedLevels(StoredValue<Option<Told>>);

/// A notice on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Notice {
    number: u32,
    text: String,
}

/// The notices.
#[component]
pub fn PlanNotices() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let notices = RwSignal::new(Vec::<Notice>::new());
    let count = StoredValue::new(0_u32);
    let AnnouncedLevels(announced) = use_context().unwrap_or_default();
    let outbox = use_context::<Outbox>().unwrap_or_default();
    Effect::new(move || {
        if !outbox.figures_are_confirmed() {
            return;
        }
        let told = announced.get_value();
        // Levels reached before the program was started are not announced.
        let first = told.is_none();
        let mut told = told.unwrap_or_default();
        let (home, month) = (replica.household.with(|household| household.currency), replica.month.get());
        let (articles, plans) = (replica.articles.get(), replica.plans.get());
        let lines = plan::lines(&articles, &plans, &month, home);
        for plan in plans.iter().filter(|plan| plan.month == month.month && plan.amount.minor() > 0) {
            let Some(line) = lines.get(&plan.article_id) else { continue };
            let said = told.entry((plan.article_id, plan.month)).or_default();
            let (level, before) = (level(*line), *said);
            if level <= before {
                continue;
            }
            *said = level;
            let article = articles.iter().find(|row| row.id == plan.article_id);
            if let Some(article) = article.filter(|row| !first && row.kind == crate::domain::Kind::Expense) {
                let percent =
                    i64::try_from(i128::from(line.fact) * 100 / i128::from(line.plan)).unwrap_or(i64::MAX);
                let text =
                    used_up(&article.name.shown(), percent, Money::from_minor(line.left(), home), language);
                let number = count
                    .try_update_value(|count| {
                        *count += 1;
                        *count
                    })
                    .unwrap_or_default();
                notices.update(|all| all.push(Notice { number, text }));
                set_timeout(move || close(notices, number), TIME);
            }
        }
        announced.set_value(Some(told));
    });
    let rows = move || {
        notices.get().into_iter().map(|notice| {
            let Notice { number, text } = notice;
            item(number, move || view! {
                <div class="toast">
                    <span translate="no">{text}</span>
                    <button type="button" class="button button-quiet" aria-label=t.close on:mousedown=press_without_focus on:click=move |_| close(notices, number)>"×"</button>
                </div>
            })
        }).collect()
    };
    view! { <div class="notices" role="status">{list(rows)}</div> }.into_any()
}

fn close(notices: RwSignal<Vec<Notice>>, number: u32) {
    // The page may be gone by now.
    _ = notices.try_update(|all| all.retain(|notice| notice.number != number));
}
