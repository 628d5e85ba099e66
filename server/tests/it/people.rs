//! People: invitations and their links, handing over ownership.

use crate::{
    harness::{Member, PASSWORD, Reply, Socket, TestServer, cookie_of, email},
    on_both_engines,
};
use app::wire::{Change, Frame};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

pub const HOUR: Duration = Duration::from_secs(60 * 60);
pub const NEW: &str = "another fine password";

pub async fn welcomed(socket: &mut Socket) {
    assert!(matches!(socket.frame().await, Frame::Welcome(_)));
}

pub fn path(member: &Member) -> String {
    format!("/members/{}", member.id.as_str().expect("an id"))
}

pub fn token_of(reply: &Reply) -> String {
    let url = reply.body["url"].as_str().expect("a link");
    url.rsplit('/').next().expect("its end").to_owned()
}

pub async fn signs_in(server: &TestServer, email: &str, password: &str, status: u16) -> Member {
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
}
