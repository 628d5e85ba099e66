//! The form of a category: a new one, or one that is there.

use super::{
    OpenRow,
    articles::{Tree, revise},
    chosen, focus_first,
    merging::merging,
    revising::Revising,
    typed,
};
use crate::{
    command::Command,
    components::{
        choice::Choice,
        field::{Field, invalid, message},
        icon::symbol,
        part,
        refusal::Refusal,
        text,
    },
    domain::{
        Article, ArticleForm, ArticleId, Kind,
        look::{COLOURS, ICONS},
        text::isolated,
    },
    i18n::words::{changed_by, icon_name},
    outbox::{RowId, Seen},
    pages::{use_language, use_words},
    replica::Replica,
};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    prelude::*,
};

#[component]
pub(super) fn ArticleEditor(
    rows: Tree,
    open: OpenRow,
    #[prop(optional_no_strip)] row: Option<Article>,
) -> impl IntoView {
    let (t, language) = (use_words(), use_language());
    let revising = Revising::new(row.as_ref().map_or(0, |row| row.version));
    let held = held(revising, row.as_ref());
    let new_id = held.id.as_ref().and_then(|id| id.parse().ok()).unwrap_or_else(ArticleId::new);
    let (name, kind) = (NodeRef::new(), NodeRef::new());
    let icon_now = || row.as_ref().map(|row| row.icon.clone()).unwrap_or_default();
    let icon = RwSignal::new(held.icon.clone().unwrap_or_else(icon_now));
    let colour = RwSignal::new(held.colour.unwrap_or_else(|| row.as_ref().map_or(0, |row| row.colour)));
    focus_first(name);
    let above_now =
        || row.as_ref().and_then(|row| row.parent_id).map(|id| id.to_string()).unwrap_or_default();
    let first_above = held.parent_id.clone().unwrap_or_else(above_now);
    let began = first_above.clone();
    let above = use_context::<Replica>().map(|replica| {
        Choice::new(first_above, replica.articles, move |rows, id| {
            let offered = || rows.iter().any(|row| !row.archived && row.id.to_string() == id);
            id.is_empty() || id == began || offered()
        })
    });
    let id = row.as_ref().map(|row| row.id);
    let (opened, opened_row) = (row.clone(), row.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let parent_id = above.and_then(Choice::try_get_untracked);
        let typed = ArticleForm {
            id: None,
            name: typed(name),
            kind: chosen(kind),
            parent_id: parent_id.clone(),
            archived: None,
            icon: Some(icon.get_untracked()),
            colour: Some(colour.get_untracked()),
        };
        match &opened {
            Some(row) => {
                let form = changed(typed, row);
                if form == ArticleForm::default() {
                    revising.discard(RowId::Article(row.id));
                    return open.close();
                }
                revise(revising, row, form, move || open.close());
            }
            None => {
                // A child has the kind of its parent, so it need not be chosen twice.
                let above = rows.with_untracked(|rows| {
                    let found = rows.iter().find(|(_, row)| parent_id.as_ref() == Some(&row.id.to_string()));
                    found.map(|(_, row)| row.kind.as_str().to_owned())
                });
                let form = ArticleForm { kind: above.or_else(|| typed.kind.clone()), ..typed };
                if let Err(refused) = form.new_article() {
                    return revising.errors.set(refused);
                }
                let form = ArticleForm { id: Some(new_id.to_string()), ..form };
                revising.send(Command::AddArticle(form), None, Seen::Nothing, move || open.close());
            }
        }
    };
    let now =
        move || rows.with(|rows| rows.iter().find(|(_, row)| Some(row.id) == id).map(|(_, row)| row.clone()));
    let shown = row.as_ref().map(|row| row.name.to_string()).unwrap_or_default();
    let first_name = held.name.clone().unwrap_or_else(|| shown.clone());
    let renamed = move || {
        let other = now().map(|row| row.name.to_string()).filter(|name| *name != shown);
        other.map(|name| format!("{}: {}", changed_by(language, None), isolated(&name))).unwrap_or_default()
    };
    let archived = row.as_ref().is_some_and(|row| row.archived);
    let archived_row = row.clone();
    let archive = move |_| {
        if let Some(row) = &archived_row {
            let form = ArticleForm { archived: Some(!archived), ..ArticleForm::default() };
            revise(revising, row, form, move || open.close());
        }
    };
    let first_parent = row.as_ref().and_then(|row| row.parent_id);
    let first_kind = row.as_ref().map(|row| row.kind);
    // Not below itself, nor below what has another kind.
    let parents = move || {
        let offered = |(_, row): &(usize, Article)| {
            Some(row.id) != id
                && (!row.archived || Some(row.id) == first_parent)
                && first_kind.is_none_or(|kind| kind == row.kind)
        };
        let options = rows.get().into_iter().filter(offered).map(|(depth, row)| {
            let selected = Some(row.id) == first_parent;
            view! { <option value=row.id.to_string() selected=selected>{format!("{}{}", "\u{2003}".repeat(depth), row.name.shown())}</option> }
        });
        options.collect_view()
    };
    let kinds = first_kind.is_none().then(|| {
        view! {
            <Field label=t.kind id="article-kind".to_owned() error=message(revising.errors, "kind")>
                <select node_ref=kind class="input" id="article-kind" aria-invalid=invalid(revising.errors, "kind") aria-describedby="article-kind-error">
                    {[(Kind::Expense, t.expense_kind), (Kind::Income, t.income_kind), (Kind::Transfer, t.transfer_kind)]
                        .map(|(kind, label)| view! { <option value=kind.as_str()>{label}</option> }.into_any())}
                </select>
            </Field>
        }.into_any()
    });
    let first_icon = icon.get_untracked();
    let none = std::iter::once(("", t.no_icon));
    let icons = none.chain(ICONS.into_iter().enumerate().map(|(at, name)| (name, icon_name(language, at)))).map(|(name, label)| {
        let picture = if name.is_empty() { "–".into_any() } else { symbol(name, "symbol") };
        view! {
            <label class="swatch">
                <input type="radio" name="icon" value=name checked=name == first_icon aria-label=label on:change=move |_| icon.set(name.to_owned()) />
                <span class="icon">{picture}</span>
            </label>
        }
    });
    let first_colour = colour.get_untracked();
    let colours = (0..COLOURS).map(|number| {
        view! {
            <label class="swatch">
                <input type="radio" name="colour" value=number.to_string() checked=number == first_colour aria-label=format!("{} {}", t.colour, number + 1) on:change=move |_| colour.set(number) />
                <span class=format!("icon colour-{number}") aria-hidden="true"></span>
            </label>
        }.into_any()
    });
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            open.close();
        }
    };
    let label = if id.is_some() { t.edit_category } else { t.add_category };
    view! {
        <form class="form row-form" aria-label=label novalidate on:submit=submit on:keydown=escape on:input=move |_| open.types()>
            <Refusal refusal=revising.failure />
            <Field label=t.name id="article-name".to_owned() error=message(revising.errors, "name")>
                <input node_ref=name class="input" id="article-name" aria-invalid=invalid(revising.errors, "name") maxlength="80" autocomplete="off" aria-describedby="article-name-error" value=first_name />
            </Field>
            <p class="name-changed" role="status">{text(renamed)}</p>
            <div class="form-pair">
                {kinds}
                <Field label=t.below id="article-parent".to_owned() error=message(revising.errors, "parent_id")>
                    <select node_ref=above.map(|above| above.select).unwrap_or_default() class="input" id="article-parent" on:change=move |event| if let Some(above) = above { above.choose(event_target_value(&event)) } aria-invalid=invalid(revising.errors, "parent_id") aria-describedby="article-parent-error">
                        <option value="">{t.top_level}</option>
                        {part(parents)}
                    </select>
                </Field>
            </div>
            <fieldset class="choice">
                <legend class="field-label">{t.icon}</legend>
                <div class="swatches">{icons.collect_view()}</div>
            </fieldset>
            <fieldset class="choice">
                <legend class="field-label">{t.colour}</legend>
                <div class="swatches colours">{colours.collect_view()}</div>
            </fieldset>
            {opened_row.map(|row| merging(rows, open, &row, revising))}
            {open.asks(t.finish_first)}
            <div class="editor-buttons">
                <button type="submit" class="button" disabled=revising.busy>{t.save}</button>
                <button type="button" class="button button-quiet" on:click=move |_| open.close()>{t.cancel}</button>
                {id.map(|_| view! {
                    <button type="button" class="button button-quiet push" disabled=revising.busy on:click=archive>{if archived { t.unarchive } else { t.archive }}</button>
                }.into_any())}
            </div>
        </form>
    }
}

/// The fields that differ from the row that the form was opened with.
fn changed(form: ArticleForm, row: &Article) -> ArticleForm {
    let parent = row.parent_id.map(|id| id.to_string()).unwrap_or_default();
    ArticleForm {
        id: None,
        name: form.name.filter(|name| *name != row.name.as_str()),
        kind: None,
        parent_id: form.parent_id.filter(|id| *id != parent),
        archived: None,
        icon: form.icon.filter(|icon| *icon != row.icon),
        colour: form.colour.filter(|colour| *colour != row.colour),
    }
}

/// What was refused of this row, or of a new one, after its form was closed.
fn held(revising: Revising, row: Option<&Article>) -> ArticleForm {
    let held = match row {
        Some(row) => revising.held(RowId::Article(row.id)),
        None => revising.held_new(|command| matches!(command, Command::AddArticle(_))),
    };
    match held.map(|held| held.command) {
        Some(Command::AddArticle(form) | Command::ReviseArticle { form, .. }) => form,
        _ => ArticleForm::default(),
    }
}
