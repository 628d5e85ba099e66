//! The shared stores: a PostgreSQL that the surrounding script started, and a Redis.

use crate::ports::free_port;
use anyhow::{Context, Result, ensure};
use std::{process::Stdio, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::{Child, Command},
};
use uuid::Uuid;

/// The CPU time that a process and its ended children have used.
pub fn cpu_of(pid: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name is in brackets and may contain spaces; user and system time are fields 14 and 15, those of
    // ended children 16 and 17. A hundred ticks a second, on every Linux.
    let (_, fields) = stat.rsplit_once(')').context("not a stat line")?;
    let ticks: Vec<u64> =
        fields.split_whitespace().skip(11).take(4).filter_map(|field| field.parse().ok()).collect();
    ensure!(ticks.len() == 4, "not a stat line");
    Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 10))
}

/// A PostgreSQL server.
pub struct Postgres {
    server: String,
    pid: u32,
}

impl Postgres {
    /// The one that `scripts/with-postgres.sh` started.
    pub fn given() -> Result<Self> {
        let variable = |name| std::env::var(name).context("run it by `make limits`, which starts PostgreSQL");
        Ok(Self {
            server: variable("FAMILY_BUDGET_TEST_POSTGRES")?,
            pid: variable("FAMILY_BUDGET_TEST_POSTGRES_PID")?.parse()?,
        })
    }

    /// Creates a database of its own.
    pub async fn database(&self) -> Result<String> {
        let name = format!("load_{}", Uuid::new_v4().simple());
        let made = Command::new("psql")
            .args([
                &format!("{}/postgres", self.server),
                "--quiet",
                "--command",
                &format!("create database {name}"),
            ])
            .status()
            .await
            .context("psql is not there")?;
        ensure!(made.success(), "a database cannot be made");
        Ok(format!("{}/{name}", self.server))
    }

    /// The CPU time of all its processes.
    pub fn cpu(&self) -> Result<Duration> {
        let mut sum = cpu_of(self.pid)?;
        for entry in std::fs::read_dir("/proc")? {
            let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
            let parent =
                stat.rsplit_once(')').and_then(|(_, fields)| fields.split_whitespace().nth(1)?.parse().ok());
            if parent == Some(self.pid) {
                // It may have just ended; then its time is in the server's.
                sum += cpu_of(pid).unwrap_or_default();
            }
        }
        Ok(sum)
    }
}

/// A Redis server without persistence.
pub struct Redis {
    address: String,
    child: Option<Child>,
}

impl Redis {
    /// Starts one on a free port.
    pub async fn start() -> Result<Self> {
        let address = free_port().to_string();
        let mut redis = Self { address, child: None };
        redis.run().await?;
        Ok(redis)
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Starts it again on the same port.
    pub async fn run(&mut self) -> Result<()> {
        let port = self.address.rsplit(':').next().unwrap_or_default();
        let child = Command::new("redis-server")
            .args(["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("redis-server is not there")?;
        self.child = Some(child);
        self.listeners_reach(0).await
    }

    /// Waits until this many processes are subscribed.
    pub async fn listeners_reach(&self, count: usize) -> Result<()> {
        for _ in 0..2_000 {
            if self.listeners().await.is_ok_and(|listeners| listeners >= count) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        anyhow::bail!("{count} processes do not listen to Redis")
    }

    async fn listeners(&self) -> Result<usize> {
        let mut stream = TcpStream::connect(&self.address).await?;
        stream.write_all(b"PUBSUB NUMSUB family-budget\r\nQUIT\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let count = answer.lines().find_map(|line| line.strip_prefix(':')).context("no count")?;
        Ok(count.parse()?)
    }

    /// Kills it, as a power cut would.
    pub async fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill().await?;
        }
        Ok(())
    }

    /// The CPU time it has used.
    pub fn cpu(&self) -> Result<Duration> {
        cpu_of(self.child.as_ref().and_then(Child::id).context("it runs")?)
    }
}
