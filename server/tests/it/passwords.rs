//! A password is valid until another one is set, even for requests in progress at that moment.

use crate::harness::{Member, PASSWORD, PATIENCE, Reply, TestServer, email, pause};
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, Executor};
use sqlx_postgres::PgConnection;
use std::pin::pin;
use tokio::time::timeout;
use uuid::Uuid;

/// Sends a request, and sets another password as soon as the request waits for a locked row, or has been
/// answered without waiting. On PostgreSQL only, where one can observe that it waits.
async fn while_a_password_changes(
    server: &TestServer,
    (hold, id): (&'static str, String),
    of: &str,
    asking: impl Future<Output = Reply>,
) -> Reply {
    let mut other = PgConnection::connect(&server.database_url).await.expect("PostgreSQL answers");
    let mut looking = PgConnection::connect(&server.database_url).await.expect("PostgreSQL answers");
    other.execute("begin").await.expect("it begins");
    let held = sqlx::query(hold).bind(id).fetch_all(&mut other).await.expect("it is held");
    assert_eq!(held.len(), 1);
    let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let mut asking = pin!(asking);
    let both = async {
        let mut answered = None;
        while answered.is_none()
            && sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut looking).await.expect("a number") == 0
        {
            tokio::select! {
                reply = &mut asking => answered = Some(reply),
                () = pause() => {}
            }
        }
        let set = sqlx::query("update accounts set password_hash = 'another' where email = $1").bind(of);
        assert_eq!(set.execute(&mut other).await.expect("it is set").rows_affected(), 1);
        other.execute("commit").await.expect("it lasts");
        match answered {
            Some(reply) => reply,
            None => asking.await,
        }
    };
    timeout(PATIENCE, both).await.expect("it is answered")
}

const ACCOUNT: &str = "select id from accounts where email = $1 for no key update";
const HOUSEHOLD: &str = "select id from households where id = cast($1 as uuid) for no key update";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_concurrent_password_change_invalidates_the_old_password_on_every_path() {
    let server = TestServer::postgres().await;
    let anna = server.founder("Anna").await;
    let stranger = server.stranger();

    let ben = server.founder("Ben").await;
    let form = json!({ "email": ben.email, "password": PASSWORD });
    let reply = while_a_password_changes(
        &server,
        (ACCOUNT, ben.email.clone()),
        &ben.email,
        stranger.post("/auth/login", form),
    )
    .await;
    reply.problem(401, "wrong_credentials");

    // A registration whose response was lost.
    let (key, carl) = (Uuid::new_v4().to_string(), email("carl"));
    let form = json!({ "name": "Carl", "email": carl, "password": PASSWORD, "household": "C" }).to_string();
    let keyed = [("idempotency-key", key.as_str())];
    let register = || stranger.call(Method::POST, "/auth/register", &keyed, Some(form.clone()));
    register().await.is(201);
    register().await.is(200);
    while_a_password_changes(&server, (ACCOUNT, carl.clone()), &carl, register())
        .await
        .problem(401, "wrong_credentials");

    // A person who left, and returns by an invitation.
    let dora = server.guest(&anna, "Dora").await;
    leaves(&dora).await;
    let form =
        json!({ "name": "Dora", "email": dora.email, "password": PASSWORD, "invite": anna.invite().await });
    let household = (HOUSEHOLD, anna.household().await.to_string());
    let reply =
        while_a_password_changes(&server, household, &dora.email, stranger.post("/auth/register", form))
            .await;
    reply.problem(401, "wrong_credentials");
    let members = anna.get("/members").await.is(200).body;
    let removed = |row: &&serde_json::Value| row["id"] == dora.id && row["removed"] == json!(true);
    assert_eq!(members["items"].as_array().expect("rows").iter().filter(removed).count(), 1, "{members}");

    // A person who sets another password at the same moment.
    let gerd = server.founder("Gerd").await;
    let changing = gerd.post("/auth/password", json!({ "old": PASSWORD, "new": "a third password" }));
    while_a_password_changes(&server, (ACCOUNT, gerd.email.clone()), &gerd.email, changing)
        .await
        .refuses("old", "wrong_password");
    let hash = server.texts("select password_hash from accounts").await;
    assert_eq!(hash.iter().filter(|hash| *hash == "another").count(), 4, "it was not overwritten");

    // A person who left and deletes the account, and one who deletes it from within.
    let (emil, finn) = (server.guest(&anna, "Emil").await, server.guest(&anna, "Finn").await);
    leaves(&emil).await;
    let form = json!({ "email": emil.email, "password": PASSWORD });
    let deleting = stranger.post("/auth/delete-by-email", form);
    let reply = while_a_password_changes(&server, (ACCOUNT, emil.email.clone()), &emil.email, deleting).await;
    reply.problem(401, "wrong_credentials");
    let deleting = finn.post("/auth/delete", json!({ "password": PASSWORD }));
    while_a_password_changes(&server, (ACCOUNT, finn.email.clone()), &finn.email, deleting).await.is(422);
    let kept = server.texts("select email from accounts").await;
    assert!(kept.contains(&emil.email) && kept.contains(&finn.email), "{kept:?}");
}

async fn leaves(member: &Member) {
    member.delete(&format!("/members/{}", member.id.as_str().expect("an id"))).await.is(204);
}
