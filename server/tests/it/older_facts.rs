//! What a page reads for the copy of the book on its device: the facts below its own, and what has changed since.

use crate::{harness::Member, on_both_engines};
use app::{
    domain::{Fact, FactKey},
    error::AppError,
    service::{Event, FactPage, Read},
    wire::Position,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A call of a page.
async fn call<T: DeserializeOwned>(member: &Member, name: &str, body: Value) -> Result<T, AppError> {
    let url = format!("http://{}/api/ui/{name}", member.addr);
    let request =
        member.client.post(url).header("cookie", &member.cookie).header("accept", "application/json");
    let answer = request.json(&body).send().await.expect("an answer");
    let is_refused = answer.status().as_u16() >= 400;
    let text = answer.text().await.expect("a text");
    if is_refused {
        return Err(serde_json::from_str(&text).expect("a refusal"));
    }
    Ok(serde_json::from_str(&text).expect("an answer of the call"))
}

async fn below(member: &Member, after: FactKey) -> Result<Read<FactPage>, AppError> {
    call(member, "older_facts", json!({ "after": after })).await
}

async fn since(member: &Member, position: Position) -> Result<Read<Vec<Event>>, AppError> {
    call(member, "changes_since", json!({ "since": position })).await
}

/// All facts, in the order of the list.
async fn all(member: &Member) -> Vec<Fact> {
    let (mut facts, mut cursor) = (Vec::new(), String::new());
    loop {
        let mut page = member.get(&format!("/facts?limit=500{cursor}")).await.is(200).body;
        let items: Vec<Fact> = serde_json::from_value(page["items"].take()).expect("facts");
        facts.extend(items);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return facts,
        }
    }
}

on_both_engines! {
    async fn a_page_reads_the_facts_below_a_place_in_pages_and_what_has_changed_since(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (article, center) = (anna.article("expense").await, anna.center().await);
        for n in 0..453 {
            let date = format!("2026-10-{:02}", 1 + n % 30);
            anna.post("/facts", json!({ "amount": "-1", "article_id": article, "financial_center_id": center, "date": date })).await.is(201);
        }
        let facts = all(&anna).await;
        let first = below(&anna, facts[0].key()).await.expect("a page");
        assert_eq!(first.value.items, facts[1..451]);
        assert_eq!(first.position.seq, anna.head().await);
        let next = first.value.next.expect("there are more");
        let last = below(&anna, next).await.expect("a page");
        assert_eq!((last.value.items.as_slice(), last.value.next), (&facts[451..], None));
        assert_eq!(since(&anna, last.position).await.expect("the log").value, []);
        anna.delete(&format!("/facts/{}", facts[200].id)).await.is(204);
        let log = since(&anna, last.position).await.expect("the log");
        assert_eq!(log.value.iter().map(|event| event.seq).collect::<Vec<_>>(), [last.position.seq + 1]);
        assert_eq!(log.position.seq, last.position.seq + 1);
        // After very many changes the facts are read again.
        let begun = Position { seq: 1, check: None, ..last.position };
        assert_eq!(since(&anna, begun).await.expect("the log").value.len(), 200);
        let other = Position { epoch: uuid::Uuid::nil(), ..last.position };
        assert_eq!(since(&anna, other).await, Err(AppError::PositionLost));
        // Nobody else reads them.
        let eve = server.founder("Eve").await;
        assert_eq!(below(&eve, facts[0].key()).await.expect("a page").value.items, []);
        assert_eq!(since(&eve, last.position).await, Err(AppError::PositionLost));
        let stranger = server.stranger();
        assert_eq!(below(&stranger, facts[0].key()).await, Err(AppError::NotSignedIn));
        assert_eq!(since(&stranger, last.position).await, Err(AppError::NotSignedIn));
    }
}
