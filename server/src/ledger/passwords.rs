//! Proving a password, even while another one is being set, and setting a new one for a person who does not
//! know the old one.

use super::{
    Ledger,
    demo::is_of_a_demo,
    fault::Fault,
    password_links::replace_password,
    password_rules::{PASSWORD_MAX, check_password, is_deleted},
};
use crate::db::{self, Tx, accounts::Account};
use app::{
    domain::{AccountId, Email, Language, Refusals},
    error::AppError,
    i18n::errors::plain_sentence,
    service::Device,
    wire::close,
};

/// Why a password was not set. Each variant is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum SetPasswordError {
    /// There is no such account.
    #[error("nobody signs in with {0}; check the email")]
    NoSuchAccount(String),
    /// The password is refused, or the database does not answer.
    #[error("the password was not set. {}", plain_sentence(.0, Language::En))]
    Refused(AppError),
}

/// An account whose password was right when it was compared. Comparing takes a while and holds no lock, so
/// whatever follows from it begins with [`lock`](Self::lock).
pub(super) struct Proven(Account);

impl Proven {
    /// The id of the account.
    pub const fn id(&self) -> AccountId {
        self.0.id
    }

    /// Locks the account until the transaction ends. `None` if another password was set since this one was
    /// compared. Setting a password waits for the lock, and sees what this transaction has done.
    pub async fn lock(&self, tx: &mut Tx) -> Result<Option<Account>, Fault> {
        let now = db::accounts::lock(tx, self.0.id).await?;
        Ok(Some(now).filter(|now| now.password_hash == self.0.password_hash))
    }
}

impl Ledger {
    /// The account, if this is its password. Takes as long if there is no account.
    pub(super) async fn prove(
        &self,
        account: Option<Account>,
        password: String,
    ) -> Result<Option<Proven>, Fault> {
        let too_long = password.chars().count() > usize::from(PASSWORD_MAX);
        let password = if too_long { String::new() } else { password };
        let hash = account.as_ref().map(|account| account.password_hash.clone());
        let right = self.passwords.verify(password, hash).await?;
        Ok(account.filter(|_| right).map(Proven))
    }

    /// The account with an email, if this is its password. Counts as an attempt to sign in.
    pub(super) async fn prove_by_email(
        &self,
        device: &Device,
        email: &str,
        password: String,
    ) -> Result<Proven, Fault> {
        self.count_attempt(&device.address, email).await?;
        let account = match email.parse::<Email>() {
            Ok(email) => {
                let mut tx = self.database.read().await?;
                db::accounts::find_by_email(&mut tx, &email).await?
            }
            Err(_) => None,
        };
        Ok(self.prove(account, password).await?.ok_or(AppError::WrongCredentials)?)
    }

    /// Sets a new password for the account with an email, on behalf of the operator. All its sessions end and
    /// their sockets close.
    ///
    /// # Errors
    /// See [`SetPasswordError`].
    pub async fn set_password(&self, email: &str, password: String) -> Result<(), SetPasswordError> {
        match self.do_set_password(email, password).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(SetPasswordError::NoSuchAccount(email.trim().to_owned())),
            Err(fault) => Err(SetPasswordError::Refused(fault.answer())),
        }
    }

    async fn do_set_password(&self, email: &str, password: String) -> Result<bool, Fault> {
        let Ok(email) = email.trim().parse::<Email>() else { return Ok(false) };
        let mut refusals = Refusals::default();
        check_password(&mut refusals, "password", &password);
        refusals.finish()?;
        let mut tx = self.database.read().await?;
        let account = db::accounts::find_by_email(&mut tx, &email).await?;
        drop(tx);
        // The members of a demo sign in by its link and have no password; a deleted account is only a row
        // that others refer to.
        let someone = account.filter(|account| !is_of_a_demo(account) && !is_deleted(account));
        let Some(account) = someone else { return Ok(false) };
        let hash = self.passwords.hash(password).await?;
        let mut tx = self.database.begin().await?;
        // It may have been deleted meanwhile.
        if db::accounts::lock(&mut tx, account.id).await?.email != account.email {
            return Ok(false);
        }
        let now = self.clock.now().millis();
        let news = replace_password(&mut tx, account.id, &hash, now).await?;
        let ended = db::sessions::end_all(&mut tx, account.id, now).await?;
        self.commit_and_tell(tx, (ended, close::NOT_SIGNED_IN), news).await?;
        Ok(true)
    }
}
