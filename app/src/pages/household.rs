//! The household: categories, accounts, people, and the invitation of another one.

use super::{use_language, use_words};
use crate::{
    api::{
        account::{ChangeMe, LogOut},
        book::{
            add_article, add_financial_center, households, invite, revise_article, revise_financial_center,
        },
    },
    components::{
        field::{Errors, Field, message},
        post_form::{PostForm, Posting, Refusal},
    },
    domain::{
        Article, ArticleForm, ArticleId, Balance, Currency, FinancialCenterForm, FinancialCenterId,
        HouseholdName, Kind, Language, article::tree,
    },
    error::AppError,
    i18n::format::with_currency,
    live_link::LiveLink,
    replica::Replica,
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use leptos_meta::Title;
use std::sync::Arc;

/// Everything about the household that is not a transaction.
#[component]
pub fn HouseholdPage() -> impl IntoView {
    let t = use_words();
    view! {
        <Title text=t.household />
        <h1>{t.household}</h1>
        <div class="columns">
            <Articles />
            <Centers />
            <People />
        </div>
    }
}

/// What a call was refused for: fields go to the form, the rest above it.
fn refuse(error: AppError, errors: Errors, failure: RwSignal<Option<AppError>>) {
    match error {
        AppError::Invalid { errors: refused } => errors.set(refused),
        error => failure.set(Some(error)),
    }
}

#[component]
fn Articles() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let t = use_words();
    let articles = replica.articles.clone();
    let rows = move || tree(&articles.get());
    let failure = RwSignal::new(None);
    view! {
        <section class="card" aria-labelledby="articles-title">
            <h2 class="card-title" id="articles-title">{t.categories}</h2>
            <Refusal refusal=failure />
            <ul class="plain-list">
                // The key carries the version: a changed row is made anew, in its new place.
                <For each=rows key=|(depth, row)| (row.id, row.version, *depth) let((depth, row))>
                    <ArticleRow depth row failure />
                </For>
            </ul>
            <AddArticle replica=replica.clone() />
        </section>
    }
    .into_any()
}

#[component]
fn ArticleRow(depth: usize, row: Article, failure: RwSignal<Option<AppError>>) -> impl IntoView {
    let (id, version, archived) = (row.id, row.version, row.archived);
    // The form stays open with what was typed until the server has agreed.
    let rename = move |form: ArticleForm, editing: RwSignal<bool>| {
        spawn_local(async move {
            let refused = revise_article(id, Some(version), form).await.err();
            editing.try_set(refused.is_some());
            failure.set(refused);
        });
    };
    let change = move |form: ArticleForm| rename(form, RwSignal::new(false));
    let class = format!("plain-row depth-{}", depth.min(4));
    view! {
        <li class=class>
            <NameRow
                name=row.name.to_string()
                detail=Signal::stored(String::new())
                archived
                rename=move |name, editing| rename(ArticleForm { name: Some(name), ..ArticleForm::default() }, editing)
                put_away=move || change(ArticleForm { archived: Some(true), ..ArticleForm::default() })
                bring_back=move || change(ArticleForm { archived: Some(false), ..ArticleForm::default() })
            />
        </li>
    }
}

