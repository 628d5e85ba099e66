//! Whose password is right, also when another one is set at the same moment; and a new password for somebody who
//! does not know the old one.

use super::{
    Ledger,
    accounts::{PASSWORD_MAX, check_password},
    deleting::is_deleted,
    demo::is_of_a_demo,
    fault::Fault,
    password_links::end_links_of,
    write::LinkNews,
};
use crate::db::{self, Tx, accounts::Account};
use app::{
    domain::{AccountId, Email, Language, Refusals},
    error::AppError,
    i18n::errors::whole_sentence,
    wire::close,
};

/// Why a password was not set. Each is one line for whoever runs the program.
#[derive(Debug, thiserror::Error)]
pub enum SetPasswordError {
    /// There is no such account.
    #[error("nobody signs in with {0}; check the email")]
    NoSuchAccount(String),
    /// The password cannot be one, or the store does not answer.
    #[error("the password was not set. {}", whole_sentence(.0, Language::En))]
    Refused(AppError),
}

/// An account whose password was right when it was compared, which takes a while and holds no lock. Whatever is
/// done because of it begins with [`lock`](Self::lock).
pub(super) struct Proven(Account);

impl Proven {
    /// The account.
    pub const fn id(&self) -> AccountId {
        self.0.id
    }

    /// The account, which nobody else changes until the transaction ends. None when another password was set since
    /// this one was compared; one that is being set waits for this transaction, and finds what it has done.
    pub async fn lock(&self, tx: &mut Tx) -> Result<Option<Account>, Fault> {
        let now = db::accounts::lock(tx, self.0.id).await?;
        Ok(Some(now).filter(|now| now.password_hash == self.0.password_hash))
    }
}

impl Ledger {
    /// The account, if this is its password. Takes as long when there is no account.
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

    /// Sets a new password for the account of an email, for whoever runs the program. All its sessions end, and
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
        // The demo's people are entered by its link and have no password; of a deleted account only a row is left.
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

/// Sets the hash of a new password; links that would set another one end, which is told when this is committed.
pub(super) async fn replace_password(
    tx: &mut Tx,
    account: AccountId,
    hash: &str,
    now: i64,
) -> Result<LinkNews, Fault> {
    db::accounts::set_password(tx, account, hash).await?;
    end_links_of(tx, account, now).await
}
