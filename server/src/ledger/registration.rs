//! The form of a registration.

use super::{accounts::check_time_zone, password_rules::check_password};
use app::{
    domain::{Currency, Email, FieldError, Language, Money, Name, Refusals},
    service::RegisterForm,
};

/// The parsed form of a registration.
pub(super) struct NewPerson {
    pub name: Name,
    pub email: Email,
    pub password: String,
    pub household: Option<Name>,
    pub currency: Currency,
    pub time_zone: String,
    pub language: Language,
    /// The opening balance of the first account.
    pub opening_balance: Money,
}

impl NewPerson {
    /// Parses a form; without a language in it, the person gets that of the request.
    pub(super) fn of(form: &RegisterForm, language: Language) -> Result<Self, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let name = refusals.required("name", form.name.as_ref());
        let email = refusals.required("email", form.email.as_ref());
        let password = form.password.clone().unwrap_or_default();
        check_password(&mut refusals, "password", &password);
        let household = if form.invite.is_some() {
            None
        } else {
            refusals.required("household", form.household.as_ref())
        };
        let currency = refusals.optional("currency", form.currency.as_ref()).unwrap_or(Currency::EUR);
        let time_zone =
            form.time_zone.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| "UTC".into());
        check_time_zone(&mut refusals, &time_zone);
        let language = refusals.optional("language", form.language.as_ref()).unwrap_or(language);
        let opening_balance = match form.opening_balance.as_deref().map(str::trim) {
            Some(text) if !text.is_empty() => refusals.take("opening_balance", Money::parse(text, currency)),
            _ => None,
        };
        let opening_balance = opening_balance.unwrap_or_else(|| Money::zero(currency));
        let named = name.zip(email);
        refusals.and(named.map(|(name, email)| Self {
            name,
            email,
            password,
            household,
            currency,
            time_zone,
            language,
            opening_balance,
        }))
    }
}

/// The refused fields of a form, for a page that has found another one itself.
#[must_use]
pub fn refused(form: &RegisterForm) -> Vec<FieldError> {
    NewPerson::of(form, Language::default()).err().unwrap_or_default()
}