/// A name that can be edited in place, and put away.
#[component]
fn NameRow(
    name: String,
    detail: Signal<String>,
    archived: bool,
    rename: impl Fn(String, RwSignal<bool>) + Copy + Send + Sync + 'static,
    put_away: impl Fn() + Copy + Send + Sync + 'static,
    bring_back: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let t = use_words();
    let editing = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            // Without the focus the name can still be edited.
            drop(input.focus());
            input.select();
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(input) = input.get_untracked() {
            rename(input.value(), editing);
        }
    };
    let shown = name.clone();
    move || {
        let name = shown.clone();
        let label = |what: &str| format!("{what}: {name}");
        if editing.get() {
            view! {
                <form class="name-form" on:submit=submit>
                    <input node_ref=input class="input" aria-label=t.name maxlength="80" value=name.clone()
                        on:keydown=move |event| if event.key() == "Escape" { editing.set(false) } />
                    <button type="submit" class="button">{t.save}</button>
                </form>
            }
            .into_any()
        } else {
            let put = if archived {
                view! {
                    <button type="button" class="button button-quiet" aria-label=label(t.unarchive) on:click=move |_| bring_back()>
                        {t.unarchive}
                    </button>
                }
                .into_any()
            } else {
                view! {
                    <button type="button" class="button button-quiet" aria-label=label(t.archive) on:click=move |_| put_away()>
                        {t.archive}
                    </button>
                }
                .into_any()
            };
            view! {
                <span class="plain-name" class:muted=archived>
                    {name.clone()} {archived.then(|| format!(" · {}", t.archived))}
                </span>
                <span class="plain-detail num">{move || detail.get()}</span>
                <button type="button" class="button button-quiet" aria-label=label(t.rename) on:click=move |_| editing.set(true)>
                    {t.rename}
                </button>
                {put}
            }
            .into_any()
        }
    }
}

#[component]
fn AddArticle(replica: Replica) -> impl IntoView {
    let t = use_words();
    let errors: Errors = RwSignal::new(Vec::new());
    let failure = RwSignal::new(None);
    let name = NodeRef::<html::Input>::new();
    let kind = NodeRef::<html::Select>::new();
    let parent = NodeRef::<html::Select>::new();
    let articles = replica.articles.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let choice = |node: NodeRef<html::Select>| node.get_untracked().map(|select| select.value());
        let parent_id = choice(parent).filter(|id| !id.is_empty());
        // A child has the kind of its parent, so it need not be chosen twice.
        let above = parent_id.as_ref().and_then(|id| {
            replica
                .articles
                .with_untracked(|rows| rows.iter().find(|row| row.id.to_string() == *id).map(|row| row.kind))
        });
        let form = ArticleForm {
            id: Some(ArticleId::new().to_string()),
            name: name.get_untracked().map(|input| input.value()),
            kind: above.map(|kind| kind.as_str().to_owned()).or_else(|| choice(kind)),
            parent_id,
            archived: None,
        };
        if let Err(refused) = form.new_article() {
            errors.set(refused);
            return;
        }
        errors.set(Vec::new());
        failure.set(None);
        spawn_local(async move {
            match add_article(form).await {
                Ok(_) => {
                    if let Some(input) = name.try_get_untracked().flatten() {
                        input.set_value("");
                    }
                }
                Err(error) => refuse(error, errors, failure),
            }
        });
    };
    view! {
        <form class="form add-form" aria-label=t.add_category novalidate on:submit=submit>
            <h3>{t.add_category}</h3>
            <Refusal refusal=failure />
            <Field label=t.name id="article-name".to_owned() error=message(errors, "name")>
                <input node_ref=name class="input" id="article-name" maxlength="80" autocomplete="off" aria-describedby="article-name-error" />
            </Field>
            <div class="form-pair">
                <Field label=t.kind id="article-kind".to_owned() error=message(errors, "kind")>
                    <select node_ref=kind class="input" id="article-kind">
                        {[(Kind::Expense, t.expense_kind), (Kind::Income, t.income_kind), (Kind::Transfer, t.transfer_kind)]
                            .map(|(kind, label)| view! { <option value=kind.as_str()>{label}</option> })}
                    </select>
                </Field>
                <Field label=t.below id="article-parent".to_owned() error=message(errors, "parent_id")>
                    <select node_ref=parent class="input" id="article-parent">
                        <option value="">{t.top_level}</option>
                        {move || tree(&articles.get())
                            .into_iter()
                            .filter(|(_, row)| !row.archived)
                            .map(|(depth, row)| view! {
                                <option value=row.id.to_string()>{format!("{}{}", "\u{2003}".repeat(depth), row.name)}</option>
                            })
                            .collect_view()}
                    </select>
                </Field>
            </div>
            <button type="submit" class="button">{t.add}</button>
        </form>
    }
}

