//! People: handing over ownership, new passwords, deleting an account or a household.

use crate::{
    harness::{Member, PASSWORD, PATIENCE, Reply, Socket, TestServer, Visitor, cookie_of, email, pause},
    on_both_engines,
};
use app::wire::{Change, Frame};
use reqwest::Method;
use serde_json::{Value, json};
use server::ledger::passwords::SetPasswordError;
use std::process::Stdio;
use std::time::Duration;
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};
use uuid::Uuid;

const HOUR: Duration = Duration::from_secs(60 * 60);
const NEW: &str = "another fine password";

async fn welcomed(socket: &mut Socket) {
    assert!(matches!(socket.frame().await, Frame::Welcome(_)));
}

fn path(member: &Member) -> String {
    format!("/members/{}", member.id.as_str().expect("an id"))
}

fn token_of(reply: &Reply) -> String {
    let url = reply.body["url"].as_str().expect("a link");
    url.rsplit('/').next().expect("its end").to_owned()
}

async fn signs_in(server: &TestServer, email: &str, password: &str, status: u16) -> Member {
    let form = json!({ "email": email, "password": password });
    let reply = server.stranger().post("/auth/login", form).await.is(status);
    Member { cookie: cookie_of(&reply), email: email.into(), ..server.stranger() }
}

fn role(members: &Value, member: &Member) -> Value {
    let rows = members["items"].as_array().expect("rows");
    rows.iter().find(|row| row["id"] == member.id).expect("the member")["role"].clone()
}

