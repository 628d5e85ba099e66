//! No call or frame exposes anything of another household.

use crate::{
    document::{calls, document},
    on_both_engines,
};
use app::wire::Frame;
use reqwest::Method;
use serde_json::json;

on_both_engines! {
    async fn nothing_of_another_household_can_be_read_or_written(server: TestServer) {
        let anna = server.founder("Anna").await;
        let eve = server.founder("Eve").await;
        let fact = anna.buys("-77.77").await;
        let (article, center) = (anna.article("expense").await, anna.center().await);
        let invite = anna.post("/invites", json!({})).await.is(201);
        let comes = anna.post("/recurring", anna.purchase("-77.77").await).await.is(201);
        let before = anna.get("/snapshot").await.is(200).body;
        for path in [
            format!("/facts/{}", fact.id()),
            format!("/articles/{article}"),
            format!("/financial-centers/{center}"),
            format!("/recurring/{}", comes.id()),
        ] {
            eve.get(&path).await.problem(404, "not_found");
            if path.starts_with("/facts") {
                eve.put(&path, fact.body.clone()).await.problem(404, "not_found");
            }
            eve.patch(&path, json!({})).await.problem(404, "not_found");
            eve.delete(&path).await.problem(404, "not_found");
            eve.post(&format!("{path}/restore"), json!({})).await.problem(404, "not_found");
        }
        for what in ["confirm", "skip", "reopen"] {
            let path = format!("/recurring/{}/{what}", comes.id());
            eve.post(&path, json!({ "day": comes.body["starts_on"] })).await.problem(404, "not_found");
        }
        eve.delete(&format!("/invites/{}", invite.id())).await.problem(404, "not_found");
        eve.patch(&format!("/members/{}", anna.id.as_str().unwrap()), json!({ "name": "X" })).await.problem(404, "not_found");
        let sessions = anna.get("/auth/sessions").await.is(200);
        let session = sessions.body["items"][0]["id"].as_str().unwrap().to_owned();
        eve.delete(&format!("/auth/sessions/{session}")).await.problem(404, "not_found");
        // In another household the same id is another row.
        let mut own = eve.purchase("-1").await;
        own["id"] = fact.body["id"].clone();
        eve.post("/facts", own).await.is(201);
        assert_eq!(anna.get(&format!("/facts/{}", fact.id())).await.body["amount"], "-77.77");
        assert_eq!(anna.get("/snapshot").await.is(200).body, before);

        let secrets = [fact.id(), article, center, anna.id.as_str().unwrap().to_owned(), "77.77".into(), "Anna".into()];
        for path in ["/facts", "/articles", "/financial-centers", "/recurring", "/members", "/household", "/snapshot", "/summary", "/events", "/invites", "/auth/me"] {
            let body = eve.get(path).await.is(200).body.to_string();
            for secret in &secrets[1..] {
                assert!(!body.contains(secret), "{path} shows {secret}");
            }
        }
    }

    async fn frames_of_another_household_never_arrive(server: TestServer) {
        let anna = server.founder("Anna").await;
        let eve = server.founder("Eve").await;
        let epoch = anna.get("/household").await.header("budget-epoch").to_owned();
        let mut foreign = eve.socket(&format!("?epoch={epoch}&since=0")).await;
        assert!(matches!(foreign.frame().await, Frame::Welcome(_)));
        assert!(matches!(foreign.frame().await, Frame::Resync(_)), "her position means nothing there");
        assert_eq!(foreign.closed().await, 4010);
        let mut socket = eve.socket("").await;
        assert!(matches!(socket.frame().await, Frame::Welcome(_)));
        anna.buys("-77.77").await;
        let own = eve.buys("-1").await;
        let Frame::Commit(commit) = socket.frame().await else { panic!("a change comes") };
        assert_eq!(commit.seq, own.seq(), "the first frame is her own");
    }

    async fn whatever_is_written_in_the_name_of_another_accounts_member_is_refused(server: TestServer) {
        let (anna, eve) = (server.founder("Anna").await, server.founder("Eve").await);
        let (head, id) = (eve.head().await, anna.id.as_str().expect("an id").to_owned());
        let mut count = 0;
        for (path, method, call) in calls(&document()) {
            let is_open = call["security"] != json!([{ "session": [] }]);
            let parameters = call["parameters"].as_array().into_iter().flatten();
            let says = parameters.filter(|parameter| parameter["name"] == "Budget-Member").count();
            assert_eq!(says, usize::from(method != "get" && !is_open), "{method} {path}: whether the document has the header");
            if says == 0 {
                continue;
            }
            count += 1;
            let path = path.trim_start_matches("/api/v1").replace("{month}", "2026-01");
            let path: String = path.split('/').map(|part| if part.starts_with('{') { id.as_str() } else { part }).collect::<Vec<_>>().join("/");
            let by = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            for (header, status, code) in [(id.as_str(), 409, "other_member"), ("nonsense", 422, "invalid")] {
                eve.call(by.clone(), &path, &[("budget-member", header)], Some("{}".into())).await.problem(status, code);
            }
            let hers = eve.id.as_str().expect("an id");
            for other in [hers, &id] {
                let twice = [("budget-member", hers), ("budget-member", other)];
                eve.call(by.clone(), &path, &twice, Some("{}".into())).await.problem(400, "malformed_headers");
            }
        }
        assert!(count > 40, "{count}");
        assert_eq!(eve.head().await, head, "and she is still signed in");
        eve.call(Method::GET, "/household", &[("budget-member", &id)], None).await.is(200);
    }

    async fn a_write_goes_to_the_household_of_the_member_whom_it_names(server: TestServer) {
        let (anna, carl) = (server.founder("Anna").await, server.founder("Carl").await);
        let home = carl.household().await;
        let epoch = carl.get("/household").await.header("budget-epoch").to_owned();
        let body = carl.purchase("-1").await.to_string();
        carl.post("/auth/join", json!({ "invite": anna.invite().await })).await.is(200);
        let there = carl.get("/auth/me").await.is(200).body["member"]["id"].as_str().expect("an id").to_owned();
        let head = anna.head().await;
        let as_at_home = [("budget-member", carl.id.as_str().expect("an id"))];
        let fact = carl.call(Method::POST, "/facts", &as_at_home, Some(body.clone())).await.is(201);
        assert_eq!((fact.header("budget-epoch"), &fact.body["created_by"]), (epoch.as_str(), &carl.id));
        carl.call(Method::POST, "/facts", &[("budget-member", &there)], Some(body)).await.problem(422, "invalid");
        assert_eq!(anna.head().await, head, "nothing was written where the session is");
        // The body chooses the household of the session; the header does not.
        let switch = json!({ "household_id": home }).to_string();
        carl.call(Method::PATCH, "/auth/me", &as_at_home, Some(switch)).await.is(200);
        assert_eq!(carl.get("/facts").await.is(200).body["items"][0]["id"], fact.body["id"]);
        anna.delete(&format!("/members/{there}")).await.is(204);
        carl.call(Method::POST, "/invites", &[("budget-member", &there)], None).await.problem(409, "other_member");
    }

    async fn without_a_session_nothing_is_returned(server: TestServer) {
        let anna = server.founder("Anna").await;
        let fact = anna.buys("-1").await;
        let mut stranger = server.stranger();
        for cookie in [String::new(), "session=".into(), "session=nonsense".into(), format!("{}x", anna.cookie)] {
            stranger.cookie = cookie;
            for path in ["/facts", "/articles", "/financial-centers", "/recurring", "/members", "/household", "/snapshot", "/summary",
                "/events", "/invites", "/auth/me", "/auth/sessions"] {
                stranger.get(path).await.problem(401, "not_signed_in");
            }
            for path in ["/facts", "/articles", "/financial-centers", "/recurring", "/invites", "/auth/logout", "/auth/join", "/auth/password"] {
                stranger.call(Method::POST, path, &[], Some("{}".into())).await.problem(401, "not_signed_in");
            }
            stranger.delete(&format!("/facts/{}", fact.id())).await.problem(401, "not_signed_in");
        }
        let mut bearer = server.stranger();
        bearer.cookie = String::new();
        bearer.call(Method::GET, "/facts", &[("authorization", "Bearer x")], None).await.problem(401, "not_signed_in");
    }
}