#[component]
fn Centers() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let t = use_words();
    let (centers, all) = (replica.centers.clone(), replica.centers.clone());
    let failure = RwSignal::new(None);
    view! {
        <section class="card" aria-labelledby="centers-title">
            <h2 class="card-title" id="centers-title">{t.accounts}</h2>
            <Refusal refusal=failure />
            <ul class="plain-list">
                <For
                    each=move || centers.get().to_vec()
                    key=|row| (row.center.id, row.center.version)
                    let:row
                >
                    <CenterRow row failure centers=all.clone() />
                </For>
            </ul>
            <AddCenter replica=replica.clone() />
        </section>
    }
    .into_any()
}

#[component]
fn CenterRow(
    row: Balance,
    failure: RwSignal<Option<AppError>>,
    centers: ArcRwSignal<Arc<Vec<Balance>>>,
) -> impl IntoView {
    let language = use_language();
    let (id, version, archived) = (row.center.id, row.center.version, row.center.archived);
    // The form stays open with what was typed until the server has agreed.
    let rename = move |form: FinancialCenterForm, editing: RwSignal<bool>| {
        spawn_local(async move {
            let refused = revise_financial_center(id, Some(version), form).await.err();
            editing.try_set(refused.is_some());
            failure.set(refused);
        });
    };
    let change = move |form: FinancialCenterForm| rename(form, RwSignal::new(false));
    view! {
        <li class="plain-row">
            <NameRow
                name=row.center.name.to_string()
                detail=Signal::derive(move || {
                    centers.with(|rows| {
                        let row = rows.iter().find(|row| row.center.id == id);
                        row.map(|row| with_currency(row.balance, row.center.currency, language)).unwrap_or_default()
                    })
                })
                archived
                rename=move |name, editing| rename(FinancialCenterForm { name: Some(name), ..FinancialCenterForm::default() }, editing)
                put_away=move || change(FinancialCenterForm { archived: Some(true), ..FinancialCenterForm::default() })
                bring_back=move || change(FinancialCenterForm { archived: Some(false), ..FinancialCenterForm::default() })
            />
        </li>
    }
}

#[component]
fn AddCenter(replica: Replica) -> impl IntoView {
    let t = use_words();
    let errors: Errors = RwSignal::new(Vec::new());
    let failure = RwSignal::new(None);
    let name = NodeRef::<html::Input>::new();
    let currency = NodeRef::<html::Select>::new();
    let opening = NodeRef::<html::Input>::new();
    let home = replica.household.with_untracked(|household| household.currency);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = |node: NodeRef<html::Input>| node.get_untracked().map(|input| input.value());
        let form = FinancialCenterForm {
            id: Some(FinancialCenterId::new().to_string()),
            name: text(name),
            currency: currency.get_untracked().map(|select| select.value()),
            opening_balance: text(opening).filter(|text| !text.trim().is_empty()),
            archived: None,
        };
        if let Err(refused) = form.new_center() {
            errors.set(refused);
            return;
        }
        errors.set(Vec::new());
        failure.set(None);
        spawn_local(async move {
            match add_financial_center(form).await {
                Ok(_) => {
                    for node in [name, opening] {
                        if let Some(input) = node.try_get_untracked().flatten() {
                            input.set_value("");
                        }
                    }
                }
                Err(error) => refuse(error, errors, failure),
            }
        });
    };
    let others = Currency::COMMON.into_iter().filter(move |code| *code != home.code());
    view! {
        <form class="form add-form" aria-label=t.add_account novalidate on:submit=submit>
            <h3>{t.add_account}</h3>
            <Refusal refusal=failure />
            <Field label=t.name id="center-name".to_owned() error=message(errors, "name")>
                <input node_ref=name class="input" id="center-name" maxlength="80" autocomplete="off" aria-describedby="center-name-error" />
            </Field>
            <div class="form-pair">
                <Field label=t.currency id="center-currency".to_owned() error=message(errors, "currency")>
                    <select node_ref=currency class="input" id="center-currency">
                        <option value=home.code()>{home.code()}</option>
                        {others.map(|code| view! { <option value=code>{code}</option> }).collect_view()}
                    </select>
                </Field>
                <Field label=t.opening_balance id="center-opening".to_owned() error=message(errors, "opening_balance")>
                    <input node_ref=opening class="input num" id="center-opening" inputmode="decimal" autocomplete="off"
                        aria-describedby="center-opening-error" />
                </Field>
            </div>
            <button type="submit" class="button">{t.add}</button>
        </form>
    }
}

