//! The law of the older facts: whatever arrives between their pages, they are those of the log at their position, without
//! a gap.

use crate::{
    domain::{Fact, FactKey},
    outbox::older::{OlderFacts, OlderReading},
    replica::tests::oracle::{Oracle, Write, day, writes},
    service::{FactPage, Read},
    wire::Position,
};
use proptest::prelude::*;
use std::cmp::Reverse;

/// All facts after the first `seq` changes, the newest first.
pub(super) fn listed(oracle: &Oracle, seq: i64) -> Vec<Fact> {
    let mut facts: Vec<Fact> = oracle.facts_at(seq).into_values().collect();
    facts.sort_by_key(|fact| Reverse(fact.key()));
    facts
}

/// A page as the server reads it after the first `seq` changes.
pub(super) fn page(oracle: &Oracle, seq: i64, after: FactKey, limit: usize) -> Read<FactPage> {
    let mut items: Vec<Fact> = listed(oracle, seq).into_iter().filter(|fact| fact.key() < after).collect();
    let is_last = items.len() <= limit;
    items.truncate(limit);
    let next = items.last().filter(|_| !is_last).map(Fact::key);
    Read { value: FactPage { items, next }, position: position(oracle, seq) }
}

pub(super) fn position(oracle: &Oracle, seq: i64) -> Position {
    oracle.snapshot(seq).position
}

/// Panics unless the facts are those between `lower` and `upper` at their position.
fn check(oracle: &Oracle, facts: &OlderFacts) {
    let (upper, lower) = (facts.upper(), facts.lower());
    let is_inside = |fact: &Fact| fact.key() < upper && lower.is_none_or(|lower| fact.key() >= lower);
    let mut all = listed(oracle, facts.position().seq);
    all.retain(is_inside);
    assert_eq!(facts.all(), all, "from {lower:?} to {upper:?}");
}

/// 0 to 3 write, 4 and 5 bring the next change, 6 asks for a page, 7 reads it, 8 brings it, 9 loses it.
type Step = (u8, Write);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let write = writes(2).prop_map(|writes| writes[0]);
    prop::collection::vec((0..10_u8, write), 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn older_facts_are_those_of_the_log_whatever_arrives_between_their_pages(steps in steps()) {
        let mut oracle = Oracle::new(240);
        let mut here = oracle.head();
        let upper = oracle.snapshot(here).boundary().expect("more than a snapshot");
        let mut older = OlderReading::new(OlderFacts::below(upper, position(&oracle, here)));
        let (mut asked, mut answered) = (None, None);
        for (what, (kind, day_number, minor, pick)) in steps {
            match what {
                0..=3 => oracle.write(kind, day_number, minor, pick),
                4 | 5 if here < oracle.head() => {
                    here += 1;
                    let commit = &oracle.log[usize::try_from(here - 1).expect("small")];
                    older.arrived(position(&oracle, here), &commit.entries);
                }
                6 if asked.is_none() && answered.is_none() => asked = older.ask(0, day(0)),
                7 => answered = asked.take().map(|after| page(&oracle, oracle.head(), after, 1 + pick % 30)).or(answered),
                8 => if let Some(page) = answered.take() { older.received(Some(page)); },
                9 if asked.is_some() && answered.is_none() => {
                    asked = None;
                    older.received(None);
                }
                _ => {}
            }
            check(&oracle, &older.facts);
        }
        // Then everything arrives.
        while here < oracle.head() {
            here += 1;
            let commit = &oracle.log[usize::try_from(here - 1).expect("small")];
            older.arrived(position(&oracle, here), &commit.entries);
        }
        if let Some(page) = answered {
            older.received(Some(page));
        } else if asked.is_some() {
            older.received(None);
        }
        while let Some(after) = older.ask(0, day(0)) {
            prop_assert!(older.received(Some(page(&oracle, here, after, 50))));
            check(&oracle, &older.facts);
        }
        prop_assert_eq!(older.facts.lower(), None);
        check(&oracle, &older.facts);
    }
}

