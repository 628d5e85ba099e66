//! Several processes on one PostgreSQL: every process shows the same book.

use crate::harness::{Member, PATIENCE, Redis, Socket, TestServer, pause};
use app::wire::{EditingFrame, Frame, Present};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor};
use sqlx_postgres::PgConnection;
use std::time::Duration;

/// Longer than any test: what happens, happens through the bus.
const NEVER: Duration = Duration::from_secs(3600);

/// The same person with another process.
fn at(member: &Member, server: &TestServer) -> Member {
    Member { addr: server.addr, ..member.clone() }
}

async fn welcomed(member: &Member) -> Socket {
    let mut socket = member.socket("").await;
    assert!(matches!(socket.frame().await, Frame::Welcome(_)));
    socket
}

async fn next_change(socket: &mut Socket) -> i64 {
    let Frame::Commit(commit) = socket.frame().await else { panic!("changes only") };
    commit.seq
}

/// Two processes that are connected by this Redis only.
async fn two_by(redis: &Redis) -> (TestServer, TestServer) {
    let server = TestServer::postgres().await;
    let one = server
        .restarted_with(|config| {
            config.redis = Some(redis.url().parse().expect("an address"));
            (config.pace.reconcile, config.pace.recheck) = (NEVER, NEVER);
        })
        .await;
    let two = one.beside().await;
    listened(redis, 2).await;
    (one, two)
}

