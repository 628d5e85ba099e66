//! Announces that open links were made, used or revoked, to the members who may list them. Frames do not
//! carry the links: a screen that shows them requests them.

use super::feed::{Feed, LinkChanges, lock};
use app::domain::MemberId;
use serde::{Deserialize, Serialize};

/// Which links of a household changed, and who is notified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Links {
    /// Invitations, which every member may list.
    Invites,
    /// Password links, which these members may list: the owners.
    Passwords(Vec<MemberId>),
}

impl Feed {
    /// Records that links of this household were made, used or revoked.
    pub fn links_changed(&self, links: Links) {
        let next = |count: u32| count.wrapping_add(1).max(1);
        match links {
            Links::Invites => self.bell.send_modify(|bell| bell.links.invites = next(bell.links.invites)),
            Links::Passwords(owners) => {
                *lock(&self.owners) = owners;
                self.bell.send_modify(|bell| bell.links.passwords = next(bell.links.passwords));
            }
        }
    }

    /// Whether `changes` concern a member who knows of those up to `told`.
    #[must_use]
    pub fn concerns(&self, member: MemberId, told: LinkChanges, changes: LinkChanges) -> bool {
        told.invites != changes.invites
            || (told.passwords != changes.passwords && lock(&self.owners).contains(&member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invitations_concern_everybody_and_password_links_the_current_owners() {
        let (feed, anna, ben) = (Feed::default(), MemberId::new(), MemberId::new());
        let concerns = |told| [anna, ben].map(|member| feed.concerns(member, told, feed.now().links));
        let start = feed.now().links;
        assert_eq!(concerns(start), [false, false]);
        feed.links_changed(Links::Passwords(vec![anna]));
        assert_eq!(concerns(start), [true, false]);
        let told = feed.now().links;
        assert_eq!(concerns(told), [false, false], "once");
        feed.links_changed(Links::Invites);
        assert_eq!(concerns(told), [true, true]);
        let told = feed.now().links;
        feed.links_changed(Links::Passwords(vec![ben]));
        assert_eq!(concerns(told), [false, true], "the household was handed over");
    }
}
