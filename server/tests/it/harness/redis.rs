//! A Redis server of its own that tests can break.

use super::ports::free_port;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A Redis server on a free port, without persistence.
pub struct Redis {
    port: u16,
    child: Option<Child>,
}

impl Redis {
    pub fn start() -> Self {
        let mut redis = Self { port: free_port().port(), child: None };
        redis.run();
        redis
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts it again on the same port.
    pub fn run(&mut self) {
        let child = Command::new("redis-server")
            .args([
                "--port",
                &self.port.to_string(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
            ])
            // Its clock is not tested; under a library that sets another day it does not answer.
            .env_remove("LD_PRELOAD")
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is there: run `make test`");
        self.child = Some(child);
        let began = Instant::now();
        while self.ask("PING").is_none() {
            assert!(began.elapsed() < Duration::from_secs(20), "Redis does not answer");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Kills it, as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it is there");
            child.wait().expect("it has ended");
        }
    }

    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Disconnects all subscribers.
    pub fn drop_clients(&self) {
        self.ask("CLIENT KILL TYPE pubsub").expect("Redis answers");
    }

    /// The number of subscribed processes.
    pub fn listeners(&self) -> usize {
        let clients = self.ask("CLIENT LIST").unwrap_or_default();
        clients.lines().filter(|line| line.contains(" sub=1 ")).count()
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid().expect("it runs"), signal).expect("it is there");
    }

    /// Its process id, while it runs.
    pub fn pid(&self) -> Option<Pid> {
        self.child.as_ref().and_then(|child| Pid::from_raw(i32::try_from(child.id()).ok()?))
    }

    fn ask(&self, command: &str) -> Option<String> {
        let info: redis::ConnectionInfo = redis::IntoConnectionInfo::into_connection_info(self.url()).ok()?;
        let client = redis::Client::open(info).ok()?;
        let mut line = client.get_connection_with_timeout(Duration::from_secs(1)).ok()?;
        let mut words = command.split(' ');
        let mut asked = redis::cmd(words.next()?);
        for word in words {
            asked.arg(word);
        }
        let answer: redis::Value = asked.query(&mut line).ok()?;
        Some(redis::from_redis_value::<String>(answer).unwrap_or_default())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.thaw();
        }
        self.kill();
    }
}
