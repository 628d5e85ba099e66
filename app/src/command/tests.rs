//! The parts of a command that are stored permanently: its name, and the content that a repeat must have.

use super::*;
use crate::domain::{SplitForm, TransferForm};
use uuid::Uuid;

const ID: &str = "0193572a-5c00-7000-8000-000000000001";
const OTHER: &str = "0193572a-5c00-7000-8000-000000000002";

fn id<T: From<Uuid>>(text: &str) -> T {
    T::from(text.parse::<Uuid>().expect("an id"))
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// Every kind of command with its name, and its content as it has been since the first version that logged
/// it.
fn all() -> Vec<(Command, &'static str, String)> {
    let fact = FactForm { amount: text("-1"), ..FactForm::default() };
    let fact_json = r#"{"id":null,"amount":"-1","article_id":null,"financial_center_id":null,"date":null,"comment":null}"#;
    let transfer = GroupForm::Transfer(TransferForm { amount: text("1"), ..TransferForm::default() });
    let transfer_json = r#"{"transfer":{"id":null,"from_financial_center_id":null,"to_financial_center_id":null,"amount":"1","to_amount":null,"date":null,"comment":null}}"#;
    let split = GroupForm::Split(SplitForm { date: text("2026-11-25"), ..SplitForm::default() });
    let split_json = r#"{"split":{"id":null,"financial_center_id":null,"amount":null,"date":"2026-11-25","comment":null,"parts":[]}}"#;
    let article = ArticleForm { name: text("Cat"), ..ArticleForm::default() };
    let article_json =
        r#"{"id":null,"name":"Cat","kind":null,"parent_id":null,"archived":null,"icon":null,"colour":null}"#;
    let center = FinancialCenterForm { name: text("Jar"), ..FinancialCenterForm::default() };
    let center_json =
        r#"{"id":null,"name":"Jar","currency":null,"opening_balance":null,"archived":null,"position":null}"#;
    let recurring = RecurringForm { every: Some(2), ..RecurringForm::default() };
    let recurring_json = r#"{"id":null,"target":null,"amount":null,"article_id":null,"financial_center_id":null,"comment":null,"starts_on":null,"every":2,"unit":null,"from_month_end":null,"ends_on":null,"times":null,"automatic":null}"#;
    let occurrence = OccurrenceForm { day: text("2026-11-25"), ..OccurrenceForm::default() };
    let occurrence_json = r#"{"day":"2026-11-25","fact_id":null,"amount":null,"date":null}"#;
    let plan = PlanForm { month: text("2026-11"), ..PlanForm::default() };
    let plan_json = r#"{"article_id":null,"month":"2026-11","amount":null,"version":null}"#;
    let household = HouseholdForm { name: text("Home"), ..HouseholdForm::default() };
    let household_json = r#"{"name":"Home","currency":null,"time_zone":null}"#;
    let member = MemberForm { colour: Some(3), ..MemberForm::default() };
    let member_json = r#"{"name":null,"colour":3}"#;
    let day: Day = "2026-11-25".parse().expect("a day");
    let (kind, kind_json) = (GroupKind::Split, "split");
    let of = |json: &str| format!(r#"["{ID}",{json}]"#);
    let only = || format!(r#""{ID}""#);
    let group = || format!(r#"["{kind_json}","{ID}"]"#);
    vec![
        (Command::RecordFact(fact.clone()), "record_fact", fact_json.into()),
        (Command::ReviseFact { id: id(ID), form: fact }, "revise_fact", of(fact_json)),
        (Command::DeleteFact { id: id(ID) }, "delete_fact", only()),
        (Command::RestoreFact { id: id(ID) }, "restore_fact", only()),
        (Command::RecordGroup(transfer), "record_group", transfer_json.into()),
        (Command::ReviseGroup { id: id(ID), form: split }, "revise_group", of(split_json)),
        (Command::DeleteGroup { kind, id: id(ID) }, "delete_group", group()),
        (Command::RestoreGroup { kind, id: id(ID) }, "restore_group", group()),
        (Command::AddArticle(article.clone()), "add_article", article_json.into()),
        (Command::ReviseArticle { id: id(ID), form: article }, "revise_article", of(article_json)),
        (Command::DeleteArticle { id: id(ID) }, "delete_article", only()),
        (Command::RestoreArticle { id: id(ID) }, "restore_article", only()),
        (
            Command::MergeArticle { id: id(ID), into: id(OTHER) },
            "merge_article",
            format!(r#"["{ID}","{OTHER}"]"#),
        ),
        (Command::AddFinancialCenter(center.clone()), "add_financial_center", center_json.into()),
        (
            Command::ReviseFinancialCenter { id: id(ID), form: center },
            "revise_financial_center",
            of(center_json),
        ),
        (Command::DeleteFinancialCenter { id: id(ID) }, "delete_financial_center", only()),
        (Command::RestoreFinancialCenter { id: id(ID) }, "restore_financial_center", only()),
        (Command::AddRecurring(recurring.clone()), "add_recurring", recurring_json.into()),
        (Command::ReviseRecurring { id: id(ID), form: recurring }, "revise_recurring", of(recurring_json)),
        (Command::DeleteRecurring { id: id(ID) }, "delete_recurring", only()),
        (Command::RestoreRecurring { id: id(ID) }, "restore_recurring", only()),
        (
            Command::ConfirmOccurrence { id: id(ID), form: occurrence },
            "confirm_occurrence",
            of(occurrence_json),
        ),
        (Command::SkipOccurrence { id: id(ID), day }, "skip_occurrence", of(r#""2026-11-25""#)),
        (Command::ReopenOccurrence { id: id(ID), day }, "reopen_occurrence", of(r#""2026-11-25""#)),
        (Command::SetPlans(vec![plan]), "set_plans", format!("[{plan_json}]")),
        (Command::ReviseHousehold(household), "revise_household", household_json.into()),
        (Command::ReviseMember { id: id(ID), form: member }, "revise_member", of(member_json)),
    ]
}

#[test]
fn a_repeat_of_a_request_from_an_earlier_version_is_the_same_command() {
    for (command, name, content) in all() {
        assert_eq!(command.name(), name);
        let now = String::from_utf8(command.content().expect("it can be written")).expect("text");
        assert_eq!(now, content, "{name}");
    }
}

#[test]
fn a_command_travels_under_the_name_that_the_log_keeps() {
    for (command, name, _) in all() {
        let sent = serde_json::to_value(&command).expect("it can be written");
        assert_eq!(sent["command"], name);
        assert_eq!(serde_json::from_value::<Command>(sent).expect("it can be read"), command);
    }
}
