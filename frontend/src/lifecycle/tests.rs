//! Tests of the state machine for every event.

use super::*;
use proptest::prelude::*;

const HEARTBEAT: u64 = 20_000;

/// A connection with a clock of its own.
struct World {
    life: Lifecycle,
    now_ms: f64,
}

impl World {
    fn new() -> Self {
        let (life, actions) = Lifecycle::begin(Moment { now_ms: 0.0, chance: 0.5 });
        assert_eq!(actions, [Action::Open]);
        Self { life, now_ms: 0.0 }
    }

    /// A connection that is live, at change 5.
    fn live() -> Self {
        Self::live_with(HEARTBEAT)
    }

    fn live_with(heartbeat_ms: u64) -> Self {
        let mut world = Self::new();
        assert_eq!(world.welcome(5, 5, heartbeat_ms), [Action::Show(Sight::Live)]);
        world
    }

    fn on(&mut self, event: LifecycleEvent) -> Vec<Action> {
        self.life.on(event, Moment { now_ms: self.now_ms, chance: 0.5 })
    }

    fn after(&mut self, ms: f64, event: LifecycleEvent) -> Vec<Action> {
        self.now_ms += ms;
        self.on(event)
    }

    fn welcome(&mut self, head: Seq, seq: Seq, heartbeat_ms: u64) -> Vec<Action> {
        let came_to = if seq < head { CameTo::Behind } else { CameTo::Nothing };
        self.on(LifecycleEvent::Frame { said: Said::Welcome { head, heartbeat_ms }, came_to, seq })
    }

    /// Advances the clock to the deadline.
    fn elapse(&mut self) -> Vec<Action> {
        self.now_ms = self.life.deadline().expect("it waits for something");
        self.on(LifecycleEvent::Elapsed)
    }
}

#[test]
fn a_page_that_starts_without_a_connection_goes_on_saying_so_until_it_has_one() {
    let (life, actions) = Lifecycle::begin_offline(Moment { now_ms: 0.0, chance: 0.5 });
    let mut world = World { life, now_ms: 0.0 };
    assert_eq!(actions, [Action::Open]);
    assert_eq!(world.on(LifecycleEvent::Failed), [], "nothing else is shown");
    assert_eq!(world.elapse(), [Action::Open]);
    assert_eq!(world.welcome(7, 5, HEARTBEAT), [], "its changes are on their way");
    assert_eq!(world.on(change(7)), [Action::Show(Sight::Live)]);
}

const fn heartbeat(head: Seq, seq: Seq) -> LifecycleEvent {
    let came_to = if seq < head { CameTo::Behind } else { CameTo::Nothing };
    LifecycleEvent::Frame { said: Said::Heartbeat { head }, came_to, seq }
}

const fn change(seq: Seq) -> LifecycleEvent {
    LifecycleEvent::Frame { said: Said::Other, came_to: CameTo::Moved, seq }
}

#[test]
fn a_lost_network_shows_at_once_and_its_return_reconnects_at_once() {
    let mut world = World::live();
    assert_eq!(world.after(1_000.0, LifecycleEvent::Offline), [Action::Close, Action::Show(Sight::Offline)]);
    assert_eq!(world.on(LifecycleEvent::Closed(1006)), [], "of the socket that was left");
    assert_eq!(world.on(LifecycleEvent::Online), [Action::Open]);
    assert_eq!(world.welcome(5, 5, HEARTBEAT), [Action::Show(Sight::Live)]);

    // The browser may be wrong: a server on localhost needs no network.
    assert_eq!(world.on(LifecycleEvent::Offline), [Action::Close, Action::Show(Sight::Offline)]);
    assert_eq!(world.elapse(), [Action::Open]);
    assert_eq!(world.welcome(5, 5, HEARTBEAT), [Action::Show(Sight::Live)]);

    let mut opening = World::new();
    assert_eq!(opening.on(LifecycleEvent::Offline), [Action::Close, Action::Show(Sight::Offline)]);
    assert_eq!(opening.on(LifecycleEvent::Offline), [], "said once");

    let mut waiting = World::live();
    assert_eq!(waiting.on(LifecycleEvent::Failed), [Action::Show(Sight::CatchingUp)]);
    assert_eq!(
        waiting.on(LifecycleEvent::Offline),
        [Action::Show(Sight::Offline)],
        "also while there is no socket"
    );
}

