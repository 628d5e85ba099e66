//! Kept balances: after any changes the kept sum of each account is the sum of its transactions, also beside a process of
//! an earlier version, which does not move it.

use crate::{
    figures::household::Writer,
    harness::{Member, TestServer},
    on_both_engines,
};
use fastrand::Rng;
use serde_json::json;
use server::stats;

/// The kept sums hold the whole log, and each is the sum of its account's transactions.
async fn check(server: &TestServer) {
    let behind = server.texts("select name from households where sums_seq is null or sums_seq <> seq").await;
    assert!(behind.is_empty(), "behind: {behind:?}");
    let wrong = "select c.name from financial_centers c where c.facts_sum <> coalesce((select sum(f.amount) from facts f \
        where f.household_id = c.household_id and f.financial_center_id = c.id and f.deleted_at is null), 0)";
    let wrong = server.texts(wrong).await;
    assert!(wrong.is_empty(), "not their sums: {wrong:?}");
    let stats = stats::read(&server.database_url).await.expect("it is read");
    assert!(stats.households.iter().all(|row| row.wrong_balances == 0));
}

/// The balances that the program tells.
async fn balances(anna: &Member) -> Vec<String> {
    let listed = anna.get("/financial-centers").await.is(200).body;
    let rows = listed["items"].as_array().expect("a list").iter();
    rows.map(|row| row["balance"].as_str().expect("an amount").to_owned()).collect()
}

on_both_engines! {
    async fn a_kept_balance_is_the_sum_after_every_change(server: TestServer) {
        let seed = fastrand::u64(..);
        println!("seed {seed}");
        let anna = server.founder("Anna").await;
        let mut writer = Writer::new(&anna, Rng::with_seed(seed)).await;
        check(&server).await;
        for writes in [1, 1, 1, 1, 1, 20, 20, 20, 100, 100] {
            writer.write(writes).await;
            check(&server).await;
        }
        writer.move_everything().await;
        writer.merge_some().await;
        check(&server).await;
    }

    async fn a_balance_is_right_beside_a_process_that_does_not_keep_it(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (household, account) = (anna.household().await.uuid(), anna.center().await);
        anna.buys("-5").await;
        let kept = balances(&anna).await;
        // As an earlier version writes: the number, and the rows.
        server.execute("update facts set amount = amount * 2 where household_id = $1", household).await;
        assert_eq!(balances(&anna).await, kept, "the kept sum is what is read");
        server.execute("update households set seq = seq + 1 where id = $1", household).await;
        assert_ne!(balances(&anna).await, kept);
        let history = anna.get(&format!("/financial-centers/{account}/history")).await.is(200).body;
        let last = history["items"].as_array().and_then(|months| months.last().cloned()).expect("this month");
        assert!(balances(&anna).await.contains(&last["balance"].as_str().expect("an amount").to_owned()));
        let before = balances(&anna).await;
        // Any change counts anew.
        anna.post("/articles", json!({ "name": "Anything", "kind": "expense" })).await.is(201);
        check(&server).await;
        assert_eq!(balances(&anna).await, before);
    }

    async fn stats_tell_of_a_balance_that_is_not_the_sum(server: TestServer) {
        let anna = server.founder("Anna").await;
        anna.buys("-5").await;
        let household = anna.household().await.uuid();
        server.execute("update financial_centers set facts_sum = facts_sum + 1 where household_id = $1", household).await;
        let stats = stats::read(&server.database_url).await.expect("it is read");
        assert!(stats.households[0].wrong_balances > 0);
        assert!(stats.to_string().contains("are not the sums of their transactions"), "{stats}");
    }
}
