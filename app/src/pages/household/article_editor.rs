//! The form of a category, new or existing.

use super::{
    article_tree::Tree,
    chosen,
    merging::{Merging, merging},
    revising::{Beginning, begin, renamed_by},
    typed,
};
use crate::{
    command::Command,
    domain::{
        Article, ArticleForm, ArticleId, Kind,
        direction::isolated,
        look::{COLOURS, ICONS},
    },
    error::AppError,
    i18n::household_words::icon_name,
    outbox::{Outbox, RowId},
    replica::Replica,
    state::{
        language::{use_household_words, use_language},
        open_form::OpenForm,
    },
    ui::{
        changing::text,
        field::{Field, invalid, message},
        icon::symbol,
        select::SelectField,
    },
    widgets::{article_choice::ArticleChoice, offers},
};
use leptos::{ev::SubmitEvent, prelude::*};

/// The category that this one was refused to be merged into, and why.
fn refused_merge(id: ArticleId) -> Option<(ArticleId, AppError)> {
    let held = use_context::<Outbox>()?.refused_change(RowId::Article(id))?;
    let Command::MergeArticle { into, .. } = held.command else { return None };
    Some((into, held.error))
}

#[component]
pub(super) fn ArticleEditor(
    rows: Tree,
    forms: OpenForm<Article, ArticleForm>,
    /// The name of the form.
    name: String,
    /// The id of the category; also of a new one.
    id: ArticleId,
    #[prop(optional_no_strip)] row: Option<Article>,
) -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language, open) = (use_household_words(), use_language(), forms.open);
    let (form_name, new_id) = (name, id);
    let beginning = begin(&replica, forms, &form_name, (RowId::Article(id), row));
    let Beginning { editing, row, filled: held } = beginning;
    let (name, kind) = (NodeRef::new(), NodeRef::new());
    let icon_now = || row.as_ref().map(|row| row.icon.clone()).unwrap_or_default();
    let icon = RwSignal::new(held.icon.clone().unwrap_or_else(icon_now));
    let colour = RwSignal::new(held.colour.unwrap_or_else(|| row.as_ref().map_or(0, |row| row.colour)));
    editing.opens(name);
    let above_now =
        || row.as_ref().and_then(|row| row.parent_id).map(|id| id.to_string()).unwrap_or_default();
    let first_above = held.parent_id.clone().unwrap_or_else(above_now);
    let (first_parent, first_kind) =
        (row.as_ref().and_then(|row| row.parent_id), row.as_ref().map(|row| row.kind));
    // Not below itself, nor below a category of another kind.
    let above = ArticleChoice::among(first_above, &replica, move |row| {
        row.id != new_id
            && (!row.archived || Some(row.id) == first_parent)
            && first_kind.is_none_or(|kind| kind == row.kind)
    });
    let id = row.as_ref().map(|row| row.id);
    let (is_new, opened_row) = (row.is_none(), row.clone());
    let refused = refused_merge(new_id);
    let into = refused.as_ref().map(|(into, _)| *into);
    let merge = row.as_ref().map(|row| Merging::new(rows, row, &replica, (forms, &form_name), into));
    if let Some((_, AppError::Invalid { errors })) = refused {
        editing.flow.errors.show(errors);
    }
    let form = move || ArticleForm {
        id: None,
        name: typed(name),
        kind: chosen(kind),
        parent_id: above.try_get_untracked(),
        archived: None,
        icon: icon.try_get_untracked(),
        colour: colour.try_get_untracked(),
    };
    let keep = move || editing.keep(&form_name, form);
    let keep_chosen = keep.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !merge.is_none_or(Merging::settles) {
            return;
        }
        let typed = form();
        if !is_new {
            return editing.save(editing.changes(typed));
        }
        // A child has the kind of its parent, so it need not be chosen again.
        let above = rows.with_untracked(|rows| {
            let found = rows.iter().find(|(_, row)| typed.parent_id.as_ref() == Some(&row.id.to_string()));
            found.map(|(_, row)| row.kind.as_str().to_owned())
        });
        let form = ArticleForm { kind: above.or_else(|| typed.kind.clone()), ..typed };
        match form.new_article() {
            Ok(_) => {
                editing.add(Command::AddArticle(ArticleForm { id: Some(new_id.to_string()), ..form }));
            }
            Err(refused) => editing.refuse(refused),
        }
    };
    let now =
        move || rows.with(|rows| rows.iter().find(|(_, row)| Some(row.id) == id).map(|(_, row)| row.clone()));
    let shown = row.as_ref().map(|row| row.name.to_string()).unwrap_or_default();
    let first_name = held.name.clone().unwrap_or_else(|| shown.clone());
    let book = replica.clone();
    let renamed = move || {
        // Both names are in the choice between them.
        if editing.flow.conflict.with(Option::is_some) {
            return String::new();
        }
        let other = now().filter(|row| row.name.to_string() != shown);
        other
            .map(|row| renamed_by(&book, row.updated_by, &row.name.to_string(), language))
            .unwrap_or_default()
    };
    let archived = row.as_ref().is_some_and(|row| row.archived);
    let archive = move |_| {
        if merge.is_none_or(Merging::settles) {
            editing.save(ArticleForm { archived: Some(!archived), ..ArticleForm::default() });
        }
    };
    let filled_kind = held.kind.clone().unwrap_or_default();
    let kinds = first_kind.is_none().then(|| {
        view! {
            <Field label=t.kind id="article-kind".to_owned() error=message(editing.flow.errors, "kind")>
                <select node_ref=kind class="input" id="article-kind" aria-invalid=invalid(editing.flow.errors, "kind") aria-describedby="article-kind-error">
                    {[(Kind::Expense, t.expense_kind), (Kind::Income, t.income_kind), (Kind::Transfer, t.transfer_kind)]
                        .map(|(kind, label)| view! { <option value=kind.as_str() selected=kind.as_str() == filled_kind>{label}</option> }.into_any())}
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
    let names = replica.clone();
    let shown = move |field: &'static str, text: &str| match field {
        "name" => (t.name, isolated(text)),
        "parent_id" => {
            let above = text.parse().ok().and_then(|id| names.article(id));
            (t.below, above.map_or_else(|| t.top_level.to_owned(), |row| row.name.shown()))
        }
        "icon" => {
            let at = ICONS.iter().position(|icon| *icon == text);
            (t.icon, at.map_or(t.no_icon, |at| icon_name(language, at)).to_owned())
        }
        "colour" => (t.colour, text.parse().map_or_else(|_| text.to_owned(), |at: i64| (at + 1).to_string())),
        _ => (t.archived, if text == "true" { "✓" } else { "–" }.to_owned()),
    };
    let button = NodeRef::new();
    let label = if id.is_some() { t.edit_category } else { t.add_category };
    view! {
        <form class="form row-form" node_ref=editing.flow.errors.form aria-label=label novalidate on:submit=submit on:keydown=move |event| editing.key(&event) on:input=move |_| { keep(); editing.goes_on(); } on:change=move |_| keep_chosen()>
            <Field label=t.name id="article-name".to_owned() error=message(editing.flow.errors, "name")>
                <input node_ref=name class="input" id="article-name" aria-invalid=invalid(editing.flow.errors, "name") maxlength="80" autocomplete="off" aria-describedby="article-name-error" value=first_name />
            </Field>
            <p class="name-changed" role="status">{text(renamed)}</p>
            <div class="form-pair">
                {kinds}
                <SelectField choice=*above offer=offers::articles(above, t.top_level) label=t.below id="article-parent" errors=editing.flow.errors field="parent_id" />
            </div>
            <fieldset class="choice">
                <legend class="field-label">{t.icon}</legend>
                <div class="swatches">{icons.collect_view()}</div>
            </fieldset>
            <fieldset class="choice">
                <legend class="field-label">{t.colour}</legend>
                <div class="swatches colours">{colours.collect_view()}</div>
            </fieldset>
            {merge.zip(opened_row).map(|(merge, row)| merging(merge, &row, editing))}
            {editing.said(form, shown, button)}
            <div class="editor-buttons">
                <button node_ref=button type="submit" class="button" hidden=editing.flow.hides_save()>{t.save}</button>
                <button type="button" class="button button-quiet" on:click=move |_| open.close()>{t.cancel}</button>
                {id.map(|_| view! {
                    <button type="button" class="button button-quiet push" on:click=archive>{if archived { t.unarchive } else { t.archive }}</button>
                }.into_any())}
            </div>
        </form>
    }
    .into_any()
}