#[test]
fn only_the_close_code_of_a_missing_session_asks_to_sign_in() {
    for code in 4500..=4999 {
        let expected = match code {
            close::NOT_SIGNED_IN => Ending::SignedOut,
            close::NOT_A_MEMBER => Ending::NotAMember,
            close::TOO_MANY_SOCKETS => Ending::Crowded,
            _ => Ending::Refused,
        };
        let mut world = World::live();
        assert_eq!(world.on(LifecycleEvent::Closed(code)), [Action::Show(Sight::Ended(expected))], "{code}");
        assert_eq!(world.life.deadline(), None, "{code}: it does not come back by itself");
        assert_eq!(world.on(LifecycleEvent::Shown), [Action::Open], "{code}: but when somebody looks");
        assert_eq!(
            world.on(LifecycleEvent::Failed),
            [],
            "{code}: what was said stands until there is another answer"
        );
        assert_eq!(world.on(LifecycleEvent::Online), [Action::Open]);
        assert_eq!(world.welcome(5, 5, HEARTBEAT), [Action::Show(Sight::Live)]);
    }
}

#[test]
fn a_page_ends_as_soon_as_another_one_has_signed_out_connected_or_not() {
    let ends = Action::Show(Sight::Ended(Ending::SignedOut));
    assert_eq!(World::live().on(LifecycleEvent::SignedOut), [Action::Close, ends]);
    let mut offline = World::live();
    offline.on(LifecycleEvent::Offline);
    assert_eq!(offline.on(LifecycleEvent::SignedOut), [ends]);
    assert_eq!(offline.life.deadline(), None, "it does not come back by itself");
    assert_eq!(offline.on(LifecycleEvent::Offline), [], "nor does it say anything else");
    // The server may still have a session.
    assert_eq!(offline.on(LifecycleEvent::Online), [Action::Open]);
    assert_eq!(offline.on(LifecycleEvent::Failed), []);
    let mut reading = World::live();
    reading.on(LifecycleEvent::Closed(close::POSITION_LOST));
    assert_eq!(reading.on(LifecycleEvent::SignedOut), [ends]);
    assert_eq!(reading.on(LifecycleEvent::Reread(true)), [], "nothing is shown that arrives later");
}

#[test]
fn the_heartbeat_that_the_server_announces_decides_when_a_silent_socket_is_dead() {
    for heartbeat_ms in [2_000, 20_000, 60_000] {
        let interval = f64::from(u32::try_from(heartbeat_ms).expect("small"));
        let mut world = World::live_with(heartbeat_ms);
        assert_eq!(world.life.deadline(), Some(interval + GRACE_MS));
        assert_eq!(
            world.after(interval + 1_000.0, LifecycleEvent::Shown),
            [],
            "a heartbeat may be a little late"
        );
        assert_eq!(world.on(heartbeat(5, 5)), []);
        let late = interval + SHOWN_GRACE_MS + 1.0;
        let expected = [Action::Close, Action::Show(Sight::CatchingUp), Action::Open];
        assert_eq!(world.after(late, LifecycleEvent::Shown), expected, "{heartbeat_ms}");
    }
    let mut world = World::live_with(60_000);
    world.now_ms = 69_999.0;
    assert_eq!(world.on(LifecycleEvent::Elapsed), []);
    assert_eq!(world.elapse(), [Action::Close, Action::Show(Sight::CatchingUp)]);
    assert_eq!(World::live_with(u64::MAX).life.deadline(), Some(610_000.0), "within bounds");
    assert_eq!(World::live_with(0).life.deadline(), Some(11_000.0), "within bounds");
}

