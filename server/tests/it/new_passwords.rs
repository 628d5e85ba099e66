//! New passwords: by a link that the owner makes, and by command.

use crate::{
    harness::{Member, PASSWORD, PATIENCE, TestServer, Visitor},
    on_both_engines,
    people::{HOUR, NEW, path, signs_in, token_of, welcomed},
};
use reqwest::Method;
use serde_json::json;
use std::process::Stdio;
use std::time::Duration;
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};
use uuid::Uuid;

on_both_engines! {
    async fn somebody_locked_out_gets_a_new_password_by_a_link_once(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let (mut his, mut hers) = (ben.socket("").await, anna.socket("").await);
        welcomed(&mut his).await;
        welcomed(&mut hers).await;
        let make = format!("{}/password-link", path(&ben));
        let key = Uuid::new_v4().to_string();
        let keyed = [("idempotency-key", key.as_str())];
        let first = anna.call(Method::POST, &make, &keyed, None).await.is(201);
        let again = anna.call(Method::POST, &make, &keyed, None).await.is(200);
        assert_eq!(again.body, first.body);
        let open = anna.get("/password-links").await.is(200).body["items"].clone();
        assert_eq!((open.as_array().map(Vec::len), &open[0]["member_id"]), (Some(1), &ben.id));
        assert!(!open.to_string().contains(&token_of(&first)), "the token is shown once");
        let page = format!("/password/{}", token_of(&first));
        let mut visitor = Visitor::of(&server);
        visitor.open(&page).await.is(200).shows("Ben").shows(&ben.email);
        visitor.post(&page, &[("new", "short")]).await.is(422).shows("At least 8 characters");
        assert_eq!(ben.get("/auth/me").await.status, 200, "a refusal ends nothing");
        visitor.post(&page, &[("new", NEW)]).await.leads_to("/sign-in?saved=password");
        visitor.open("/sign-in?saved=password").await.is(200).shows("The password is set");
        assert_eq!(his.closed().await, 4501, "open screens are closed");
        ben.get("/auth/me").await.problem(401, "not_signed_in");
        signs_in(&server, &ben.email, PASSWORD, 401).await;
        let ben = Member { id: ben.id.clone(), ..signs_in(&server, &ben.email, NEW, 200).await };
        ben.buys("-1").await;
        visitor.open(&page).await.is(410).shows("Ask the owner");
        visitor.post(&page, &[("new", "a third password")]).await.is(410);
        let body = json!({ "token": token_of(&first), "new": "a third password" });
        server.stranger().post("/auth/password-link", body).await.problem(410, "password_link_ended");
        anna.call(Method::POST, &make, &keyed, None).await.problem(410, "password_link_ended");
        anna.get("/auth/me").await.is(200);
    }

    async fn a_password_link_ends_after_a_day_or_when_it_is_not_needed(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let make = format!("{}/password-link", path(&ben));
        let made = async || token_of(&anna.post(&make, json!({})).await.is(201));
        let ended = async |token: &str, why: &str| {
            let body = json!({ "token": token, "new": NEW });
            let reply = server.stranger().post("/auth/password-link", body).await;
            assert_eq!(reply.status, 410, "{why}: {}", reply.body);
            let open = anna.get("/password-links").await.is(200).body["items"].as_array().map(Vec::len);
            assert_eq!(open, Some(0), "{why}");
        };
        let token = made().await;
        let newer = made().await;
        let body = json!({ "token": token, "new": NEW });
        server.stranger().post("/auth/password-link", body).await.problem(410, "password_link_ended");
        anna.delete(&make).await.is(204);
        ended(&newer, "withdrawn").await;
        let token = made().await;
        signs_in(&server, &ben.email, PASSWORD, 200).await;
        ended(&token, "signed in").await;
        let token = made().await;
        ben.post("/auth/password", json!({ "old": PASSWORD, "new": NEW })).await.is(204);
        ended(&token, "another password").await;
        let token = made().await;
        server.clock.advance(HOUR * 24);
        ended(&token, "a day later").await;
        let token = made().await;
        anna.delete(&path(&ben)).await.is(204);
        ended(&token, "removed").await;
    }

    async fn a_password_link_ends_with_the_ownership_of_its_maker(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (ben, carl) = (server.guest(&anna, "Ben").await, server.guest(&anna, "Carl").await);
        let token = token_of(&anna.post(&format!("{}/password-link", path(&carl)), json!({})).await.is(201));
        let used = async || {
            let body = json!({ "token": token, "new": NEW });
            server.stranger().post("/auth/password-link", body).await.problem(410, "password_link_ended");
            let open = ben.get("/password-links").await.is(200).body["items"].as_array().map(Vec::len);
            assert_eq!(open, Some(0));
        };
        anna.post(&format!("{}/owner", path(&ben)), json!({})).await.is(200);
        used().await;
        ben.delete(&path(&anna)).await.is(204);
        used().await;
        signs_in(&server, &carl.email, PASSWORD, 200).await;
    }

    async fn no_owner_gets_into_another_household_by_a_link(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (ben, carl) = (server.guest(&anna, "Ben").await, server.guest(&anna, "Carl").await);
        let eve = server.founder("Eve").await;
        let link = |member: &Member| format!("{}/password-link", path(member));
        for (who, of, status, code) in [
            (&eve, &ben, 404, "not_found"),
            (&eve, &anna, 404, "not_found"),
            (&ben, &carl, 403, "owners_only"),
            (&ben, &anna, 403, "owners_only"),
            (&anna, &anna, 403, "owners_password"),
        ] {
            who.post(&link(of), json!({})).await.problem(status, code);
        }
        eve.delete(&link(&ben)).await.problem(404, "not_found");
        ben.delete(&link(&ben)).await.problem(403, "owners_only");
        ben.get("/password-links").await.problem(403, "owners_only");
        // The link was allowed when it was made; then Ben joins Eve's household.
        let token = token_of(&anna.post(&link(&ben), json!({})).await.is(201));
        ben.post("/auth/join", json!({ "invite": eve.invite().await })).await.is(200);
        let body = |token: &str| json!({ "token": token, "new": NEW });
        server.stranger().post("/auth/password-link", body(&token)).await.problem(410, "password_link_ended");
        let refused = anna.post(&link(&ben), json!({})).await.problem(403, "belongs_elsewhere");
        assert!(refused.body["detail"].as_str().is_some_and(|text| text.contains("family-budget password")));
        // The same if he is made the owner.
        let token = token_of(&anna.post(&link(&carl), json!({})).await.is(201));
        anna.post(&format!("{}/owner", path(&carl)), json!({})).await.is(200);
        server.stranger().post("/auth/password-link", body(&token)).await.problem(410, "password_link_ended");
        carl.get("/auth/me").await.is(200);
        ben.get("/auth/me").await.is(200);
    }

    async fn a_link_used_while_joining_gives_no_access(server: TestServer) {
        for _ in 0..8 {
            let (anna, eve) = (server.founder("Anna").await, server.founder("Eve").await);
            let ben = server.guest(&anna, "Ben").await;
            let token = token_of(&anna.post(&format!("{}/password-link", path(&ben)), json!({})).await.is(201));
            let invite = eve.invite().await;
            let stranger = server.stranger();
            let (joined, set) = tokio::join!(
                ben.post("/auth/join", json!({ "invite": invite })),
                stranger.post("/auth/password-link", json!({ "token": token, "new": NEW })),
            );
            // Either the password was set first: his session ended before he joined. Or he joined first: the
            // link was invalid.
            let both = (joined.status.as_u16(), set.status.as_u16());
            let members = eve.get("/members").await.is(200).body["items"].as_array().map(Vec::len);
            match both {
                (200, 410) => assert_eq!(members, Some(2)),
                (401, 204) => assert_eq!(members, Some(1)),
                other => panic!("{other:?}: {} {}", joined.body, set.body),
            }
        }
    }

    async fn a_new_password_by_command_ends_all_sessions_and_open_screens(server: TestServer) {
        let anna = server.founder("Anna").await;
        let phone = anna.log_in().await;
        let ben = server.guest(&anna, "Ben").await;
        let token = token_of(&anna.post(&format!("{}/password-link", path(&ben)), json!({})).await.is(201));
        let ledger = server.ledger().await;
        assert!(ledger.set_password("nobody@example.org", NEW.into()).await.is_err());
        assert!(ledger.set_password(&anna.email, "short".into()).await.is_err());
        anna.get("/auth/me").await.is(200);
        ledger.set_password(&format!(" {} ", anna.email.to_uppercase()), NEW.into()).await.expect("it is set");
        for device in [&anna, &phone] {
            device.get("/auth/me").await.problem(401, "not_signed_in");
            assert_eq!(device.socket("").await.closed().await, 4501);
        }
        signs_in(&server, &anna.email, PASSWORD, 401).await;
        signs_in(&server, &anna.email, NEW, 200).await;
        ledger.set_password(&ben.email, NEW.into()).await.expect("it is set");
        let body = json!({ "token": token, "new": "a third password" });
        server.stranger().post("/auth/password-link", body).await.problem(410, "password_link_ended");
    }

    async fn the_password_command_closes_open_screens_also_while_the_book_is_served(server: TestServer) {
        let server = server.restarted_with(|config| config.pace.recheck = Duration::from_millis(20)).await;
        let anna = server.founder("Anna").await;
        let (mut screen, other) = (anna.socket("").await, server.founder("Ben").await);
        welcomed(&mut screen).await;
        let (code, said) = password_command(&server, "nobody@example.org", NEW).await;
        assert!(code != Some(0) && said.contains("nobody signs in with nobody@example.org"), "{said}");
        let (code, said) = password_command(&server, &anna.email, "short").await;
        assert!(code != Some(0) && said.contains("not set. Password: At least 8 characters.") && !said.contains("short"), "{said}");
        anna.get("/auth/me").await.is(200);
        let (code, said) = password_command(&server, &format!(" {} ", anna.email), NEW).await;
        assert!(code == Some(0) && said.starts_with(&anna.email) && said.contains("signed out everywhere") && !said.contains(NEW), "{said}");
        assert_eq!(screen.closed().await, 4501);
        anna.get("/auth/me").await.problem(401, "not_signed_in");
        signs_in(&server, &anna.email, PASSWORD, 401).await;
        signs_in(&server, &anna.email, NEW, 200).await;
        other.get("/auth/me").await.is(200);
    }
}

