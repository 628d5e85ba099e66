//! Plain forms that were opened by somebody else, or whose content is no form: nothing is done, and a page says so.

use crate::{
    harness::{Member, PASSWORD, Page, TestServer, Visitor, email, field},
    on_both_engines,
};
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";

/// A purchase as the start page posts it.
async fn purchase(anna: &Member, page: &str) -> Vec<(&'static str, String)> {
    let member = field(page, "member").as_str().expect("the page names its member").to_owned();
    vec![
        ("form[amount]", "12,50".to_owned()),
        ("form[article_id]", anna.article("expense").await),
        ("form[financial_center_id]", anna.center().await),
        ("form[date]", "2026-05-01".to_owned()),
        ("form[comment]", "for the cat".to_owned()),
        ("member", member),
    ]
}

async fn posts(browser: &mut Visitor, path: &str, fields: &[(&str, String)]) -> Page {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(path, &fields).await
}

async fn signs_in(browser: &mut Visitor, member: &Member) {
    browser.post("/sign-in", &[("email", &member.email), ("password", PASSWORD)]).await.leads_to("/");
}

/// What a person and a household have, as far as forms change it.
async fn state(member: &Member) -> Value {
    let mut read = Vec::new();
    for path in ["/auth/me", "/household", "/members", "/auth/sessions"] {
        let mut body = member.get(path).await.is(200).body;
        for session in body["items"].as_array_mut().into_iter().flatten() {
            session["last_seen_at"] = json!(null);
        }
        read.push(body);
    }
    json!(read)
}

