//! How many files and sockets the system lets this process open.

use rustix::{
    io::fcntl_dupfd_cloexec,
    process::{Resource, Rlimit, getrlimit, setrlimit},
};
use std::os::fd::AsFd;

/// Files, database connections and requests beside the sockets.
const RESERVE: u64 = 256;

/// Asks for as many descriptors as the system allows, and answers how many sockets fit: at most `wanted`,
/// 0 for no limit. What is missing is said once.
pub fn sockets(wanted: usize) -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum
        && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
    {
        tracing::debug!(%error, "the limit on open files stays as it is");
    }
    fitting(wanted, getrlimit(Resource::Nofile).current)
}

/// Makes room for so many sockets in the system's table of open files.
///
/// It grows by doubling, and each time the whole process waits until every core has noticed: 20 to 30 ms for
/// everybody who connects just then, eight times on the way to 10,000.
pub fn make_room(open: impl AsFd, sockets: usize) {
    let highest = u64::try_from(sockets).unwrap_or(u64::MAX).saturating_add(RESERVE);
    let Ok(highest) = i32::try_from(highest) else { return };
    // A copy with a high number; it is closed again, and the table stays as large as it is.
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
    fn no_more_sockets_are_promised_than_the_system_gives() {
        assert_eq!(fitting(20_000, Some(1_024)), 768);
        assert_eq!(fitting(0, Some(1_024)), 768, "without a limit of our own there is still the system's");
        assert_eq!(fitting(500, Some(1_024)), 500);
        assert_eq!(fitting(20_000, None), 20_000);
        assert_eq!(fitting(20_000, Some(10)), 1);
    }
}
