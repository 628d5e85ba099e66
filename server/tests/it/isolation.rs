//! No call or frame exposes anything of another household.

use crate::on_both_engines;
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