#[component]
fn People() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let t = use_words();
    let (members, me) = (replica.members.clone(), replica.me);
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let made = RwSignal::new(None::<String>);
    let copied = RwSignal::new(false);
    let failure = RwSignal::new(None);
    let log_out = Posting::to::<LogOut>();
    let make = move |_| {
        spawn_local(async move {
            match invite().await {
                Ok(link) => {
                    failure.set(None);
                    copied.set(false);
                    made.set(Some(link.url));
                }
                Err(error) => failure.set(Some(error)),
            }
        });
    };
    view! {
        <section class="card" aria-labelledby="members-title">
            <h2 class="card-title" id="members-title">{t.members}</h2>
            <ul class="plain-list">
                <For each=move || members.get().to_vec() key=|row| (row.id, row.version) let:row>
                    <li class="plain-row">
                        <span class=format!("avatar colour-{}", row.colour) aria-hidden="true">{row.name.initials()}</span>
                        <span class="plain-name">{row.name.to_string()}</span>
                        <span class="plain-detail">{(row.id == me).then_some(t.you)}</span>
                    </li>
                </For>
            </ul>
            <h3>{t.invite}</h3>
            <p class="muted">{t.invite_hint}</p>
            <Refusal refusal=failure />
            <button type="button" class="button" on:click=make>{t.invite_do}</button>
            {move || made.get().map(|url| {
                let (link, text) = (link.clone(), url.clone());
                view! {
                    <div class="invite">
                        <label class="field-label" for="invite-link">{t.invite_link}</label>
                        <input class="input" id="invite-link" readonly=true value=url />
                        <button
                            type="button"
                            class="button button-quiet"
                            on:click=move |_| {
                                link.copy(text.clone());
                                copied.set(true);
                            }
                        >
                            {move || if copied.get() { t.copied } else { t.copy }}
                        </button>
                    </div>
                }
            })}
            <h3>{t.language}</h3>
            <Languages />
            <Switcher />
            <PostForm posting=log_out class="sign-out">
                <button type="submit" class="button button-quiet">{t.sign_out}</button>
            </PostForm>
        </section>
    }
    .into_any()
}

/// What the person reads; the page comes back in it.
#[component]
fn Languages() -> impl IntoView {
    let change = Posting::to::<ChangeMe>();
    let current = use_language();
    let name = |language: Language| match language {
        Language::En => "English",
        Language::Ru => "Русский",
    };
    view! {
        <PostForm posting=change class="choices">
            {Language::ALL.map(|language| view! {
                <button
                    type="submit"
                    class="button button-quiet"
                    name="form[language]"
                    value=language.as_str()
                    lang=language.as_str()
                    aria-pressed=(language == current).to_string()
                >
                    {name(language)}
                </button>
            })}
        </PostForm>
    }
}

/// Other households of the same account.
#[component]
fn Switcher() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let change = Posting::to::<ChangeMe>();
    let all = Resource::new(|| (), |()| households());
    let here = replica.household.with_untracked(|household| household.id);
    let button = move |row: HouseholdName| {
        view! {
            <button
                type="submit"
                class="button button-quiet"
                name="form[household_id]"
                value=row.id.to_string()
                aria-pressed=(row.id == here).to_string()
            >
                {row.name.to_string()}
            </button>
        }
    };
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let rows = all.await.unwrap_or_default();
                (rows.len() > 1).then(|| view! {
                    <PostForm posting=change class="choices">{rows.into_iter().map(button).collect_view()}</PostForm>
                })
            })}
        </Suspense>
    }
    .into_any()
}
