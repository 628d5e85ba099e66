//! The dialog in which a transfer or split is made and changed, always as a whole.

use super::{
    Groups, Target,
    form::{Inputs, initial, with_id},
    parts::PartList,
    sending::{form_of_parts, is_empty, plain, provisional_parts, rest, worked_out},
    shown,
};
use crate::{
    command::Command,
    components::{
        changing,
        choice::Choice,
        editor::{name_of_other, refuse},
        field::{CenterOptions, Errors, Field, center_choice, invalid, message},
        part,
        sign_key::Signed,
        text,
    },
    domain::{Currency, Fact, FactGroup, FinancialCenterId, GroupForm, GroupId, GroupKind, fact_group::Rest},
    error::AppError,
    i18n::{
        errors::{sentence, whole_sentence},
        format::with_currency,
        words::{changed_by, keep_of, over_whole},
    },
    live_link::LiveLink,
    outbox::{Heard, Outbox},
    pages::{today::Undo, use_language, use_words},
    replica::{Replica, Row},
};
use leptos::{
    ev::{Event, SubmitEvent},
    html,
    prelude::*,
};

/// The dialog; closed while there is nothing to show in it.
#[component]
pub fn GroupDialog() -> impl IntoView {
    let (Some(replica), Some(groups)) = (use_context::<Replica>(), use_context::<Groups>()) else {
        return ().into_any();
    };
    let t = use_words();
    let dialog = NodeRef::<html::Dialog>::new();
    // Something was typed in it that is not sent: only a button closes it then.
    let dirty = RwSignal::new(false);
    Effect::new(move || {
        if groups.target.with(Option::is_some)
            && let Some(dialog) = dialog.get()
        {
            dirty.set(false);
            // Where it is open already nothing needs to be done.
            drop(dialog.show_modal());
        }
    });
    let keep_open = move |event: Event| {
        if dirty.get_untracked() {
            event.prevent_default();
        }
    };
    // Some browsers let a second Escape through: what is typed stays all the same.
    let closed = move |_| match dialog.get_untracked() {
        Some(dialog) if dirty.get_untracked() => drop(dialog.show_modal()),
        _ => groups.target.set(None),
    };
    let shut = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let title = move || {
        let kind = groups.target.with(|target| match target.as_ref()? {
            Target::New(kind, _) => Some(*kind),
            Target::Row(row) => row.fact.with_untracked(|fact| fact.group).map(|group| group.kind),
        });
        if kind == Some(GroupKind::Split) { t.split } else { t.transfer_kind }.to_owned()
    };
    view! {
        <dialog node_ref=dialog class="dialog group" aria-labelledby="group-title" on:cancel=keep_open on:close=closed>
            <h2 id="group-title">{text(title)}</h2>
            {part(move || {
                let replica = replica.clone();
                groups.target.get().map(|target| view! { <Form target replica dirty shut=Box::new(shut) /> }.into_any())
            })}
        </dialog>
    }
    .into_any()
}

/// Says in the form why the server has said no: somebody else was faster, or anything else. False when the form is
/// gone.
fn contest(
    busy: RwSignal<bool>,
    conflict: RwSignal<Option<FactGroup>>,
    failure: RwSignal<Option<AppError>>,
    error: AppError,
) -> bool {
    let AppError::Stale { current } = error else { return refuse(busy, failure, error) };
    match serde_json::from_str(&current) {
        Ok(theirs) if !busy.is_disposed() => {
            busy.set(false);
            conflict.set(Some(theirs));
            true
        }
        _ => refuse(busy, failure, AppError::Internal),
    }
}

/// The currency of the account that is chosen.
fn currency_of(replica: &Replica, choice: Choice) -> Option<Currency> {
    let id: FinancialCenterId = choice.get().parse().ok()?;
    replica.currency_of(id)
}

