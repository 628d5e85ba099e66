//! A phone without a reliable network: the program's own outbox and book, as a page of the browser has them, over a store
//! that outlives the page. The phone is killed and started again, with or without a network, at any moment.
//!
//! What it has once called kept must end exactly once in the log, or be refused where the person sees it.

use crate::{
    World,
    disk::{Disk, OnPage},
    judge::{Truth, wrong},
    person::Person,
    phone_page::{PhonePage, row_of, tag},
};
use app::{
    command::{Command, Subject},
    domain::{Fact, Language, MutationId},
    error::AppError,
    outbox::{BookKeeper, Call, CallResponse, DeviceOwner, Outbox, RowId, Seen, Surroundings},
    replica::{Replica, kept::KeptBook},
    service::{Event, Snapshot, Written},
};
use fastrand::Rng;
use leptos::prelude::{GetUntracked, WithUntracked, untrack};
use reqwest::Method;
use serde_json::json;
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::Mutex as Turn, time::sleep};
use uuid::Uuid;

/// By then everything is sent that waits, once the network works: other tabs are given 5 s to send what they have made,
/// and a call that is lost takes 3 s.
const CALM: Duration = Duration::from_secs(40);

#[derive(Clone)]
pub struct Phone(Arc<Inner>);

struct Inner {
    world: World,
    person: Person,
    household: usize,
    disk: Arc<Disk>,
    is_away: AtomicBool,
    state: Mutex<State>,
    /// Held while the phone is used.
    busy: Turn<()>,
}

struct State {
    rng: Rng,
    page: Option<PhonePage>,
    made: Vec<Made>,
    kills: usize,
}

/// A command that was made on the phone.
struct Made {
    mutation: MutationId,
    row: RowId,
    deletes: bool,
    /// Whether the screen has said that it is kept on this device.
    is_kept: bool,
    /// Whether the phone was killed before the screen said so: then nobody knows whether it was stored.
    is_cut_off: bool,
    /// Whether the person has seen the refusal of it, or of what it was made on, and has discarded it.
    is_discarded: bool,
}

