//! The pages that work without WebAssembly.

use crate::{
    harness::{PASSWORD, TestServer, Visitor, email, field},
    on_both_engines,
};
use serde_json::json;

on_both_engines! {
    async fn a_household_is_founded_by_a_form_with_an_opening_balance(server: TestServer) {
        let mut anna = Visitor::of(&server);
        anna.accept_language = "de-DE,de;q=0.9".into();
        let page = anna.open("/register").await.is(200).shows("<option value=\"EUR\" selected>");
        let key = field(&page.html, "mutation_id");
        let address = email("anna");
        let mut form = vec![
            ("household", "The Millers"), ("currency", "EUR"), ("opening_balance", "1 234,5"), ("name", "Anna"),
            ("email", &address), ("password", "short"), ("time_zone", "Europe/Berlin"), ("mutation_id", key.as_str().unwrap()),
        ];
        let refused = anna.post("/register", &form).await.is(422).shows("At least 8 characters");
        for (name, value) in [("household", "The Millers"), ("opening_balance", "1 234,5"), ("email", &address), ("mutation_id", key.as_str().unwrap())] {
            assert_eq!(field(&refused.html, name), value, "nothing typed is lost");
        }
        assert_eq!(field(&refused.html, "password"), json!(null), "but for the password");
        form[5].1 = PASSWORD;
        for (typed, message) in [("1 2", "read in two ways"), ("$ 5", "another currency"), ("five", "for example 12.50")] {
            form[2].1 = typed;
            let refused = anna.post("/register", &form).await.is(422).shows(message);
            assert_eq!(field(&refused.html, "opening_balance"), typed);
        }
        form[2].1 = "€ 1,200 + 34.50";
        anna.post("/register", &form).await.leads_to("/");
        let member = anna.member(server.stranger());
        let centers = member.get("/financial-centers").await.is(200).body["items"].clone();
        assert_eq!((&centers[0]["name"], &centers[0]["balance"], &centers[1]["balance"]), (&json!("Card"), &json!("1234.50"), &json!("0.00")));
        assert_eq!(member.get("/household").await.body["time_zone"], "Europe/Berlin");
        anna.post("/register", &form).await.leads_to("/");
        let member = anna.member(server.stranger());
        assert_eq!(member.head().await, 1, "sent twice it is one household");
        let mut other = Visitor::of(&server);
        form[7].1 = "";
        other.post("/register", &form).await.is(422).shows("sign in instead");
    }

    async fn a_wrong_password_keeps_the_email_and_a_right_one_opens_the_book(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mut visitor = Visitor::of(&server);
        visitor.open("/").await.leads_to("/sign-in");
        visitor.open("/household").await.leads_to("/sign-in");
        visitor.open("/household/").await.leads_to("/household");
        visitor.open("//evil.example/").await.leads_to("/");
        visitor.open("/settings").await.leads_to("/sign-in");
        let refused = visitor.post("/sign-in", &[("email", &anna.email), ("password", "wrong password")]).await.is(401).shows("Email or password is wrong");
        assert_eq!(field(&refused.html, "email"), json!(anna.email));
        visitor.post("/sign-in", &[("email", &anna.email), ("password", PASSWORD)]).await.leads_to("/");
        visitor.open("/sign-in").await.leads_to("/");
        visitor.post("/sign-out", &[]).await.leads_to("/sign-in");
        visitor.post("/sign-out", &[]).await.leads_to("/sign-in");
        visitor.open("/").await.leads_to("/sign-in");
    }

    async fn signing_in_redirects_to_an_invitation_and_nowhere_else(server: TestServer) {
        let (anna, ben) = (server.founder("Anna").await, server.founder("Ben").await);
        let invitation = format!("/join/{}", anna.invite().await);
        let mut visitor = Visitor::of(&server);
        visitor.open(&invitation).await.is(200).shows("Anna").shows(&format!("/sign-in?next={invitation}"));
        let page = visitor.open(&format!("/sign-in?next={invitation}")).await.is(200);
        assert_eq!(field(&page.html, "next"), json!(invitation));
        let form = |next: &'static str| [("email", ben.email.clone()), ("password", PASSWORD.to_owned()), ("next", next.to_owned())];
        for foreign in ["https://evil.example", "//evil.example", "/join/../x", "/household", ""] {
            let form = form(foreign);
            let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Visitor::of(&server).post("/sign-in", &form).await.leads_to("/");
        }
        visitor.post("/sign-in", &[("email", &ben.email), ("password", PASSWORD), ("next", &invitation)]).await.leads_to(&invitation);
        visitor.open(&invitation).await.is(200).shows("Join with your account");
        visitor.post(&invitation, &[]).await.leads_to("/");
        assert_eq!(ben.clone().get("/members").await.is(200).body["items"].as_array().map(Vec::len), Some(1), "the other device stays");
        assert_eq!(visitor.member(server.stranger()).household().await, anna.household().await);
        Visitor::of(&server).open(&invitation).await.is(410).shows("Ask for a new link");
        Visitor::of(&server).post(&invitation, &[("name", "Eve")]).await.is(410);
    }

    async fn a_new_person_joins_by_a_form(server: TestServer) {
        let anna = server.founder("Anna").await;
        let invitation = format!("/join/{}", anna.invite().await);
        let mut ben = Visitor::of(&server);
        let address = email("ben");
        ben.post(&invitation, &[("name", ""), ("email", &address), ("password", PASSWORD)]).await.is(422).shows("This is needed");
        ben.post(&invitation, &[("name", "Ben"), ("email", &address), ("password", PASSWORD)]).await.leads_to("/");
        assert_eq!(ben.member(server.stranger()).household().await, anna.household().await);
    }

    async fn whoever_belongs_to_no_household_comes_from_the_sign_in_to_the_invitation_and_joins(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        anna.delete(&format!("/members/{}", ben.id.as_str().expect("an id"))).await.is(204);
        let invitation = format!("/join/{}", anna.invite().await);
        let mut visitor = Visitor::of(&server);
        let form = [("email", ben.email.as_str()), ("password", PASSWORD), ("next", invitation.as_str())];
        let page = visitor.post("/sign-in", &form).await.is(200).shows("enter your name and the same password").shows(&format!("action=\"{invitation}\""));
        assert_eq!(field(&page.html, "email"), json!(ben.email));
        assert!(!page.html.contains(PASSWORD));
        // Without an invitation, or with a wrong password, it stays as it was.
        visitor.post("/sign-in", &form[..2]).await.is(403).shows("Ask for an invitation");
        visitor.post("/sign-in", &[form[0], ("password", "not his password"), form[2]]).await.is(401);
        visitor.post(&invitation, &[("name", "Ben"), form[0], form[1]]).await.leads_to("/");
        assert_eq!(visitor.member(server.stranger()).household().await, anna.household().await);
    }

    async fn a_person_chooses_name_colour_language_and_theme(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mut visitor = Visitor::signed_in(&server, &anna);
        visitor.open("/settings").await.is(200).shows("data-theme=\"system\"");
        let head = anna.head().await;
        let choice = [("name", "Anna"), ("was_name", "Anna"), ("colour", "0"), ("was_colour", "0"), ("language", "en"), ("was_language", "en"), ("theme", "dark")];
        visitor.post("/settings/you", &choice).await.leads_to("/settings?saved=you#you-title");
        assert_eq!((anna.head().await, visitor.cookie("theme")), (head, Some("dark")), "a theme is this browser's alone");
        for path in ["/settings?saved=you", "/", "/nowhere"] {
            visitor.open(path).await.shows("data-theme=\"dark\"");
        }
        visitor.post("/settings/you", &[("name", "Аня"), ("colour", "3"), ("language", "ru"), ("theme", "light")]).await.is(303);
        let me = anna.get("/auth/me").await.is(200).body;
        assert_eq!((&me["member"]["name"], &me["member"]["colour"], &me["language"]), (&json!("Аня"), &json!(3), &json!("ru")));
        visitor.open("/settings").await.shows("Настройки").shows("data-theme=\"light\"");
        let refused = visitor.post("/settings/you", &[("name", ""), ("colour", "9"), ("language", "en"), ("theme", "light")]).await.is(422);
        assert_eq!(field(&refused.html, "name"), json!(""), "what was typed stays, wrong or not");
        for (name, value) in [("theme", "blue\r\nSet-Cookie: x=y"), ("language", "tlh"), ("colour", "8"), ("colour", "x")] {
            let head = anna.head().await;
            visitor.post("/settings/you", &[("name", "Аня"), (name, value)]).await.is(422);
            assert_eq!((anna.head().await, visitor.cookie("theme")), (head, Some("light")));
        }
        visitor.post("/settings/nothing", &[]).await.is(404);
        visitor.open("/settings/you").await.leads_to("/settings");
        anna.patch("/auth/me", json!({ "name": "Anna" })).await.is(200);
        let form = [("name", "Аня"), ("was_name", "Аня"), ("theme", "dark")];
        visitor.post("/settings/you", &form).await.is(303);
        assert_eq!(anna.get("/auth/me").await.body["member"]["name"], "Anna", "another device's change stands");
    }

    async fn a_new_password_and_a_lost_device(server: TestServer) {
        let anna = server.founder("Anna").await;
        let lost = anna.log_in().await;
        let mut visitor = Visitor::signed_in(&server, &anna);
        let devices = anna.get("/auth/sessions").await.body["items"].clone();
        let id = devices.as_array().unwrap().iter().find(|device| device["current"] == false).unwrap()["id"].clone();
        let id = id.as_str().unwrap();
        visitor.open("/settings").await.is(200).shows(id);
        for _ in 0..2 {
            visitor.post("/settings/devices", &[("id", id)]).await.is(303);
        }
        lost.get("/auth/me").await.is(401);
        visitor.open("/settings").await.is(200).hides(id);
        visitor.post("/settings/devices", &[("id", "nonsense")]).await.is(404);
        let other = anna.log_in().await;
        visitor.post("/settings/password", &[("old", "wrong password"), ("new", "another password")]).await.is(422).shows("This is not your password").hides("another password");
        visitor.post("/settings/password", &[("old", PASSWORD), ("new", "another password")]).await.is(303);
        other.get("/auth/me").await.is(401);
        anna.get("/auth/me").await.is(200);
    }

    async fn the_households_settings_merge_and_show_conflicting_changes(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let mut visitor = Visitor::signed_in(&server, &anna);
        let page = visitor.open("/settings").await.is(200);
        let was = |name: &str| field(&page.html, &format!("was_{name}")).as_str().unwrap().to_owned();
        let (name, currency, zone) = (was("household_name"), was("currency"), was("time_zone"));
        ben.patch("/household", json!({ "currency": "CHF" })).await.is(200);
        let form = |typed: &'static str| {
            [("household_name", typed.to_owned()), ("currency", currency.clone()), ("time_zone", zone.clone()),
             ("was_household_name", name.clone()), ("was_currency", currency.clone()), ("was_time_zone", zone.clone())]
        };
        let send = async |visitor: &mut Visitor, form: [(&str, String); 6]| {
            let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            visitor.post("/settings/household", &form).await
        };
        send(&mut visitor, form("Home")).await.is(303);
        let household = anna.get("/household").await.body;
        assert_eq!((&household["name"], &household["currency"]), (&json!("Home"), &json!("CHF")), "both changes stand");
        ben.patch("/household", json!({ "name": "Castle" })).await.is(200);
        let refused = send(&mut visitor, form("House")).await.is(412).shows("Now it is").shows("Castle");
        let refused = refused.shows("Ben changed this meanwhile. Look at both and choose.");
        assert_eq!(field(&refused.html, "household_name"), json!("House"));
        assert_eq!(anna.get("/household").await.body["name"], "Castle", "nothing is overwritten unseen");
        assert_eq!(field(&refused.html, "was_household_name"), json!("Castle"));
        let mut again = form("House");
        again[3].1 = "Castle".into();
        send(&mut visitor, again).await.is(303);
        assert_eq!(anna.get("/household").await.body["name"], "House");
        send(&mut visitor, form("")).await.is(412);
        let refused = {
            let mut stale = form("");
            stale[3].1 = "House".into();
            send(&mut visitor, stale).await.is(422)
        };
        assert!(refused.html.contains("<option value=\"CHF\" selected>"), "what was not touched comes back as it stands now");
        let mut empty = form("");
        empty[3].1 = "House".into();
        send(&mut visitor, empty).await.is(422).shows("This is needed");
    }

    async fn a_stranger_can_choose_the_language(server: TestServer) {
        let mut visitor = Visitor::of(&server);
        visitor.open("/sign-in").await.shows("lang=\"en\"");
        visitor.post("/language", &[("language", "ru")]).await.is(303);
        visitor.open("/sign-in").await.shows("lang=\"ru\"").shows("Вход");
        visitor.post("/language", &[("language", "tlh")]).await.is(303);
        visitor.open("/sign-in").await.shows("lang=\"ru\"");
        let anna = server.founder("Anna").await;
        let mut visitor = Visitor::signed_in(&server, &anna);
        let page = visitor.open("/register").await.is(200).html;
        let member = field(&page, "member").as_str().expect("the form names its member").to_owned();
        visitor.post("/language", &[("language", "ru"), ("member", &member)]).await.is(303);
        assert_eq!(anna.get("/auth/me").await.body["language"], "ru", "it is kept with the account");
    }
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let client = reqwest::Client::new();
    for path in [
        "/sign-in",
        "/sign-out",
        "/register",
        "/language",
        "/settings/you",
        "/demo/0123456789012345678901234567890123456789/anna",
    ] {
        let request = client
            .post(server.url(path))
            .header("cookie", &anna.cookie)
            .header("origin", "https://evil.example");
        let request = request
            .header("sec-fetch-site", "cross-site")
            .header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(request.body("name=Eve&email=a").send().await.expect("an answer").status(), 403, "{path}");
    }
    anna.get("/auth/me").await.is(200);
}

