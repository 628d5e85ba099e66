//! Injects faults.

use crate::{
    World,
    program::{Stores, running},
    redis::Redis,
};
use fastrand::Rng;
use sqlx::{AssertSqlSafe, Connection, Executor};
use sqlx_postgres::PgConnection;
use std::time::{Duration, Instant};
use tokio::{process::Command, time::sleep};

/// Injects faults, one after the other.
pub trait Nemesis {
    /// Injects one fault; what it stopped runs again when this returns.
    async fn hurt(&mut self, world: &World, rng: &mut Rng);
    /// Repairs what was left broken over a calm.
    async fn heal(&mut self);
}

/// One process with SQLite.
pub struct One;

impl Nemesis for One {
    async fn hurt(&mut self, world: &World, rng: &mut Rng) {
        let a_while = Duration::from_millis(rng.u64(100..1_500));
        let program = &world.programs[0];
        match rng.u32(0..16) {
            0 | 1 => {
                program.fill_disk(true).await;
                sleep(a_while).await;
                if rng.bool() {
                    // The next process must cope with whatever the full disk left incomplete.
                    program.kill().await;
                    program.run().await;
                } else {
                    program.fill_disk(false).await;
                }
            }
            2 | 3 => {
                program.jump().await;
                sleep(a_while).await;
                program.jump().await;
            }
            _ => hurt_one(world, rng).await,
        }
    }

    async fn heal(&mut self) {}
}

async fn hurt_one(world: &World, rng: &mut Rng) {
    let a_while = Duration::from_millis(rng.u64(100..1_500));
    let n = rng.usize(..world.programs.len());
    let (program, proxy) = (&world.programs[n], &world.proxies[n]);
    match rng.u32(0..12) {
        0 => {
            program.kill().await;
            sleep(a_while).await;
            program.run().await;
        }
        1 => {
            program.freeze().await;
            sleep(a_while).await;
            program.thaw().await;
        }
        2 => {
            assert_eq!(program.terminate().await, Some(0), "a graceful end");
            program.run().await;
        }
        3 | 4 => proxy.cut(),
        5 => {
            proxy.stall(true);
            sleep(a_while).await;
            proxy.stall(false);
        }
        6 => {
            proxy.slice(true);
            sleep(a_while).await;
            proxy.slice(false);
        }
        _ => proxy.swallow(rng.u32(1..40)),
    }
}

/// The number of processes of a cluster.
pub const PROCESSES: usize = 3;

/// Several processes on one PostgreSQL, with Redis between them.
pub struct Cluster {
    postgres: String,
    redis: Redis,
    /// Redis stays away until the next calm is over.
    alone: bool,
}

impl Cluster {
    pub async fn start() -> Self {
        let server = std::env::var("FAMILY_BUDGET_TEST_POSTGRES")
            .expect("run the tests by `make test`, or `bash scripts/with-postgres.sh cargo test`");
        let name = format!("oracle_{}", uuid::Uuid::new_v4().simple());
        let mut connection =
            PgConnection::connect(&format!("{server}/postgres")).await.expect("PostgreSQL answers");
        connection.execute(AssertSqlSafe(format!("create database {name}"))).await.expect("a database");
        let redis = Redis::start();
        running().extend(redis.pid());
        Self { postgres: format!("{server}/{name}"), redis, alone: false }
    }

    pub fn stores(&self) -> Stores {
        Stores { postgres: Some(self.postgres.clone()), redis: Some(self.redis.url()) }
    }

    fn kill_redis(&mut self) {
        running().retain(|pid| Some(*pid) != self.redis.pid());
        self.redis.kill();
    }

    fn start_redis(&mut self) {
        self.redis.run();
        running().extend(self.redis.pid());
    }

    /// Terminates every connection to the database in the middle of its work.
    async fn terminate_backends(&self) {
        let mut connection = PgConnection::connect(&self.postgres).await.expect("PostgreSQL answers");
        let end = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
                   where datname = current_database() and pid <> pg_backend_pid()";
        connection.execute(end).await.expect("they end");
    }

    /// Runs the command that the surrounding script provides, which knows the server process.
    async fn restart_postgres(&self, how: &str) {
        let command = std::env::var("FAMILY_BUDGET_TEST_POSTGRES_RESTART").expect("`make test` says how");
        let status = Command::new(command).arg(how).status().await.expect("it runs");
        assert!(status.success(), "PostgreSQL comes back");
    }
}

impl Nemesis for Cluster {
    async fn hurt(&mut self, world: &World, rng: &mut Rng) {
        let a_while = Duration::from_millis(rng.u64(100..1_500));
        match rng.u32(0..16) {
            0 | 1 => {
                let program = &world.programs[rng.usize(..world.programs.len())];
                program.die_before_the_bell().await;
                sleep(a_while).await;
                program.run().await;
            }
            2 => {
                for program in &world.programs {
                    assert_eq!(program.terminate().await, Some(0), "a graceful end");
                    program.run().await;
                }
            }
            3 if !self.alone => self.redis.drop_clients(),
            4 if !self.alone => {
                self.kill_redis();
                sleep(a_while).await;
                self.start_redis();
            }
            5 if !self.alone => {
                self.redis.freeze();
                sleep(a_while * 3).await;
                self.redis.thaw();
            }
            6 if !self.alone => {
                self.kill_redis();
                self.alone = true;
            }
            7 => self.restart_postgres(if rng.bool() { "fast" } else { "immediate" }).await,
            8 | 9 => self.terminate_backends().await,
            _ => hurt_one(world, rng).await,
        }
    }

    async fn heal(&mut self) {
        if std::mem::take(&mut self.alone) {
            self.start_redis();
        }
        let began = Instant::now();
        while self.redis.listeners() < PROCESSES {
            assert!(began.elapsed() < Duration::from_secs(30), "every process listens to Redis again");
            sleep(Duration::from_millis(20)).await;
        }
    }
}
