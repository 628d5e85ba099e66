//! The state machine of the live connection. Pure: the caller passes time and randomness.
//!
//! It receives [`LifecycleEvent`]s and returns [`Action`]s, which [`crate::budget_ws_client`] carries out. Between two
//! events it waits until [`Lifecycle::deadline`].

mod events;
#[cfg(test)]
mod tests;

use crate::backoff::Backoff;
use app::wire::{HEARTBEAT_MS, Seq, close};
pub use events::{Action, CameTo, Ending, LifecycleEvent, Moment, Said, Sight};

/// A heartbeat that is this late is lost, and so is the connection, whatever the browser reports.
const GRACE_MS: f64 = 10_000.0;
/// A page that becomes visible again does not wait longer than this for a late heartbeat.
const SHOWN_GRACE_MS: f64 = 2_000.0;
/// The accepted range of the heartbeat interval that a server announces.
const HEARTBEAT_BOUNDS_MS: (f64, f64) = (1_000.0, 600_000.0);
/// A socket that is not open after this time is replaced.
const OPEN_MS: f64 = 10_000.0;
/// A socket younger than this is connecting over the current network: a wake-up does not replace it.
const YOUNG_MS: f64 = 3_000.0;
/// A snapshot that does not arrive in this time is requested again.
const REREAD_MS: f64 = 15_000.0;
/// If the log is ahead of the page for this long, something was lost on the way.
const BEHIND_MS: f64 = 1_000.0;
/// A socket that lasted this long ends the outage.
const HEALTHY_MS: f64 = 10_000.0;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// A socket is being opened; nothing has arrived yet.
    Opening,
    /// A socket is open.
    Open { heard: f64, behind_until: Option<f64>, moved: bool },
    /// There is no socket until then.
    Waiting { until: f64 },
    /// Everything is being read again, until this time limit.
    Rereading { until: f64 },
    /// Only a wake-up opens a socket again.
    Ended,
}

/// How to reconnect after a socket was lost.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lost {
    /// After the usual delay.
    Later,
    /// Immediately.
    Now,
    /// After reading everything again.
    Position,
}

/// The state of the connection.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    phase: Phase,
    backoff: Backoff,
    /// When the last socket was opened.
    began: f64,
    /// The end of the log, as last announced on this socket.
    head: Option<Seq>,
    heartbeat_ms: f64,
    /// The last state that was shown on the screens.
    shown: Option<Sight>,
    /// Whether the last reconnect was immediate and brought no new change, so that the next one is delayed.
    rushed: bool,
}

impl Lifecycle {
    /// Starts by opening a socket.
    #[must_use]
    pub fn begin(at: Moment) -> (Self, Vec<Action>) {
        let mut this = Self {
            phase: Phase::Opening,
            backoff: Backoff::default(),
            began: at.now_ms,
            head: None,
            heartbeat_ms: f64::from(u32::try_from(HEARTBEAT_MS).unwrap_or(u32::MAX)),
            shown: None,
            rushed: false,
        };
        let open = this.open(at);
        (this, vec![open])
    }

    /// Starts in the same way on a page that shows already that there is no connection.
    #[must_use]
    pub fn begin_offline(at: Moment) -> (Self, Vec<Action>) {
        let (this, actions) = Self::begin(at);
        (Self { shown: Some(Sight::Offline), ..this }, actions)
    }

    /// Whether the welcome of this socket has arrived.
    #[must_use]
    pub fn is_welcome(&self) -> bool {
        self.head.is_some()
    }

    /// When [`LifecycleEvent::Elapsed`] is due, in milliseconds of the clock of [`Moment`].
    #[must_use]
    pub fn deadline(&self) -> Option<f64> {
        match self.phase {
            Phase::Opening => Some(self.began + OPEN_MS),
            Phase::Open { heard, behind_until, .. } => {
                let silent = heard + self.heartbeat_ms + GRACE_MS;
                Some(behind_until.map_or(silent, |until| silent.min(until)))
            }
            Phase::Waiting { until } | Phase::Rereading { until } => Some(until),
            Phase::Ended => None,
        }
    }

