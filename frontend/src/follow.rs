//! Connects the replica to the live connection.

use crate::{browser, budget_ws_client::Follower};
use app::{
    api::book::open_book,
    domain::FactId,
    replica::{Replica, apply::Outcome},
    wire::{Frame, Position},
};
use leptos::prelude::*;
use std::{future::Future, pin::Pin};

/// Applies frames to the page's replica.
pub struct Following {
    /// The replica.
    pub replica: Replica,
    /// Set once the server has a newer program than this page.
    pub outdated: ArcRwSignal<bool>,
}

impl Follower for Following {
    fn position(&self) -> Position {
        self.replica.position.get_untracked()
    }

    fn editing(&self) -> Option<FactId> {
        self.replica.editing.get_untracked()
    }

    fn apply(&self, frame: Frame) -> Outcome {
        if let Frame::Welcome(welcome) = &frame
            && browser::build().is_some_and(|build| build != welcome.build)
        {
            self.outdated.set(true);
        }
        self.replica.apply(frame)
    }

    fn resync(&self) -> Pin<Box<dyn Future<Output = bool>>> {
        let replica = self.replica.clone();
        Box::pin(async move {
            match open_book().await.map(|opening| opening.snapshot) {
                // Another tab has moved this session to another household, in which the person is another
                // member, or another person has signed in: nothing on this page belongs there.
                Ok(read) if read.me != replica.me => {
                    browser::replace();
                    false
                }
                Ok(read) => {
                    replica.replace(read);
                    true
                }
                Err(_) => false,
            }
        })
    }
}
