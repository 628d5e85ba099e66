//! The OpenAPI schemas of types that are strings on the wire.

use super::{Money, Month};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

macro_rules! text_schemas {
    ($($name:ty, $pattern:literal, $example:literal;)*) => {$(
        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some($pattern));
                text.examples([$example]).build().into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}

text_schemas! {
    Money, r"^-?[0-9]+(\.[0-9]{2,3})?$", "-12.50";
    Month, "^[0-9]{4}-(0[1-9]|1[0-2])$", "2026-11";
}