    /// Handles an event; returns the actions to carry out.
    #[must_use]
    pub fn on(&mut self, event: LifecycleEvent, at: Moment) -> Vec<Action> {
        let mut actions = Vec::new();
        match (event, self.phase) {
            (LifecycleEvent::Frame { said, came_to, seq }, Phase::Opening | Phase::Open { .. }) => {
                self.frame(said, came_to, seq, at, &mut actions);
            }
            (LifecycleEvent::Closed(code), Phase::Opening | Phase::Open { .. }) => match Ending::of(code) {
                Some(ending) => {
                    self.phase = Phase::Ended;
                    self.show(Sight::Ended(ending), &mut actions);
                }
                None if code == close::POSITION_LOST => self.lose(Lost::Position, at, &mut actions),
                None => self.lose(Lost::Later, at, &mut actions),
            },
            (LifecycleEvent::Failed, Phase::Opening | Phase::Open { .. }) => {
                self.lose(Lost::Later, at, &mut actions);
            }
            (LifecycleEvent::Reread(done), Phase::Rereading { .. }) => {
                if done && !self.rushed {
                    self.rushed = true;
                    actions.push(self.open(at));
                } else {
                    self.wait(at);
                }
            }
            // The old socket would only time out, because the network has changed.
            (LifecycleEvent::Online, Phase::Open { .. }) => self.leave(Lost::Now, at, &mut actions),
            (LifecycleEvent::Online, Phase::Opening) if at.now_ms - self.began >= YOUNG_MS => {
                actions.extend([Action::Close, self.open(at)]);
            }
            (LifecycleEvent::Online | LifecycleEvent::Shown, Phase::Waiting { .. } | Phase::Ended) => {
                actions.push(self.open(at));
            }
            // After a sleep the socket may be dead without the browser knowing.
            (LifecycleEvent::Shown, Phase::Open { heard, .. })
                if at.now_ms - heard > self.heartbeat_ms + SHOWN_GRACE_MS =>
            {
                self.leave(Lost::Now, at, &mut actions);
            }
            (LifecycleEvent::Offline, Phase::Opening | Phase::Open { .. }) => {
                actions.push(Action::Close);
                if self.is_ended() {
                    self.phase = Phase::Ended;
                } else {
                    self.show(Sight::Offline, &mut actions);
                    self.wait(at);
                }
            }
            (LifecycleEvent::Offline, Phase::Waiting { .. } | Phase::Rereading { .. }) => {
                self.show(Sight::Offline, &mut actions);
            }
            (LifecycleEvent::SignedOut, phase) => {
                if matches!(phase, Phase::Opening | Phase::Open { .. }) {
                    actions.push(Action::Close);
                }
                self.phase = Phase::Ended;
                self.show(Sight::Ended(Ending::SignedOut), &mut actions);
            }
            (LifecycleEvent::Elapsed, phase) if self.deadline().is_some_and(|until| at.now_ms >= until) => {
                self.elapsed(phase, at, &mut actions);
            }
            // Late events of a socket or a read that was abandoned, and events without a consequence.
            _ => {}
        }
        actions
    }

    fn elapsed(&mut self, phase: Phase, at: Moment, actions: &mut Vec<Action>) {
        match phase {
            Phase::Opening => self.leave(Lost::Later, at, actions),
            Phase::Open { heard, moved, .. } => {
                let silent = at.now_ms >= heard + self.heartbeat_ms + GRACE_MS;
                self.leave(if moved && !silent { Lost::Now } else { Lost::Later }, at, actions);
            }
            Phase::Waiting { .. } => actions.push(self.open(at)),
            Phase::Rereading { .. } => self.wait(at),
            Phase::Ended => {}
        }
    }

