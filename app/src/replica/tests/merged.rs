//! What a page knows of merged articles: those that were merged last.

use super::oracle::{id, snapshot};
use crate::{
    command::{Command, Decision, RowChange, decide},
    domain::{Article, ArticleForm, ArticleId, FactForm, MergedArticle, Reason},
    error::AppError,
    replica::{
        apply::{Book, Outcome},
        known::OnPage,
    },
    service::Terms,
    wire::{Change, Commit, DeletedArticle, Entry, Frame},
};

/// The article of kind `expense` in the book of the tests.
const FOOD: u128 = 1;

fn merged(n: usize) -> ArticleId {
    id(1000 + u128::try_from(n).expect("small"))
}

/// A page that sees this many articles merged, one after the other.
fn page(count: usize) -> Book {
    let mut book = Book::new(snapshot());
    for n in 0..count {
        let seq = book.position().seq + 1;
        let gone = DeletedArticle { id: merged(n), merged_into: Some(id(FOOD)) };
        let entries = vec![Entry { change: Change::ArticleDeleted(gone), before: None }];
        let outcome = book.apply(Frame::Commit(Commit { seq, check: None, mutation_id: None, entries }));
        assert!(matches!(outcome, Outcome::Applied(_)));
    }
    book
}

fn decided(book: &Book, command: &Command) -> Decision {
    decide(&OnPage::new(book), Terms::default(), command)
}

fn fact_of(book: &Book, article: ArticleId) -> Decision {
    let form = FactForm {
        amount: Some("-1".into()),
        article_id: Some(article.to_string()),
        financial_center_id: Some(book.shown.financial_centers[0].center.id.to_string()),
        ..FactForm::default()
    };
    decided(book, &Command::RecordFact(form))
}

fn below(book: &Book, parent: ArticleId) -> Decision {
    let form = ArticleForm {
        name: Some("Cake".into()),
        kind: Some("expense".into()),
        parent_id: Some(parent.to_string()),
        ..ArticleForm::default()
    };
    decided(book, &Command::AddArticle(form))
}

/// The article on which a decision records a transaction.
fn recorded_on(decision: Decision) -> ArticleId {
    let Decision::Changes(changes) = decision else { panic!("foreseen: {decision:?}") };
    let [RowChange::Fact(row)] = changes.as_slice() else { panic!("one transaction") };
    row.after.article_id
}

#[test]
fn a_page_knows_the_articles_that_were_merged_last_and_foresees_nothing_for_what_names_an_earlier_one() {
    let unknown = merged(10_000);
    let full = page(MergedArticle::MOST);
    for n in 0..MergedArticle::MOST {
        assert_eq!(recorded_on(fact_of(&full, merged(n))), id(FOOD));
    }
    let not_found = AppError::field("article_id", Reason::NotFound);
    assert_eq!(fact_of(&full, unknown), Decision::Refused(not_found), "all that were merged are listed");

    let seen = page(MergedArticle::MOST + 1);
    let listed: Vec<_> = seen.shown.merged.iter().map(|row| row.id).collect();
    assert_eq!(listed, (1..=MergedArticle::MOST).map(merged).collect::<Vec<_>>());
    // A page that loads the book now knows as much.
    for book in [&seen, &Book::new(seen.snapshot())] {
        assert_eq!(recorded_on(fact_of(book, merged(1))), id(FOOD));
        assert_eq!(recorded_on(fact_of(book, id(FOOD))), id(FOOD), "an existing one was not merged");
        for earlier in [merged(0), unknown] {
            assert_eq!(fact_of(book, earlier), Decision::Unknown, "the server may know it");
            assert_eq!(below(book, earlier), Decision::Unknown);
        }
    }
}

#[test]
fn an_article_that_was_merged_first_stays_unknown_to_a_page_when_a_later_one_is_restored() {
    let mut book = page(MergedArticle::MOST + 1);
    let restored = Article { id: merged(5), ..book.shown.articles[0].clone() };
    let entries = vec![Entry { change: Change::ArticleCreated(restored), before: None }];
    let seq = book.position().seq + 1;
    book.apply(Frame::Commit(Commit { seq, check: None, mutation_id: None, entries }));
    assert_eq!(book.shown.merged.len(), MergedArticle::MOST - 1);
    assert_eq!(fact_of(&book, merged(0)), Decision::Unknown);
    assert_eq!(recorded_on(fact_of(&book, merged(5))), merged(5));
}
