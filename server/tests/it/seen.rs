//! When sessions were last seen: known at once, stored later, and no request waits for it.

use crate::{
    harness::{PASSWORD, PATIENCE, TestServer, pause},
    on_both_engines,
};
use app::{
    domain::{Email, SessionId},
    service::{BudgetService, Device},
};
use server::db::{self, sessions::LastSeen};
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::time::timeout;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is stored about the sessions of an account.
async fn stored(server: &TestServer, email: &str) -> Vec<(SessionId, LastSeen)> {
    let database = server.database().await;
    let mut tx = database.read().await.expect("it begins");
    let email: Email = email.parse().expect("an email");
    let account =
        db::accounts::find_by_email(&mut tx, &email).await.expect("it is read").expect("an account");
    let sessions = db::sessions::list(&mut tx, account.id).await.expect("they are read");
    sessions.into_iter().map(|(session, seen)| (session.id, seen)).collect()
}

fn token(cookie: &str) -> String {
    cookie.strip_prefix("session=").expect("a session's cookie").to_owned()
}

on_both_engines! {
    async fn a_returning_session_is_noted_without_waiting_for_the_store(server: TestServer) {
        let anna = server.founder("Anna").await;
        let before = stored(&server, &anna.email).await;
        server.clock.advance(Duration::from_secs(120));
        anna.get("/auth/me").await.is(200);
        let noted = async {
            while stored(&server, &anna.email).await == before {
                pause().await;
            }
        };
        timeout(PATIENCE, noted).await.expect("it is written down");
    }

    async fn a_session_that_is_used_while_the_clock_is_behind_goes_on_when_it_is_right_again(server: TestServer) {
        let anna = server.founder("Anna").await;
        let phone = anna.log_in().await;
        for behind in [61 * DAY, 90 * DAY, 3 * 365 * DAY] {
            server.clock.go_back(behind);
            let soon = server.clock.now().millis() + 60_000;
            phone.get("/auth/me").await.is(200);
            let noted = async {
                while stored(&server, &anna.email).await.iter().all(|(_, seen)| seen.at > soon) {
                    pause().await;
                }
            };
            timeout(PATIENCE, noted).await.expect("it is written down");
            server.clock.advance(behind);
            phone.get("/auth/me").await.is(200);
            assert!(matches!(phone.socket("").await.frame().await, app::wire::Frame::Welcome(_)));
            let devices = phone.get("/auth/sessions").await.is(200).body;
            assert_eq!(devices["items"].as_array().map(Vec::len), Some(2));
        }
    }

    async fn a_session_in_use_stays_valid_while_its_use_cannot_be_stored(server: TestServer) {
        let anna = server.founder("Anna").await;
        let before = stored(&server, &anna.email).await;
        let held = server.hold_sessions().await;
        server.clock.advance(59 * DAY);
        anna.get("/auth/me").await.is(200);
        // According to the store it expired a day ago.
        server.clock.advance(2 * DAY);
        anna.get("/auth/me").await.is(200);
        let mut socket = anna.socket("").await;
        assert!(matches!(socket.frame().await, app::wire::Frame::Welcome(_)));
        let devices = anna.get("/auth/sessions").await.is(200).body;
        let seen: jiff::Timestamp = devices["items"][0]["last_seen_at"].as_str().expect("text").parse().expect("a time");
        let days = (seen.as_millisecond() - before[0].1.at) / (24 * 60 * 60 * 1000);
        assert_eq!(days, 61, "the list of devices says so");
        assert_eq!(stored(&server, &anna.email).await, before, "nothing was written");
        // It expires nevertheless when it is not used for its whole lifetime.
        server.clock.advance(61 * DAY);
        anna.get("/auth/me").await.problem(401, "not_signed_in");
        held.let_go().await;
    }

    async fn unstored_uses_count_for_which_session_is_replaced_and_which_is_valid(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ledger = server.ledger().await;
        let first = ledger.actor(token(&anna.cookie)).await.expect("she is signed in");
        let mut others = Vec::new();
        let database = server.database().await;
        let mut tx = database.begin().await.expect("it begins");
        for n in 1..100 {
            server.clock.advance(Duration::from_secs(60));
            let (id, now) = (SessionId::new(), server.clock.now().millis());
            let token = format!("a device of this test {n}");
            let new = db::sessions::NewSession {
                id,
                account: first.account,
                household: first.household,
                token_hash: &Sha256::digest(&token),
                device: "A device",
                now,
                expires_at: now + 60 * 24 * 60 * 60 * 1000,
            };
            db::sessions::insert(&mut tx, &new).await.expect("it is written");
            others.push((id, token));
        }
        tx.commit().await.expect("it lasts");
        drop(database);
        let before = stored(&server, &anna.email).await;
        assert!(before.iter().all(|(id, seen)| *id == first.session || seen.at > before_of(&before, first.session)));

        // Only memory knows that the oldest of a hundred devices is in use.
        ledger.actor(token(&anna.cookie)).await.expect("she is signed in");
        assert_eq!(stored(&server, &anna.email).await.len(), 100);
        let device = Device { name: "New".into(), address: "192.0.2.1".into(), ..Device::default() };
        let signed_in = ledger.log_in(device, anna.email.clone(), PASSWORD.into()).await.expect("it is her password");
        assert_eq!(before_of(&stored(&server, &anna.email).await, first.session), before_of(&before, first.session));
        assert!(ledger.actor(token(&anna.cookie)).await.is_ok(), "it was seen a moment ago");
        assert!(ledger.actor(others[0].1.clone()).await.is_err(), "the second oldest gives way");
        assert!(ledger.actor(others[1].1.clone()).await.is_ok(), "no more than one");
        assert!(ledger.actor(signed_in.token).await.is_ok());

        // The same for sockets, whose sessions are rechecked periodically.
        server.clock.advance(59 * DAY);
        ledger.actor(token(&anna.cookie)).await.expect("she is signed in");
        server.clock.advance(2 * DAY);
        let asked = [first.session, others[2].0];
        let lasting = ledger.lasting(&asked).await.expect("they are read");
        assert_eq!(lasting, [(first.session, first.household)]);
    }
}

fn before_of(stored: &[(SessionId, LastSeen)], id: SessionId) -> i64 {
    stored.iter().find(|(session, _)| *session == id).expect("it is there").1.at
}
