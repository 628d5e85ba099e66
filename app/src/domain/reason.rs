//! Why a field of a form is refused: a code for programs, and the numbers for its sentence.

use super::{currency::UnknownCurrency, day::NoSuchDate, money::MoneyError, text::TextError};
use serde::{Deserialize, Serialize};
use std::num::{IntErrorKind, ParseIntError};

/// What is wrong with a field. Its sentence in each language is in `i18n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The field is missing or empty.
    Required,
    /// Not a decimal number.
    NotANumber,
    /// Not an amount, in a currency with this many decimals.
    NotAnAmount(u8),
    /// An amount that can be read in two ways, in a currency with this many decimals.
    Ambiguous(u8),
    /// An amount or a difference: a dash without spaces, in a currency with this many decimals.
    Dashed(u8),
    /// Brackets around a single number within a computation: a negative amount, or that number.
    Bracketed,
    /// A computation with a negative result, where only a leading sign may change the direction of the money.
    BelowZero,
    /// The sign of another currency than the account's, which has this many decimals.
    OtherCurrency(u8),
    /// More decimals than the currency has, which is this many.
    TooManyDigits(u8),
    /// 10¹³ minor units or more.
    TooLarge,
    /// The amount of a transaction is zero.
    Zero,
    /// A negative amount.
    Negative,
    /// It occurs twice.
    Duplicate,
    /// The parts do not add up to the total.
    SumDiffers,
    /// The two accounts of a transfer are the same.
    SameCenter,
    /// More characters than the field takes.
    TooLong(u16),
    /// More terms than a search takes.
    TooManyTerms(u16),
    /// Fewer characters than the field needs.
    TooShort(u16),
    /// Nothing but spaces and characters that nobody sees.
    OnlySpaces,
    /// It contains a control character.
    ControlCharacter,
    /// Not an email address.
    NotAnEmail,
    /// Not a day or month of the calendar.
    NotADate,
    /// Not a UUID.
    NotAnId,
    /// Not a number within the range of this field.
    OutOfRange,
    /// More plans within these months than one answer has.
    TooManyPlans,
    /// A day before the first possible one.
    TooEarly,
    /// Not the code of a currency.
    UnknownCurrency,
    /// Not the name of a time zone.
    UnknownTimeZone,
    /// Not one of the words that this field accepts.
    UnknownWord,
    /// The household has no such row.
    NotFound,
    /// A day on which its recurring entry is not expected.
    NotOpen,
    /// The row is archived and accepts no new entries.
    Archived,
    /// There is no field of this name.
    UnknownField,
    /// A string was expected.
    WrongType,
    /// A child must have the kind of its parent.
    KindDiffers,
    /// An article cannot be its own ancestor.
    Circle,
    /// An article would stand below too many others.
    TooDeep,
    /// The currency of an account cannot change once facts refer to it.
    UsedCurrency,
    /// The currency of a household cannot change once it has plans.
    PlannedCurrency,
    /// The kind of a category cannot change once facts or plans refer to it.
    UsedKind,
    /// The kind of the only category for transfers cannot change.
    OnlyTransfer,
    /// The field is set when the row is created and never changes.
    SetOnce,
    /// The day is already recorded or skipped.
    Settled,
    /// Its transaction was changed since it was recorded.
    Edited,
    /// The email is already registered.
    Taken,
    /// Not the password of this account.
    WrongPassword,
    /// Not the name that must be typed to confirm.
    NameDiffers,
}

impl Reason {
    /// The HTTP status of a form whose fields are refused only for this reason.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            // The field is valid by itself, but conflicts with what is recorded.
            Self::UsedCurrency => 409,
            _ => 422,
        }
    }

    /// Whether the reason results from comparing two fields, so that correcting either of them may help: an
    /// amount and the currency of its account, a total and its parts.
    #[must_use]
    pub const fn compares_fields(self) -> bool {
        matches!(
            self,
            Self::TooManyDigits(_)
                | Self::Duplicate
                | Self::SumDiffers
                | Self::SameCenter
                | Self::TooEarly
                | Self::KindDiffers
                | Self::Circle
        )
    }

    /// The stable code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::NotANumber | Self::NotAnAmount(_) => "not_a_number",
            Self::Ambiguous(_) | Self::Dashed(_) | Self::Bracketed => "ambiguous",
            Self::BelowZero => "below_zero",
            Self::OtherCurrency(_) => "other_currency",
            Self::TooManyDigits(_) => "too_many_digits",
            Self::TooLarge => "too_large",
            Self::Zero => "zero",
            Self::Negative => "negative",
            Self::Duplicate => "duplicate",
            Self::SumDiffers => "sum_differs",
            Self::SameCenter => "same_center",
            Self::TooLong(_) => "too_long",
            Self::TooManyTerms(_) => "too_many",
            Self::TooShort(_) => "too_short",
            Self::OnlySpaces => "only_spaces",
            Self::ControlCharacter => "control_character",
            Self::NotAnEmail => "not_an_email",
            Self::NotADate => "not_a_date",
            Self::NotAnId => "not_an_id",
            Self::OutOfRange | Self::TooManyPlans => "out_of_range",
            Self::TooEarly => "too_early",
            Self::UnknownCurrency => "unknown_currency",
            Self::UnknownTimeZone => "unknown_time_zone",
            Self::UnknownWord => "unknown_word",
            Self::NotFound | Self::NotOpen => "not_found",
            Self::Archived => "archived",
            Self::UnknownField => "unknown_field",
            Self::WrongType => "wrong_type",
            Self::KindDiffers => "kind_differs",
            Self::Circle => "circle",
            Self::TooDeep => "too_deep",
            Self::UsedCurrency
            | Self::PlannedCurrency
            | Self::UsedKind
            | Self::OnlyTransfer
            | Self::SetOnce => "in_use",
            Self::Edited => "edited",
            Self::Settled => "settled",
            Self::Taken => "taken",
            Self::WrongPassword => "wrong_password",
            Self::NameDiffers => "name_differs",
        }
    }
}

impl From<MoneyError> for Reason {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::Missing => Self::Required,
            MoneyError::NotANumber { digits } => Self::NotAnAmount(digits),
            MoneyError::Ambiguous { digits } => Self::Ambiguous(digits),
            MoneyError::Dashed { digits } => Self::Dashed(digits),
            MoneyError::Bracketed => Self::Bracketed,
            MoneyError::BelowZero => Self::BelowZero,
            MoneyError::OtherCurrency { digits } => Self::OtherCurrency(digits),
            MoneyError::TooManyDigits { digits } => Self::TooManyDigits(digits),
            MoneyError::TooLarge => Self::TooLarge,
            MoneyError::Zero => Self::Zero,
        }
    }
}

impl From<TextError> for Reason {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Missing => Self::Required,
            TextError::TooLong { max } => Self::TooLong(u16::try_from(max).unwrap_or(u16::MAX)),
            TextError::ControlCharacter => Self::ControlCharacter,
            TextError::NotAnEmail => Self::NotAnEmail,
        }
    }
}

impl From<NoSuchDate> for Reason {
    fn from(_: NoSuchDate) -> Self {
        Self::NotADate
    }
}

impl From<UnknownCurrency> for Reason {
    fn from(_: UnknownCurrency) -> Self {
        Self::UnknownCurrency
    }
}

impl From<ParseIntError> for Reason {
    fn from(error: ParseIntError) -> Self {
        match error.kind() {
            IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => Self::OutOfRange,
            _ => Self::NotANumber,
        }
    }
}

impl From<uuid::Error> for Reason {
    fn from(_: uuid::Error) -> Self {
        Self::NotAnId
    }
}
