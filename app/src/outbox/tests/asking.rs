//! Makes commands of every family from random numbers and what a page shows.

use crate::{
    command::Command,
    domain::*,
    replica::{apply::Book, foreseen::Foreseen},
    service::{HouseholdForm, MemberForm},
};
use uuid::Uuid;

pub fn id<T: From<Uuid>>(n: u128) -> T {
    T::from(Uuid::from_u128(n))
}

fn text<T: From<Uuid> + ToString>(n: u128) -> Option<String> {
    Some(id::<T>(n).to_string())
}

/// The distance between two ids: those of the parts of a transfer or split are between them.
pub const NEXT: u128 = 1 << 64;

/// A command of any family on what a page shows, chosen by numbers. `made` is the id of a new row.
pub fn command(
    book: &Foreseen,
    deleted: &[Fact],
    made: u128,
    (kind, pick, minor): (u8, usize, i64),
) -> Option<Command> {
    let book = book.book();
    let one = |n: usize| u128::try_from(pick / (n + 1) % 2).expect("small");
    let amount = Some(Money::from_minor(if minor == 0 { 1 } else { minor }, Currency::EUR).to_string());
    let positive = Some(Money::from_minor(minor.abs() + 1, Currency::EUR).to_string());
    let days = [book.shown.today, book.shown.today.plus_days(-1)?, book.shown.today.plus_days(-40)?];
    let date = Some(days[pick % 3].to_string());
    let (article, center) =
        (text::<ArticleId>(1 + one(1)), text::<FinancialCenterId>(if one(2) == 0 { 1 } else { 3 }));
    let facts: Vec<&Fact> = book.facts.all().collect();
    let of = |grouped: bool| {
        let fits: Vec<&Fact> = facts.iter().copied().filter(|fact| fact.group.is_some() == grouped).collect();
        fits.get(pick.checked_rem(fits.len())?).map(|fact| (*fact).clone())
    };
    let recurring = book.shown.recurring.get(pick.checked_rem(book.shown.recurring.len()).unwrap_or(0));
    let plan = |article: u128, month: Month| PlanForm {
        article_id: text::<ArticleId>(article),
        month: Some(month.to_string()),
        amount: positive.clone(),
        version: Some(
            book.shown
                .plans
                .iter()
                .find(|plan| plan.article_id == id(article) && plan.month == month)
                .map_or(0, |plan| plan.version),
        ),
    };
    let transfer = |id: Option<String>| {
        GroupForm::Transfer(TransferForm {
            id,
            from_financial_center_id: text::<FinancialCenterId>(1),
            to_financial_center_id: text::<FinancialCenterId>(3),
            amount: positive.clone(),
            date: date.clone(),
            ..TransferForm::default()
        })
    };
    let split = |id: Option<String>| {
        let part = |article: u128, amount: &str| PartForm {
            article_id: text::<ArticleId>(article),
            amount: Some(amount.to_owned()),
            ..PartForm::default()
        };
        GroupForm::Split(SplitForm {
            id,
            financial_center_id: center.clone(),
            date: date.clone(),
            parts: vec![part(1, "-3"), part(1 + one(1), amount.as_deref().unwrap_or("1"))],
            ..SplitForm::default()
        })
    };
    Some(match kind {
        0 | 1 => Command::RecordFact(FactForm {
            id: text::<FactId>(made),
            amount,
            article_id: article,
            financial_center_id: center,
            date,
            comment: None,
            balance: None,
        }),
        2 => Command::ReviseFact {
            id: of(false)?.id,
            form: match pick % 3 {
                0 => FactForm { amount, ..FactForm::default() },
                1 => FactForm { date, article_id: article, ..FactForm::default() },
                _ => FactForm { financial_center_id: center, ..FactForm::default() },
            },
        },
        3 => Command::DeleteFact { id: of(false)?.id },
        4 => {
            let gone = deleted.get(pick.checked_rem(deleted.len())?)?;
            match gone.group {
                Some(group) => Command::RestoreGroup { kind: group.kind, id: group.id },
                None => Command::RestoreFact { id: gone.id },
            }
        }
        5 => Command::RecordGroup(if pick % 2 == 0 {
            transfer(text::<GroupId>(made))
        } else {
            split(text::<GroupId>(made))
        }),
        6 => {
            let group = of(true)?.group?;
            match (pick % 3, group.kind) {
                (0, kind) => Command::DeleteGroup { kind, id: group.id },
                (_, GroupKind::Transfer) => Command::ReviseGroup { id: group.id, form: transfer(None) },
                (_, GroupKind::Split) => Command::ReviseGroup { id: group.id, form: split(None) },
            }
        }
        7 => {
            let month = book.shown.month.month;
            let cells = [plan(1, month), plan(2, month)];
            Command::SetPlans(cells[..=pick % 2].to_vec())
        }
        8 => {
            let row = recurring?;
            let day = row.open_days().next()?;
            if pick % 3 == 0 {
                Command::SkipOccurrence { id: row.id, day }
            } else {
                let (day, fact_id) = (Some(day.to_string()), text::<FactId>(made));
                Command::ConfirmOccurrence {
                    id: row.id,
                    form: OccurrenceForm { day, fact_id, ..OccurrenceForm::default() },
                }
            }
        }
        9 => match pick % 2 {
            0 => Command::AddArticle(ArticleForm {
                id: text::<ArticleId>(made),
                name: Some(format!("N{}", made / NEXT)),
                kind: Some("expense".into()),
                ..ArticleForm::default()
            }),
            _ => Command::ReviseArticle {
                id: book.shown.articles.get(pick % book.shown.articles.len())?.id,
                form: ArticleForm { name: Some(format!("R{}", made / NEXT)), ..ArticleForm::default() },
            },
        },
        10 => match pick % 2 {
            0 => Command::AddFinancialCenter(FinancialCenterForm {
                id: text::<FinancialCenterId>(made),
                name: Some(format!("N{}", made / NEXT)),
                opening_balance: positive,
                ..FinancialCenterForm::default()
            }),
            _ => Command::ReviseFinancialCenter {
                id: id(1),
                form: FinancialCenterForm { opening_balance: positive, ..FinancialCenterForm::default() },
            },
        },
        11 => match (pick % 3, recurring) {
            (1, Some(row)) => Command::ReviseRecurring {
                id: row.id,
                form: RecurringForm { amount, ..RecurringForm::default() },
            },
            (2, Some(row)) => Command::DeleteRecurring { id: row.id },
            _ => Command::AddRecurring(RecurringForm {
                id: text::<RecurringId>(made),
                target: Some("fact".into()),
                amount,
                article_id: article,
                financial_center_id: center,
                starts_on: Some(days[1].to_string()),
                every: Some(1),
                unit: Some("month".into()),
                ..RecurringForm::default()
            }),
        },
        12 => Command::ReviseHousehold(HouseholdForm {
            name: Some(format!("H{}", made / NEXT)),
            ..HouseholdForm::default()
        }),
        13 => Command::ReviseMember {
            id: id(1),
            form: MemberForm { name: Some(format!("M{}", made / NEXT)), colour: None },
        },
        _ => return None,
    })
}

/// The version of the row that a command changes, in this book.
pub fn version(book: &Book, command: &Command) -> Option<i64> {
    let shown = &book.shown;
    match command {
        Command::ReviseFact { id, .. } | Command::DeleteFact { id } => {
            book.facts.get(*id).map(|row| row.version)
        }
        Command::ReviseGroup { id, .. } | Command::DeleteGroup { id, .. } => {
            book.facts.row(id.uuid().into()).first().map(|row| row.version)
        }
        Command::ReviseArticle { id, .. } => {
            shown.articles.iter().find(|row| row.id == *id).map(|row| row.version)
        }
        Command::ReviseRecurring { id, .. } | Command::DeleteRecurring { id } => {
            shown.recurring.iter().find(|row| row.id == *id).map(|row| row.version)
        }
        _ => None,
    }
}