#[test]
fn a_page_that_is_ahead_of_the_book_waits_for_it_and_one_of_another_log_is_dropped() {
    let mut oracle = Oracle::new(240);
    let upper = oracle.snapshot(240).boundary().expect("more than a snapshot");
    let mut older = OlderReading::new(OlderFacts::below(upper, position(&oracle, 240)));
    let after = older.ask(0, day(0)).expect("there are more");
    oracle.write(6, 0, 0, 0);
    let ahead = page(&oracle, 241, after, 10);
    let mut other = ahead.clone();
    other.position.epoch = uuid::Uuid::from_u128(9);
    assert!(!older.received(Some(other)));
    assert_eq!(older.ask(0, day(0)), Some(after), "it is asked for again");
    assert!(!older.received(Some(ahead)));
    assert_eq!(older.facts.all(), []);
    assert!(older.arrived(position(&oracle, 241), &oracle.log[240].entries));
    assert_eq!(older.facts.all().len(), 10);
    check(&oracle, &older.facts);
}

#[test]
fn at_least_a_thousand_and_the_whole_running_month_are_kept_and_what_need_not_be_is_dropped() {
    // 84 days of three months, the same number on each.
    for (all, month, least) in
        [(600, day(56), 600), (2_100, day(56), 1_000), (2_100, day(0), 2_100), (8_400, day(0), 5_000)]
    {
        let mut oracle = Oracle::new(0);
        for n in 0..all {
            oracle.write(0, u8::try_from(n % 84).expect("small"), 100, n);
        }
        let here = oracle.head();
        let upper = oracle.snapshot(here).boundary().expect("more than a snapshot");
        let mut older = OlderReading::new(OlderFacts::below(upper, position(&oracle, here)));
        let mut pages = 0;
        while let Some(after) = older.ask(200, month) {
            assert!(older.received(Some(page(&oracle, here, after, 400))));
            pages += 1;
        }
        let count = 200 + older.facts.all().len();
        assert!(count >= least && count < least + 400, "{count} of {all}");
        assert!(count >= 5_000 || older.facts.lower().is_none_or(|lower| lower.date < month));
        assert!(pages <= 12);
        // A device that reads ten times as many keeps no more, and reads no more then.
        let mut whole = OlderReading::new(OlderFacts::below(upper, position(&oracle, here)));
        let after = whole.ask(200, month).expect("there are more");
        assert!(whole.received(Some(page(&oracle, here, after, all))));
        assert_eq!(whole.ask(200, month), None);
        assert_eq!(whole.ask(200, month), None);
        let count = 200 + whole.facts.all().len();
        let whole_month = listed(&oracle, here).iter().filter(|fact| fact.date >= month).count();
        assert!(count >= least && count < least.max(whole_month) + 500, "{count} of {all}");
        check(&oracle, &whole.facts);
    }
}

#[test]
fn a_change_stores_only_its_days_and_what_is_stored_so_is_all_of_it() {
    let mut oracle = Oracle::new(400);
    let upper = oracle.snapshot(400).boundary().expect("more than a snapshot");
    let mut older = OlderReading::new(OlderFacts::below(upper, position(&oracle, 400)));
    let after = older.ask(0, day(0)).expect("there are more");
    assert!(older.received(Some(page(&oracle, 400, after, 400))));
    let mut before = older.facts.copy().expect("a copy");
    let mut stored: std::collections::BTreeMap<String, String> = before.all().into_iter().collect();
    for n in 0..120_u8 {
        oracle.write([0, 4, 5, 6, 6][usize::from(n % 5)], n % 40, 7, usize::from(n) * 3);
        let here = oracle.head();
        let Some(commit) = oracle.log.get(usize::try_from(here - 1).expect("small")) else { continue };
        older.arrived(position(&oracle, here), &commit.entries);
        let copy = older.facts.copy().expect("a copy");
        let (changed, gone) = copy.since(&before);
        assert!(
            changed.len() + gone.len() <= 2,
            "the day from which a fact moves, and the one to which it moves"
        );
        stored.extend(changed);
        for day in gone {
            assert!(stored.remove(&day).is_some());
        }
        assert_eq!(stored.clone().into_iter().collect::<Vec<_>>(), copy.all());
        before = copy;
    }
}
