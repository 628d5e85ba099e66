//! The schemas of request bodies in the OpenAPI document. A form is one type, but which of its fields are
//! required depends on whether a row is created, replaced or changed.

use app::domain::{fact_group::MOST_PARTS, plan::MOST_CELLS};
use std::collections::BTreeMap;
use utoipa::{
    Number,
    openapi::{
        KnownFormat, Object, Ref, RefOr, Schema, SchemaFormat,
        schema::{AdditionalProperties, ArrayItems, SchemaType, Type},
    },
};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Fields in which an empty text, or `null`, means none.
const EMPTY: [&str; 5] = ["comment", "icon", "parent_id", "ends_on", "id"];

/// Gives the body of an operation a schema of its own, derived from the form's.
pub(super) fn refine(schemas: &mut Schemas, method: &str, path: &str, body: &mut RefOr<Schema>) {
    let Some(form) = name_of(body) else { return };
    let Some(RefOr::T(Schema::Object(described))) = schemas.get(&form) else { return };
    let mut own = described.clone();
    let needed = needed(method, path, &form);
    let changes = method == "patch";
    own.required.extend(needed.iter().map(|field| (*field).to_owned()));
    own.required.sort_unstable();
    own.required.dedup();
    own.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    for (name, field) in &mut own.properties {
        match field {
            RefOr::T(Schema::Object(field)) => {
                let none = EMPTY.contains(&name.as_str())
                    || (name == "financial_center_id" && form == "RecurringForm");
                takes(name, field, !needed.contains(&name.as_str()) && (none || !changes));
            }
            RefOr::T(Schema::Array(list)) => {
                (list.min_items, list.max_items) =
                    if name == "parts" { (Some(2), Some(MOST_PARTS)) } else { (None, Some(MOST_CELLS)) };
                if let ArrayItems::RefOrSchema(items) = &mut list.items {
                    refine(schemas, "post", path, items);
                }
            }
            _ => {}
        }
    }
    let prefix = match method {
        "post" => "New",
        "put" => "Whole",
        _ => "Changed",
    };
    let name = format!("{prefix}{form}");
    *body = Ref::from_schema_name(&name).into();
    schemas.insert(name, RefOr::T(Schema::Object(own)));
}

fn name_of(schema: &RefOr<Schema>) -> Option<String> {
    match schema {
        RefOr::Ref(reference) => reference.ref_location.rsplit('/').next().map(ToOwned::to_owned),
        RefOr::T(_) => None,
    }
}

/// The required fields.
fn needed(method: &str, path: &str, form: &str) -> &'static [&'static str] {
    match (method, form) {
        ("post", "FactForm") => &["amount", "article_id", "financial_center_id"],
        ("put", "FactForm") => &["amount", "article_id", "financial_center_id", "date"],
        ("post" | "put", "ArticleForm") => &["name", "kind"],
        ("post", "FinancialCenterForm") => &["name"],
        ("put", "FinancialCenterForm") => &["name", "currency", "opening_balance"],
        ("post", "RecurringForm") => &["amount", "article_id"],
        ("put", "RecurringForm") => &["target", "amount", "article_id", "starts_on", "unit"],
        ("post" | "put", "TransferForm") => &["from_financial_center_id", "to_financial_center_id", "amount"],
        ("post" | "put", "SplitForm") => &["financial_center_id", "parts"],
        ("post", "PartForm") => &["article_id", "amount"],
        ("post", "OccurrenceForm") => &["day"],
        ("post", "RegisterForm") => &["name", "email", "password"],
        // For a single plan, the path holds article and month.
        ("post", "PlanForm") if path.ends_with("/plans") => &["article_id", "month"],
        _ => &[],
    }
}

/// A field of one name accepts the same in every form. What also depends on other fields, on the currency, or
/// on the household's rows is not described.
fn takes(name: &str, field: &mut Object, nullable: bool) {
    let is = |wanted: Type| match &field.schema_type {
        SchemaType::Type(one) => *one == wanted,
        SchemaType::Array(several) => several.contains(&wanted),
        SchemaType::AnyValue => false,
    };
    // Among numbers and booleans only `times`, where 0 means none.
    let nullable = if is(Type::String) { nullable } else { name == "times" };
    let mut types: Vec<Type> = [Type::String, Type::Integer, Type::Boolean]
        .into_iter()
        .filter(|wanted| is(wanted.clone()))
        .collect();
    let mut text = |format| field.format = Some(SchemaFormat::KnownFormat(format));
    match name {
        // Empty means none.
        "parent_id" | "ends_on" => {}
        "financial_center_id" if nullable => {}
        "id" | "into" => text(KnownFormat::Uuid),
        name if name.ends_with("_id") => text(KnownFormat::Uuid),
        "date" | "day" | "starts_on" => text(KnownFormat::Date),
        "month" => field.pattern = Some("^[0-9]{4}-(0[1-9]|1[0-2])$".to_owned()),
        "amount" | "to_amount" | "opening_balance" => {
            types.push(Type::Number);
            field.examples = vec!["-12.50".into()];
        }
        "name" | "household" => field.max_length = Some(80),
        "comment" => field.max_length = Some(500),
        "colour" => within(field, 0, 7),
        "every" => within(field, 1, 99),
        "times" => within(field, 0, 999),
        "kind" => words(field, &["income", "expense", "transfer"], nullable),
        "target" => words(field, &["fact", "plan"], nullable),
        "unit" => words(field, &["week", "month", "year"], nullable),
        "language" => words(field, &["en", "ru"], nullable),
        _ => {}
    }
    if nullable {
        types.push(Type::Null);
    } else if field.default == Some(serde_json::Value::Null) {
        field.default = None;
    }
    if !types.is_empty() {
        field.schema_type = if let [one] = types.as_slice() {
            SchemaType::Type(one.clone())
        } else {
            SchemaType::Array(types)
        };
    }
}

fn within(field: &mut Object, least: usize, most: usize) {
    (field.minimum, field.maximum) = (Some(Number::UInt(least)), Some(Number::UInt(most)));
}

fn words(field: &mut Object, words: &[&str], nullable: bool) {
    let none = nullable.then_some(serde_json::Value::Null);
    field.enum_values = Some(words.iter().map(|word| (*word).into()).chain(none).collect());
}
