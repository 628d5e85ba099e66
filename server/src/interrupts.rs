//! The signals that end a program.
//!
//! Once listened for, a signal no longer kills the process, so that work in progress is dropped in order. One that was
//! ignored when the process began stays ignored: `nohup` does that with SIGHUP, and a shell without job control with
//! SIGINT and SIGQUIT of what it starts in the background.

use std::{io, task::Poll};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Some of the signals that end a program.
#[derive(Debug)]
pub struct Interrupts(Vec<(SignalKind, Signal)>);

impl Interrupts {
    /// Listens for every signal by which a person, a terminal or a supervisor ends a command.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn of_a_command() -> io::Result<Self> {
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        Self::listen(&[interrupt, SignalKind::quit(), terminate, SignalKind::hangup()])
    }

    /// Listens for the signals by which a process that serves is stopped.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn of_a_service() -> io::Result<Self> {
        // SIGHUP tells that the terminal is gone.
        Self::listen(&[SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()])
    }

    /// For use before anything else listens for one of these signals: listening replaces that they are ignored.
    fn listen(kinds: &[SignalKind]) -> io::Result<Self> {
        let ignored = ignored();
        let heard = kinds.iter().filter(|kind| !contains(ignored, kind.as_raw_value()));
        Ok(Self(heard.map(|kind| Ok((*kind, signal(*kind)?))).collect::<io::Result<_>>()?))
    }

    /// Waits for the first of the signals.
    pub async fn any(&mut self) -> SignalKind {
        std::future::poll_fn(|context| {
            let come = |(kind, signal): &mut (SignalKind, Signal)| {
                signal.poll_recv(context).is_ready().then_some(*kind)
            };
            self.0.iter_mut().find_map(come).map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

/// Whether a set of signals, one bit for each, contains one.
fn contains(set: u64, signal: i32) -> bool {
    u32::try_from(signal - 1).ok().and_then(|bit| set.checked_shr(bit)).is_some_and(|rest| rest & 1 == 1)
}

/// The signals that this process ignores; none where the system does not tell without code that is unsafe.
fn ignored() -> u64 {
    std::fs::read_to_string("/proc/self/status").ok().and_then(|status| ignored_in(&status)).unwrap_or(0)
}

fn ignored_in(status: &str) -> Option<u64> {
    let set = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(set.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ignored_signals_are_read_from_the_status_of_the_process() {
        let status = "Name:\tfamily-budget\nSigBlk:\tffffffffffffffff\nSigIgn:\t0000000000001001\nSigCgt:\t0";
        let set = ignored_in(status).expect("a set");
        let heard = |kind: SignalKind| !contains(set, kind.as_raw_value());
        assert!(!heard(SignalKind::hangup()) && !heard(SignalKind::pipe()));
        assert!(
            heard(SignalKind::interrupt()) && heard(SignalKind::terminate()) && heard(SignalKind::quit())
        );
        assert!(!contains(u64::MAX, 0) && contains(u64::MAX, 64) && !contains(u64::MAX, 65));
        assert_eq!(ignored_in("Name:\tfamily-budget\n"), None);
        // The standard library ignores it in every program.
        assert!(cfg!(not(target_os = "linux")) || contains(ignored(), SignalKind::pipe().as_raw_value()));
    }
}
