//! Writes of one household wait for each other without a connection to the database.

use crate::harness::{PASSWORD, PATIENCE, TestServer, email};
use app::{
    command::Command,
    domain::{ArticleForm, Language},
    service::{Actor, BudgetService, Device, RegisterForm, Terms},
};
use server::{db::connect::USUAL_CONNECTIONS, ledger::Ledger};
use sqlx::{Connection, Executor};
use sqlx_postgres::PgConnection;
use std::future::ready;
use tokio::{task::JoinSet, time::timeout};

async fn founder(ledger: &Ledger, name: &str) -> Actor {
    let device = Device { name: String::new(), address: String::new(), language: Language::En };
    let form = RegisterForm {
        name: Some(name.into()),
        email: Some(email(name)),
        password: Some(PASSWORD.into()),
        household: Some(name.into()),
        ..RegisterForm::default()
    };
    let signed_in = ledger.register(device, Terms::default(), form).await.expect("a household");
    ledger.actor(signed_in.token).await.expect("signed in")
}

fn article(name: &str) -> Command {
    let (name, kind) = (Some(name.into()), Some("expense".into()));
    Command::AddArticle(ArticleForm { name, kind, ..ArticleForm::default() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_wait_for_their_household_keep_no_connection_from_another_on_postgres() {
    let server = TestServer::postgres().await;
    let ledger = server.ledger().await;
    let (anna, ben) = (founder(&ledger, "Anna").await, founder(&ledger, "Ben").await);
    // What another process does while it writes to Anna's household.
    let mut other = PgConnection::connect(&server.database_url).await.expect("PostgreSQL answers");
    let mut held = other.begin().await.expect("a transaction");
    let lock = sqlx::query("select 1 from households where id = $1 for update").bind(anna.household.uuid());
    held.execute(lock).await.expect("it is held");
    let mut writes = JoinSet::new();
    for number in 0..USUAL_CONNECTIONS + 4 {
        let ledger = ledger.clone();
        let mut write =
            Box::pin(
                async move { ledger.write(anna, Terms::default(), article(&format!("A {number}"))).await },
            );
        // Polled once, it waits for its turn or, if there were no turns, for a connection before anybody below.
        tokio::select! {
            biased;
            _ = &mut write => panic!("the household is locked"),
            () = ready(()) => {}
        }
        writes.spawn(write);
    }
    timeout(PATIENCE, ledger.articles(ben)).await.expect("in time").expect("Ben reads");
    let write = ledger.write(ben, Terms::default(), article("B"));
    timeout(PATIENCE, write).await.expect("in time").expect("Ben writes");
    timeout(PATIENCE, ledger.articles(anna)).await.expect("in time").expect("Anna reads");
    assert!(writes.try_join_next().is_none(), "Anna's writes still wait");
    held.rollback().await.expect("it is released");
    let all = timeout(PATIENCE, writes.join_all()).await.expect("in time");
    for written in all {
        written.expect("Anna writes");
    }
}