    fn frame(&mut self, said: Said, came_to: CameTo, seq: Seq, at: Moment, actions: &mut Vec<Action>) {
        let before = match self.phase {
            Phase::Open { behind_until, moved, .. } => (behind_until, moved),
            _ => (None, false),
        };
        let (mut behind_until, mut moved) = before;
        let mut patience = BEHIND_MS;
        match said {
            Said::Welcome { head, heartbeat_ms } => {
                self.head = Some(head);
                let (least, most) = HEARTBEAT_BOUNDS_MS;
                let heartbeat_ms = f64::from(u32::try_from(heartbeat_ms).unwrap_or(u32::MAX));
                self.heartbeat_ms = heartbeat_ms.clamp(least, most);
                self.backoff.connected(at.now_ms);
                // The remaining changes are on their way.
                patience = OPEN_MS;
            }
            Said::Heartbeat { head } => self.head = Some(head),
            Said::Bye { retry_ms } => self.backoff.asked(retry_ms),
            Said::Other => {}
        }
        let arrived = self.head.is_some_and(|head| seq >= head);
        if self.is_ended() && !arrived {
            // The server accepts this page again.
            self.show(Sight::CatchingUp, actions);
        }
        match came_to {
            // Changes still arrive: only silence while the page is behind means a loss.
            CameTo::Moved => {
                moved = true;
                behind_until = Some(at.now_ms + BEHIND_MS);
            }
            CameTo::Behind => behind_until = Some(at.now_ms + patience),
            CameTo::Nothing => {}
            CameTo::Gap => return self.leave(Lost::Now, at, actions),
            CameTo::Unusable => return self.leave(Lost::Position, at, actions),
        }
        let behind_until = behind_until.filter(|_| !arrived);
        self.phase = Phase::Open { heard: at.now_ms, behind_until, moved };
        if arrived {
            self.show(Sight::Live, actions);
        }
    }

    /// Abandons the socket before it has ended.
    fn leave(&mut self, how: Lost, at: Moment, actions: &mut Vec<Action>) {
        actions.push(Action::Close);
        self.lose(how, at, actions);
    }

    fn lose(&mut self, how: Lost, at: Moment, actions: &mut Vec<Action>) {
        let moved = matches!(self.phase, Phase::Open { moved: true, .. });
        if moved || at.now_ms - self.began > HEALTHY_MS {
            self.rushed = false;
        }
        // The server has ended the connection, and the attempt at a wake-up brought no other result.
        if self.is_ended() && how == Lost::Later {
            self.phase = Phase::Ended;
            return;
        }
        // The first attempt to reconnect does not warrant a warning.
        let lost = matches!(self.shown, Some(Sight::CatchingUp | Sight::Offline));
        self.show(if lost { Sight::Offline } else { Sight::CatchingUp }, actions);
        match how {
            Lost::Position => {
                self.phase = Phase::Rereading { until: at.now_ms + REREAD_MS };
                actions.push(Action::Reread);
            }
            Lost::Now if !self.rushed => {
                self.rushed = true;
                actions.push(self.open(at));
            }
            Lost::Now | Lost::Later => self.wait(at),
        }
    }

    fn is_ended(&self) -> bool {
        matches!(self.shown, Some(Sight::Ended(_)))
    }

    fn open(&mut self, at: Moment) -> Action {
        (self.phase, self.began, self.head) = (Phase::Opening, at.now_ms, None);
        Action::Open
    }

    fn wait(&mut self, at: Moment) {
        let delay = self.backoff.delay(at.now_ms, at.chance);
        self.phase = Phase::Waiting { until: at.now_ms + f64::from(delay) };
    }

    fn show(&mut self, sight: Sight, actions: &mut Vec<Action>) {
        if self.shown != Some(sight) {
            self.shown = Some(sight);
            actions.push(Action::Show(sight));
        }
    }
}