async fn listened(redis: &Redis, processes: usize) {
    let all = async {
        while redis.listeners() != processes {
            pause().await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("every process listens");
}

async fn changes_arrive_in_order_wherever_they_are_made(one: &TestServer, two: &TestServer) {
    let anna = one.founder("Anna").await;
    let (mut here, mut there) = (welcomed(&anna).await, welcomed(&at(&anna, two)).await);
    let mut expected = Vec::new();
    for n in 1..=5 {
        // The processes write in turn.
        let writer = if n % 2 == 0 { at(&anna, two) } else { anna.clone() };
        expected.push(writer.buys(&format!("-{n}")).await.seq());
    }
    for socket in [&mut here, &mut there] {
        for seq in &expected {
            assert_eq!(next_change(socket).await, *seq);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_a_change_reaches_the_screens_of_another_process() {
    let one = TestServer::postgres().await;
    let two = one.beside().await;
    changes_arrive_in_order_wherever_they_are_made(&one, &two).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_a_commit_of_a_process_with_a_slow_clock_is_found() {
    let one = TestServer::postgres().await;
    let two = one.beside().await;
    two.clock.advance(Duration::from_secs(3600));
    let anna = one.founder("Anna").await;
    let (mut here, mut there) = (welcomed(&anna).await, welcomed(&at(&anna, &two)).await);
    for n in 1..=3 {
        let seq = anna.buys(&format!("-{n}")).await.seq();
        assert_eq!((next_change(&mut here).await, next_change(&mut there).await), (seq, seq));
        let seq = at(&anna, &two).buys(&format!("-{n}")).await.seq();
        assert_eq!((next_change(&mut here).await, next_change(&mut there).await), (seq, seq));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_a_commit_that_took_an_hour_is_found() {
    let one = TestServer::postgres().await;
    let two = one.beside().await;
    let (anna, olga) = (one.founder("Anna").await, one.founder("Olga").await);
    let (mut annas, mut olgas) = (welcomed(&anna).await, welcomed(&olga).await);
    let seq = anna.buys("-1").await.seq();
    assert_eq!(next_change(&mut annas).await, seq);
    // Another process, in the middle of a transaction.
    let household = anna.household().await.uuid();
    let mut slow = PgConnection::connect(&one.database_url).await.expect("PostgreSQL answers");
    slow.execute("begin").await.expect("it begins");
    for sql in [
        "update households set seq = seq + 1 where id = $1",
        "insert into change_log (household_id, seq, at, member_id, mutation_id, mutation_hash, subject_id, changes) \
         select household_id, seq + 1, at, member_id, null, null, null, changes from change_log \
         where household_id = $1 order by seq desc limit 1",
    ] {
        sqlx::query(sql).bind(household).execute(&mut slow).await.expect("it is written");
    }
    for server in [&one, &two] {
        server.clock.advance(Duration::from_secs(3600));
    }
    // Others commit in the meantime, and are found: this process has polled.
    for n in 1..=3 {
        let seq = at(&olga, &two).buys(&format!("-{n}")).await.seq();
        assert_eq!(next_change(&mut olgas).await, seq);
    }
    slow.execute("commit").await.expect("it is committed");
    assert_eq!(next_change(&mut annas).await, seq + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_a_sign_out_is_found_by_the_recheck_of_another_process() {
    let one = TestServer::postgres().await;
    let two =
        one.beside().await.restarted_with(|config| config.pace.recheck = Duration::from_millis(50)).await;
    let anna = one.founder("Anna").await;
    let mut there = welcomed(&at(&anna, &two)).await;
    anna.post("/auth/logout", json!({})).await.is(204);
    assert_eq!(there.closed().await, 4501);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_redis_a_change_reaches_the_screens_of_another_process() {
    let redis = Redis::start();
    let (one, two) = two_by(&redis).await;
    changes_arrive_in_order_wherever_they_are_made(&one, &two).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_redis_a_sign_out_a_new_password_and_a_removal_close_the_sockets_of_another_process() {
    let redis = Redis::start();
    let (one, two) = two_by(&redis).await;
    let anna = one.founder("Anna").await;
    let ben = one.guest(&anna, "Ben").await;
    let phone = anna.log_in().await;
    let mut stays = welcomed(&at(&anna, &two)).await;

    let mut there = welcomed(&at(&phone, &two)).await;
    phone.post("/auth/logout", json!({})).await.is(204);
    assert_eq!(there.closed().await, 4501);

    let other = anna.log_in().await;
    let mut there = welcomed(&at(&other, &two)).await;
    let form = json!({ "old": crate::harness::PASSWORD, "new": "another horse battery" });
    anna.post("/auth/password", form).await.is(204);
    assert_eq!(there.closed().await, 4501);

    let mut there = welcomed(&at(&ben, &two)).await;
    let id = ben.id.as_str().expect("an id");
    anna.delete(&format!("/members/{id}")).await.is(204);
    assert_eq!(there.closed().await, 4503);
    assert!(matches!(stays.frame().await, Frame::Commit(_)), "whoever may, stays and hears of it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_redis_another_process_is_notified_of_changed_links() {
    let redis = Redis::start();
    let (one, two) = two_by(&redis).await;
    let anna = one.founder("Anna").await;
    let ben = one.guest(&anna, "Ben").await;
    let (mut hers, mut his) = (welcomed(&at(&anna, &two)).await, welcomed(&at(&ben, &two)).await);
    let id = ben.id.as_str().expect("an id");
    anna.post(&format!("/members/{id}/password-link"), json!({})).await.is(201);
    let mut counts = [0; 2];
    for _ in 0..2 {
        anna.buys("-1").await;
        counts[0] += hers.links_until_fact().await;
        counts[1] += his.links_until_fact().await;
    }
    assert_eq!(counts, [1, 0], "those for passwords to the owner alone");
    ben.post("/invites", json!({})).await.is(201);
    for _ in 0..2 {
        anna.buys("-1").await;
        counts[0] += hers.links_until_fact().await;
        counts[1] += his.links_until_fact().await;
    }
    assert_eq!(counts, [2, 1]);
}

/// The next presence list that satisfies the condition.
async fn people(socket: &mut Socket, wanted: impl Fn(&[Present]) -> bool) -> Vec<Present> {
    loop {
        let list = socket.presence().await;
        if wanted(&list) {
            return list;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_sees_who_is_present_in_another_process_and_what_they_edit() {
    let redis = Redis::start();
    let (one, mut two) = two_by(&redis).await;
    let anna = one.founder("Anna").await;
    let ben = one.guest(&anna, "Ben").await;
    let fact = anna.buys("-1").await.id();
    let mut here = welcomed(&anna).await;
    let mut there = welcomed(&at(&ben, &two)).await;
    let both = people(&mut here, |list| list.len() == 2).await;
    assert_eq!(people(&mut there, |list| list.len() == 2).await, both, "each process knows of the other");
    let editing = EditingFrame { fact_id: Some(fact.parse().expect("an id")) };
    there.say(&editing.encode().expect("JSON")).await;
    people(&mut here, |list| list.iter().any(|row| row.editing.is_some())).await;
    // When his process ends, he is no longer present.
    two.stop().await;
    let left = people(&mut here, |list| list.len() == 1).await;
    assert_eq!(json!(left[0].member_id), anna.id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_made_while_redis_was_away_are_found_as_soon_as_it_is_back() {
    let mut redis = Redis::start();
    let (one, two) = two_by(&redis).await;
    let anna = one.founder("Anna").await;
    let phone = anna.log_in().await;
    let (mut there, mut ended) = (welcomed(&at(&anna, &two)).await, welcomed(&at(&phone, &two)).await);
    redis.kill();
    let seq = anna.buys("-1").await.seq();
    phone.post("/auth/logout", json!({})).await.is(204);
    redis.run();
    assert_eq!(next_change(&mut there).await, seq);
    assert_eq!(ended.closed().await, 4501);
    listened(&redis, 2).await;
    let seq = anna.buys("-2").await.seq();
    assert_eq!(next_change(&mut there).await, seq, "and the hints go on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_disconnected_from_redis_reconnect_and_miss_nothing() {
    let redis = Redis::start();
    let (one, two) = two_by(&redis).await;
    let anna = one.founder("Anna").await;
    let mut there = welcomed(&at(&anna, &two)).await;
    for n in 1..=3 {
        redis.drop_clients();
        let seq = anna.buys(&format!("-{n}")).await.seq();
        assert_eq!(next_change(&mut there).await, seq);
        listened(&redis, 2).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_or_frozen_redis_fails_no_write_and_no_start() {
    let mut redis = Redis::start();
    let server = TestServer::postgres().await;
    let told = |config: &mut server::config::Config| {
        config.redis = Some(redis.url().parse().expect("an address"));
    };
    let one = server.restarted_with(told).await;
    let two = one.beside().await;
    listened(&redis, 2).await;
    let anna = one.founder("Anna").await;
    let mut there = welcomed(&at(&anna, &two)).await;
    redis.freeze();
    for n in 1..=3 {
        let seq = anna.buys(&format!("-{n}")).await.seq();
        assert_eq!(next_change(&mut there).await, seq, "found by looking");
    }
    redis.thaw();
    redis.kill();
    let seq = anna.buys("-4").await.seq();
    assert_eq!(next_change(&mut there).await, seq);
    let three = one.beside().await;
    let seq = at(&anna, &three).buys("-5").await.seq();
    assert_eq!(next_change(&mut there).await, seq, "a process starts without it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_is_not_ready_while_its_database_is_away_and_then_is_again() {
    let server = TestServer::postgres().await;
    let anna = server.founder("Anna").await;
    let mut screen = welcomed(&anna).await;
    let (start, name) = server.database_url.rsplit_once('/').expect("a URL with a name");
    let mut beside = PgConnection::connect(&format!("{start}/postgres")).await.expect("PostgreSQL answers");
    let mut allow = async |allowed: bool| {
        let sql = format!("alter database {name} allow_connections {allowed}");
        beside.execute(AssertSqlSafe(sql)).await.expect("it is done");
        let end = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1";
        sqlx::query(end).bind(name).execute(&mut beside).await.expect("they end");
    };
    let status = async || {
        let answer = reqwest::get(server.url("/readyz")).await.expect("an answer");
        answer.status().as_u16()
    };
    allow(false).await;
    while status().await != 503 {
        pause().await;
    }
    let refused = anna.post("/facts", json!({})).await.problem(503, "unavailable");
    assert_eq!(refused.header("retry-after"), "1");
    allow(true).await;
    while status().await != 200 {
        pause().await;
    }
    let seq = anna.buys("-1").await.seq();
    assert_eq!(next_change(&mut screen).await, seq, "who was here has missed nothing");
}
