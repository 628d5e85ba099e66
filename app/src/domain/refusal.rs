//! The refused fields of a form.

use super::reason::Reason;
use serde::{Deserialize, Serialize};
use std::{ops::RangeInclusive, str::FromStr};

/// A field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name on the wire, for example `amount`.
    pub field: String,
    /// What is wrong.
    pub reason: Reason,
}

impl FieldError {
    /// This one before the other refused fields of its form, which is checked in two steps.
    #[must_use]
    pub fn with_others(self, others: Vec<Self>) -> Vec<Self> {
        let others: Vec<_> = others.into_iter().filter(|other| other.field != self.field).collect();
        std::iter::once(self).chain(others).collect()
    }
}

/// Collects the refused fields of a form, so that a person sees all of them at once, up to
/// [`MOST`](Self::MOST).
#[derive(Debug, Default)]
pub struct Refusals(Vec<FieldError>);

impl Refusals {
    /// The largest number of fields that a refusal names, so that the answer to a list of broken rows, or to
    /// unknown field names, is not larger than the request.
    pub const MOST: usize = 100;

    /// Refuses a field.
    pub fn add(&mut self, field: &str, reason: impl Into<Reason>) {
        if self.0.len() < Self::MOST {
            self.0.push(FieldError { field: field.to_owned(), reason: reason.into() });
        }
    }

    /// The value of a result; an error refuses the field.
    pub fn take<T, E: Into<Reason>>(&mut self, field: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.add(field, error)).ok()
    }

    /// Parses an optional field; an absent or empty one is `None`.
    pub fn optional<T>(&mut self, field: &str, text: Option<&String>) -> Option<T>
    where
        T: FromStr,
        T::Err: Into<Reason>,
    {
        text.filter(|text| !text.trim().is_empty()).and_then(|text| self.take(field, text.trim().parse()))
    }

    /// Parses a field that may be absent; an empty text is parsed as a value.
    pub fn given<T>(&mut self, field: &str, text: Option<&String>) -> Option<T>
    where
        T: FromStr,
        T::Err: Into<Reason>,
    {
        text.and_then(|text| self.take(field, text.trim().parse()))
    }

    /// Parses a whole number within a range, which may be absent.
    pub fn number(&mut self, field: &str, text: Option<&String>, range: RangeInclusive<i64>) -> Option<i64> {
        let number = self.given(field, text)?;
        if range.contains(&number) {
            return Some(number);
        }
        self.add(field, Reason::OutOfRange);
        None
    }

    /// Parses a required field.
    pub fn required<T>(&mut self, field: &str, text: Option<&String>) -> Option<T>
    where
        T: FromStr,
        T::Err: Into<Reason>,
    {
        match text {
            Some(text) if !text.trim().is_empty() => self.take(field, text.trim().parse()),
            _ => {
                self.add(field, Reason::Required);
                None
            }
        }
    }

    /// Whether no field was refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends the collection.
    ///
    /// # Errors
    /// The refused fields, if there are any.
    pub fn finish(self) -> Result<(), Vec<FieldError>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }

    /// The value built from the fields, if none was refused.
    ///
    /// # Errors
    /// The refused fields, if there are any.
    pub fn and<T>(self, value: Option<T>) -> Result<T, Vec<FieldError>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_a_limited_number_of_fields() {
        let mut refusals = Refusals::default();
        for at in 0..10_000 {
            refusals.add(&format!("parts.{at}.amount"), Reason::Required);
        }
        let errors = refusals.finish().expect_err("it is refused");
        assert_eq!(errors.len(), Refusals::MOST);
        assert_eq!(errors[0].field, "parts.0.amount", "the first ones");
    }
}
