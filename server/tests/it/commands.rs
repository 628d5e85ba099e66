//! What the log stores of a change beside its rows: the command, and the device that sent it.

use crate::{
    harness::{Member, Reply, TestServer, cookie_of},
    on_both_engines,
    repeats::{every_write, send},
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// Signs in as the member from a device with this name.
async fn device(member: &Member, name: &str) -> Member {
    let form = json!({ "email": member.email, "password": crate::harness::PASSWORD }).to_string();
    let reply = member.call(Method::POST, "/auth/login", &[("user-agent", name)], Some(form)).await.is(200);
    Member { cookie: cookie_of(&reply), ..member.clone() }
}

/// The command and the device's name of the newest entry.
async fn newest(server: &TestServer, member: &Member) -> (Option<String>, Option<String>) {
    let household = member.household().await.uuid();
    server.asked(household).await.pop().expect("an entry")
}

fn of(command: &str, device: Option<&str>) -> (Option<String>, Option<String>) {
    (Some(command.to_owned()), device.map(str::to_owned))
}

on_both_engines! {
    async fn the_log_names_the_command_of_every_write_and_the_device_that_sent_it(server: TestServer) {
        let anna = server.founder("Anna").await;
        let phone = device(&anna, "Anna's phone").await;
        let calls = every_write(&phone).await;
        let rows = ["fact", "article", "financial_center", "recurring"].into_iter().flat_map(|row| {
            let add = if row == "fact" { "record" } else { "add" };
            [add, "revise", "revise", "delete", "restore"].map(|verb| format!("{verb}_{row}"))
        });
        let others = ["confirm_occurrence", "skip_occurrence", "reopen_occurrence", "revise_member", "revise_household"];
        let names: Vec<String> = rows.chain(others.map(str::to_owned)).collect();
        assert_eq!(names.len(), calls.len());
        for (call, name) in calls.iter().zip(names) {
            let done = send(&phone, call, &call.body, &[]).await;
            assert!(done.status.is_success(), "{name}: {}", done.body);
            assert_eq!(newest(&server, &anna).await, of(&name, Some("Anna's phone")));
        }
    }

    async fn the_log_names_the_device_after_its_session_ended_and_in_each_household(server: TestServer) {
        let (anna, ben) = (server.founder("Anna").await, server.founder("Ben").await);
        let (annas, bens) = (anna.household().await, ben.household().await);
        let phone = device(&ben, "Ben's phone").await;
        phone.post("/auth/join", json!({ "invite": anna.invite().await })).await.is(200);
        assert_eq!(phone.household().await, annas);
        phone.buys("-1").await;
        assert_eq!(newest(&server, &anna).await, of("record_fact", Some("Ben's phone")));
        phone.patch("/auth/me", json!({ "household_id": bens.to_string() })).await.is(200);
        phone.buys("-2").await;
        assert_eq!(newest(&server, &ben).await, of("record_fact", Some("Ben's phone")));
        phone.post("/auth/logout", json!({})).await.is(204);
        assert_eq!(newest(&server, &anna).await, of("record_fact", Some("Ben's phone")));
    }

    async fn a_command_is_executed_in_the_household_of_the_member_who_made_it(server: TestServer) {
        let (anna, ben) = (server.founder("Anna").await, server.founder("Ben").await);
        let (of_anna, own) = (anna.purchase("-1").await, ben.purchase("-2").await);
        let me = |reply: Reply| reply.body["me"].as_str().expect("a member").to_owned();
        let in_own = me(ben.get("/snapshot").await.is(200));
        let write = |form: Value, member: String| {
            let body = json!({ "command": { "command": "record_fact", "with": form }, "terms": {}, "member": member });
            let request = ben.client.post(server.url("/api/ui/write")).header("cookie", &ben.cookie);
            request.header("content-type", "application/json").body(body.to_string()).send()
        };
        ben.post("/auth/join", json!({ "invite": anna.invite().await })).await.is(200);
        let in_annas = me(ben.get("/snapshot").await.is(200));
        for (form, member) in [(&own, &in_own), (&of_anna, &in_annas)] {
            let answer = write(form.clone(), member.clone()).await.expect("an answer");
            assert_eq!(answer.status(), 200, "{}", answer.text().await.expect("text"));
        }
        let amounts = |reply: Reply| reply.body["items"].as_array().expect("facts").iter().map(|fact| fact["amount"].clone()).collect::<Vec<_>>();
        assert_eq!(amounts(ben.get("/facts").await.is(200)), ["-1.00"], "the session looks at the other household");
        let answer = write(of_anna.clone(), me(anna.get("/snapshot").await.is(200))).await.expect("an answer");
        assert_eq!(answer.status(), 409);
        assert_eq!(answer.text().await.expect("text"), r#""other_member""#);
        assert_eq!(amounts(anna.get("/facts").await.is(200)), ["-1.00"]);
    }

    async fn a_difference_is_recorded_only_while_the_account_has_the_balance_that_it_was_computed_from(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let balance = async || {
            let (center, rows) = (anna.center().await, anna.get("/financial-centers").await.is(200));
            let rows = rows.body["items"].as_array().expect("accounts").clone();
            rows.iter().find(|row| row["id"] == center.as_str()).expect("the account")["balance"].clone()
        };
        let write = async |member: &Member, key: Uuid, form: Value| {
            let command = json!({ "command": "record_fact", "with": form });
            let body = json!({ "command": command, "terms": { "mutation_id": key }, "member": null });
            let request = member.client.post(server.url("/api/ui/write")).header("cookie", &member.cookie);
            let sent = request.header("content-type", "application/json").body(body.to_string()).send();
            let answer = sent.await.expect("an answer");
            (answer.status().as_u16(), answer.text().await.expect("text"))
        };
        anna.buys("-12.50").await.is(201);
        // Both compare the same statement, −20.00, at the same moment.
        let mut difference = anna.purchase("-7.50").await;
        difference["balance"] = json!("-12.50");
        let key = Uuid::now_v7();
        let done = write(&anna, key, difference.clone()).await;
        assert_eq!(done.0, 200, "{}", done.1);
        let refused = (409, r#""balance_changed""#.to_owned());
        assert_eq!(write(&ben, Uuid::now_v7(), difference.clone()).await, refused);
        assert_eq!(balance().await, "-20.00");
        // A repeat is not a second one, and what is no difference does not depend on the balance.
        assert_eq!(write(&anna, key, difference.clone()).await.0, 200);
        difference.as_object_mut().expect("a form").remove("balance");
        // A build that does not know the balance may repeat it.
        assert_eq!(write(&anna, key, difference.clone()).await.0, 200);
        assert_eq!(balance().await, "-20.00");
        assert_eq!(write(&ben, Uuid::now_v7(), difference.clone()).await.0, 200);
        assert_eq!(balance().await, "-27.50");
        // The opening balance counts.
        difference["balance"] = json!("-17.50");
        let opening = json!({ "opening_balance": "10" });
        anna.patch(&format!("/financial-centers/{}", anna.center().await), opening).await.is(200);
        assert_eq!(write(&ben, Uuid::now_v7(), difference).await.0, 200);
        assert_eq!(balance().await, "-25.00");
    }

    async fn automatic_entries_name_no_device(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mut row = anna.purchase("-5").await;
        row["starts_on"] = json!("2026-11-22");
        row["automatic"] = json!(true);
        anna.post("/recurring", row).await.is(201);
        assert_eq!(server.ledger().await.settle_due().await.expect("it settles"), 1);
        assert_eq!(newest(&server, &anna).await, of("settle_due", None));
    }
}
