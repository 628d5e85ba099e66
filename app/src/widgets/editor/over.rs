//! A refused change over what others have made of the row since: the row shows the book, and the form what was typed.

use crate::{
    domain::{Fact, FactId},
    outbox::Outbox,
    replica::Replica,
};

/// A refused change, with the fields that it leaves alone as they are in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedEdit {
    /// The transaction before the change, with the version that the person saw.
    pub before: Fact,
    /// The transaction after it.
    pub after: Fact,
}

impl RefusedEdit {
    /// The refused change of a row; `None` if there is none, or the row was never written.
    #[must_use]
    pub fn find(outbox: &Outbox, replica: &Replica, id: FactId) -> Option<Self> {
        let refused = outbox.refused_change(id)?;
        let [seen] = refused.seen.facts() else { return None };
        let wanted = outbox.wanted(id);
        let [wanted] = wanted.as_slice() else { return None };
        // What another member has deleted is restored as it was.
        let now = replica.facts_of(id).into_iter().next();
        Some(Self::over(seen, wanted, now.as_ref().unwrap_or(seen)))
    }

    fn over(seen: &Fact, wanted: &Fact, now: &Fact) -> Self {
        let mut edit = Self { before: now.clone(), after: now.clone() };
        edit.before.version = seen.version;
        macro_rules! changed {
            ($($field:ident),+) => { $(
                if wanted.$field != seen.$field {
                    edit.before.$field.clone_from(&seen.$field);
                    edit.after.$field.clone_from(&wanted.$field);
                }
            )+ };
        }
        changed!(amount, article_id, financial_center_id, date, comment);
        edit
    }
}

#[cfg(test)]
mod tests {
    use super::RefusedEdit;
    use crate::domain::{
        ArticleId, Comment, Currency, Day, Fact, FactForm, FactId, FinancialCenterId, Instant, MemberId,
        Money,
        fields::{Comparable, contested},
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    /// Versions of one transaction that differ in amount, day and note.
    fn version() -> impl Strategy<Value = Fact> {
        (1..4_i64, 1..4_i8, 1..4_u8, 1..9_i64).prop_map(|(amount, day, note, version)| Fact {
            id: FactId::from(Uuid::nil()),
            amount: Money::from_minor(-amount, Currency::EUR),
            article_id: ArticleId::from(Uuid::nil()),
            financial_center_id: FinancialCenterId::from(Uuid::nil()),
            date: Day::new(2026, 11, day).expect("a day"),
            comment: note.to_string().parse::<Comment>().expect("a note"),
            group: None,
            version,
            created_seq: 1,
            created_by: MemberId::from(Uuid::nil()),
            updated_by: MemberId::from(Uuid::nil()),
            created_at: Instant::from_millis(0),
            updated_at: Instant::from_millis(0),
        })
    }

    fn changes(before: &Fact, after: &Fact) -> FactForm {
        FactForm::from(after).changed_from(&FactForm::from(before), None)
    }

    proptest! {
        #[test]
        fn a_refused_change_is_the_same_change_over_what_others_have_made_of_the_row(
            (seen, wanted, now) in (version(), version(), version()),
        ) {
            let RefusedEdit { before, after } = RefusedEdit::over(&seen, &wanted, &now);
            let mine = changes(&seen, &wanted);
            prop_assert_eq!(changes(&before, &after), mine.clone(), "what was typed, and nothing else");
            prop_assert_eq!(before.version, seen.version);
            let of = |before: &Fact| contested(&mine, &FactForm::from(before), &FactForm::from(&now), None);
            prop_assert_eq!(of(&before), of(&seen), "in conflict with the same fields");
            let untouched = |fact: &Fact| {
                let fields = FactForm::from(fact).fields().into_iter().zip(mine.fields());
                fields.filter(|(_, (_, mine))| mine.is_none()).map(|(field, _)| field).collect::<Vec<_>>()
            };
            prop_assert_eq!(untouched(&after), untouched(&now), "the other fields are those of by now");
        }
    }
}
