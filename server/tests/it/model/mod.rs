//! A model test of the live path: the real hub, frames and reducer, driven through every order of commits,
//! bells, cuts, crashes and restores. At every moment each screen equals the log up to its own number, and
//! without further faults all of them reach its end.

mod world;

use app::{
    domain::*,
    replica::apply::{Book as Replica, Outcome},
    wire::{Frame, Heartbeat},
};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use server::hub::Hub;
use std::collections::HashMap;
use uuid::Uuid;
use world::{CLIENTS, Client, World, start, today};

#[derive(Clone, Debug)]
enum Step {
    /// A transaction: 0 to 3 record, 4 and 5 revise, 6 deletes, 7 does several at once. Its bell is pending.
    Commit(u8, usize),
    /// Many of them, more than the ring holds.
    Burst(usize),
    /// A transaction that took a number and rolled back.
    Rollback,
    /// One of the pending bells arrives, in any order.
    Ring(usize),
    /// One of the pending bells arrives, and will arrive again.
    RingTwice(usize),
    /// One of the pending bells is lost.
    Lose(usize),
    Connect(usize),
    /// The connection is cut after this many frames of what the server sends.
    Cut(usize, usize),
    /// The socket sends what is due.
    Deliver(usize),
    /// The socket sends what is due, but the first message is lost.
    Swallow(usize),
    Beat(usize),
    /// The process crashes; the store stays.
    Crash,
    /// The store is restored from a backup that is this many changes old: a new epoch begins.
    Restore(usize),
}

/// Every step is possible at any time, so the reference has no state.
struct Anything;

impl ReferenceStateMachine for Anything {
    type State = ();
    type Transition = Step;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<Step> {
        let client = 0..CLIENTS;
        prop_oneof![
            8 => (0..8_u8, any::<usize>()).prop_map(|(what, pick)| Step::Commit(what, pick)),
            1 => (100..400_usize).prop_map(Step::Burst),
            1 => Just(Step::Rollback),
            6 => any::<usize>().prop_map(Step::Ring),
            2 => any::<usize>().prop_map(Step::RingTwice),
            2 => any::<usize>().prop_map(Step::Lose),
            5 => client.clone().prop_map(Step::Connect),
            2 => (client.clone(), 0..6_usize).prop_map(|(client, frames)| Step::Cut(client, frames)),
            8 => client.clone().prop_map(Step::Deliver),
            3 => client.clone().prop_map(Step::Swallow),
            3 => client.prop_map(Step::Beat),
            1 => Just(Step::Crash),
            1 => (0..20_usize).prop_map(Step::Restore),
        ]
        .boxed()
    }

    fn apply((): (), _: &Step) {}
}
struct LivePath;

impl StateMachineTest for LivePath {
    type SystemUnderTest = World;
    type Reference = Anything;

    fn init_test((): &()) -> World {
        let start = start();
        let client = || Client { replica: Replica::new(start.clone()), socket: None };
        World {
            home: HouseholdId::new(),
            logs: HashMap::from([(start.position.epoch, Vec::new())]),
            epoch: start.position.epoch,
            hub: Hub::default(),
            bells: Vec::new(),
            clients: (0..CLIENTS).map(|_| client()).collect(),
            made: 0,
            start,
        }
    }

    fn apply(mut world: World, (): &(), step: Step) -> World {
        match step {
            Step::Commit(what, pick) => {
                let mut truth = world.fold(world.head());
                world.commit(&mut truth, what, pick);
            }
            Step::Burst(count) => {
                let mut truth = world.fold(world.head());
                for n in 0..count {
                    world.commit(&mut truth, u8::try_from(n % 8).expect("small"), n * 7);
                    // In order, as one process rings them.
                    if let Some((seq, frame)) = world.bells.pop() {
                        world.hub.ring(world.home, seq, frame);
                    }
                }
            }
            Step::Rollback => {}
            Step::Ring(pick) => {
                if let Some(at) = world.bell(pick) {
                    let (seq, frame) = world.bells.remove(at);
                    world.hub.ring(world.home, seq, frame);
                }
            }
            Step::RingTwice(pick) => {
                if let Some(at) = world.bell(pick) {
                    let (seq, frame) = world.bells[at].clone();
                    world.hub.ring(world.home, seq, frame);
                }
            }
            Step::Lose(pick) => {
                if let Some(at) = world.bell(pick) {
                    world.bells.remove(at);
                }
            }
            Step::Connect(client) => world.connect(client),
            Step::Cut(client, frames) => {
                world.deliver(client, frames);
                world.disconnect(client);
            }
            Step::Deliver(client) => world.deliver(client, usize::MAX),
            Step::Swallow(client) => {
                if let Some((frames, _)) = world.outgoing(client)
                    && let Some(second) = frames.get(1)
                {
                    let frame = Frame::parse(second.text()).expect("a frame");
                    let outcome = world.clients[client].replica.apply(frame);
                    assert_eq!(outcome, Outcome::Gap, "a change is never applied without the one before it");
                    world.connect(client);
                }
            }
            Step::Beat(client) => {
                if let Some(socket) = &world.clients[client].socket {
                    let seq = socket.feed.now().head.max(socket.cursor);
                    let beat = Frame::Heartbeat(Heartbeat { seq, check: None, today: today() });
                    let outcome = world.clients[client].replica.apply(beat);
                    let behind = world.clients[client].replica.position().seq < seq;
                    assert_eq!(outcome, Outcome::Noted { behind });
                    if behind {
                        world.connect(client);
                    }
                }
            }
            Step::Crash => world.crash(),
            Step::Restore(lost) => {
                world.crash();
                let kept = world.log().len().saturating_sub(lost);
                let log = world.log()[..kept].to_vec();
                world.epoch = Uuid::new_v4();
                world.logs.insert(world.epoch, log);
            }
        }
        world.check();
        world
    }

    fn teardown(mut world: World, (): ()) {
        for client in 0..CLIENTS {
            // The first attempt may get a resync.
            for _ in 0..2 {
                world.connect(client);
                world.deliver(client, usize::MAX);
            }
            assert_eq!(
                world.clients[client].replica.position(),
                world.head(),
                "a calm brings everybody to the head"
            );
        }
        world.check();
        for client in 0..CLIENTS {
            world.disconnect(client);
        }
        assert_eq!(world.hub.size(), (0, 0), "nothing is left behind");
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_screen_equals_the_log_up_to_its_number_whatever_happens(sequential 1..60 => LivePath);
}
