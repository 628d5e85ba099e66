//! Deleting an account and a household.

use crate::{
    harness::{Member, PASSWORD, PATIENCE, TestServer, Visitor, email, pause},
    on_both_engines,
    people::{HOUR, NEW, path, signs_in, welcomed},
};
use app::wire::{Change, Frame};
use reqwest::Method;
use serde_json::{Value, json};
use server::ledger::passwords::SetPasswordError;
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

on_both_engines! {
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
        // What remains to be done is said, not what was done already.
        dora.delete(&path(&dora)).await.problem(409, "household_closed");
        let paul = server.founder("Paul").await;
        let quinn = server.guest(&paul, "Quinn").await;
        paul.post("/household/deletion", json!({ "name": "Paul's" })).await.is(200);
        for refused in [paul.post("/auth/delete", json!({ "password": PASSWORD })).await, paul.delete(&path(&paul)).await] {
            let told = refused.problem(409, "last_owner_of_closed").body["detail"].to_string();
            assert!(told.contains("Make one of them the owner, remove them, or wait"), "{told}");
        }
        paul.delete(&path(&quinn)).await.is(204);
        paul.post("/auth/delete", json!({ "password": PASSWORD })).await.is(204);
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

    async fn on_the_day_of_erasure_nobody_is_told_that_the_household_can_be_kept_or_handed_over(server: TestServer) {
        let paul = server.founder("Paul").await;
        server.guest(&paul, "Quinn").await;
        let dora = server.founder("Dora").await;
        for owner in [&paul, &dora] {
            let name = owner.get("/household").await.is(200).body["name"].clone();
            owner.post("/household/deletion", json!({ "name": name })).await.is(200);
        }
        let purchase = paul.purchase("-1").await;
        server.clock.advance(HOUR * 24 * 8);
        let of = |member: &Member| json!({ "email": member.email, "password": PASSWORD });
        for refused in [
            server.stranger().post("/auth/delete-by-email", of(&paul)).await,
            paul.post("/auth/delete", json!({ "password": PASSWORD })).await,
            paul.delete(&path(&paul)).await,
            dora.delete(&path(&dora)).await,
            paul.post("/facts", purchase).await,
            paul.post("/invites", json!({})).await,
            paul.post("/household/deletion", json!({ "name": "Paul's" })).await,
        ] {
            let told = refused.problem(409, "erasure_due").body["detail"].to_string();
            assert!(told.contains("will be erased shortly"), "{told}");
        }
        server.stranger().post("/auth/delete-by-email", of(&dora)).await.is(204);
        assert_eq!(server.ledger().await.erase_due().await.expect("it looks"), 2);
        server.stranger().post("/auth/delete-by-email", of(&paul)).await.problem(401, "wrong_credentials");
    }

    async fn a_household_whose_day_has_come_cannot_be_kept_before_it_is_erased(server: TestServer) {
        let anna = server.founder("Anna").await;
        anna.post("/household/deletion", json!({ "name": "Anna's" })).await.is(200);
        let mut visitor = Visitor::signed_in(&server, &anna);
        server.clock.advance(HOUR * 24 * 7);
        visitor.open("/settings").await.is(200).shows("will be deleted on").shows("Keep the household");
        server.clock.advance(HOUR * 24);
        let head = anna.head().await;
        let refused = anna.delete("/household/deletion").await.problem(409, "erasure_due");
        assert!(refused.body["detail"].as_str().is_some_and(|said| said.contains("can no longer be kept")), "{}", refused.body);
        visitor.open("/settings").await.is(200).shows("is being deleted").hides("Keep the household");
        visitor.open("/").await.is(200).shows("is being deleted");
        // The form may still be open in another tab.
        visitor.post("/settings/keep", &[]).await.is(409).shows("can no longer be kept");
        assert_eq!(anna.head().await, head);
        assert!(anna.get("/household").await.is(200).body["erase_on"].is_string());
        // A clock that was ahead and is put right prevents nothing.
        server.clock.go_back(HOUR * 24);
        anna.delete("/household/deletion").await.is(200);
        anna.post("/household/deletion", json!({ "name": "Anna's" })).await.is(200);
        server.clock.advance(HOUR * 24 * 8);
        assert_eq!(server.ledger().await.erase_due().await.expect("it looks"), 1);
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
        his.post("/settings/account", &[("password", PASSWORD)]).await.leads_to("/sign-in?saved=deletion");
        his.open("/").await.leads_to("/sign-in");
    }
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