#[test]
fn a_wake_up_does_not_replace_a_connecting_socket() {
    let mut world = World::new();
    for event in
        [LifecycleEvent::Online, LifecycleEvent::Shown, LifecycleEvent::Shown, LifecycleEvent::Online]
    {
        assert_eq!(world.after(500.0, event), [], "{event:?}");
    }
    assert_eq!(world.welcome(5, 5, HEARTBEAT), [Action::Show(Sight::Live)]);

    let mut old = World::new();
    assert_eq!(
        old.after(YOUNG_MS, LifecycleEvent::Online),
        [Action::Close, Action::Open],
        "over the network before"
    );
    assert_eq!(old.on(LifecycleEvent::Online), [], "this one is young again");
}

#[test]
fn a_gap_reconnects_at_once_but_not_twice_without_progress() {
    let gap = LifecycleEvent::Frame { said: Said::Other, came_to: CameTo::Gap, seq: 5 };
    let mut world = World::live();
    assert_eq!(world.on(gap), [Action::Close, Action::Show(Sight::CatchingUp), Action::Open]);
    world.welcome(7, 5, HEARTBEAT);
    assert_eq!(world.on(gap), [Action::Close, Action::Show(Sight::Offline)]);
    assert_eq!(world.elapse(), [Action::Open]);
    world.welcome(7, 5, HEARTBEAT);
    assert_eq!(world.on(change(6)), []);
    assert_eq!(world.on(gap), [Action::Close, Action::Open], "it got further");
}

#[test]
fn a_page_that_is_behind_is_live_once_it_has_caught_up() {
    let mut world = World::new();
    assert_eq!(world.welcome(7, 5, HEARTBEAT), []);
    assert_eq!(world.on(change(6)), []);
    assert_eq!(world.on(change(7)), [Action::Show(Sight::Live)]);
    assert_eq!(world.on(heartbeat(8, 7)), [], "it may be on its way");
    assert_eq!(world.after(500.0, change(8)), []);
    assert_eq!(world.after(BEHIND_MS, LifecycleEvent::Elapsed), [], "and was");
    assert_eq!(world.on(heartbeat(9, 8)), []);
    assert_eq!(
        world.after(BEHIND_MS, LifecycleEvent::Elapsed),
        [Action::Close, Action::Show(Sight::CatchingUp), Action::Open]
    );
}

#[test]
fn after_a_lost_position_everything_is_read_again_before_the_next_socket() {
    for lost in [
        LifecycleEvent::Closed(close::POSITION_LOST),
        LifecycleEvent::Frame { said: Said::Other, came_to: CameTo::Unusable, seq: 5 },
    ] {
        let mut world = World::live();
        assert!(world.on(lost).ends_with(&[Action::Show(Sight::CatchingUp), Action::Reread]));
        assert_eq!(world.on(LifecycleEvent::Online), [], "it is being read");
        assert_eq!(world.on(LifecycleEvent::Reread(true)), [Action::Open]);
        let mut failed = World::live();
        failed.on(lost);
        assert_eq!(failed.elapse(), [], "no snapshot arrives");
        assert_eq!(failed.on(LifecycleEvent::Reread(true)), [], "too late");
        assert_eq!(failed.elapse(), [Action::Open], "the server says again that the position is lost");
        let mut refused = World::live();
        refused.on(lost);
        assert_eq!(refused.on(LifecycleEvent::Reread(false)), [], "not immediately: the last read failed");
        assert_eq!(refused.elapse(), [Action::Open]);
    }
}

