//! The process under test.

use crate::stores::cpu_of;
use anyhow::{Context, Result, bail};
use std::{path::Path, process::Stdio, time::Duration};
use tokio::{
    net::TcpListener,
    process::{Child, Command},
};

/// A running program on a throw-away database.
pub struct Program {
    /// `127.0.0.1:port`.
    pub address: String,
    child: Child,
    pid: u32,
    admin: Option<String>,
    _folder: tempfile::TempDir,
}

impl Program {
    /// Starts it and waits until it is ready.
    pub async fn start(binary: &Path) -> Result<Self> {
        Self::start_with(binary, &[]).await
    }

    /// Starts it with metrics.
    pub async fn measured(binary: &Path) -> Result<Self> {
        Self::measured_with(binary, &[]).await
    }

    /// Starts it with metrics and more environment variables.
    pub async fn measured_with(binary: &Path, more: &[(&str, &str)]) -> Result<Self> {
        let admin = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.to_string();
        let mut told = vec![("FAMILY_BUDGET_ADMIN_ADDR", admin.as_str())];
        told.extend(more);
        let mut program = Self::start_with(binary, &told).await?;
        program.admin = Some(admin);
        Ok(program)
    }

    async fn start_with(binary: &Path, more: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        // Free a moment ago; nothing else on this machine takes ports so quickly.
        let address = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.to_string();
        let child = Command::new(std::path::absolute(binary)?)
            .current_dir(folder.path())
            .env("FAMILY_BUDGET_ADDR", &address)
            .env("DATABASE_URL", format!("sqlite://{}", folder.path().join("book.db").display()))
            .env("FAMILY_BUDGET_LOGINS_PER_MINUTE", "0")
            // Sockets that were just closed may still be counted.
            .env("FAMILY_BUDGET_MAX_SOCKETS", "15000")
            .env("LEPTOS_HASH_FILES", "false")
            .env_remove("FAMILY_BUDGET_PUBLIC_URL")
            .env_remove("FAMILY_BUDGET_CONFIG")
            .env_remove("FAMILY_BUDGET_MAX_SOCKETS_PER_MEMBER")
            .env("RUST_LOG", "warn")
            .envs(more.iter().copied())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let pid = child.id().context("it has ended already")?;
        let program = Self { address, child, pid, admin: None, _folder: folder };
        for _ in 0..1_000 {
            let answer = reqwest::get(format!("http://{}/readyz", program.address)).await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(program);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("the program does not become ready");
    }

    /// Its resident memory in bytes.
    pub fn memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
        let kib: u64 = line.split_whitespace().nth(1).context("no figure")?.parse()?;
        Ok(kib * 1024)
    }

    /// The value of a metric, summed over all labels; 0 if it has not been recorded.
    pub async fn metric(&self, name: &str) -> Result<f64> {
        let admin = self.admin.as_ref().context("a program that tells metrics")?;
        let text = reqwest::get(format!("http://{admin}/metrics")).await?.text().await?;
        let lines = text.lines().filter(|line| line.starts_with(name));
        Ok(lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum())
    }

    /// The number of its open files and sockets.
    pub fn descriptors(&self) -> Result<usize> {
        Ok(std::fs::read_dir(format!("/proc/{}/fd", self.pid))?.count())
    }

    /// The CPU time it has used.
    pub fn cpu(&self) -> Result<Duration> {
        cpu_of(self.pid)
    }

    /// Kills it.
    pub async fn stop(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}
