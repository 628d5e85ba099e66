//! The demo household: one per key, two people in it, erased when it is idle.

use crate::{
    harness::{Member, PASSWORD, PATIENCE, TestServer, Visitor, email, pause},
    on_both_engines,
};
use serde_json::{Value, json};
use server::config::Registration;
use sqlx::{Connection, Executor};
use sqlx_postgres::PgConnection;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn key(name: &str) -> String {
    format!("{name:0>40}")
}

async fn enter_idle(server: &TestServer) -> Member {
    let mut visitor = Visitor::of(server);
    visitor.post(&format!("/demo/{}/anna", key("idle")), &[]).await.leads_to("/");
    visitor.member(server.stranger())
}

on_both_engines! {
    async fn two_links_with_one_key_lead_two_people_into_one_household(server: TestServer) {
        let (mut anna, mut ben) = (Visitor::of(&server), Visitor::of(&server));
        let key = key("one");
        anna.open(&format!("/demo/{key}/anna")).await.is(200).shows("Open as Anna").shows("data-at-once").shows("data-enters=\"\"");
        assert!(anna.cookie("session").is_none(), "looking makes nothing");
        let (annas, bens) = (format!("/demo/{key}/anna"), format!("/demo/{key}/ben"));
        let (first, second) = tokio::join!(anna.post(&annas, &[]), ben.post(&bens, &[]));
        first.leads_to("/");
        second.leads_to("/");
        let (anna, ben) = (anna.member(server.stranger()), ben.member(server.stranger()));
        assert_eq!(anna.household().await, ben.household().await);
        let name = |me: Value| me["member"]["name"].clone();
        assert_eq!(name(anna.get("/auth/me").await.body), "Anna");
        assert_eq!(name(ben.get("/auth/me").await.body), "Ben");
        let before = anna.head().await;
        anna.buys("-12.50").await;
        assert_eq!(ben.head().await, before + 1);
        let snapshot = ben.get("/snapshot").await.is(200).body;
        assert_eq!((snapshot["members"].as_array().map(Vec::len), snapshot["facts"].as_array().map(Vec::len)), (Some(3), Some(200)));
        assert_eq!(snapshot["facts"][0]["amount"], "-12.50");
    }

    async fn each_visitor_has_a_demo_of_their_own_in_their_language(server: TestServer) {
        let (mut anna, mut other) = (Visitor::of(&server), Visitor::of(&server));
        other.accept_language = "ru".into();
        let page = anna.open("/demo").await.is(303);
        assert!(page.location.len() > 40, "{}", page.location);
        anna.open(&page.location).await.is(200).shows("Open as Ben");
        anna.post(&format!("{}/anna", page.location), &[]).await.leads_to("/");
        other.post(&format!("/demo/{}/ben", key("two")), &[]).await.leads_to("/");
        let (anna, other) = (anna.member(server.stranger()), other.member(server.stranger()));
        assert_ne!(anna.household().await, other.household().await);
        assert_eq!(anna.get("/household").await.body["name"], "The Sokolovs");
        let household = other.get("/household").await.body;
        assert_eq!((&household["name"], &household["currency"]), (&json!("Соколовы"), &json!("RUB")));
        let facts = other.get("/facts?limit=500").await.is(200).body["items"].clone();
        assert!(facts.as_array().unwrap().iter().any(|fact| fact["comment"] == "кофе"));
    }

    async fn its_balances_are_the_sums_of_a_year_of_transactions(server: TestServer) {
        let mut anna = Visitor::of(&server);
        anna.post(&format!("/demo/{}/anna", key("year")), &[]).await.leads_to("/");
        let anna = anna.member(server.stranger());
        let (mut sums, mut count, mut cursor) = (std::collections::BTreeMap::<String, i64>::new(), 0, String::new());
        loop {
            let page = anna.get(&format!("/facts?limit=500{cursor}")).await.is(200).body;
            for fact in page["items"].as_array().unwrap() {
                let cents: i64 = fact["amount"].as_str().unwrap().replace('.', "").parse().unwrap();
                *sums.entry(fact["financial_center_id"].as_str().unwrap().to_owned()).or_default() += cents;
                count += 1;
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert!((1_350..=1_650).contains(&count), "{count}");
        let cents = |value: &Value| value.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        for center in anna.get("/financial-centers").await.body["items"].as_array().unwrap() {
            let moved = sums.get(center["id"].as_str().unwrap()).copied().unwrap_or(0);
            assert_eq!(cents(&center["balance"]), cents(&center["opening_balance"]) + moved, "{center}");
            assert!(cents(&center["balance"]) > 0, "nobody is in debt: {center}");
        }
        assert_eq!(anna.head().await, 1, "it is one change");
    }

    async fn it_has_no_invitations_and_its_people_join_no_other_household(server: TestServer) {
        let real = server.founder("Real").await;
        let invitation = format!("/join/{}", real.invite().await);
        let mut visitor = Visitor::of(&server);
        visitor.post(&format!("/demo/{}/anna", key("door")), &[]).await.leads_to("/");
        let anna = visitor.member(server.stranger());
        anna.post("/invites", json!({})).await.problem(403, "not_in_demo");
        let token = invitation.rsplit('/').next().unwrap();
        anna.post("/auth/join", json!({ "invite": token })).await.problem(403, "not_in_demo");
        visitor.open(&invitation).await.is(200).hides("Join with your account").shows("Your name");
        let address = email("carl");
        visitor.post(&invitation, &[("name", "Carl"), ("email", &address), ("password", PASSWORD)]).await.leads_to("/");
        anna.get("/auth/me").await.problem(401, "not_signed_in");
        assert_eq!(visitor.member(server.stranger()).household().await, real.household().await);
    }

    async fn it_is_erased_with_everything_in_it_after_a_day_without_a_visit(server: TestServer) {
        let real = server.founder("Real").await;
        let fact = real.buys("-1").await;
        let mut server = server;
        let anna = enter_idle(&server).await;
        let first = anna.household().await;
        server.clock.advance(HOUR * 23);
        server.restart().await;
        anna.get("/auth/me").await.is(200);
        server.clock.advance(HOUR * 23);
        server.restart().await;
        anna.get("/auth/me").await.is(200);
        server.clock.advance(HOUR * 25);
        server.restart().await;
        anna.get("/auth/me").await.problem(401, "not_signed_in");
        assert_eq!(real.get("/facts").await.is(200).body["items"][0]["id"], fact.id());
        let again = enter_idle(&server).await;
        assert_ne!(again.household().await, first, "the key leads to a new one");
    }

    async fn its_erasure_is_done_in_small_steps_and_continues_after_an_interruption(server: TestServer) {
        let anna = enter_idle(&server).await;
        let household = anna.household().await.uuid();
        let facts = async || {
            let rows = server.rows_of(household).await;
            rows.into_iter().find(|(table, _)| table == "facts").map_or(0, |(_, rows)| rows)
        };
        let all = facts().await;
        server.clock.advance(HOUR * 25);
        // Fails after the first step of transactions.
        forbid_deleting_below(&server, all - 500).await;
        let ledger = server.ledger().await;
        assert_eq!(ledger.forget_idle_demos().await.expect("it looks"), 1);
        assert_eq!(facts().await, all - 500, "what was done stays done");
        anna.get("/auth/me").await.problem(401, "not_signed_in");
        Visitor::of(&server).post(&format!("/demo/{}/anna", key("idle")), &[]).await.is(503);
        assert_eq!(ledger.forget_idle_demos().await.expect("it looks"), 0, "it has no place any more");
        allow_deleting(&server).await;
        assert_eq!(ledger.erase_due().await.expect("it looks"), 1);
        for (table, rows) in server.rows_of(household).await {
            assert_eq!(rows, 0, "{table}");
        }
        assert_eq!(server.texts("select email from accounts").await, Vec::<String>::new(), "its people are gone too");
        assert_ne!(enter_idle(&server).await.household().await.uuid(), household);
    }
}

/// Makes deleting a transaction fail once only this many are left.
async fn forbid_deleting_below(server: &TestServer, left: i64) {
    let stop = if server.database_url.starts_with("sqlite:") {
        format!(
            "create trigger stop before delete on facts when (select count(*) from facts) <= {left} \
             begin select raise(abort, 'stop'); end"
        )
    } else {
        let check =
            format!("if (select count(*) from facts) <= {left} then raise 'stop'; end if; return old;");
        let function =
            format!("create function stop() returns trigger language plpgsql as $$ begin {check} end $$");
        server.run_beneath(function).await;
        "create trigger stop before delete on facts for each row execute function stop()".to_owned()
    };
    server.run_beneath(stop).await;
}

async fn allow_deleting(server: &TestServer) {
    let on = if server.database_url.starts_with("sqlite:") { "" } else { " on facts" };
    server.run_beneath(format!("drop trigger stop{on}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_do_not_both_assign_the_last_place() {
    let one = TestServer::postgres().await;
    let two = one.beside().await;
    // This network has one place left.
    let mut first = Visitor::of(&one);
    first.post(&format!("/demo/{}/anna", key("first")), &[]).await.leads_to("/");
    one.run_beneath(
        "with copies as (insert into households (id, name, currency, time_zone, epoch, seq, version, created_at, changed_at) \
         select gen_random_uuid(), h.name, currency, time_zone, epoch, 0, 1, created_at, changed_at \
         from households h, generate_series(1, 18) returning id) \
         insert into demos (key_hash, household_id, network) \
         select decode(md5(c.id::text), 'hex'), c.id, d.network from copies c, demos d"
            .into(),
    )
    .await;
    // Both get as far as possible before either commits.
    let mut beside = PgConnection::connect(&one.database_url).await.expect("PostgreSQL answers");
    let mut held = beside.begin().await.expect("it begins");
    held.execute("lock table change_log in share mode").await.expect("nobody writes to the log");
    let enter = async |server: &TestServer, name: &str| {
        Visitor::of(server).post(&format!("/demo/{}/anna", key(name)), &[]).await
    };
    let release = async {
        let waiting = "select count(*) from pg_locks l join pg_database d on d.oid = l.database \
                       where d.datname = current_database() and not l.granted";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut *held).await.expect("a number") < 2 {
            pause().await;
        }
        held.rollback().await.expect("they go on");
    };
    let both = async { tokio::join!(enter(&one, "left"), enter(&two, "right"), release) };
    let (left, right, ()) = tokio::time::timeout(PATIENCE, both).await.expect("both are answered");
    let mut answers = [left, right];
    answers.sort_unstable_by_key(|page| page.status);
    let [entered, refused] = answers;
    entered.leads_to("/");
    // It is no attempt too many, and there is another way.
    assert!((1..=901).contains(&refused.retry_after.parse().unwrap_or(0)), "{}", refused.retry_after);
    let page = refused.is(429).shows("All demo households for your network are in use");
    page.shows("create a household of your own");
}

#[tokio::test]
async fn a_visitor_who_may_not_register_is_not_told_to_create_a_household() {
    let server = TestServer::with(|config| config.registration = Registration::Invite).await;
    let enter = async |n: usize| {
        Visitor::of(&server).post(&format!("/demo/{}/anna", key(&format!("one of {n}"))), &[]).await
    };
    for n in 0..20 {
        enter(n).await.leads_to("/");
    }
    enter(20)
        .await
        .is(429)
        .shows("All demo households for your network are in use")
        .hides("create a household");
}

#[tokio::test]
async fn nobody_enters_with_a_short_key_or_as_an_unknown_person_or_if_demos_are_off() {
    let server = TestServer::usual().await;
    let mut visitor = Visitor::of(&server);
    let long = "x".repeat(65);
    for path in ["/demo/short/anna", &format!("/demo/{}/eve", key("eve")), &format!("/demo/{long}/anna")] {
        visitor.post(path, &[]).await.is(404);
    }
    let anna = server.founder("Anna").await;
    Visitor::signed_in(&server, &anna)
        .open(&format!("/demo/{}/anna", key("warned")))
        .await
        .is(200)
        .shows("signs you out here")
        .shows("data-enters=\"replaces\"")
        .hides("data-at-once");
    let off = TestServer::with(|config| config.demo = false).await;
    let mut visitor = Visitor::of(&off);
    visitor.open("/demo").await.is(404);
    visitor.post(&format!("/demo/{}/anna", key("off")), &[]).await.is(404);
    visitor.open("/sign-in").await.is(200).hides("/demo");
}

#[tokio::test]
async fn the_rate_of_new_demos_is_limited() {
    let server = TestServer::with(|config| config.logins_per_minute = 1).await;
    server.clock.stop();
    let mut answers = Vec::new();
    for n in 0..12 {
        let page = Visitor::of(&server).post(&format!("/demo/{}/anna", key(&format!("many{n}"))), &[]).await;
        answers.push(page.status.as_u16());
        if n >= 10 {
            page.retries_after("6").shows("Try again in 6");
        }
    }
    assert_eq!(answers, [vec![303; 10], vec![429; 2]].concat());
}