#[component]
fn Form(
    target: Target,
    replica: Replica,
    dirty: RwSignal<bool>,
    shut: Box<dyn Fn() + Send + Sync>,
) -> impl IntoView {
    let (t, language) = (use_words(), use_language());
    let (groups, undo) = (use_context::<Groups>().unwrap_or_default(), use_context::<Undo>());
    let shut = StoredValue::new(shut);
    let shut = move || _ = shut.try_with_value(|shut| shut());
    let browser = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser;
    let draft = format!("group draft {}", replica.me);
    let kept = browser.kept(&draft).and_then(|text| serde_json::from_str(&text).ok());
    let first = initial(&target, kept, language);
    let kind = first.kind();
    let row: Option<Row> = match &target {
        Target::Row(row) => Some(row.clone()),
        Target::New(..) => None,
    };
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let held = row.as_ref().and_then(|row| outbox.refused(row.id));
    // What the person looks at; of a change that the server has refused, what stood there before it.
    let seen = match (&held, &row) {
        (Some(held), _) if !held.seen.is_empty() => held.seen.clone(),
        (_, Some(row)) => row.parts.get_untracked(),
        (_, None) => Vec::new(),
    };
    let base = seen.first().cloned();
    let id = base.as_ref().and_then(|fact| fact.group).map(|group| group.id);
    if let Some(row) = &row {
        replica.edit(row.id);
        let (closing, id) = (replica.clone(), row.id);
        on_cleanup(move || closing.stop_editing(id));
    }
    let (from, to) = match &first {
        GroupForm::Transfer(form) => {
            (form.from_financial_center_id.clone(), form.to_financial_center_id.clone())
        }
        GroupForm::Split(form) => (form.financial_center_id.clone(), None),
    };
    let inputs = Inputs {
        center: center_choice(from.clone(), &replica),
        to: center_choice(to.clone(), &replica),
        amount: NodeRef::new(),
        to_amount: NodeRef::new(),
        date: NodeRef::new(),
        comment: NodeRef::new(),
        parts: PartList::new(&first, &replica),
    };
    let (errors, changed): (Errors, _) = (RwSignal::new(Vec::new()), RwSignal::new(()));
    let (busy, failure, conflict) =
        (RwSignal::new(false), RwSignal::new(None::<AppError>), RwSignal::new(None::<FactGroup>));
    match held.map(|held| held.error) {
        Some(AppError::Stale { current }) => conflict.set(serde_json::from_str(&current).ok()),
        Some(AppError::Invalid { errors: refused }) => errors.set(refused),
        Some(AppError::Gone) => failure.set(Some(AppError::Gone)),
        // The row has said it.
        _ => {}
    }
    Effect::new(move || {
        if let Some(input) = inputs.amount.get() {
            // Without the focus the form can still be filled in.
            drop(input.focus());
            input.select();
        }
    });
    let keep = {
        let (browser, draft, new) = (browser.clone(), draft.clone(), row.is_none());
        move || {
            // A browser reports a last change while it removes the form with the focus in it: what was typed
            // is kept already.
            if inputs.amount.is_disposed() {
                return;
            }
            dirty.set(true);
            changed.set(());
            if new {
                let text = serde_json::to_string(&inputs.typed(kind)).unwrap_or_default();
                browser.keep(&draft, &text);
            }
        }
    };
    let (kept, chosen) = (keep.clone(), keep);
    let forget = move || browser.keep(&draft, "");
    let finish = {
        let forget = forget.clone();
        move || {
            dirty.set(false);
            forget();
            shut();
        }
    };
    // Sends what stands there over the version that was looked at.
    let send = {
        let (replica, finish, base, seen) = (replica.clone(), finish.clone(), base.clone(), seen.clone());
        let outbox = outbox.clone();
        move |over: Option<FactGroup>, bring_back: bool| {
            let mut form = match worked_out(&replica, inputs.typed(kind), language) {
                Ok(form) => form,
                Err(refused) => return errors.set(refused),
            };
            if let (Some(theirs), GroupForm::Split(form)) = (&over, &mut form) {
                // A part that they took out comes back as a new one.
                for part in &mut form.parts {
                    let there = |id: &String| theirs.facts.iter().any(|fact| fact.id.to_string() == *id);
                    part.id = part.id.take().filter(there);
                }
            }
            let form = with_id(form, id.unwrap_or_else(GroupId::new));
            let facts = match provisional_parts(&replica, &form) {
                Ok(facts) => facts,
                Err(refused) => return errors.set(refused),
            };
            let Some(form) = form_of_parts(&facts) else { return };
            errors.set(Vec::new());
            let held = base.as_ref().and_then(|base| outbox.refused(base.row_id()));
            let (Some(id), Some(base), false) = (id, &base, held.is_some_and(|held| held.is_new)) else {
                return match outbox.send(Command::RecordGroup(form), None, Vec::new(), None) {
                    Ok(()) => {
                        if id.is_none() {
                            groups.made.update(|times| *times += 1);
                        }
                        finish();
                    }
                    Err(refused) => errors.set(refused),
                };
            };
            failure.set(None);
            conflict.set(None);
            // Until there is an answer nothing closes it; what has none at once goes on without it.
            dirty.set(true);
            busy.set(true);
            let version = over.map_or(base.version, |theirs| theirs.version);
            if bring_back {
                let heard = move |heard| match heard {
                    Heard::Refused(error) => refuse(busy, failure, error),
                    Heard::Done | Heard::Late => true,
                };
                // It has no fields that could be refused.
                let command = Command::RestoreGroup { kind, id };
                drop(outbox.send(command, None, Vec::new(), Some(Box::new(heard))));
            }
            let (replica, finish, row) = (replica.clone(), finish.clone(), base.row_id());
            let heard = move |heard| match heard {
                Heard::Done | Heard::Late => {
                    if !busy.is_disposed() {
                        replica.stop_editing(row);
                        finish();
                    }
                    true
                }
                Heard::Refused(AppError::Invalid { errors: refused }) if !busy.is_disposed() => {
                    busy.set(false);
                    errors.set(refused);
                    true
                }
                Heard::Refused(error) => contest(busy, conflict, failure, error),
            };
            let command = Command::ReviseGroup { id, form };
            if let Err(refused) = outbox.send(command, Some(version), seen.clone(), Some(Box::new(heard))) {
                busy.set(false);
                errors.set(refused);
            }
        }
    };
    let submit = {
        let send = send.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            send(None, false);
        }
    };
    let was = seen;
    let delete = {
        let (replica, finish, base) = (replica.clone(), finish.clone(), base.clone());
        move |_| {
            let (Some(id), Some(base)) = (id, base.clone()) else { return };
            let row = base.row_id();
            if outbox.refused(row).is_some_and(|held| held.is_new) {
                outbox.discard(row);
                return finish();
            }
            let over = conflict.get_untracked().map_or(base.version, |theirs| theirs.version);
            dirty.set(true);
            busy.set(true);
            failure.set(None);
            let (replica, finish) = (replica.clone(), finish.clone());
            let heard = move |heard| match heard {
                Heard::Done | Heard::Late => {
                    if !busy.is_disposed() {
                        replica.stop_editing(row);
                        finish();
                        if let Some(undo) = undo {
                            undo.offer(row, Some(kind));
                        }
                    }
                    true
                }
                Heard::Refused(error) => contest(busy, conflict, failure, error),
            };
            let command = Command::DeleteGroup { kind, id };
            // It has no fields that could be refused.
            drop(outbox.send(command, Some(over), was.clone(), Some(Box::new(heard))));
        }
    };
    let choice = {
        let (replica, send, finish) = (replica.clone(), send.clone(), finish.clone());
        move || {
            let (send, finish) = (send.clone(), finish.clone());
            conflict.get().map(|theirs| {
                let who = theirs.facts.first().and_then(|fact: &Fact| name_of_other(&replica, fact));
                let (title, figure) = (
                    shown::title(&replica, kind, &theirs.facts).unwrap_or_default(),
                    shown::figure(&replica, kind, &theirs.facts, language).unwrap_or_default(),
                );
                // All of it, so that nothing of theirs is undone unseen.
                let theirs_details = shown::whole(&replica, kind, &theirs.facts, language);
                let heading = changed_by(language, who.as_deref());
                view! {
                    <div class="conflict" role="alert">
                        <p><b>{heading}</b></p>
                        <p>{title} " " <span class="num">{figure}</span></p>
                        <p>{theirs_details}</p>
                        <div class="editor-buttons">
                            <button type="button" class="button" on:click=move |_| send(Some(theirs.clone()), false)>{t.keep_mine}</button>
                            <button type="button" class="button button-quiet" on:click=move |_| finish()>{keep_of(language, who.as_deref())}</button>
                        </div>
                    </div>
                }
            })
        }
    };
    let problem = {
        let send = send.clone();
        move || {
            let send = send.clone();
            failure.get().map(|error| {
                let gone = error == AppError::Gone;
                let words = if gone { t.deleted_meanwhile.to_owned() } else { sentence(&error, language) };
                let again = gone.then(|| {
                    view! { <button type="button" class="button button-quiet" on:click=move |_| send(None, true)>{t.keep_mine}</button> }.into_any()
                });
                view! { <div class="form-error" role="alert"><p>{words}</p>{again}</div> }
            })
        }
    };
    // What no field of the screen says.
    let other = move || {
        errors.with(|errors| {
            let known = [
                "amount",
                "to_amount",
                "financial_center_id",
                "from_financial_center_id",
                "to_financial_center_id",
                "date",
                "comment",
            ];
            let rest: Vec<_> = errors
                .iter()
                .filter(|error| !known.contains(&error.field.as_str()) && !error.field.starts_with("parts."))
                .cloned()
                .collect();
            (!rest.is_empty()).then(|| whole_sentence(&AppError::Invalid { errors: rest }, language))
        })
    };
    let remaining = {
        let replica = replica.clone();
        move || {
            changed.track();
            let Ok(GroupForm::Split(form)) = plain(&replica, inputs.typed(kind), language) else {
                return String::new();
            };
            let Some(currency) = currency_of(&replica, inputs.center) else { return String::new() };
            match rest(&form, currency) {
                Some(Rest::Left(left)) => {
                    let one = form.parts.iter().filter(|part| is_empty(part)).count() == 1;
                    let words = if one { t.rest_is } else { t.not_split };
                    format!("{words} {}", with_currency(left, currency, language))
                }
                Some(Rest::Over(over)) => over_whole(language, &with_currency(over, currency, language)),
                Some(Rest::Nothing) | None => String::new(),
            }
        }
    };
    let two_currencies = {
        let replica = replica.clone();
        move || {
            changed.track();
            let (from, to) = (currency_of(&replica, inputs.center), currency_of(&replica, inputs.to));
            from.is_some() && to.is_some() && from != to
        }
    };
    let (amount, to_amount, date, comment) = match first {
        GroupForm::Transfer(form) => (form.amount, form.to_amount, form.date, form.comment),
        GroupForm::Split(form) => (form.amount, None, form.date, form.comment),
    };
    let (center_field, center_label) = match kind {
        GroupKind::Transfer => ("from_financial_center_id", t.from_account),
        GroupKind::Split => ("financial_center_id", t.account),
    };
    let centers = replica.centers.clone();
    let others = centers.clone();
    let text_of = |text: Option<String>| text.unwrap_or_default();
    let day = date.unwrap_or_else(|| replica.today.get_untracked().to_string());
    let transfer = (kind == GroupKind::Transfer).then(|| {
        let hidden = changing(move || !two_currencies());
        view! {
            <Field label=t.to_account id="group-to".to_owned() error=message(errors, "to_financial_center_id") class="field-to">
                <select node_ref=inputs.to.select class="input" id="group-to" disabled=busy aria-describedby="group-to-error" aria-invalid=invalid(errors, "to_financial_center_id")
                    on:change=move |event| inputs.to.choose(event_target_value(&event))>
                    <option value="">{t.choose}</option>
                    <CenterOptions centers=others chosen=Signal::stored(to.unwrap_or_default()) />
                </select>
            </Field>
            <div class="arrives" hidden=hidden>
                <Field label=t.arrives id="group-to-amount".to_owned() error=message(errors, "to_amount") class="field-to-amount">
                    <input node_ref=inputs.to_amount class="input num" id="group-to-amount" inputmode="decimal" autocomplete="off" readonly=busy
                        value=text_of(to_amount) aria-describedby="group-to-amount-error" aria-invalid=invalid(errors, "to_amount") />
                </Field>
            </div>
        }
    });
    let split = (kind == GroupKind::Split).then(|| {
        view! {
            {inputs.parts.view(errors, changed)}
            <p class="field-hint not-split" role="status" translate="no">{text(remaining)}</p>
        }
        .into_any()
    });
    let remove = id.map(|_| {
        view! { <button type="button" class="button button-danger" disabled=busy on:click=delete>{t.delete}</button> }.into_any()
    });
    view! {
        <form class=match kind { GroupKind::Transfer => "group-form", GroupKind::Split => "group-form is-split" } novalidate on:submit=submit on:input=move |_| kept() on:change=move |_| chosen()>
            <Field label=t.amount id="group-amount".to_owned() error=message(errors, "amount") class="field-amount">
                // What moves between accounts has no sign.
                <Signed input=inputs.amount hidden=kind == GroupKind::Transfer>
                    <input node_ref=inputs.amount class="input num" id="group-amount" inputmode="decimal" autocomplete="off" readonly=busy
                        value=text_of(amount) aria-describedby="group-amount-error" aria-invalid=invalid(errors, "amount") />
                </Signed>
            </Field>
            <Field label=t.date id="group-date".to_owned() error=message(errors, "date") class="field-date">
                <input node_ref=inputs.date class="input" type="date" id="group-date" readonly=busy value=day
                    aria-describedby="group-date-error" aria-invalid=invalid(errors, "date") />
            </Field>
            <Field label=center_label id="group-center".to_owned() error=message(errors, center_field) class="field-center">
                <select node_ref=inputs.center.select class="input" id="group-center" disabled=busy aria-describedby="group-center-error" aria-invalid=invalid(errors, center_field)
                    on:change=move |event| inputs.center.choose(event_target_value(&event))>
                    <CenterOptions centers chosen=Signal::stored(from.unwrap_or_default()) />
                </select>
            </Field>
            {transfer}
            <Field label=t.note id="group-comment".to_owned() error=message(errors, "comment") class="field-comment">
                <input node_ref=inputs.comment class="input" id="group-comment" maxlength="500" autocomplete="off" readonly=busy
                    value=text_of(comment) aria-describedby="group-comment-error" aria-invalid=invalid(errors, "comment") />
            </Field>
            {split}
            {part(choice)}
            {part(problem)}
            <p class="form-error" role="alert">{text(move || other().unwrap_or_default())}</p>
            <div class="editor-buttons">
                <button type="submit" class="button" disabled=busy>{if row.is_some() { t.save } else { t.add }}</button>
                <button type="button" class="button button-quiet" disabled=busy on:click=move |_| finish()>{t.cancel}</button>
                {remove}
            </div>
        </form>
    }
    .into_any()
}
