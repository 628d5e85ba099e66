//! The limit on open file descriptors.

use rustix::{
    io::fcntl_dupfd_cloexec,
    process::{Resource, Rlimit, getrlimit, setrlimit},
};
use std::os::fd::AsFd;

/// Descriptors kept for files, database connections and requests.
const RESERVE: u64 = 256;

/// Raises the limit on descriptors as far as the system allows, and returns how many sockets fit: at most
/// `wanted`, where 0 means no limit. Logs once if fewer fit.
pub fn sockets(wanted: usize) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
    {
        tracing::debug!(%error, "the limit on open files stays as it is");
    }
    fitting(wanted, getrlimit(Resource::Nofile).current)
}

/// Pre-sizes the kernel's table of open files for this many sockets.
///
/// The table grows by doubling, and each time the whole process waits until every core has noticed: 20 to 30
/// ms for everybody who connects at that moment, eight times on the way to 10,000.
pub fn make_room(open: impl AsFd, sockets: usize) {
    let highest = u64::try_from(sockets).unwrap_or(u64::MAX).saturating_add(RESERVE);
    let Ok(highest) = i32::try_from(highest) else { return };
    // Duplicate to a high number and close it: the table keeps its size.
    if let Err(error) = fcntl_dupfd_cloexec(open, highest - 1) {
        tracing::debug!(%error, "the table of open files grows as it is needed");
    }
}

fn fitting(wanted: usize, limit: Option<u64>) -> usize {
    let Some(limit) = limit else { return wanted };
    let room = usize::try_from(limit.saturating_sub(RESERVE)).unwrap_or(usize::MAX).max(1);
    if wanted == 0 || wanted > room {
        tracing::warn!(
            "the system lets this process open {limit} files (ulimit -n): at most {room} live screens, the \
             others are told to come back"
        );
        return room;
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_sockets_are_allowed_than_the_system_permits() {
        assert_eq!(fitting(20_000, Some(1_024)), 768);
        assert_eq!(fitting(0, Some(1_024)), 768, "without a limit of our own there is still the system's");
        assert_eq!(fitting(500, Some(1_024)), 500);
        assert_eq!(fitting(20_000, None), 20_000);
        assert_eq!(fitting(20_000, Some(10)), 1);
    }
}
