//! The form of a recurring entry.

use super::{
    chosen,
    recurring_inputs::{RecurringInputs, directed, shown_in},
    revising::{Beginning, begin},
};
use crate::{
    command::Command,
    domain::{Day, Recurring, RecurringForm, RecurringId, Schedule, Target, Unit},
    i18n::{
        format::signed,
        recurring_words::{first_days, no_longer_expected},
    },
    outbox::RowId,
    replica::Replica,
    state::{
        language::{use_household_words, use_language},
        open_form::OpenForm,
    },
    ui::{
        changing::{part, text},
        field::{Field, invalid, message},
        select::SelectField,
    },
    widgets::{offers, sign_key::Signed},
};
use leptos::{ev::SubmitEvent, prelude::*};

#[component]
pub(super) fn RecurringEditor(
    forms: OpenForm<Recurring, RecurringForm>,
    /// The name of the form.
    name: String,
    /// The id of the recurring entry; also of a new one.
    id: RecurringId,
    #[prop(optional_no_strip)] row: Option<Recurring>,
) -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language, open, new_id) = (use_household_words(), use_language(), forms.open, id);
    let beginning = begin(&replica, forms, &name, (RowId::Recurring(id), row));
    let Beginning { editing, row, filled: held } = beginning;
    let id: Option<RecurringId> = row.as_ref().map(|row| row.id);
    let today = replica.today.get_untracked();
    // Settled days move on by themselves; what the form shows is what it began with.
    let first = match &row {
        // The initial values: what was typed before or refused, or else the row.
        Some(row) => {
            // Income has an explicit sign, or a refund would become a purchase.
            let plus = row.target == Target::Fact && !row.amount.is_negative();
            let amount = held.amount.clone().or_else(|| plus.then(|| format!("+{}", row.amount)));
            RecurringForm { amount, ..held }.over(row)
        }
        None if held != RecurringForm::default() => held,
        None => RecurringForm {
            target: Some(Target::Fact.word().into()),
            starts_on: Some(today.to_string()),
            every: Some(1),
            unit: Some(Unit::Month.word().into()),
            ..RecurringForm::default()
        },
    };
    let inputs = RecurringInputs::new(&first, &replica);
    editing.opens(inputs.amount);
    let changed = RwSignal::new(());
    let planning = RwSignal::new(first.target.as_deref() == Some(Target::Plan.word()));
    let look = move || {
        // A browser reports a last change while it removes a focused form.
        if changed.is_disposed() {
            return;
        }
        editing.keep(&name, || inputs.form(planning.get_untracked()));
        let plan = chosen(inputs.target).map(|target| target == Target::Plan.word());
        if let Some(plan) = plan.filter(|plan| *plan != planning.get_untracked()) {
            planning.set(plan);
        }
        changed.set(());
    };
    let look_again = look.clone();
    let book = replica.clone();
    let (target, began) = (first.target.clone(), first.clone());
    // Every value explicit; the target is chosen once.
    let explicit = move || {
        let form = inputs.form(planning.get_untracked());
        directed(RecurringForm { target: form.target.or_else(|| target.clone()), ..form }, &book, language)
    };
    let typed = explicit.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let form = match explicit() {
            Ok(form) => form,
            Err(refused) => return editing.refuse(refused),
        };
        if let Err(refused) = form.new_recurring() {
            return editing.refuse(refused);
        }
        if id.is_some() {
            return editing.save(editing.changes(form));
        }
        editing.add(Command::AddRecurring(RecurringForm { id: Some(new_id.to_string()), ..form }));
    };
    let typed = move || typed().unwrap_or_else(|_| inputs.form(planning.get_untracked()));
    let button = NodeRef::new();
    let said = editing.said(typed, shown_in(&replica, language), button);
    let stop = move |id: RecurringId| {
        editing.delete(Command::DeleteRecurring { id }, |row| signed(row.amount, language));
    };
    let row_schedule = row.as_ref().map(Recurring::schedule);
    let preview = move || {
        changed.track();
        let form = inputs.form(planning.get_untracked());
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
    // A new first or last day closes the days outside of it, including reopened ones.
    let closing = move || {
        changed.track();
        let form = inputs.form(planning.get_untracked());
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
    let units =
        [(Unit::Week, t.weeks), (Unit::Month, t.months), (Unit::Year, t.years)].map(|(unit, label)| {
            let selected = began.unit.as_deref() == Some(unit.word());
            view! { <option value=unit.word() selected=selected>{label}</option> }
        });
    // What was typed there and is no number is not put back.
    let every = began.every.filter(|every| *every >= 0).map(|every| every.to_string()).unwrap_or_default();
    let times = began.times.filter(|times| *times > 0).map(|times| times.to_string()).unwrap_or_default();
    let account = move || {
        (!planning.get()).then(|| {
            let offer = offers::centers(inputs.center, &replica, None);
            view! { <SelectField choice=inputs.center offer label=t.account id="recurring-center" errors=editing.flow.errors field="financial_center_id" /> }
                .into_any()
        })
    };
    let (comment, automatic) = (text_of(&began.comment), began.automatic.unwrap_or(false));
    let label = if id.is_some() { t.edit_recurring } else { t.add_recurring };
    view! {
        <form class="form row-form" node_ref=editing.flow.errors.form aria-label=label novalidate on:submit=submit
            on:keydown=move |event| editing.key(&event) on:input=move |_| { look(); editing.goes_on(); } on:change=move |_| look_again()>
            {id.is_none().then(|| view! {
                <Field label=t.what_recurs id="recurring-target".to_owned() error=message(editing.flow.errors, "target")>
                    <select node_ref=inputs.target class="input" id="recurring-target" aria-describedby="recurring-target-error">
                        <option value=Target::Fact.word()>{t.a_transaction}</option>
                        <option value=Target::Plan.word()>{t.a_plan}</option>
                    </select>
                </Field>
            }.into_any())}
            <div class="form-pair">
                <Field label=t.amount id="recurring-amount".to_owned() error=message(editing.flow.errors, "amount")>
                    <Signed input=inputs.amount>
                        <input node_ref=inputs.amount class="input num" id="recurring-amount" inputmode="decimal" autocomplete="off"
                            aria-invalid=invalid(editing.flow.errors, "amount") aria-describedby="recurring-amount-error" value=text_of(&began.amount) />
                    </Signed>
                </Field>
                <SelectField choice=*inputs.article offer=offers::articles(inputs.article, t.choose) label=t.category id="recurring-article"
                    errors=editing.flow.errors field="article_id" />
            </div>
            {part(account)}
            {part(move || {
                let comment = comment.clone();
                (!planning.get()).then(|| view! {
                    <Field label=t.note id="recurring-comment".to_owned() error=message(editing.flow.errors, "comment")>
                        <input node_ref=inputs.comment class="input" id="recurring-comment" maxlength="500" autocomplete="off"
                            aria-invalid=invalid(editing.flow.errors, "comment") aria-describedby="recurring-comment-error" value=comment />
                    </Field>
                }.into_any())
            })}
            <Field label=t.first_day id="recurring-start".to_owned() error=message(editing.flow.errors, "starts_on")>
                <input node_ref=inputs.starts_on class="input" id="recurring-start" type="date" aria-invalid=invalid(editing.flow.errors, "starts_on") aria-describedby="recurring-start-error" value=text_of(&began.starts_on) />
            </Field>
            <div class="form-pair">
                <Field label=t.repeats_every id="recurring-every".to_owned() error=message(editing.flow.errors, "every")>
                    <input node_ref=inputs.every class="input num" id="recurring-every" inputmode="numeric" autocomplete="off"
                        aria-invalid=invalid(editing.flow.errors, "every") aria-describedby="recurring-every-error" value=every />
                </Field>
                <Field label=t.unit id="recurring-unit".to_owned() error=message(editing.flow.errors, "unit")>
                    <select node_ref=inputs.unit class="input" id="recurring-unit" aria-describedby="recurring-unit-error">{units}</select>
                </Field>
            </div>
            <label class="check">
                <input node_ref=inputs.from_month_end type="checkbox" checked=began.from_month_end.unwrap_or(false) />
                <span>{t.from_month_end}</span>
            </label>
            <div class="form-pair">
                <Field label=t.ends_on id="recurring-end".to_owned() error=message(editing.flow.errors, "ends_on")>
                    <input node_ref=inputs.ends_on class="input" id="recurring-end" type="date" aria-invalid=invalid(editing.flow.errors, "ends_on") aria-describedby="recurring-end-error" value=text_of(&began.ends_on) />
                </Field>
                <Field label=t.times id="recurring-times".to_owned() error=message(editing.flow.errors, "times")>
                    <input node_ref=inputs.times class="input num" id="recurring-times" inputmode="numeric" autocomplete="off"
                        aria-invalid=invalid(editing.flow.errors, "times") aria-describedby="recurring-times-error" value=times />
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
            {said}
            <div class="editor-buttons">
                <button node_ref=button type="submit" class="button" hidden=editing.flow.hides_save()>{t.save}</button>
                <button type="button" class="button button-quiet" on:click=move |_| open.close()>{t.cancel}</button>
                {id.map(|id| view! {
                    <span class="push">
                        <button type="button" class="button button-quiet" on:click=move |_| stop(id)>{t.stop_recurring}</button>
                    </span>
                }.into_any())}
            </div>
        </form>
    }
    .into_any()
}
