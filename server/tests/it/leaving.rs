//! Leaving a household, and being removed from it.

use crate::{
    harness::{Member, PASSWORD, Socket, TestServer, Visitor, cookie_of, pause},
    on_both_engines,
};
use app::wire::{Change, Frame};
use reqwest::Method;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor};
use sqlx_postgres::PgConnection;

async fn welcomed(socket: &mut Socket) {
    assert!(matches!(socket.frame().await, Frame::Welcome(_)));
}

fn pairs<'a>(fields: &'a [(&'static str, String); 2]) -> [(&'static str, &'a str); 2] {
    fields.each_ref().map(|(name, value)| (*name, value.as_str()))
}

fn path(member: &Member) -> String {
    format!("/members/{}", member.id.as_str().expect("an id"))
}

on_both_engines! {
    async fn a_removed_member_sees_nothing_more_and_what_they_recorded_stays(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let phone = ben.log_in().await;
        let link = ben.invite().await;
        let fact = ben.buys("-7").await;
        let (mut hers, mut his, mut other) = (anna.socket("").await, ben.socket("").await, phone.socket("").await);
        for socket in [&mut hers, &mut his, &mut other] {
            welcomed(socket).await;
        }
        let seq = anna.delete(&path(&ben)).await.is(204).seq();
        assert_eq!(his.closed().await, 4503);
        assert_eq!(other.closed().await, 4503, "on every device");
        let Frame::Commit(commit) = hers.frame().await else { panic!("the change is told") };
        assert_eq!(commit.seq, seq);
        let Change::MemberUpdated(row) = &commit.entries[0].change else { panic!("a member changed") };
        assert!(row.removed && row.version == 2);
        ben.get("/facts").await.problem(401, "not_signed_in");
        assert_eq!(phone.socket("").await.closed().await, 4501);
        let form = json!({ "email": ben.email, "password": PASSWORD });
        ben.post("/auth/login", form.clone()).await.problem(403, "no_household");
        server.stranger().post("/auth/login", json!({ "email": ben.email, "password": "wrong password" })).await.problem(401, "wrong_credentials");
        let form = json!({ "name": "C", "email": "c@example.org", "password": PASSWORD, "invite": link });
        server.stranger().post("/auth/register", form).await.problem(410, "invite_ended");
        let kept = anna.get(&format!("/facts/{}", fact.id())).await.is(200);
        assert_eq!(kept.body["created_by"], ben.id);
        let names = anna.get("/members").await.is(200);
        assert!(names.body["items"].as_array().is_some_and(|rows| rows.iter().any(|row| row["id"] == ben.id && row["removed"] == true)));
        let again = anna.delete(&path(&ben)).await.problem(410, "gone").body["detail"].to_string();
        assert!(again.contains("no longer a member") && !again.contains("Restore"), "{again}");
    }

    async fn a_member_whom_somebody_has_changed_meanwhile_is_not_removed(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let remove = async |version: &str| anna.call(Method::DELETE, &path(&ben), &[("if-match", version)], None).await;
        remove("\"2\"").await.problem(412, "stale");
        ben.get("/facts").await.is(200);
        remove("\"1\"").await.is(204);
    }

    async fn a_removed_member_returns_by_an_invitation_as_the_same_member(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        anna.delete(&path(&ben)).await.is(204);
        let back = |password: &'static str, invite: String| json!({ "name": "Ben B", "email": ben.email, "password": password, "invite": invite });
        let link = anna.invite().await;
        server.stranger().post("/auth/register", back("not his password", link.clone())).await.refuses("email", "taken");
        let reply = server.stranger().post("/auth/register", back(PASSWORD, link)).await.is(201);
        assert_eq!((&reply.body["member"]["id"], &reply.body["member"]["name"]), (&ben.id, &json!("Ben B")));
        assert_eq!((&reply.body["member"]["removed"], &reply.body["member"]["version"]), (&json!(false), &json!(3)));
        let again = Member { cookie: cookie_of(&reply), ..ben.clone() };
        again.buys("-1").await;
        let link = anna.invite().await;
        server.stranger().post("/auth/register", back(PASSWORD, link)).await.refuses("email", "taken");
    }

    async fn a_removed_person_with_another_household_is_moved_there(server: TestServer) {
        let anna = server.founder("Anna").await;
        let carl = server.founder("Carl").await;
        let home = carl.household().await;
        carl.post("/auth/join", json!({ "invite": anna.invite().await })).await.is(200);
        let me = carl.get("/auth/me").await.is(200);
        assert_ne!(me.body["household"]["id"], json!(home), "he looks at Anna's now");
        let guest = Member { id: me.body["member"]["id"].clone(), ..carl.clone() };
        let mut socket = guest.socket("").await;
        welcomed(&mut socket).await;
        anna.delete(&path(&guest)).await.is(204);
        assert_eq!(socket.closed().await, 4503);
        assert_eq!(carl.get("/auth/me").await.is(200).body["household"]["id"], json!(home), "the same session, at home");
        assert_eq!(carl.get("/auth/me").await.is(200).body["households"].as_array().map(Vec::len), Some(1));
    }

    async fn a_member_leaves_and_only_the_owner_removes_others(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (ben, carl) = (server.guest(&anna, "Ben").await, server.guest(&anna, "Carl").await);
        let stranger = server.founder("Dora").await;
        let before = anna.head().await;
        ben.delete(&path(&carl)).await.problem(403, "owners_only");
        ben.delete(&path(&anna)).await.problem(403, "owners_only");
        anna.delete(&path(&anna)).await.problem(409, "last_owner");
        stranger.delete(&path(&ben)).await.problem(404, "not_found");
        assert_eq!(anna.head().await, before, "nothing was changed");
        let mut socket = ben.socket("").await;
        welcomed(&mut socket).await;
        ben.delete(&path(&ben)).await.is(204);
        assert_eq!(socket.closed().await, 4503);
        ben.get("/auth/me").await.problem(401, "not_signed_in");
        carl.get("/auth/me").await.is(200);
    }

    async fn nothing_is_written_by_a_member_after_their_removal(server: TestServer) {
        let anna = server.founder("Anna").await;
        for _ in 0..5 {
            let ben = server.guest(&anna, "Ben").await;
            let (his, body) = (path(&ben), ben.purchase("-1").await);
            let writes = futures_util::future::join_all((0..12).map(|_| ben.post("/facts", body.clone())));
            let (answers, removal) = tokio::join!(writes, anna.delete(&his));
            let removal = removal.is(204).seq();
            for answer in answers {
                if answer.status == 201 {
                    assert!(answer.seq() < removal, "{} after {removal}", answer.seq());
                } else {
                    answer.problem(401, "not_signed_in");
                }
            }
        }
    }

    async fn whoever_belongs_to_no_household_deletes_the_account_by_email_and_password(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (ben, carl) = (server.guest(&anna, "Ben").await, server.guest(&anna, "Carl").await);
        let fact = ben.buys("-7").await;
        anna.delete(&path(&ben)).await.is(204);
        carl.delete(&path(&carl)).await.is(204);
        let head = anna.head().await;
        for gone in [&ben, &carl] {
            let with = |password: &str| json!({ "email": gone.email, "password": password });
            let stranger = server.stranger();
            stranger.post("/auth/delete-by-email", with("wrong password")).await.problem(401, "wrong_credentials");
            stranger.post("/auth/login", with(PASSWORD)).await.problem(403, "no_household");
            stranger.post("/auth/delete-by-email", with(PASSWORD)).await.is(204);
            stranger.post("/auth/login", with(PASSWORD)).await.problem(401, "wrong_credentials");
            stranger.post("/auth/delete-by-email", with(PASSWORD)).await.problem(401, "wrong_credentials");
            let kept = server.texts("select email from accounts").await;
            assert!(!kept.contains(&gone.email), "{kept:?}");
        }
        assert_eq!(anna.head().await, head, "the household was left before");
        assert_eq!(anna.get(&format!("/facts/{}", fact.id())).await.is(200).body["created_by"], ben.id);
        let members = anna.get("/members").await.is(200);
        assert!(members.body["items"].as_array().is_some_and(|rows| rows.iter().any(|row| row["id"] == ben.id && row["name"] == "Ben")));
        // The email is free again, for a new person.
        let form = json!({ "name": "Ben", "email": ben.email, "password": PASSWORD, "household": "B" });
        assert_ne!(server.stranger().post("/auth/register", form).await.is(201).body["member"]["id"], ben.id);
    }

    async fn an_account_of_a_household_is_deleted_by_email_under_the_same_rules(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let mut his = ben.socket("").await;
        welcomed(&mut his).await;
        let of = |member: &Member| json!({ "email": member.email, "password": PASSWORD });
        server.stranger().post("/auth/delete-by-email", of(&anna)).await.problem(409, "last_owner");
        server.stranger().post("/auth/delete-by-email", of(&ben)).await.is(204);
        assert_eq!(his.closed().await, 4501);
        // An owner whose only household waits to be erased signs in, to keep it or to delete the account.
        anna.post("/household/deletion", json!({ "name": "Anna's" })).await.is(200);
        server.stranger().post("/auth/login", of(&anna)).await.is(200);
        server.stranger().post("/auth/delete-by-email", of(&anna)).await.is(204);
        server.stranger().post("/auth/login", of(&anna)).await.problem(401, "wrong_credentials");
    }

    async fn the_sign_in_page_offers_to_delete_an_account_without_a_household(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let mut visitor = Visitor::of(&server);
        let typed = |name: &'static str, password: &'static str| [("email", ben.email.clone()), (name, password.to_owned())];
        anna.delete(&path(&ben)).await.is(204);
        visitor.post("/sign-in", &pairs(&typed("password", "wrong password"))).await.is(401).hides("Delete this account");
        let offer = visitor.post("/sign-in", &pairs(&typed("password", PASSWORD))).await.is(403);
        // The password is asked for again.
        offer.shows("not a member of any household").shows("Delete this account").shows("cannot be undone").hides(PASSWORD);
        let refused = visitor.post("/delete-account", &pairs(&typed("confirm_password", "wrong password"))).await.is(401);
        refused.shows("Email or password is wrong").shows("Delete this account");
        visitor.post("/delete-account", &pairs(&typed("confirm_password", PASSWORD))).await.leads_to("/sign-in?saved=deletion");
        visitor.open("/sign-in?saved=deletion").await.is(200).shows("The account is deleted.");
        visitor.post("/sign-in", &pairs(&typed("password", PASSWORD))).await.is(401).hides("Delete this account");
    }

    async fn the_sign_in_page_is_told_once_which_account_was_deleted_in_this_browser(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (ben, eve) = (server.guest(&anna, "Ben").await, server.guest(&anna, "Eve").await);
        let mut account = Vec::new();
        for member in [&ben, &eve] {
            let settings = Visitor::signed_in(&server, member).open("/settings").await.is(200).html;
            let (_, after) = settings.split_once("data-sign-out=\"").expect("the form that signs out");
            account.push(after[..36].to_owned());
        }
        let (mut bens, mut eves) = (Visitor::signed_in(&server, &ben), Visitor::of(&server));
        bens.open("/sign-in?saved=deletion").await.leads_to("/");
        bens.post("/settings/account", &[("password", PASSWORD)]).await.leads_to("/sign-in?saved=deletion");
        anna.delete(&path(&eve)).await.is(204);
        let typed = [("email", eve.email.as_str()), ("confirm_password", PASSWORD)];
        eves.post("/delete-account", &typed).await.leads_to("/sign-in?saved=deletion");
        for (visitor, account) in [&mut bens, &mut eves].into_iter().zip(account) {
            let told = format!("data-deleted=\"{account}\"");
            visitor.open("/sign-in?saved=deletion").await.is(200).shows("The account is deleted.").shows(&told);
            visitor.open("/sign-in?saved=deletion").await.is(200).hides("data-deleted");
        }
    }

    async fn a_page_on_which_another_person_may_sign_in_erases_nothing_of_who_is_signed_in_before(server: TestServer) {
        let anna = server.founder("Anna").await;
        let join = format!("/join/{}", server.founder("Eve").await.invite().await);
        let (mut annas, mut stranger) = (Visitor::signed_in(&server, &anna), Visitor::of(&server));
        for page in ["/register", "/sign-in", &join] {
            stranger.open(page).await.is(200).shows("data-enters=\"\"").shows("/signing-out.js");
        }
        annas.open("/register").await.is(200).shows("data-enters=\"replaces\"").shows("/signing-out.js");
        // Whoever joins with an account stays signed in.
        annas.open(&join).await.is(200).hides("data-enters");
    }
}

/// SQLite has one writer at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_begun_while_its_person_is_removed_is_moved_home_like_the_others() {
    let server = TestServer::postgres().await;
    let (anna, carl) = (server.founder("Anna").await, server.founder("Carl").await);
    carl.post("/auth/join", json!({ "invite": anna.invite().await })).await.is(200);
    let me = carl.get("/auth/me").await.is(200);
    let (there, member) = (anna.household().await.to_string(), me.body["member"]["id"].clone());
    let of_carl =
        format!("(select account_id from members where id = '{}')", member.as_str().expect("an id"));
    // As signing in does it: the account is locked, the session is written, and both are committed together.
    let mut signing_in = PgConnection::connect(&server.database_url).await.expect("PostgreSQL answers");
    let id = uuid::Uuid::new_v4();
    for sql in [
        "begin".to_owned(),
        format!("update accounts set id = id where id = {of_carl}"),
        format!(
            "insert into sessions (id, account_id, household_id, token_hash, device, created_at, last_seen_at, expires_at) \
             select '{id}', account_id, household_id, decode(md5('x'), 'hex'), device, created_at, last_seen_at, expires_at \
             from sessions where account_id = {of_carl} limit 1"
        ),
    ] {
        signing_in.execute(AssertSqlSafe(sql)).await.expect("it is done");
    }
    let remover = anna.clone();
    let guest = Member { id: member, ..carl.clone() };
    let removal = tokio::spawn(async move { remover.delete(&path(&guest)).await });
    let mut watching = PgConnection::connect(&server.database_url).await.expect("PostgreSQL answers");
    let waits = "select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    while !removal.is_finished()
        && !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut watching).await.expect("whether it waits")
    {
        pause().await;
    }
    signing_in.execute("commit").await.expect("it is signed in");
    removal.await.expect("no panic").is(204);
    let sql = "select household_id::text from sessions where id = $1 and ended_at is null";
    let found: Option<String> =
        sqlx::query_scalar(sql).bind(id).fetch_optional(&mut watching).await.expect("an answer");
    assert!(found.is_some() && found.as_ref() != Some(&there), "{found:?}, and {there} is left");
}