impl Phone {
    pub fn new(world: World, person: Person, household: usize, seed: u64) -> Self {
        let state = State { rng: Rng::with_seed(seed), page: None, made: Vec::new(), kills: 0 };
        Self(Arc::new(Inner {
            world,
            person,
            household,
            disk: Arc::default(),
            is_away: AtomicBool::new(false),
            state: Mutex::new(state),
            busy: Turn::default(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drawn<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.state().rng)
    }

    fn is_away(&self) -> bool {
        self.0.is_away.load(Ordering::SeqCst)
    }

    /// How many commands were made, and how often the phone was killed.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.state();
        (state.made.len(), state.kills)
    }

    pub async fn run(self) {
        let mut writing = self.0.world.writing.subscribe();
        loop {
            drop(writing.wait_for(|writing| *writing).await);
            let turn = self.0.busy.lock().await;
            if *writing.borrow() {
                self.use_it().await;
            }
            drop(turn);
            sleep(Duration::from_millis(self.drawn(|rng| rng.u64(0..120)))).await;
        }
    }

    async fn use_it(&self) {
        let is_on = self.state().page.is_some();
        match self.drawn(|rng| rng.u32(0..24)) {
            _ if !is_on => _ = self.start().await,
            0 => self.kill(),
            1 => self.0.is_away.store(!self.is_away(), Ordering::SeqCst),
            2..=4 => self.follow().await,
            5 => _ = self.on_page(PhonePage::wake),
            6 => self.discard(),
            7..=9 => self.make(PhonePage::revision),
            10 => self.make(PhonePage::deletion),
            11 => self.make(|page, person, rng| page.plan(person, rng)),
            _ => self.make(|page, person, rng| page.record(person, self.0.household, rng)),
        }
        self.look();
    }

    /// Starts the program: over its book without a network, otherwise sometimes, or else over what the server has. Returns
    /// false if there is neither.
    async fn start(&self) -> bool {
        let kept = || self.0.disk.book().and_then(|text| KeptBook::read(&text)).map(KeptBook::replica);
        let wants_kept = self.is_away() || self.drawn(Rng::bool);
        let replica = match wants_kept.then(kept).flatten() {
            Some(replica) => replica,
            None => match self.snapshot().await {
                Some(snapshot) => Replica::new(snapshot),
                None => return false,
            },
        };
        let is_alive = Arc::new(AtomicBool::new(true));
        let outbox = Outbox::with(Arc::new(Air { phone: self.clone(), is_alive: is_alive.clone() }));
        let page = PhonePage { outbox, replica, is_alive };
        let owner = DeviceOwner {
            account: Uuid::from_u128(1).into(),
            household: page.replica.household.with_untracked(|household| household.id),
        };
        let store = Arc::new(self.0.disk.store(self.when_alive(page.is_alive.clone())));
        let mut state = self.state();
        page.outbox.begin(&page.replica);
        page.outbox.store_in(store, owner);
        page.outbox.begin_to_keep(BookKeeper {
            email: String::new(),
            language: Language::En,
            read: None,
            allowed: Arc::new(|| true),
            day: Arc::new(|_| None),
            later: Arc::new(|function| function()),
            older: Arc::new(|_, hearer| hearer(None)),
            log: Arc::new(|_, hearer| hearer(None)),
        });
        state.page = Some(page);
        true
    }

    /// Its battery is empty: nothing of the page goes on.
    fn kill(&self) {
        let mut state = self.state();
        if let Some(page) = state.page.take() {
            page.is_alive.store(false, Ordering::SeqCst);
            state.kills += 1;
            state.made.iter_mut().filter(|one| !one.is_kept).for_each(|one| one.is_cut_off = true);
        }
    }

    fn when_alive(&self, is_alive: Arc<AtomicBool>) -> OnPage {
        let phone = self.clone();
        Arc::new(move |run| {
            let _state = phone.state();
            if is_alive.load(Ordering::SeqCst) {
                run();
            }
        })
    }

    fn on_page<T>(&self, act: impl FnOnce(&PhonePage) -> T) -> Option<T> {
        let state = self.state();
        state.page.as_ref().map(act)
    }

    fn make(
        &self,
        command: impl FnOnce(&PhonePage, &Person, &mut Rng) -> Option<(Command, Option<i64>, Seen)>,
    ) {
        let mut state = self.state();
        let State { rng, page, made, .. } = &mut *state;
        let Some(page) = page else { return };
        let Some((command, base, seen)) = command(page, &self.0.person, rng) else { return };
        let deletes = matches!(command, Command::DeleteFact { .. });
        let row = row_of(&command);
        // What would be refused is not made.
        let Ok(mutation) = page.outbox.enqueue(command, base, seen, None) else { return };
        if made.iter().all(|one| one.mutation != mutation) {
            let (is_kept, is_cut_off, is_discarded) = (false, false, false);
            made.push(Made { mutation, row, deletes, is_kept, is_cut_off, is_discarded });
        }
    }

    /// Looks at the screen: which rows are kept on this device?
    fn look(&self) {
        let mut state = self.state();
        let State { page, made, .. } = &mut *state;
        let Some(page) = page else { return };
        let listed = page.outbox.listed.get_untracked();
        for one in made.iter_mut().filter(|one| !one.is_kept && !one.is_cut_off) {
            let waits = listed.iter().any(|row| row.row == one.row);
            one.is_kept = waits && untrack(|| page.outbox.is_stored(one.row));
        }
    }

    /// The person discards one of the refused commands.
    fn discard(&self) {
        let mut state = self.state();
        let State { page, made, .. } = &mut *state;
        let Some(page) = page else { return };
        let Some(row) = page.refused().pop() else { return };
        page.outbox.discard(row);
        made.iter_mut().filter(|one| one.row == row).for_each(|one| one.is_discarded = true);
    }

    /// Receives what has happened since the last time.
    async fn follow(&self) {
        if self.is_away() {
            return;
        }
        let Some(at) = self.on_page(|page| page.replica.position.get_untracked()) else { return };
        let check = at.check.map(|check| format!("&check={check}")).unwrap_or_default();
        let path = format!("/events?epoch={}&since={}{check}&limit=500", at.epoch, at.seq);
        let Some(reply) = self.0.person.attempt(&self.0.world, Method::GET, &path, &[], None).await else {
            return;
        };
        let events: Option<Vec<Event>> = serde_json::from_value(reply.body["items"].clone()).ok();
        let is_lost = reply.status == 410;
        let missed =
            self.on_page(|page| is_lost || events.into_iter().flatten().any(|event| !page.receives(event)));
        if missed == Some(true)
            && let Some(snapshot) = self.snapshot().await
        {
            self.on_page(|page| page.replica.replace(snapshot));
        }
        self.on_page(|page| page.outbox.keep_now());
    }

    async fn snapshot(&self) -> Option<Snapshot> {
        let (world, person) = (&self.0.world, &self.0.person);
        let reply = person.attempt(world, Method::GET, "/snapshot", &[], None).await?;
        if self.is_away() { None } else { serde_json::from_value(reply.body).ok() }
    }

    /// Makes a call, whose response may be lost, and which may arrive twice.
    async fn send(&self, call: &Call) -> CallResponse {
        let (loses, doubles) = self.drawn(|rng| (rng.u32(0..8) == 0, rng.u32(0..8) == 0));
        if self.is_away() {
            return Err(AppError::NoAnswer);
        }
        let body = json!({ "command": call.command, "terms": call.terms, "member": call.member });
        let write = || self.0.person.write(&self.0.world, &body);
        let reply = if doubles { tokio::join!(write(), write()).0 } else { write().await };
        let Some(reply) = reply.filter(|_| !loses && !self.is_away()) else { return Err(AppError::NoAnswer) };
        if reply.status.is_success() {
            let written: Result<Written<Subject>, _> = serde_json::from_value(reply.body.clone());
            return Ok(written.unwrap_or_else(|error| wrong(&format!("an answer: {error} {}", reply.body))));
        }
        Err(serde_json::from_value(reply.body).unwrap_or(AppError::Unavailable))
    }

    /// Waits until the phone is on, has sent what waits and has received everything: the network works.
    pub async fn rest(&self) {
        let _turn = self.0.busy.lock().await;
        self.0.is_away.store(false, Ordering::SeqCst);
        let began = Instant::now();
        loop {
            if self.state().page.is_some() || self.start().await {
                self.follow().await;
                self.on_page(PhonePage::wake);
                self.look();
                if self.on_page(PhonePage::has_sent_all) == Some(true) {
                    return;
                }
            }
            if began.elapsed() > CALM {
                let listed = self.on_page(|page| page.outbox.listed.get_untracked());
                wrong(&format!("a phone has not sent everything: {listed:?}"));
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// What was kept is in the log once, or the person has seen that it was refused; and the screen shows it so.
    pub fn judge(&self, truth: &Truth) {
        let state = self.state();
        let Some(page) = &state.page else { wrong("a phone is off") };
        let refused = page.refused();
        for one in &state.made {
            let times = truth.log.get(&one.mutation).copied().unwrap_or_default();
            // Another attempt of the person has deleted it before.
            let is_gone = one.deletes && truth.facts.iter().all(|fact| RowId::Fact(fact.id) != one.row);
            let is_seen = one.is_discarded || refused.contains(&one.row) || is_gone;
            if times > 1 || (times == 0 && one.is_kept && !is_seen) {
                wrong(&format!(
                    "a command that a phone has kept is {times} times in the log: {}",
                    one.mutation
                ));
            }
        }
        let own = |fact: &&Fact| fact.comment.as_str().starts_with(&tag(self.0.household));
        let mut comments: Vec<&str> =
            truth.facts.iter().filter(own).map(|fact| fact.comment.as_str()).collect();
        comments.sort_unstable();
        if let Some(two) = comments.windows(2).find(|two| two[0] == two[1]) {
            wrong(&format!("a phone has recorded it twice: {}", two[0]));
        }
        for fact in truth.facts.iter().filter(own).filter(|fact| !refused.contains(&RowId::Fact(fact.id))) {
            let shown = page.replica.facts_of(fact.id);
            // It may be older than what the page has loaded.
            if shown.iter().any(|shown| shown != fact) {
                wrong(&format!("a phone shows {shown:?} for {fact:?}"));
            }
        }
    }
}

/// The timers and the network of a page.
struct Air {
    phone: Phone,
    is_alive: Arc<AtomicBool>,
}

impl Surroundings for Air {
    fn later(&self, run: Box<dyn FnOnce() + Send>, after: Duration) {
        let on_page = self.phone.when_alive(self.is_alive.clone());
        tokio::spawn(async move {
            sleep(after).await;
            on_page(run);
        });
    }

    fn call(&self, call: Call, hearer: Box<dyn FnOnce(CallResponse) + Send>) {
        let (phone, on_page) = (self.phone.clone(), self.phone.when_alive(self.is_alive.clone()));
        tokio::spawn(async move {
            let response = phone.send(&call).await;
            on_page(Box::new(move || hearer(response)));
        });
    }
}
