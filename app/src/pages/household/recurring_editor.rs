//! The form of a recurring entry: what, how often, until when.

use super::{OpenRow, chosen, focus_first, revising::Revising, typed};
use crate::{
    command::{Command, Subject},
    components::{
        field::{ArticleOptions, CenterOptions, Field, invalid, message},
        letters::Letters,
        part,
        refusal::Refusal,
        sign_key::Signed,
        text,
    },
    domain::{
        ArticleId, Currency, Day, FieldError, FinancialCenterId, Language, Recurring, RecurringForm,
        RecurringId, Schedule, Target, Unit, arithmetic::plainly,
    },
    i18n::recurring_words::{first_days, no_longer_expected},
    outbox::{RowId, Seen},
    pages::{use_language, use_words},
    replica::Replica,
};
use leptos::{ev::SubmitEvent, html, prelude::*};

/// Its inputs.
#[derive(Clone, Copy)]
struct Inputs {
    target: NodeRef<html::Select>,
    amount: NodeRef<html::Input>,
    article: NodeRef<html::Select>,
    center: NodeRef<html::Select>,
    comment: NodeRef<html::Input>,
    starts_on: NodeRef<html::Input>,
    every: NodeRef<html::Input>,
    unit: NodeRef<html::Select>,
    from_month_end: NodeRef<html::Input>,
    ends_on: NodeRef<html::Input>,
    times: NodeRef<html::Input>,
    automatic: NodeRef<html::Input>,
}

impl Inputs {
    fn new() -> Self {
        let (select, input) = (NodeRef::<html::Select>::new, NodeRef::<html::Input>::new);
        Self {
            target: select(),
            amount: input(),
            article: select(),
            center: select(),
            comment: input(),
            starts_on: input(),
            every: input(),
            unit: select(),
            from_month_end: input(),
            ends_on: input(),
            times: input(),
            automatic: input(),
        }
    }

    /// What stands in them. What is no number is one that is refused.
    fn form(self) -> RecurringForm {
        let number = |input| typed(input).map(|text| text.trim().to_owned());
        let checked = |input: NodeRef<html::Input>| input.get_untracked().map(|input| input.checked());
        let times =
            number(self.times).map(|text| if text.is_empty() { 0 } else { text.parse().unwrap_or(-1) });
        RecurringForm {
            id: None,
            target: chosen(self.target),
            amount: typed(self.amount),
            article_id: chosen(self.article),
            financial_center_id: chosen(self.center),
            comment: typed(self.comment),
            starts_on: typed(self.starts_on),
            every: number(self.every).map(|text| text.parse().unwrap_or(-1)),
            unit: chosen(self.unit),
            from_month_end: checked(self.from_month_end),
            ends_on: typed(self.ends_on),
            times,
            automatic: checked(self.automatic),
        }
    }
}

/// The amount with the direction that its category has, where none was typed.
fn directed(
    form: RecurringForm,
    replica: &Replica,
    language: Language,
) -> Result<RecurringForm, Vec<FieldError>> {
    let id = |text: &Option<String>| text.as_ref().and_then(|id| id.parse().ok());
    let article: Option<ArticleId> = id(&form.article_id);
    let kind = replica
        .articles
        .with_untracked(|rows| rows.iter().find(|row| Some(row.id) == article).map(|row| row.kind));
    let center: Option<FinancialCenterId> =
        form.financial_center_id.as_ref().and_then(|text| text.parse().ok());
    let currency = center.and_then(|id| replica.currency_of(id));
    let home: Currency = replica.household.with_untracked(|household| household.currency);
    let kind = kind.filter(|_| form.target.as_deref() != Some(Target::Plan.word()));
    let Some(text) = form.amount.as_ref().filter(|text| !text.trim().is_empty()) else { return Ok(form) };
    let amount = plainly(text, kind, currency.unwrap_or(home), language)
        .map_err(|error| vec![FieldError { field: "amount".to_owned(), reason: error.into() }])?;
    Ok(RecurringForm { amount: Some(amount), ..form })
}