on_both_engines! {
    async fn an_invitation_is_revoked_by_its_maker_or_the_owner(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (ben, carl) = (server.guest(&anna, "Ben").await, server.guest(&anna, "Carl").await);
        let eve = server.founder("Eve").await;
        let his = ben.post("/invites", json!({})).await.is(201);
        let hers = anna.post("/invites", json!({})).await.is(201);
        let path = |reply: &Reply| format!("/invites/{}", reply.id());
        carl.delete(&path(&his)).await.problem(403, "owners_only");
        ben.delete(&path(&hers)).await.problem(403, "owners_only");
        eve.delete(&path(&his)).await.problem(404, "not_found");
        assert_eq!(anna.get("/invites").await.is(200).body["items"].as_array().map(Vec::len), Some(2), "both still work");
        anna.delete(&path(&his)).await.is(204);
        anna.delete(&path(&hers)).await.is(204);
        let form = json!({ "name": "C", "email": email("c"), "password": PASSWORD, "invite": token_of(&his) });
        server.stranger().post("/auth/register", form).await.problem(410, "invite_ended");
        let own = ben.post("/invites", json!({})).await.is(201);
        ben.delete(&path(&own)).await.is(204);
    }

    async fn open_screens_are_notified_of_links_that_their_member_may_list_only(server: TestServer) {
        let (anna, eve) = (server.founder("Anna").await, server.founder("Eve").await);
        let (ben, carl) = (server.guest(&anna, "Ben").await, server.guest(&anna, "Carl").await);
        let mut screens = [anna.socket("").await, ben.socket("").await, eve.socket("").await];
        for screen in &mut screens {
            welcomed(screen).await;
        }
        // A fact comes after the notices before it; the second one in a batch of its own.
        let mut heard = async || {
            let mut counts = [0; 3];
            for _ in 0..2 {
                anna.buys("-1").await;
                eve.buys("-1").await;
                for (count, screen) in counts.iter_mut().zip(&mut screens) {
                    *count += screen.links_until_fact().await;
                }
            }
            counts.map(|count| count > 0)
        };
        let (nobody, members, owner) = ([false; 3], [true, true, false], [true, false, false]);
        assert_eq!(heard().await, nobody);
        let invite = ben.post("/invites", json!({})).await.is(201);
        assert_eq!(heard().await, members, "an invitation is made");
        ben.delete(&format!("/invites/{}", invite.id())).await.is(204);
        assert_eq!(heard().await, members, "and withdrawn");

        let make = format!("{}/password-link", path(&carl));
        anna.post(&make, json!({})).await.is(201);
        assert_eq!(heard().await, owner, "a link for a password is made");
        anna.delete(&make).await.is(204);
        assert_eq!(heard().await, owner, "and withdrawn");
        let link = anna.post(&make, json!({})).await.is(201);
        assert_eq!(heard().await, owner);
        let body = json!({ "token": token_of(&link), "new": NEW });
        server.stranger().post("/auth/password-link", body).await.is(204);
        assert_eq!(heard().await, owner, "used");
        anna.post(&make, json!({})).await.is(201);
        assert_eq!(heard().await, owner);
        let carl = signs_in(&server, &carl.email, NEW, 200).await;
        assert_eq!(heard().await, owner, "not needed any more");
        assert_eq!(heard().await, nobody);
        signs_in(&server, &carl.email, NEW, 200).await;
        assert_eq!(heard().await, nobody, "there was none");
        anna.post(&make, json!({})).await.is(201);
        let invite = token_of(&eve.post("/invites", json!({})).await.is(201));
        assert_eq!(heard().await, [true, false, true]);
        carl.post("/auth/join", json!({ "invite": invite })).await.is(200);
        assert_eq!(heard().await, owner, "ended by joining another household, which sees the new member");
        // A screen that opens later has missed nothing: it requests the links after its welcome.
        let mut late = anna.socket("").await;
        welcomed(&mut late).await;
        anna.buys("-1").await;
        assert_eq!(late.links_until_fact().await, 0);
    }

    async fn ownership_is_handed_over_and_only_then_the_owner_leaves(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let eve = server.founder("Eve").await;
        let mut screen = ben.socket("").await;
        welcomed(&mut screen).await;
        let before = anna.head().await;
        anna.delete(&path(&anna)).await.problem(409, "last_owner");
        let call = |member: &Member, of: &Member| {
            let (member, path) = (member.clone(), format!("{}/owner", path(of)));
            async move { member.post(&path, json!({})).await }
        };
        call(&ben, &ben).await.problem(403, "owners_only");
        call(&eve, &ben).await.problem(404, "not_found");
        call(&eve, &anna).await.problem(404, "not_found");
        call(&anna, &anna).await.is(200);
        assert_eq!(anna.head().await, before, "nothing was changed");
        let key = Uuid::new_v4().to_string();
        let to_ben = format!("{}/owner", path(&ben));
        let keyed = [("idempotency-key", key.as_str())];
        let done = anna.call(Method::POST, &to_ben, &keyed, None).await.is(200);
        assert_eq!((&done.body["role"], done.seq()), (&json!("owner"), before + 1));
        let again = anna.call(Method::POST, &to_ben, &keyed, None).await.is(200);
        assert_eq!((&again.body, again.seq()), (&done.body, done.seq()));
        let Frame::Commit(commit) = screen.frame().await else { panic!("open screens are told") };
        assert_eq!((commit.seq, commit.entries.len()), (done.seq(), 2), "in one change");
        assert!(commit.entries.iter().all(|entry| matches!(entry.change, Change::MemberUpdated(_))));
        let members = anna.get("/members").await.is(200).body;
        assert_eq!((role(&members, &anna), role(&members, &ben)), (json!("editor"), json!("owner")));
        call(&anna, &anna).await.problem(403, "owners_only");
        anna.delete(&path(&ben)).await.problem(403, "owners_only");
        ben.delete(&path(&ben)).await.problem(409, "last_owner");
        anna.delete(&path(&anna)).await.is(204);
        call(&ben, &anna).await.problem(410, "gone");
    }

    async fn two_concurrent_handovers_leave_one_owner(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (ben, carl) = (server.guest(&anna, "Ben").await, server.guest(&anna, "Carl").await);
        let (to_ben, to_carl) = (format!("{}/owner", path(&ben)), format!("{}/owner", path(&carl)));
        let (one, two) = tokio::join!(anna.post(&to_ben, json!({})), anna.post(&to_carl, json!({})));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "{} {}", one.body, two.body);
        let members = anna.get("/members").await.is(200).body;
        let owners = members["items"].as_array().expect("rows").iter().filter(|row| row["role"] == "owner");
        assert_eq!(owners.count(), 1);
    }

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
        assert!(code != Some(0) && said.contains("At least 8 characters") && !said.contains("short"), "{said}");
        anna.get("/auth/me").await.is(200);
        let (code, said) = password_command(&server, &anna.email, NEW).await;
        assert!(code == Some(0) && said.contains("signed out everywhere") && !said.contains(NEW), "{said}");
        assert_eq!(screen.closed().await, 4501);
        anna.get("/auth/me").await.problem(401, "not_signed_in");
        signs_in(&server, &anna.email, PASSWORD, 401).await;
        signs_in(&server, &anna.email, NEW, 200).await;
        other.get("/auth/me").await.is(200);
    }

    async fn a_deleted_account_leaves_every_household_and_what_it_recorded_stays(server: TestServer) {
        let (anna, eve) = (server.founder("Anna").await, server.founder("Eve").await);
        let ben = server.guest(&anna, "Ben").await;
        let fact = ben.buys("-7").await;
        let invite = ben.invite().await;
        ben.post("/auth/join", json!({ "invite": eve.invite().await })).await.is(200);
        let phone = ben.log_in().await;
        let (mut annas, mut eves, mut his) = (anna.socket("").await, eve.socket("").await, phone.socket("").await);
        for socket in [&mut annas, &mut eves, &mut his] {
            welcomed(socket).await;
        }
        ben.post("/auth/delete", json!({})).await.refuses("password", "required");
        ben.post("/auth/delete", json!({ "password": "wrong password" })).await.refuses("password", "wrong_password");
        ben.get("/auth/me").await.is(200);
        ben.post("/auth/delete", json!({ "password": PASSWORD })).await.is(204);
        assert_eq!(his.closed().await, 4501);
        // The remains of the account belong to nobody, also for the operator.
        let left = server.texts("select email from accounts where email like '%@deleted.invalid'").await;
        assert_eq!(left.len(), 1);
        let refused = server.ledger().await.set_password(&left[0], NEW.into()).await;
        assert!(matches!(refused, Err(SetPasswordError::NoSuchAccount(_))), "{refused:?}");
        signs_in(&server, &left[0], NEW, 401).await;
        for screen in [&mut annas, &mut eves] {
            let Frame::Commit(commit) = screen.frame().await else { panic!("both households are told") };
            let Change::MemberUpdated(row) = &commit.entries[0].change else { panic!("a member changed") };
            assert!(row.removed && row.name.as_str() == "Ben");
        }
        for device in [&ben, &phone] {
            device.get("/auth/me").await.problem(401, "not_signed_in");
        }
        signs_in(&server, &ben.email, PASSWORD, 401).await;
        let kept = anna.get(&format!("/facts/{}", fact.id())).await.is(200);
        assert_eq!(kept.body["created_by"], ben.id);
        let form = json!({ "name": "C", "email": email("c"), "password": PASSWORD, "invite": invite });
        server.stranger().post("/auth/register", form).await.problem(410, "invite_ended");
        // The email is free again, and can be registered by a new person.
        let form = json!({ "name": "Ben", "email": ben.email, "password": PASSWORD, "household": "B" });
        let reply = server.stranger().post("/auth/register", form).await.is(201);
        assert_ne!(reply.body["member"]["id"], ben.id);
    }

    async fn an_owner_deletes_the_account_only_if_the_household_does_not_need_it(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let eve = server.founder("Eve").await;
        anna.post("/auth/join", json!({ "invite": eve.invite().await })).await.is(200);
        let heads = (ben.head().await, eve.head().await);
        anna.post("/auth/delete", json!({ "password": PASSWORD })).await.problem(409, "last_owner");
        assert_eq!((ben.head().await, eve.head().await), heads, "of two households she left neither");
        assert_eq!(anna.get("/auth/me").await.is(200).body["households"].as_array().map(Vec::len), Some(2));
        // The same for a single member, until the household waits to be erased.
        let dora = server.founder("Dora").await;
        dora.post("/auth/delete", json!({ "password": PASSWORD })).await.problem(409, "last_owner");
        dora.post("/household/deletion", json!({ "name": "Dora's" })).await.is(200);
        dora.post("/auth/delete", json!({ "password": PASSWORD })).await.is(204);
        signs_in(&server, &dora.email, PASSWORD, 401).await;
    }

    async fn a_household_is_deleted_by_its_name_and_the_deletion_can_be_cancelled_for_seven_days(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let invite = anna.invite().await;
        let purchase = anna.purchase("-1").await;
        let key = Uuid::new_v4().to_string();
        let keyed = [("idempotency-key", key.as_str())];
        let before = anna.call(Method::POST, "/facts", &keyed, Some(purchase.to_string())).await.is(201);
        let mut screen = ben.socket("").await;
        welcomed(&mut screen).await;
        let eve = server.founder("Eve").await;
        ben.post("/household/deletion", json!({ "name": "Anna's" })).await.problem(403, "owners_only");
        eve.post("/household/deletion", json!({ "name": "Anna's" })).await.refuses("name", "name_differs");
        anna.post("/household/deletion", json!({ "name": "anna's" })).await.refuses("name", "name_differs");
        anna.post("/household/deletion", json!({})).await.refuses("name", "required");
        let closed = anna.post("/household/deletion", json!({ "name": " Anna's " })).await.is(200);
        let today: app::domain::Day = anna.get("/snapshot").await.body["today"].as_str().expect("a day").parse().expect("a day");
        assert_eq!(closed.body["erase_on"], json!(today.plus_days(8).expect("a day").to_string()));
        let Frame::Commit(commit) = screen.frame().await else { panic!("open screens are told") };
        assert!(matches!(&commit.entries[0].change, Change::HouseholdUpdated(row) if row.erase_on.is_some()));
        anna.post("/household/deletion", json!({ "name": "Anna's" })).await.problem(409, "household_closed");
        // It is read-only; a repeat of an earlier change still returns the first response.
        let head = anna.head().await;
        anna.post("/facts", purchase.clone()).await.problem(409, "household_closed");
        anna.patch("/household", json!({ "name": "X" })).await.problem(409, "household_closed");
        ben.patch(&path(&ben), json!({ "name": "X" })).await.problem(409, "household_closed");
        ben.post("/invites", json!({})).await.problem(409, "household_closed");
        eve.post("/auth/join", json!({ "invite": invite })).await.problem(409, "household_closed");
        let again = anna.call(Method::POST, "/facts", &keyed, Some(purchase.to_string())).await.is(200);
        assert_eq!(again.body, before.body);
        assert_eq!(anna.head().await, head);
        server.clock.advance(HOUR * 24 * 7);
        assert_eq!(server.ledger().await.erase_due().await.expect("it looks"), 0, "seven whole days");
        ben.delete("/household/deletion").await.problem(403, "owners_only");
        let back = anna.delete("/household/deletion").await.is(200);
        assert_eq!(back.body["erase_on"], Value::Null);
        let same = anna.delete("/household/deletion").await.is(200);
        assert_eq!((&same.body, same.seq()), (&back.body, back.seq()), "again it changes nothing");
        anna.post("/facts", purchase).await.is(201);
        server.clock.advance(HOUR * 24 * 9);
        assert_eq!(server.ledger().await.erase_due().await.expect("it looks"), 0);
        anna.get("/household").await.is(200);
    }

    async fn an_erased_household_is_gone_from_every_table_and_no_other_is_touched(server: TestServer) {
        let server = server.restarted_with(|config| config.pace.due = Duration::from_millis(20)).await;
        let anna = server.founder("Anna").await;
        let household = anna.household().await;
        let ben = server.guest(&anna, "Ben").await;
        let carl = server.founder("Carl").await;
        let carls = carl.household().await;
        carl.post("/auth/join", json!({ "invite": anna.invite().await })).await.is(200);
        every_kind_of_row(&anna, &ben).await;
        let kept = server.rows_of(carls.uuid()).await;
        let empty: Vec<_> = server.rows_of(household.uuid()).await.into_iter().filter(|(_, rows)| *rows == 0).map(|(table, _)| table).collect();
        assert_eq!(empty, ["demos"], "every table of a household has rows of this one, but for the demo's");
        anna.post("/household/deletion", json!({ "name": "Anna's" })).await.is(200);
        let (mut annas, mut carls_screen) = (anna.socket("").await, carl.socket("").await);
        welcomed(&mut annas).await;
        welcomed(&mut carls_screen).await;
        server.clock.advance(HOUR * 24 * 9);
        assert_eq!(annas.closed().await, 4503);
        assert_eq!(carls_screen.closed().await, 4503);
        // It is erased in steps, the household itself last.
        let gone = async {
            while server.rows_of(household.uuid()).await.iter().any(|(table, rows)| table == "households" && *rows > 0) {
                pause().await;
            }
        };
        timeout(PATIENCE, gone).await.expect("it is erased");
        for (table, rows) in server.rows_of(household.uuid()).await {
            assert_eq!(rows, 0, "{table}");
        }
        assert_eq!(server.rows_of(carls.uuid()).await.into_iter().filter(|(table, _)| table != "sessions").collect::<Vec<_>>(),
            kept.into_iter().filter(|(table, _)| table != "sessions").collect::<Vec<_>>());
        // A person with another household is moved there; the others are signed out, and can register again.
        assert_eq!(carl.household().await, carls);
        anna.get("/auth/me").await.problem(401, "not_signed_in");
        for person in [&anna, &ben] {
            let form = json!({ "name": "A", "email": person.email, "password": PASSWORD, "household": "Again" });
            server.stranger().post("/auth/register", form).await.is(201);
        }
    }

    async fn the_plain_pages_delete_an_account_and_a_household(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let mut visitor = Visitor::signed_in(&server, &anna);
        visitor.open("/settings").await.is(200).shows("Delete the household").shows("Delete your account");
        Visitor::signed_in(&server, &ben).open("/settings").await.is(200).hides("Delete the household").shows("Delete your account");
        visitor.post("/settings/deletion", &[("confirm_name", "Bens")]).await.is(422).shows("not the name of the household");
        visitor.post("/settings/deletion", &[("confirm_name", "Anna's")]).await.leads_to("/settings?saved=deletion#deletion-title");
        visitor.open("/settings").await.is(200).shows("will be deleted on").shows("Keep the household");
        visitor.open("/").await.is(200).shows("will be deleted on");
        Visitor::signed_in(&server, &ben).open("/settings").await.shows("will be deleted on").hides("Keep the household");
        visitor.post("/settings/keep", &[]).await.leads_to("/settings?saved=keep#deletion-title");
        visitor.open("/settings?saved=keep").await.hides("will be deleted on").shows("The household stays");
        visitor.post("/settings/account", &[("password", PASSWORD)]).await.is(409).shows("Make another member the owner first");
        let mut his = Visitor::signed_in(&server, &ben);
        his.post("/settings/account", &[("password", "wrong password")]).await.is(422).shows("not your password");
        his.post("/settings/account", &[("password", PASSWORD)]).await.leads_to("/sign-in");
        his.open("/").await.leads_to("/sign-in");
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

/// Writes rows into every table that belongs to households.
async fn every_kind_of_row(anna: &Member, ben: &Member) {
    anna.buys("-1").await;
    ben.invite().await;
    anna.post(&format!("{}/password-link", path(ben)), json!({})).await.is(201);
    let article = anna.article("expense").await;
    let month = anna.get("/snapshot").await.body["today"].as_str().expect("a day")[..7].to_owned();
    anna.put(&format!("/plans/{article}/{month}"), json!({ "amount": "10" })).await.is(200);
    let comes = anna.post("/recurring", anna.purchase("-5").await).await.is(201);
    let skip = format!("/recurring/{}/skip", comes.id());
    anna.post(&skip, json!({ "day": comes.body["starts_on"] })).await.is(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_household_and_its_people_are_not_deleted_by_hand() {
    let server = TestServer::usual().await;
    let mut visitor = Visitor::of(&server);
    let place = visitor.open("/demo").await.location;
    visitor.post(&format!("{place}/anna"), &[]).await.leads_to("/");
    let anna = visitor.member(server.stranger());
    let name = anna.get("/household").await.body["name"].clone();
    anna.post("/household/deletion", json!({ "name": name })).await.problem(403, "not_in_demo");
    anna.post("/auth/delete", json!({ "password": "!" })).await.problem(403, "not_in_demo");
}
