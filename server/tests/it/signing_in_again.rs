//! A transaction that is posted without the program after the session has ended.

use crate::{
    harness::{PASSWORD, Page, Visitor, field},
    on_both_engines,
};

on_both_engines! {
    async fn a_transaction_posted_after_the_session_ended_comes_back_to_who_typed_it_once_they_sign_in(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let mut browser = Visitor::signed_in(&server, &anna);
        let page = browser.open("/").await.is(200);
        let (member, card) = (field(&page.html, "member"), anna.center().await);
        let (member, article) = (member.as_str().expect("the page names its member"), anna.article("expense").await);
        let (note, escaped) = ("for <Anna> & \"Ben\"", "for &lt;Anna&gt; &amp; &quot;Ben&quot;");
        let form = [
            ("form[id]", "01890000-0000-7000-8000-000000000000"), ("form[amount]", "12,50"), ("form[article_id]", &article),
            ("form[financial_center_id]", &card), ("form[date]", "2026-05-01"), ("form[comment]", note), ("member", member),
        ];
        let head = anna.head().await;
        let typed = [("form[amount]", "12,50"), ("form[article_id]", &*article), ("form[financial_center_id]", &*card), ("form[date]", "2026-05-01"), ("form[comment]", escaped), ("member", member)];
        let holds = |html: &str| {
            for (name, value) in typed {
                assert_eq!(field(html, name), value, "{name}");
            }
        };
        let mut left = Visitor::of(&server);
        let door = left.post("/", &form).await.is(401).shows("what you typed is not recorded yet").shows("action=\"/\"");
        holds(&door.html);
        assert_eq!((door.location.as_str(), left.cookie("session")), ("", None), "nothing typed is in an address or a cookie");
        let signs_in = |email: &str, password: &str| {
            let mut fields: Vec<(String, String)> = form.iter().skip(1).map(|(name, value)| ((*name).into(), (*value).into())).collect();
            fields.extend([("email".into(), email.into()), ("password".into(), password.into()), ("next".into(), "https://evil.example".into())]);
            fields
        };
        async fn posts(browser: &mut Visitor, fields: &[(String, String)]) -> Page {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            browser.post("/", &fields).await
        }
        let wrong = posts(&mut left, &signs_in(&anna.email, "wrong password")).await.is(401).shows("Email or password is wrong").hides("wrong password");
        holds(&wrong.html);
        assert_eq!(field(&wrong.html, "email"), anna.email.as_str());
        // Whoever else signs in there does not see it.
        let mut other = Visitor::of(&server);
        posts(&mut other, &signs_in(&ben.email, PASSWORD)).await.leads_to("/");
        other.open("/").await.is(200).hides("12,50").hides(escaped);
        let back = posts(&mut left, &signs_in(&anna.email, PASSWORD)).await.is(200).shows("This is not recorded yet");
        assert_eq!(back.location, "");
        for (name, value) in typed.into_iter().filter(|(name, _)| !name.ends_with("_id]")) {
            assert_eq!(field(&back.html, name), value, "{name}");
        }
        for chosen in [&article, &card] {
            assert!(back.html.contains(&format!("<option value=\"{chosen}\" selected")), "{chosen} is chosen: {}", back.html);
        }
        assert_eq!(anna.head().await, head, "nothing was recorded by signing in");
        left.open("/").await.is(200).hides("12,50");
        left.post("/", &form).await.leads_to("/");
        assert_eq!(anna.head().await, head + 1);
        // Only the fields of the form travel, and only what may be typed in them.
        let long = "x".repeat(2_001);
        let door = Visitor::of(&server).post("/", &[("form[comment]", &long), ("form[amount]", "7"), ("form[other]", "foreign"), ("next", "/join/x")]).await;
        let door = door.is(401).hides(&long).hides("foreign").hides("/join/x");
        assert_eq!(field(&door.html, "form[amount]"), "7");
        Visitor::of(&server).post("/", &[("other", "nonsense")]).await.leads_to("/sign-in");
    }
}