on_both_engines! {
    async fn no_way_to_set_a_password_takes_one_of_spaces_alone(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let token = token_of(&anna.post(&format!("{}/password-link", path(&ben)), json!({})).await.is(201));
        let (ledger, stranger, mut visitor) = (server.ledger().await, server.stranger(), Visitor::of(&server));
        visitor.accept_language = "ru".into();
        for spaces in [" ".repeat(8), "\t".repeat(8), "\u{a0}".repeat(8), "\u{200b}\u{2800} \u{3000}".repeat(3)] {
            let form = json!({ "name": "Eve", "email": "eve@example.org", "password": spaces, "household": "E" });
            stranger.post("/auth/register", form.clone()).await.refuses("password", "only_spaces");
            let mut joining = form;
            joining["invite"] = json!(anna.invite().await);
            stranger.post("/auth/register", joining).await.refuses("password", "only_spaces");
            anna.post("/auth/password", json!({ "old": PASSWORD, "new": spaces })).await.refuses("new", "only_spaces");
            stranger.post("/auth/password-link", json!({ "token": token, "new": spaces })).await.refuses("new", "only_spaces");
            let said = ledger.set_password(&anna.email, spaces.clone()).await.expect_err("it is refused").to_string();
            assert!(said.contains("Spaces alone are no password"), "{said}");
            let form = [("name", "Eve"), ("email", "eve@example.org"), ("password", &spaces), ("household", "E")];
            visitor.post("/register", &form).await.is(422).shows("Одни пробелы — не пароль");
        }
        signs_in(&server, &anna.email, PASSWORD, 200).await;
        // Spaces within a password and around it are kept.
        let spaced = "  eight spaces and words  ";
        anna.post("/auth/password", json!({ "old": PASSWORD, "new": spaced })).await.is(204);
        signs_in(&server, &anna.email, spaced.trim(), 401).await;
        signs_in(&server, &anna.email, &spaced.replace("  ", " "), 401).await;
        signs_in(&server, &anna.email, spaced, 200).await;
    }
}

/// Runs `family-budget password` with a password on standard input; returns its exit code and output.
async fn password_command(server: &TestServer, email: &str, new: &str) -> (Option<i32>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_family-budget"))
        .args(["password", email, "--database-url", &server.database_url])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(format!("{new}\n").as_bytes()).await.expect("it reads");
    drop(input);
    let ended = timeout(PATIENCE, child.wait_with_output()).await.expect("it ends").expect("it ran");
    let said = [ended.stdout, ended.stderr].concat();
    (ended.status.code(), String::from_utf8(said).expect("text"))
}
