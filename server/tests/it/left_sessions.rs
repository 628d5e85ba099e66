//! A session that a person has left while the server could not be reached: the browser names it, and the next request ends it.

use crate::{
    harness::{Member, PASSWORD, Page, Visitor},
    on_both_engines,
};

const LEFT: &str = "signed-out";

/// The session that a page names as its own.
fn session_of(page: &Page) -> String {
    let (_, after) = page.html.split_once("data-session=\"").expect("a session");
    after.split('"').next().unwrap_or_default().to_owned()
}

on_both_engines! {
    async fn any_request_of_a_browser_that_has_left_its_session_ends_it(server: TestServer) {
        let anna = server.founder("Anna").await;
        let phone = anna.log_in().await;
        for path in ["/", "/settings", "/sign-in", "/api/v1/facts"] {
            let member = anna.log_in().await;
            let mut browser = Visitor::signed_in(&server, &member);
            let session = session_of(&browser.open("/settings").await.is(200));
            assert_eq!(session_of(&browser.open("/").await.is(200)), session, "live pages name it as well");
            browser.set_cookie(LEFT, &session);
            browser.open(path).await;
            member.get("/facts").await.problem(401, "not_signed_in");
            browser.open("/").await.leads_to("/sign-in");
            // The next sign-in begins a session of its own.
            browser.post("/sign-in", &[("email", &anna.email), ("password", PASSWORD)]).await.leads_to("/");
            browser.open("/").await.is(200);
            browser.post("/sign-out", &[]).await.leads_to("/sign-in");
        }
        phone.get("/facts").await.is(200);
    }

    async fn a_socket_of_a_browser_that_has_left_its_session_is_closed_and_ends_it(server: TestServer) {
        let anna = server.founder("Anna").await;
        let session = session_of(&Visitor::signed_in(&server, &anna).open("/settings").await.is(200));
        let cookie = format!("{}; {LEFT}={session}", anna.cookie);
        let left = Member { cookie, ..server.stranger() };
        assert_eq!(left.socket("").await.closed().await, 4501);
        anna.get("/facts").await.problem(401, "not_signed_in");
    }

    async fn a_browser_that_has_left_another_session_stays_signed_in(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mut browser = Visitor::signed_in(&server, &anna);
        let other = session_of(&Visitor::signed_in(&server, &anna.log_in().await).open("/settings").await.is(200));
        for left in [other.as_str(), "", "?"] {
            browser.set_cookie(LEFT, left);
            browser.open("/").await.is(200);
        }
    }
}