#[tokio::test]
async fn names_are_escaped_on_every_page() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let evil = "\"><script>alert(1)</script><!>";
    anna.patch("/auth/me", json!({ "name": evil })).await.is(200);
    anna.patch("/household", json!({ "name": evil })).await.is(200);
    let mut visitor = Visitor::signed_in(&server, &anna);
    visitor.open("/settings").await.is(200).hides("<script>alert");
    let invitation = format!("/join/{}", anna.invite().await);
    Visitor::of(&server).open(&invitation).await.is(200).hides("<script>alert").shows("&lt;!&gt;");
}

on_both_engines! {
    async fn a_transaction_refused_without_the_program_comes_back_with_what_was_typed(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mut browser = Visitor::signed_in(&server, &anna);
        let page = browser.open("/").await.is(200);
        let form = page.html.split("<form").find(|form| form.contains("form[amount]")).expect("a form");
        let action = form.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("it posts").to_owned();
        let purchase = anna.purchase("-1").await;
        let (article, center) = (purchase["article_id"].as_str().unwrap(), purchase["financial_center_id"].as_str().unwrap());
        let note = "for <Anna> & \"Ben\" ".to_owned() + &"ё".repeat(480);
        let day = "2026-05-01";
        let mut form = vec![
            ("form[amount]", "12 50"), ("form[article_id]", article), ("form[financial_center_id]", center),
            ("form[date]", day), ("form[comment]", &note),
        ];
        let before = anna.head().await;
        let options = |html: &str| -> Vec<String> {
            html.split("<option value=\"").skip(1).filter(|option| option.split('>').next().unwrap().contains("selected"))
                .map(|option| option.split('"').next().unwrap().to_owned()).collect()
        };
        let escaped = note.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        for (amount, date, status, said) in [("12 50", day, 422, "This can be read in two ways"), ("much", day, 422, "Enter an amount"), ("0", day, 422, "The amount is zero"), ("12,50", "yesterday", 422, "Date")] {
            (form[0].1, form[3].1) = (amount, date);
            let refused = browser.post(&action, &form).await;
            assert_eq!(refused.location, "", "nothing typed is in an address");
            let refused = refused.is(status).shows(said);
            assert_eq!(field(&refused.html, "form[amount]"), amount);
            if date == day {
                assert_eq!(field(&refused.html, "form[date]"), date);
                assert!(refused.html.contains("aria-invalid=\"true\""), "{said} stands at its field");
            }
            assert!(refused.html.contains(&format!("value=\"{escaped}\"")), "the note comes back: {}", refused.html);
            let chosen = options(&refused.html);
            assert!(chosen.contains(&article.to_owned()) && chosen.contains(&center.to_owned()), "{chosen:?}");
        }
        assert_eq!(anna.head().await, before, "nothing was recorded");
        (form[0].1, form[3].1) = ("12,50", day);
        browser.post(&action, &form).await.leads_to("/");
        assert_eq!(anna.head().await, before + 1);
        browser.open("/").await.is(200).hides("value=\"12,50\"");
        browser.post("/", &[("form", "nonsense")]).await.is(400);
    }
}