on_both_engines! {
    async fn a_transaction_from_the_page_of_somebody_else_is_kept_for_them_and_not_recorded(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let mut browser = Visitor::signed_in(&server, &anna);
        let page = browser.open("/").await.is(200);
        let form = purchase(&anna, &page.html).await;
        signs_in(&mut browser, &ben).await;
        let head = ben.head().await;
        let refused = posts(&mut browser, "/", &form).await.is(409).shows("Somebody else entered this").shows("action=\"/\"");
        assert_eq!(refused.location, "");
        for (name, value) in &form {
            assert_eq!(field(&refused.html, name), json!(value), "{name} is kept");
        }
        assert_eq!(ben.head().await, head, "nothing was recorded in Ben's name");
        browser.open("/").await.is(200).hides("for the cat");
        // From that page Anna goes on.
        let mut again = form.clone();
        again.extend([("email", anna.email.clone()), ("password", PASSWORD.to_owned())]);
        let back = posts(&mut browser, "/", &again).await.is(200).shows("This is not recorded yet");
        assert_eq!(field(&back.html, "form[amount]"), "12,50");
        assert_eq!(ben.head().await, head);
        posts(&mut browser, "/", &form).await.leads_to("/");
        let fact = ben.get("/facts").await.is(200).body["items"][0].clone();
        assert_eq!((&fact["amount"], &fact["created_by"]), (&json!("-12.50"), &anna.id));
        // The same account is one person in all its households.
        let carl = server.founder("Carl").await;
        let here = browser.open("/").await.is(200);
        let form = purchase(&ben, &here.html).await;
        browser.post(&format!("/join/{}", carl.invite().await), &[]).await.leads_to("/");
        let (head, theirs) = (ben.head().await, carl.head().await);
        posts(&mut browser, "/", &form).await.leads_to("/");
        assert_eq!((ben.head().await, carl.head().await), (head + 1, theirs), "where it was typed");
    }

    async fn the_page_of_somebody_else_signs_nobody_out_and_changes_nobodys_language(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let mut browser = Visitor::of(&server);
        let of_a_stranger = browser.open("/sign-in").await.is(200).html;
        assert!(of_a_stranger.contains("action=\"/language\"") && !of_a_stranger.contains("name=\"member\""), "{of_a_stranger}");
        let mut browser = Visitor::signed_in(&server, &anna);
        let settings = browser.open("/settings").await.is(200).html;
        let (_, form) = settings.split_once("action=\"/sign-out\"").expect("the form that signs out");
        let member = field(form, "member").as_str().expect("it names its member").to_owned();
        assert_eq!(json!(member), anna.id);
        signs_in(&mut browser, &ben).await;
        let ben = browser.member(ben.clone());
        let refused = browser.post("/sign-out", &[("member", &member)]).await.is(409);
        refused.shows("nobody was signed out").shows("open their settings").hides("Somebody else entered this");
        // Which of the two is meant cannot be known.
        let his = ben.id.as_str().expect("an id").to_owned();
        for (one, other) in [(&member, &his), (&his, &member), (&his, &his)] {
            browser.post("/sign-out", &[("member", one), ("member", other)]).await.is(400);
            ben.get("/auth/me").await.is(200);
        }
        for fields in [vec![("language", "ru"), ("member", member.as_str())], vec![("language", "ru")]] {
            browser.post("/language", &fields).await.is(303);
            assert_eq!(browser.cookie("language"), Some("ru"), "the browser's own choice");
            assert_eq!(ben.get("/auth/me").await.is(200).body["language"], "en");
        }
        let his = ben.id.as_str().expect("an id");
        browser.post("/sign-out", &[("member", his)]).await.leads_to("/sign-in");
        ben.get("/auth/me").await.problem(401, "not_signed_in");
    }

    async fn a_form_of_settings_from_the_page_of_somebody_else_changes_nothing(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let carl = server.founder("Carl").await;
        let invitation = format!("/join/{}", carl.invite().await);
        let mut browser = Visitor::signed_in(&server, &anna);
        let settings = browser.open("/settings").await.is(200).html;
        let member = field(&settings, "member").as_str().expect("the forms name their member").to_owned();
        let forms: usize = ["/settings/", "/sign-out"].map(|to| settings.matches(&format!("action=\"{to}")).count()).iter().sum();
        assert!(forms >= 6 && settings.matches("name=\"member\"").count() == forms, "{forms} in {settings}");
        assert_eq!(field(&browser.open(&invitation).await.is(200).html, "member"), json!(member));
        signs_in(&mut browser, &ben).await;
        let device = ben.get("/auth/sessions").await.body["items"][0]["id"].as_str().expect("an id").to_owned();
        let (before, theirs) = (state(&ben).await, state(&carl).await);
        let home = ben.household().await;
        for (section, fields) in [
            ("you", vec![("name", "Annabel"), ("colour", "5"), ("language", "ru")]),
            ("password", vec![("old", PASSWORD), ("new", "another password")]),
            ("devices", vec![("id", &device)]),
            ("household", vec![("household_name", "Castle"), ("currency", "CHF"), ("time_zone", "UTC")]),
            ("account", vec![("password", PASSWORD)]),
            ("deletion", vec![("confirm_name", "Anna's")]),
            ("keep", vec![]),
            ("switch", vec![("household_id", "")]),
        ] {
            let mut form = fields.clone();
            form.push(("member", &member));
            let refused = browser.post(&format!("/settings/{section}"), &form).await.is(409);
            let refused = refused.shows("Somebody else entered this").hides("another password");
            for (name, value) in fields.iter().filter(|(name, _)| name.ends_with("name") && *name != "confirm_name") {
                assert!(refused.html.contains(value), "{name} is not lost: {}", refused.html);
            }
            assert_eq!(state(&ben).await, before, "{section}");
        }
        let refused = browser.post(&invitation, &[("member", &member)]).await.is(409).shows("Somebody else entered this");
        assert_eq!(field(&refused.html, "next"), json!(invitation), "it goes on with the invitation");
        browser.post("/settings/you", &[("name", "Annabel"), ("member", "nonsense")]).await.is(409);
        assert_eq!((state(&ben).await, state(&carl).await), (before.clone(), theirs));
        // A person who registers gets an account of their own, whoever is signed in beside.
        let dora = email("dora");
        browser.post(&invitation, &[("name", "Dora"), ("email", &dora), ("password", PASSWORD)]).await.leads_to("/");
        let names = carl.get("/members").await.is(200).body["items"].clone();
        assert!(names.to_string().contains("Dora") && !names.to_string().contains("Ben"), "{names}");
        assert_eq!(ben.household().await, home, "Ben stays where he is");
    }

    async fn a_form_whose_escapes_are_not_text_is_refused_and_nothing_changes(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mut browser = Visitor::signed_in(&server, &anna);
        let fields = purchase(&anna, &browser.open("/").await.is(200).html).await;
        let with = |comment: &str| {
            let mut body = form_urlencoded::Serializer::new(String::new());
            body.extend_pairs(fields.iter().filter(|(name, _)| *name != "form[comment]"));
            body.finish() + "&form[comment]=" + comment
        };
        let before = (state(&anna).await, anna.head().await);
        for broken in ["%ff", "a%FFb", "%C0%80", "%ED%A0%80", "%D1"] {
            for (path, body) in [
                ("/", with(broken)),
                ("/api/ui/record_fact", with(broken)),
                ("/settings/you", format!("name={broken}&colour=0&language=en")),
                ("/settings/household", format!("household_name={broken}")),
                ("/settings/password", format!("old={PASSWORD}&new=password{broken}").replace(' ', "+")),
                ("/register", format!("household={broken}&name=E&email=e%40example.org&password=12345678")),
                ("/sign-in", format!("email={}&password={broken}", anna.email)),
                ("/language", format!("language=ru&x={broken}")),
            ] {
                browser.post_encoded(path, FORM, body).await.is(400).shows("<!DOCTYPE html>").shows("Reload the page");
            }
        }
        assert_eq!((state(&anna).await, anna.head().await), before);
        // The character that usually stands in their place can be typed itself, and a lone sign stands for itself.
        browser.post_encoded("/", FORM, with("100%+%EF%BF%BD")).await.leads_to("/");
        assert_eq!(anna.get("/facts").await.body["items"][0]["comment"], "100% \u{fffd}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_form_that_is_refused_on_its_way_is_answered_with_a_page() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let mut browser = Visitor::signed_in(&server, &anna);
    let own = server.url("");
    let own = own.as_str();
    let large = format!("form[comment]={}", "x".repeat(70_000));
    let multipart = "multipart/form-data; boundary=x";
    let parts = "--x\r\ncontent-disposition: form-data; name=\"email\"\r\n\r\na\r\n--x--\r\n".to_owned();
    for (path, origin, kind, body, status, en, ru) in [
        ("/", own, FORM, large.clone(), 413, "request is too large", "слишком большой"),
        ("/sign-in", own, FORM, large.clone(), 413, "request is too large", "слишком большой"),
        ("/api/ui/record_fact", own, FORM, large, 413, "request is too large", "слишком большой"),
        ("/", "https://evil.example", FORM, String::new(), 403, "from another site", "с другого сайта"),
        (
            "/settings/you",
            "https://evil.example",
            FORM,
            "name=Eve".to_owned(),
            403,
            "from another site",
            "с другого сайта",
        ),
        ("/sign-in", own, multipart, parts.clone(), 415, "Reload the page", "Обновите страницу"),
        ("/", own, multipart, parts.clone(), 415, "Reload the page", "Обновите страницу"),
        ("/settings/you", own, multipart, parts, 415, "Reload the page", "Обновите страницу"),
        ("/sign-in", own, "application/json", "{}".to_owned(), 415, "Reload the page", "Обновите страницу"),
        ("/plan", own, FORM, String::new(), 405, "Reload the page", "Обновите страницу"),
    ] {
        for (language, said) in [("en", en), ("ru", ru)] {
            anna.patch("/auth/me", json!({ "language": language })).await.is(200);
            let page = browser.post_from(origin, path, kind, body.clone()).await.is(status);
            assert!(page.html.starts_with("<!DOCTYPE html>"), "{path} {status}: {}", page.html);
            assert!(page.html.contains(said), "{path} {status}: {}", page.html);
        }
    }
    // A program is answered as before.
    let program = anna.client.post(server.url("/sign-in")).header("origin", "https://evil.example");
    let program = program.header("accept", "application/json").header("content-type", FORM);
    let answer = program.body("email=a").send().await.expect("an answer");
    assert_eq!(answer.status(), 403);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

#[cfg(feature = "trial")]
#[tokio::test]
async fn a_page_that_takes_too_long_is_given_up_with_a_page() {
    let limit = std::time::Duration::from_millis(100);
    let server = TestServer::with(|config| config.pace.request = limit).await;
    let page = Visitor::of(&server).open("/trial/stall").await.is(503).retries_after("1");
    page.shows("<!DOCTYPE html>").shows("The server is busy");
}