#[test]
fn a_planned_close_determines_the_delay() {
    let mut world = World::live();
    let bye = LifecycleEvent::Frame {
        said: Said::Bye { retry_ms: [1_000, 3_000] },
        came_to: CameTo::Nothing,
        seq: 5,
    };
    assert_eq!(world.on(bye), []);
    assert_eq!(world.on(LifecycleEvent::Closed(close::RESTARTING)), [Action::Show(Sight::CatchingUp)]);
    assert_eq!(world.life.deadline(), Some(2_000.0));
}

fn event() -> impl Strategy<Value = LifecycleEvent> {
    let said = prop_oneof![
        (0..20_i64, any::<u64>()).prop_map(|(head, heartbeat_ms)| Said::Welcome { head, heartbeat_ms }),
        (0..20_i64).prop_map(|head| Said::Heartbeat { head }),
        any::<[u64; 2]>().prop_map(|retry_ms| Said::Bye { retry_ms }),
        Just(Said::Other),
    ];
    let came_to = prop_oneof![
        Just(CameTo::Moved),
        Just(CameTo::Nothing),
        Just(CameTo::Behind),
        Just(CameTo::Gap),
        Just(CameTo::Unusable),
    ];
    prop_oneof![
        4 => (said, came_to, 0..20_i64).prop_map(|(said, came_to, seq)| LifecycleEvent::Frame { said, came_to, seq }),
        1 => prop_oneof![Just(1006), Just(4001), Just(4010), 4500..5000_u16].prop_map(LifecycleEvent::Closed),
        1 => Just(LifecycleEvent::Failed),
        1 => any::<bool>().prop_map(LifecycleEvent::Reread),
        1 => Just(LifecycleEvent::Online),
        1 => Just(LifecycleEvent::Offline),
        1 => Just(LifecycleEvent::Shown),
        1 => Just(LifecycleEvent::SignedOut),
        4 => Just(LifecycleEvent::Elapsed),
    ]
}

proptest! {
    #[test]
    fn there_is_at_most_one_socket_and_always_a_way_to_reconnect(
        events in prop::collection::vec((event(), 0.0..40_000.0_f64), 0..200),
    ) {
        let (mut world, mut sockets, mut sight) = (World::new(), 1, None);
        for (event, after) in events {
            // Only an existing socket can deliver events, and only a started read can end.
            let possible = match event {
                LifecycleEvent::Frame { .. } | LifecycleEvent::Closed(_) | LifecycleEvent::Failed => sockets == 1,
                LifecycleEvent::Reread(_) => matches!(world.life.phase, Phase::Rereading { .. }),
                _ => true,
            };
            if !possible {
                continue;
            }
            if matches!(event, LifecycleEvent::Closed(_) | LifecycleEvent::Failed) {
                sockets -= 1;
            }
            for action in world.after(after, event) {
                match action {
                    Action::Open => sockets += 1,
                    Action::Close => sockets -= 1,
                    Action::Reread => {}
                    Action::Show(now) => {
                        prop_assert_ne!(sight, Some(now), "nothing is said twice");
                        sight = Some(now);
                    }
                }
                prop_assert!((0..=1).contains(&sockets));
            }
            prop_assert_eq!(sockets == 1, matches!(world.life.phase, Phase::Opening | Phase::Open { .. }));
            let ended = matches!(sight, Some(Sight::Ended(_))) && sockets == 0;
            prop_assert_eq!(world.life.deadline().is_none(), ended, "only the server and the person end it");
            if sight == Some(Sight::Live) {
                prop_assert_eq!(sockets, 1, "live without a socket");
            }
        }
        // In any state, a server that answers makes the connection live.
        for _ in 0..8 {
            if matches!(world.life.phase, Phase::Opening | Phase::Open { .. }) {
                break;
            }
            match world.life.phase {
                Phase::Rereading { .. } => _ = world.on(LifecycleEvent::Reread(true)),
                Phase::Ended => _ = world.on(LifecycleEvent::Shown),
                _ => _ = world.elapse(),
            }
        }
        world.welcome(5, 5, HEARTBEAT);
        prop_assert_eq!(world.life.shown, Some(Sight::Live));
    }
}
