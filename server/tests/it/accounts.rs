//! Signing up, in and out; devices; invitations; the household.

mod repeats;

use crate::{
    harness::{PASSWORD, TestServer, Visitor, cookie_of, email},
    on_both_engines,
};
use reqwest::Method;
use serde_json::json;
use server::config::Registration;
use std::time::Duration;
use uuid::Uuid;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

on_both_engines! {
    async fn fields_of_a_member_that_nobody_may_change_are_refused(server: TestServer) {
        let anna = server.founder("Anna").await;
        let path = format!("/members/{}", anna.id.as_str().unwrap());
        let head = anna.head().await;
        anna.patch(&path, json!({ "language": "ru" })).await.refuses("language", "unknown_field");
        anna.patch(&path, json!({ "colour": 8 })).await.refuses("colour", "out_of_range");
        anna.patch("/auth/me", json!({ "language": "ru", "colour": 8 })).await.refuses("colour", "out_of_range");
        assert_eq!((anna.head().await, anna.get("/auth/me").await.body["language"].clone()), (head, json!("en")));
    }

    async fn founding_makes_a_starter_tree_and_two_centers_in_the_persons_language(server: TestServer) {
        let stranger = server.stranger();
        let form = json!({ "name": "Анна", "email": email("anna"), "password": PASSWORD, "household": "Соколовы",
            "currency": "RUB", "time_zone": "Europe/Moscow", "language": "ru" });
        let reply = stranger.post("/auth/register", form).await.is(201);
        assert_eq!(reply.body["member"]["role"], "owner");
        assert_eq!(reply.body["household"]["currency"], "RUB");
        let set_cookie = reply.header("set-cookie");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
            assert!(set_cookie.contains(part), "{set_cookie}");
        }
        let anna = crate::harness::Member { cookie: cookie_of(&reply), ..stranger };
        let articles = anna.get("/articles").await.is(200);
        let names: Vec<_> = articles.body["items"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect();
        assert!(names.contains(&json!("Продукты")) && names.contains(&json!("Перевод")), "{names:?}");
        let centers = anna.get("/financial-centers").await.is(200);
        assert_eq!(centers.body["items"].as_array().map(Vec::len), Some(2));
        assert_eq!(anna.head().await, 1, "founding is one change");
    }

    async fn a_registration_with_anything_wrong_is_refused(server: TestServer) {
        let anna = server.founder("Anna").await;
        let good = json!({ "name": "Ben", "email": email("ben"), "password": PASSWORD, "household": "B" });
        for (field, value, code) in [
            ("email", json!("ben"), "not_an_email"),
            ("email", json!(anna.email.to_uppercase()), "taken"),
            ("password", json!("short"), "too_short"),
            ("password", json!("x".repeat(257)), "too_long"),
            ("password", json!(" ".repeat(8)), "only_spaces"),
            ("name", json!(""), "required"),
            ("household", json!(""), "required"),
            ("currency", json!("EURO"), "unknown_currency"),
            ("time_zone", json!("Mars/Olympus"), "unknown_time_zone"),
            ("language", json!("tlh"), "unknown_word"),
            ("admin", json!(true), "unknown_field"),
        ] {
            let mut form = good.clone();
            form[field] = value;
            server.stranger().post("/auth/register", form).await.refuses(field, code);
        }
        server.stranger().post("/auth/register", good).await.is(201);
    }

    async fn signing_in_and_out(server: TestServer) {
        let anna = server.founder("Anna").await;
        let stranger = server.stranger();
        for (email, password) in [(anna.email.as_str(), "wrong password"), ("nobody@example.org", PASSWORD), ("not an email", PASSWORD)] {
            stranger.post("/auth/login", json!({ "email": email, "password": password })).await.problem(401, "wrong_credentials");
        }
        stranger.post("/auth/login", json!({ "email": "x" })).await.refuses("password", "required");
        let phone = anna.log_in().await;
        assert_eq!(phone.get("/auth/me").await.is(200).body["email"], anna.email);
        phone.post("/auth/logout", json!({})).await.is(204);
        phone.get("/auth/me").await.problem(401, "not_signed_in");
        phone.post("/auth/logout", json!({})).await.problem(401, "not_signed_in");
        anna.get("/auth/me").await.is(200);
        server.clock.advance(61 * DAY);
        anna.get("/auth/me").await.problem(401, "not_signed_in");
        let lost = anna.log_in().await;
        let again = anna.log_in().await;
        lost.post("/auth/logout", json!({})).await.is(204);
        again.get("/auth/me").await.is(200);
        assert_eq!(again.get("/auth/sessions").await.is(200).body["items"].as_array().map(Vec::len), Some(1), "the ended ones are forgotten");
        server.clock.advance(40 * DAY);
        let seen = async || again.get("/auth/sessions").await.is(200).body["items"][0]["last_seen_at"].clone();
        let before = seen().await;
        while seen().await == before {
            crate::harness::pause().await;
        }
        server.clock.advance(40 * DAY);
        again.get("/auth/me").await.is(200);
    }

    async fn devices_are_listed_and_signed_out_and_a_new_password_ends_the_others(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (phone, laptop) = (anna.log_in().await, anna.log_in().await);
        let devices = anna.get("/auth/sessions").await.is(200);
        let devices = devices.body["items"].as_array().cloned().unwrap();
        assert_eq!(devices.len(), 3);
        assert_eq!(devices.iter().filter(|device| device["current"] == true).count(), 1);
        let phones = phone.get("/auth/sessions").await.is(200);
        let own = phones.body["items"].as_array().unwrap().iter().find(|d| d["current"] == true).cloned().unwrap();
        anna.delete(&format!("/auth/sessions/{}", own["id"].as_str().unwrap())).await.is(204);
        phone.get("/auth/me").await.problem(401, "not_signed_in");
        anna.delete(&format!("/auth/sessions/{}", own["id"].as_str().unwrap())).await.is(204);
        anna.delete(&format!("/auth/sessions/{}", Uuid::now_v7())).await.problem(404, "not_found");
        assert_eq!(anna.get("/auth/sessions").await.body["items"].as_array().map(Vec::len), Some(2), "a repeat ends no other");
        anna.post("/auth/password", json!({ "old": "wrong password", "new": "another password" })).await.refuses("old", "wrong_password");
        let short = anna.post("/auth/password", json!({ "old": PASSWORD, "new": "short" })).await.refuses("new", "too_short");
        assert_eq!(short.body["detail"], "Some fields need a correction; nothing was saved. new: At least 8 characters.");
        anna.post("/auth/password", json!({ "old": PASSWORD, "new": "another password" })).await.is(204);
        laptop.get("/auth/me").await.problem(401, "not_signed_in");
        anna.get("/auth/me").await.is(200);
        server.stranger().post("/auth/login", json!({ "email": anna.email, "password": PASSWORD })).await.is(401);
        server.stranger().post("/auth/login", json!({ "email": anna.email, "password": "another password" })).await.is(200);
    }

    async fn an_invitation_works_once_for_seven_days(server: TestServer) {
        let anna = server.founder("Anna").await;
        let token = anna.invite().await;
        let ben = server.guest(&anna, "Ben").await;
        assert_eq!(ben.household().await, anna.household().await);
        let members = anna.get("/members").await.is(200);
        let roles: Vec<_> = members.body["items"].as_array().unwrap().iter().map(|m| m["role"].clone()).collect();
        assert_eq!(roles, ["owner", "editor"]);
        assert_eq!(anna.get("/invites").await.is(200).body["items"].as_array().map(Vec::len), Some(1));
        let form = |token: &str| json!({ "name": "C", "email": email("c"), "password": PASSWORD, "invite": token });
        server.stranger().post("/auth/register", form(&token)).await.is(201);
        server.stranger().post("/auth/register", form(&token)).await.problem(410, "invite_ended");
        server.stranger().post("/auth/register", form("nonsense")).await.problem(410, "invite_ended");
        let withdrawn = anna.post("/invites", json!({})).await.is(201);
        anna.delete(&format!("/invites/{}", withdrawn.id())).await.is(204);
        anna.delete(&format!("/invites/{}", withdrawn.id())).await.is(204);
        anna.delete(&format!("/invites/{}", Uuid::now_v7())).await.problem(404, "not_found");
        let token = withdrawn.body["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        server.stranger().post("/auth/register", form(&token)).await.problem(410, "invite_ended");
        let late = anna.invite().await;
        server.clock.advance(8 * DAY);
        server.stranger().post("/auth/register", form(&late)).await.problem(410, "invite_ended");
        // What was made while the clock was wrong does not work for years.
        server.clock.advance(30 * 365 * DAY);
        let (anna, ben) = (anna.log_in().await, ben.log_in().await);
        let ahead = anna.invite().await;
        let paths = ["/invites".to_owned(), format!("/members/{}/password-link", ben.id.as_str().unwrap())];
        let key = Uuid::new_v4().to_string();
        let made = async |path: &str| {
            anna.call(Method::POST, path, &[("idempotency-key", &key)], Some("{}".into())).await
        };
        let mut link = String::new();
        for path in &paths {
            link = made(path).await.is(201).body["url"].as_str().unwrap().to_owned();
            assert_eq!(made(path).await.body["url"], link, "a repeat has the same");
        }
        let link = link.rsplit('/').next().unwrap().to_owned();
        server.clock.go_back(30 * 365 * DAY);
        made(&paths[0]).await.problem(410, "invite_ended");
        made(&paths[1]).await.problem(410, "password_link_ended");
        for list in ["/invites", "/password-links"] {
            assert_eq!(anna.get(list).await.is(200).body["items"], json!([]), "{list}");
        }
        server.stranger().post("/auth/register", form(&ahead)).await.problem(410, "invite_ended");
        ben.post("/auth/join", json!({ "invite": ahead })).await.problem(410, "invite_ended");
        Visitor::of(&server).open(&format!("/password/{link}")).await.is(410);
        anna.invite().await;
    }

    async fn somebody_signed_in_joins_with_the_same_account_and_switches_back(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.founder("Ben").await;
        let (annas, bens) = (anna.household().await, ben.household().await);
        let me = ben.post("/auth/join", json!({ "invite": anna.invite().await })).await.is(200);
        assert_eq!(me.body["households"].as_array().map(Vec::len), Some(2));
        assert_eq!(ben.household().await, annas);
        ben.post("/auth/join", json!({ "invite": anna.invite().await })).await.problem(409, "already_member");
        ben.patch("/auth/me", json!({ "household_id": bens.to_string() })).await.is(200);
        assert_eq!(ben.household().await, bens);
        ben.patch("/auth/me", json!({ "household_id": Uuid::new_v4().to_string() })).await.refuses("household_id", "not_found");
        let stranger = server.founder("Carl").await;
        stranger.patch("/auth/me", json!({ "household_id": annas.to_string() })).await.refuses("household_id", "not_found");
    }

    async fn people_and_the_household_can_be_renamed(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let path = |member: &crate::harness::Member| format!("/members/{}", member.id.as_str().unwrap());
        anna.patch(&path(&anna), json!({ "name": "Anna S.", "colour": 3 })).await.is(200);
        anna.patch(&path(&ben), json!({ "name": "Benny" })).await.problem(404, "not_found");
        anna.patch(&path(&anna), json!({ "colour": 8 })).await.refuses("colour", "out_of_range");
        anna.patch("/auth/me", json!({ "language": "ru" })).await.is(200);
        assert_eq!(anna.get("/nowhere").await.body["detail"], "Здесь ничего нет: возможно, это из другой семьи или такого никогда не было.");
        let home = anna.patch("/household", json!({ "name": "Home", "time_zone": "Asia/Tokyo", "currency": "JPY" })).await.is(200);
        assert_eq!(home.body["version"], 2);
        anna.patch("/household", json!({ "time_zone": "Nowhere" })).await.refuses("time_zone", "unknown_time_zone");
        assert_eq!(ben.get("/members").await.body["items"][0]["name"], "Anna S.");
    }
}

on_both_engines! {
    async fn sign_in_attempts_are_limited_when_concurrent_and_after_a_restart(server: TestServer) {
        let mut server = server.restarted_with(|config| config.logins_per_minute = 3).await;
        server.clock.stop();
        let stranger = server.stranger();
        let form = |name: &str| json!({ "email": email(name), "password": "guess number" });
        let guess = form("anna");
        let tries = (0..10).map(|_| stranger.post("/auth/login", guess.clone()));
        let answers = futures_util::future::join_all(tries).await;
        assert_eq!(answers.iter().filter(|reply| reply.status == 401).count(), 3);
        assert_eq!(answers.iter().filter(|reply| reply.status == 429).count(), 7);
        server.restart().await;
        let refused = stranger.post("/auth/login", guess.clone()).await.problem(429, "too_many_requests");
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=61).contains(&wait), "{wait}");
        stranger.post("/auth/login", form("ben")).await.problem(401, "wrong_credentials");
        server.clock.advance(Duration::from_secs(wait));
        stranger.post("/auth/login", guess.clone()).await.problem(401, "wrong_credentials");
        stranger.post("/auth/login", guess.clone()).await.problem(429, "too_many_requests");
        server.clock.advance(Duration::from_secs(60));
        for _ in 0..3 {
            stranger.post("/auth/login", guess.clone()).await.problem(401, "wrong_credentials");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attempts_are_limited_per_address_whatever_headers_it_invents() {
    let told = |trusted: bool| async move {
        let server = TestServer::with(|config| {
            config.logins_per_minute = 1;
            if trusted {
                config.trusted_proxies = vec!["127.0.0.1".parse().expect("a proxy")];
            }
        })
        .await;
        server.clock.stop();
        let stranger = server.stranger();
        let mut refused = 0;
        for n in 0..12 {
            let from = format!("198.51.100.{n}");
            let form = json!({ "email": email("x"), "password": "guess number" });
            let headers = [("x-forwarded-for", from.as_str())];
            let reply = stranger.call(Method::POST, "/auth/login", &headers, Some(form.to_string())).await;
            refused += u32::from(reply.status == 429);
        }
        refused
    };
    assert_eq!(told(false).await, 2, "ten from one address, whatever stands in the header");
    assert_eq!(told(true).await, 0, "a trusted proxy says that each came from elsewhere");
}

#[tokio::test]
async fn a_server_with_registration_by_invitation_refuses_strangers() {
    let server = TestServer::with(|config| config.registration = Registration::Invite).await;
    let form = json!({ "name": "A", "email": email("a"), "password": PASSWORD, "household": "A" });
    server.stranger().post("/auth/register", form).await.problem(403, "registration_closed");
}

#[tokio::test]
async fn behind_https_the_cookie_is_secure_and_bound_to_the_host() {
    let url = "https://budget.example".parse().expect("a URL");
    let server = TestServer::with(|config| config.public_urls = vec![url]).await;
    let form = json!({ "name": "A", "email": email("a"), "password": PASSWORD, "household": "A" });
    let reply = server.stranger().post("/auth/register", form).await.is(201);
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("__Host-session=") && cookie.contains("Secure"), "{cookie}");
    let anna = crate::harness::Member { cookie: cookie_of(&reply), ..server.stranger() };
    let link = anna.post("/invites", json!({})).await.is(201);
    assert!(link.body["url"].as_str().unwrap().starts_with("https://budget.example/join/"));
}
