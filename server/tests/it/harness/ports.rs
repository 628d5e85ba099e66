//! Ports for listeners that are opened later, or again.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering::Relaxed},
    },
};

/// The first one, and how many follow. They end below the range from which the system takes the ports of
/// outgoing connections: one of those could otherwise take a port while its listener is closed.
const FIRST: u16 = 12_000;
const COUNT: u16 = 20_000;

/// A port of 127.0.0.1 that nobody listens at. It is handed out once in this process, and processes begin at
/// different ones.
pub fn free_port() -> SocketAddr {
    static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| {
        let spread = std::process::id().wrapping_mul(7919) % u32::from(COUNT);
        AtomicU16::new(u16::try_from(spread).unwrap_or_default())
    });
    loop {
        let address = SocketAddr::from(([127, 0, 0, 1], FIRST + NEXT.fetch_add(1, Relaxed) % COUNT));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
