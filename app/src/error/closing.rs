//! Why a household that waits to be erased takes no writes.

use super::AppError;
use crate::domain::Day;

impl AppError {
    /// The refusal of a household that is to be erased on a day. Until then its owner can keep it.
    #[must_use]
    pub fn of_closed(erase_on: Day, today: Day) -> Self {
        if today < erase_on { Self::HouseholdClosed } else { Self::ErasureDue }
    }
}