#[component]
pub(super) fn RecurringEditor(
    open: OpenRow,
    #[prop(optional_no_strip)] row: Option<Recurring>,
) -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let revising = Revising::new(row.as_ref().map_or(0, |row| row.version));
    let held = held(revising, row.as_ref());
    let new_id = held.id.as_ref().and_then(|id| id.parse().ok()).unwrap_or_else(RecurringId::new);
    let inputs = Inputs::new();
    focus_first(inputs.amount);
    let id: Option<RecurringId> = row.as_ref().map(|row| row.id);
    let today = replica.today.get_untracked();
    // Settled days move on by themselves; what the form shows is what it began with.
    let first = match &row {
        // What was refused stands in the form again.
        _ if held != RecurringForm::default() => held,
        Some(row) => {
            // Received money has its sign too, or a refund would become a purchase.
            let plus = row.target == Target::Fact && !row.amount.is_negative();
            let amount = plus.then(|| format!("+{}", row.amount));
            RecurringForm { amount, ..RecurringForm::default() }.over(row)
        }
        None => RecurringForm {
            target: Some(Target::Fact.word().into()),
            starts_on: Some(today.to_string()),
            every: Some(1),
            unit: Some(Unit::Month.word().into()),
            ..RecurringForm::default()
        },
    };
    let changed = RwSignal::new(());
    let planning = RwSignal::new(first.target.as_deref() == Some(Target::Plan.word()));
    let look = move || {
        // A browser reports a last change while it removes the form with the focus in it.
        if changed.is_disposed() {
            return;
        }
        open.types();
        let plan = chosen(inputs.target).map(|target| target == Target::Plan.word());
        if let Some(plan) = plan.filter(|plan| *plan != planning.get_untracked()) {
            planning.set(plan);
        }
        changed.set(());
    };
    let book = replica.clone();
    let (target, began, opened) = (first.target.clone(), first.clone(), row.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let form = inputs.form();
        // Its kind is chosen once.
        let form = RecurringForm { target: form.target.or_else(|| target.clone()), ..form };
        let form = match directed(form, &book, language) {
            Ok(form) => form,
            Err(refused) => return revising.errors.set(refused),
        };
        if let Err(refused) = form.new_recurring() {
            return revising.errors.set(refused);
        }
        let (command, seen) = match &opened {
            None => {
                let form = RecurringForm { id: Some(new_id.to_string()), ..form };
                (Command::AddRecurring(form), Seen::Nothing)
            }
            Some(row) => {
                (Command::ReviseRecurring { id: row.id, form }, Subject::Recurring(row.clone()).into())
            }
        };
        revising.send(command, id.map(RowId::Recurring), seen, move || open.close());
    };
    let stopped = row.clone();
    let stop = move |id: RecurringId| {
        let seen = stopped.clone().map_or(Seen::Nothing, |row| Subject::Recurring(row).into());
        let command = Command::DeleteRecurring { id };
        revising.send(command, Some(RowId::Recurring(id)), seen, move || open.close());
    };
    let row_schedule = row.as_ref().map(Recurring::schedule);
    let preview = move || {
        changed.track();
        let form = inputs.form();
        let parsed = form.starts_on.as_ref().and_then(|text| text.parse().ok()).zip(form.every);
        let schedule = parsed.map(|(starts_on, every)| Schedule {
            starts_on,
            every: every.clamp(1, Schedule::MOST_UNITS),
            unit: form.unit.and_then(|unit| unit.parse().ok()).unwrap_or_default(),
            from_month_end: form.from_month_end.unwrap_or(false),
            ends_on: form.ends_on.and_then(|text| text.parse().ok()),
            times: form.times.filter(|times| *times > 0),
        });
        let schedule = schedule.or(row_schedule);
        schedule.map(|schedule| first_days(schedule.days(), today, language)).unwrap_or_default()
    };
    let expected = row.clone();
    // Another first or last day closes the days outside of it, also those that somebody opened again.
    let closing = move || {
        changed.track();
        let form = inputs.form();
        let day = |text: Option<String>| text.and_then(|text| text.parse::<Day>().ok());
        let (starts_on, ends_on) = (day(form.starts_on), day(form.ends_on));
        expected.as_ref().map_or_else(String::new, |row| {
            let starts_on = starts_on.filter(|day| *day != row.starts_on);
            let ends_on = ends_on.filter(|day| Some(*day) != row.ends_on);
            let outside = |day: &Day| {
                starts_on.is_some_and(|first| *day < first) || ends_on.is_some_and(|last| *day > last)
            };
            no_longer_expected(row.due_days(today).filter(outside), today, language)
        })
    };
    let text_of = |value: &Option<String>| value.clone().unwrap_or_default();
    let (articles, centers) = (replica.articles.clone(), replica.centers.clone());
    let letters = Letters::new(inputs.article, &replica);
    let (article, center) = (text_of(&began.article_id), text_of(&began.financial_center_id));
    let units =
        [(Unit::Week, t.weeks), (Unit::Month, t.months), (Unit::Year, t.years)].map(|(unit, label)| {
            let selected = began.unit.as_deref() == Some(unit.word());
            view! { <option value=unit.word() selected=selected>{label}</option> }
        });
    let times = began.times.filter(|times| *times > 0).map(|times| times.to_string()).unwrap_or_default();
    let account = move || {
        let (centers, center) = (centers.clone(), center.clone());
        (!planning.get()).then(|| view! {
            <Field label=t.account id="recurring-center".to_owned() error=message(revising.errors, "financial_center_id")>
                <select node_ref=inputs.center class="input" id="recurring-center" aria-invalid=invalid(revising.errors, "financial_center_id") aria-describedby="recurring-center-error">
                    <CenterOptions centers chosen=Signal::stored(center) />
                </select>
            </Field>
        }.into_any())
    };
    let (comment, automatic) = (text_of(&began.comment), began.automatic.unwrap_or(false));
    let label = if id.is_some() { t.edit_recurring } else { t.add_recurring };
    view! {
        <form class="form row-form" aria-label=label novalidate on:submit=submit
            on:keydown=move |event| if event.key() == "Escape" { open.close() } on:input=move |_| look() on:change=move |_| look()>
            <Refusal refusal=revising.failure />
            {id.is_none().then(|| view! {
                <Field label=t.what_recurs id="recurring-target".to_owned() error=message(revising.errors, "target")>
                    <select node_ref=inputs.target class="input" id="recurring-target" aria-describedby="recurring-target-error">
                        <option value=Target::Fact.word()>{t.a_transaction}</option>
                        <option value=Target::Plan.word()>{t.a_plan}</option>
                    </select>
                </Field>
            }.into_any())}
            <div class="form-pair">
                <Field label=t.amount id="recurring-amount".to_owned() error=message(revising.errors, "amount")>
                    <Signed input=inputs.amount>
                        <input node_ref=inputs.amount class="input num" id="recurring-amount" inputmode="decimal" autocomplete="off"
                            aria-invalid=invalid(revising.errors, "amount") aria-describedby="recurring-amount-error" value=text_of(&began.amount) />
                    </Signed>
                </Field>
                <Field label=t.category id="recurring-article".to_owned() error=message(revising.errors, "article_id")>
                    <select node_ref=inputs.article class="input" id="recurring-article" on:keydown=move |event| letters.key(&event) on:blur=move |_| letters.end() aria-invalid=invalid(revising.errors, "article_id") aria-describedby="recurring-article-error">
                        <ArticleOptions articles chosen=Signal::stored(article) />
                    </select>
                    {letters.view()}
                </Field>
            </div>
            {part(account)}
            {part(move || {
                let comment = comment.clone();
                (!planning.get()).then(|| view! {
                    <Field label=t.note id="recurring-comment".to_owned() error=message(revising.errors, "comment")>
                        <input node_ref=inputs.comment class="input" id="recurring-comment" maxlength="500" autocomplete="off"
                            aria-invalid=invalid(revising.errors, "comment") aria-describedby="recurring-comment-error" value=comment />
                    </Field>
                }.into_any())
            })}
            <Field label=t.first_day id="recurring-start".to_owned() error=message(revising.errors, "starts_on")>
                <input node_ref=inputs.starts_on class="input" id="recurring-start" type="date" aria-invalid=invalid(revising.errors, "starts_on") aria-describedby="recurring-start-error" value=text_of(&began.starts_on) />
            </Field>
            <div class="form-pair">
                <Field label=t.repeats_every id="recurring-every".to_owned() error=message(revising.errors, "every")>
                    <input node_ref=inputs.every class="input num" id="recurring-every" inputmode="numeric" autocomplete="off"
                        aria-invalid=invalid(revising.errors, "every") aria-describedby="recurring-every-error" value=began.every.unwrap_or(1).to_string() />
                </Field>
                <Field label=t.unit id="recurring-unit".to_owned() error=message(revising.errors, "unit")>
                    <select node_ref=inputs.unit class="input" id="recurring-unit" aria-describedby="recurring-unit-error">{units}</select>
                </Field>
            </div>
            <label class="check">
                <input node_ref=inputs.from_month_end type="checkbox" checked=began.from_month_end.unwrap_or(false) />
                <span>{t.from_month_end}</span>
            </label>
            <div class="form-pair">
                <Field label=t.ends_on id="recurring-end".to_owned() error=message(revising.errors, "ends_on")>
                    <input node_ref=inputs.ends_on class="input" id="recurring-end" type="date" aria-invalid=invalid(revising.errors, "ends_on") aria-describedby="recurring-end-error" value=text_of(&began.ends_on) />
                </Field>
                <Field label=t.times id="recurring-times".to_owned() error=message(revising.errors, "times")>
                    <input node_ref=inputs.times class="input num" id="recurring-times" inputmode="numeric" autocomplete="off"
                        aria-invalid=invalid(revising.errors, "times") aria-describedby="recurring-times-error" value=times />
                </Field>
            </div>
            <p class="field-hint" role="status" translate="no">{text(preview)}</p>
            <p class="field-hint" role="status" translate="no">{text(closing)}</p>
            {part(move || (!planning.get()).then(|| view! {
                <label class="check">
                    <input node_ref=inputs.automatic type="checkbox" checked=automatic />
                    <span>{t.automatic}</span>
                </label>
            }.into_any()))}
            {open.asks(t.finish_first)}
            <div class="editor-buttons">
                <button type="submit" class="button" disabled=revising.busy>{t.save}</button>
                <button type="button" class="button button-quiet" on:click=move |_| open.close()>{t.cancel}</button>
                {id.map(|id| view! {
                    <span class="push">
                        <button type="button" class="button button-quiet" disabled=revising.busy on:click=move |_| stop(id)>{t.stop_recurring}</button>
                    </span>
                }.into_any())}
            </div>
        </form>
    }
    .into_any()
}

/// What was refused of this row, or of a new one, after its form was closed.
fn held(revising: Revising, row: Option<&Recurring>) -> RecurringForm {
    let held = match row {
        Some(row) => revising.held(RowId::Recurring(row.id)),
        None => revising.held_new(|command| matches!(command, Command::AddRecurring(_))),
    };
    match held.map(|held| held.command) {
        Some(Command::AddRecurring(form) | Command::ReviseRecurring { form, .. }) => form,
        _ => RecurringForm::default(),
    }
}
