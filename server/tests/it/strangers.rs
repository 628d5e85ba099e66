//! Limits for strangers: attempts to sign in, places of the demo, and the time of the program.

use crate::{
    harness::{Member, PASSWORD, TestServer},
    on_both_engines,
};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// Enters a demo household of one's own, through a proxy.
async fn enter(server: &TestServer, from: &str) -> (u16, String) {
    let key = Uuid::new_v4().simple().to_string() + "12345678";
    let request = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    let request = request.expect("a client").post(server.url(&format!("/demo/{key}/anna")));
    let request = request.header("x-forwarded-for", from).header("origin", server.url(""));
    let answer = request.send().await.expect("an answer");
    let cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
    (answer.status().as_u16(), cookie.split(';').next().unwrap_or_default().to_owned())
}

on_both_engines! {
    async fn a_stranger_who_guesses_locks_out_only_themselves(server: TestServer) {
        let server = server
            .restarted_with(|config| {
                config.logins_per_minute = 3;
                config.trusted_proxies = vec!["127.0.0.1".parse().expect("a proxy")];
            })
            .await;
        server.clock.stop();
        let anna = server.founder("Anna").await;
        let log_in = async |from: &str, password: &str| {
            let form = json!({ "email": anna.email, "password": password }).to_string();
            anna.call(Method::POST, "/auth/login", &[("x-forwarded-for", from)], Some(form)).await.status.as_u16()
        };
        for n in 0..4 {
            // The same customer of a provider, whatever the lower half of the address is.
            let from = format!("2001:db8:1:2::{n}");
            assert_eq!(log_in(&from, "a wrong guess").await, if n < 3 { 401 } else { 429 });
        }
        assert_eq!(log_in("2001:db8:1:2:ffff::1", PASSWORD).await, 429);
        assert_eq!(log_in("2001:db8:1:3::1", PASSWORD).await, 200, "the owner is elsewhere");
        assert_eq!(log_in("203.0.113.9", PASSWORD).await, 200);
        // Changing the password has attempts of its own, so neither locks them out of that.
        let change = async |old: &str| {
            let body = json!({ "old": old, "new": "another good password" });
            anna.post("/auth/password", body).await.status.as_u16()
        };
        assert_eq!([change("wrong").await, change("wrong").await, change("wrong").await, change("wrong").await], [422, 422, 422, 429]);
        assert_eq!(log_in("203.0.113.9", PASSWORD).await, 200);
        server.clock.advance(Duration::from_secs(61));
        assert_eq!(change(PASSWORD).await, 204);
    }

    async fn attempts_counted_in_another_order_than_their_clocks_are_limited_alike(server: TestServer) {
        let server = server.restarted_with(|config| config.logins_per_minute = 3).await;
        let stranger = server.stranger();
        server.clock.stop();
        let mut answers = Vec::new();
        for _ in 0..5 {
            let guess = json!({ "email": "anna@example.org", "password": "a wrong guess" });
            answers.push(stranger.post("/auth/login", guess).await.status);
            server.clock.go_back(Duration::from_millis(200));
        }
        assert_eq!(answers, [401, 401, 401, 429, 429]);
    }

    async fn every_operation_that_counts_attempts_refuses_one_too_many(server: TestServer) {
        let server = server.restarted_with(|config| config.logins_per_minute = 1).await;
        server.clock.stop();
        let anna = server.founder("Anna").await;
        let stranger = server.stranger();
        let new = json!({ "email": "ben@example.org", "password": "short" });
        let calls = [
            (&stranger, "/auth/login", json!({ "email": "ben@example.org", "password": "wrong" })),
            (&stranger, "/auth/register", new),
            (&anna, "/auth/password", json!({ "old": "wrong", "new": "another good password" })),
            (&anna, "/auth/delete", json!({ "password": "wrong" })),
            (&stranger, "/auth/delete-by-email", json!({ "email": "ben@example.org", "password": "wrong" })),
        ];
        for (caller, path, body) in calls {
            server.clock.advance(Duration::from_secs(61));
            assert_ne!(caller.post(path, body.clone()).await.status, 429, "{path}");
            let refused = caller.post(path, body).await.problem(429, "too_many_requests");
            assert!(!refused.header("retry-after").is_empty(), "{path}");
        }
    }

    async fn a_clock_that_was_ahead_locks_nobody_out(server: TestServer) {
        let mut server = server.restarted_with(|config| config.logins_per_minute = 2).await;
        server.clock.stop();
        let anna = server.founder("Anna").await;
        server.clock.advance(Duration::from_secs(10 * 365 * 24 * 60 * 60));
        for _ in 0..2 {
            anna.post("/auth/login", json!({ "email": anna.email, "password": "wrong one" })).await.is(401);
        }
        anna.post("/auth/login", json!({ "email": anna.email, "password": PASSWORD })).await.is(429);
        // The clock is set back to the correct time.
        server.clock = server::clock::Clock::default();
        server.clock.stop();
        server.restart().await;
        anna.log_in().await;
        anna.post("/auth/login", json!({ "email": anna.email, "password": "wrong one" })).await.is(401);
        anna.post("/auth/login", json!({ "email": anna.email, "password": "wrong one" })).await.is(429);
    }

    async fn one_address_does_not_take_all_places_of_the_demo(server: TestServer) {
        let server = server
            .restarted_with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().expect("a proxy")])
            .await;
        let mut cookies = Vec::new();
        for n in 0..20 {
            let (status, cookie) = enter(&server, &format!("2001:db8::{n}")).await;
            assert_eq!(status, 303);
            cookies.push(cookie);
        }
        assert_eq!(enter(&server, "2001:db8::ffff").await.0, 429, "all of them are in use");
        assert_eq!(enter(&server, "203.0.113.9").await.0, 303, "others have room");
        server.clock.advance(Duration::from_secs(16 * 60));
        let person = |cookie: &str| Member { cookie: cookie.to_owned(), ..server.stranger() };
        // Not that of the first, which was changed before all others.
        let idle = cookies.remove(7);
        for cookie in &cookies {
            person(cookie).get("/auth/me").await.is(200);
        }
        assert_eq!(enter(&server, "2001:db8::ffff").await.0, 303, "the one that nobody uses gives way");
        person(&idle).get("/auth/me").await.problem(401, "not_signed_in");
        for cookie in &cookies {
            person(cookie).get("/auth/me").await.is(200);
        }
        assert_eq!(enter(&server, "2001:db8::ffff").await.0, 429);
    }

    async fn a_clock_that_was_ahead_does_not_occupy_a_demo_place_for_years(server: TestServer) {
        let server = server
            .restarted_with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().expect("a proxy")])
            .await;
        let years = Duration::from_secs(10 * 365 * 24 * 60 * 60);
        server.clock.advance(years);
        for n in 0..20 {
            assert_eq!(enter(&server, &format!("2001:db8::{n}")).await.0, 303);
        }
        assert_eq!(enter(&server, "2001:db8::ffff").await.0, 429, "all of them are in use");
        server.clock.go_back(years);
        let (status, cookie) = enter(&server, "2001:db8::ffff").await;
        assert_eq!(status, 303, "one of them gives way");
        // The others are erased as idle.
        assert_eq!(server.ledger().await.forget_idle_demos().await.expect("it looks"), 19);
        Member { cookie, ..server.stranger() }.get("/auth/me").await.is(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_sign_ins_waits_in_a_bounded_queue() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let waiting = 17 * std::thread::available_parallelism().map_or(1, usize::from);
    let form = json!({ "email": anna.email, "password": PASSWORD });
    let flood = (0..3 * waiting).map(|_| anna.post("/auth/login", form.clone()));
    let answers = futures_util::future::join_all(flood).await;
    let with = |status: u16| answers.iter().filter(|reply| reply.status == status).count();
    assert_eq!(with(200) + with(503), answers.len(), "each is answered");
    assert!(with(200) >= 1 && with(503) >= 1, "{} of {}", with(503), answers.len());
    let refused = answers.iter().find(|reply| reply.status == 503).expect("one was refused");
    assert_eq!((refused.body["code"].clone(), refused.header("retry-after")), (json!("busy"), "1"));
    anna.log_in().await;
}
