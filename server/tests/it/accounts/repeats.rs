//! Repeated and concurrent requests about accounts.

use crate::{
    harness::{Member, PASSWORD, cookie_of, email},
    on_both_engines,
};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

on_both_engines! {
    async fn a_repeated_request_for_an_invitation_gets_the_same_link(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.founder("Ben").await;
        let key = Uuid::new_v4().to_string();
        let ask = async |member: &Member| member.call(Method::POST, "/invites", &[("idempotency-key", &key)], None).await;
        let first = ask(&anna).await.is(201);
        let again = ask(&anna).await.is(200);
        assert_eq!(again.body, first.body);
        assert_eq!(again.seq(), anna.head().await, "no number was used");
        assert_ne!(ask(&ben).await.is(201).body["url"], first.body["url"], "another household's key is another's");
        assert_eq!(anna.get("/invites").await.is(200).body["items"].as_array().map(Vec::len), Some(1));
        let token = first.body["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let form = json!({ "name": "C", "email": email("c"), "password": PASSWORD, "invite": token });
        server.stranger().post("/auth/register", form).await.is(201);
        ask(&anna).await.problem(410, "invite_ended");
    }

    async fn one_of_two_concurrent_password_changes_is_refused(server: TestServer) {
        let anna = server.founder("Anna").await;
        let set = |new: &'static str| {
            let anna = anna.clone();
            async move { anna.post("/auth/password", json!({ "old": PASSWORD, "new": new })).await }
        };
        let (one, two) = tokio::join!(set("the first new one"), set("the second new one"));
        let (won, lost) = if one.status == 204 { ("the first new one", two) } else { ("the second new one", one) };
        // The winner may have ended the loser's session.
        assert!([401, 422].contains(&lost.status.as_u16()), "{}", lost.body);
        server.stranger().post("/auth/login", json!({ "email": anna.email, "password": won })).await.is(200);
    }

    async fn a_repeated_registration_is_answered_as_the_first_time(server: TestServer) {
        let anna = server.founder("Anna").await;
        let founding = json!({ "name": "Ben", "email": email("ben"), "password": PASSWORD, "household": "B" });
        let joining = json!({ "name": "Carl", "email": email("carl"), "password": PASSWORD, "invite": anna.invite().await });
        for form in [founding, joining] {
            let key = Uuid::new_v4().to_string();
            let register = async |form: &serde_json::Value| {
                let keyed = [("idempotency-key", key.as_str())];
                server.stranger().call(Method::POST, "/auth/register", &keyed, Some(form.to_string())).await
            };
            let first = register(&form).await.is(201);
            let again = register(&form).await.is(200);
            assert_eq!((&again.body, again.seq()), (&first.body, first.seq()));
            let member = Member { cookie: cookie_of(&again), ..server.stranger() };
            assert_eq!(member.get("/auth/me").await.is(200).body["member"], first.body["member"], "signed in again");
            let with = |field: &str, value: &str| {
                let mut form = form.clone();
                form[field] = json!(value);
                form
            };
            register(&with("password", "another password")).await.problem(401, "wrong_credentials");
            register(&with("name", "Other")).await.problem(409, "idempotency_key_reused");
            let unkeyed = server.stranger().post("/auth/register", form).await;
            assert!([410, 422].contains(&unkeyed.status.as_u16()), "{}", unkeyed.body);
            assert_eq!(member.head().await, first.seq(), "no number was used");
        }
    }

    async fn two_concurrent_equal_registrations_create_one_account(server: TestServer) {
        let anna = server.founder("Anna").await;
        let founding = json!({ "name": "Ben", "email": email("ben"), "password": PASSWORD, "household": "B" });
        let joining = json!({ "name": "Carl", "email": email("carl"), "password": PASSWORD, "invite": anna.invite().await });
        for form in [founding, joining] {
            let key = Uuid::new_v4().to_string();
            let register = async || {
                let keyed = [("idempotency-key", key.as_str())];
                server.stranger().call(Method::POST, "/auth/register", &keyed, Some(form.to_string())).await
            };
            let (one, two) = tokio::join!(register(), register());
            let mut statuses = [one.status.as_u16(), two.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 201], "{} {}", one.body, two.body);
            assert_eq!(one.seq(), two.seq());
            assert_eq!(one.body, two.body);
        }
    }

    async fn a_refused_change_of_oneself_changes_nothing(server: TestServer) {
        let anna = server.founder("Anna").await;
        let body = json!({ "name": "Annie", "language": "ru" }).to_string();
        anna.call(Method::PATCH, "/auth/me", &[("if-match", "\"99\"")], Some(body)).await.problem(412, "stale");
        let me = anna.get("/auth/me").await.is(200).body;
        assert_eq!((me["member"]["name"].clone(), me["language"].clone()), (json!("Anna"), json!("en")));
    }

    async fn a_new_password_whose_answer_was_lost_is_not_refused(server: TestServer) {
        let anna = server.founder("Anna").await;
        let change = json!({ "old": PASSWORD, "new": "another password" });
        anna.post("/auth/password", change.clone()).await.is(204);
        anna.post("/auth/password", change).await.is(204);
        let other = json!({ "old": PASSWORD, "new": "yet another one" });
        anna.post("/auth/password", other).await.refuses("old", "wrong_password");
    }

    async fn a_wrong_old_password_is_refused_also_where_the_new_one_is_the_present_one(server: TestServer) {
        let anna = server.founder("Anna").await;
        let elsewhere = anna.log_in().await;
        let mistyped = json!({ "old": "mistyped", "new": PASSWORD });
        anna.post("/auth/password", mistyped).await.refuses("old", "wrong_password");
        elsewhere.get("/auth/me").await.is(200);
        anna.post("/auth/password", json!({ "old": PASSWORD, "new": PASSWORD })).await.is(204);
        elsewhere.get("/auth/me").await.is(401);
        anna.post("/auth/password", json!({ "old": PASSWORD, "new": "another password" })).await.is(204);
        let mistyped = json!({ "old": "mistyped", "new": "another password" });
        anna.post("/auth/password", mistyped).await.refuses("old", "wrong_password");
    }

    async fn a_repeated_joining_is_answered_as_the_first_time(server: TestServer) {
        let (anna, ben) = (server.founder("Anna").await, server.founder("Ben").await);
        let invite = json!({ "invite": anna.invite().await });
        let first = ben.post("/auth/join", invite.clone()).await.is(200);
        let again = ben.post("/auth/join", invite.clone()).await.is(200);
        assert_eq!((again.body["household"].clone(), again.seq()), (first.body["household"].clone(), first.seq()));
        server.founder("Carl").await.post("/auth/join", invite).await.problem(410, "invite_ended");
    }

    async fn a_repeated_switch_with_a_new_name_renames_once(server: TestServer) {
        let (anna, ben) = (server.founder("Anna").await, server.founder("Ben").await);
        let home = ben.household().await;
        ben.post("/auth/join", json!({ "invite": anna.invite().await })).await.is(200);
        let key = Uuid::new_v4().to_string();
        let body = json!({ "name": "Benjamin", "household_id": home }).to_string();
        for _ in 0..2 {
            let me = ben.call(Method::PATCH, "/auth/me", &[("idempotency-key", &key)], Some(body.clone())).await.is(200);
            assert_eq!((me.body["member"]["name"].clone(), me.seq()), (json!("Benjamin"), 2), "one new number");
        }
    }

    async fn a_repeated_change_of_oneself_changes_nothing(server: TestServer) {
        let anna = server.founder("Anna").await;
        let key = Uuid::new_v4().to_string();
        let change = async |name: &str| {
            let body = json!({ "name": name }).to_string();
            anna.call(Method::PATCH, "/auth/me", &[("idempotency-key", &key)], Some(body)).await
        };
        let first = change("Annie").await.is(200);
        let again = change("Annie").await.is(200);
        assert_eq!((again.body["member"].clone(), again.seq()), (first.body["member"].clone(), first.seq()));
        change("Anne").await.problem(409, "idempotency_key_reused");
        assert_eq!(anna.get("/auth/me").await.body["member"]["name"], "Annie");
    }
}
