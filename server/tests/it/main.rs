//! The program from outside, on a real port and a real database.
//!
//! What live updates promise, and where it is tested. The oracle is `tests/oracle` (processes and a bad
//! network), the model is [`model`] (the real hub, frames and reducer), the load generator is `end2end/load`.
//!
//! | promise | test |
//! | --- | --- |
//! | the log is dense across crashes, rollbacks and concurrent writers | `log::twenty_concurrent_writers_leave_no_hole`, oracle |
//! | who sees a change sees all before it | model, `live::a_thousand_changes_missed_come_in_order` |
//! | the log adds up to the tables | `log::the_fold_of_the_log_equals_the_tables`, oracle |
//! | a screen equals the log up to its number, at every moment | model |
//! | nothing is lost, nothing applied twice | model, oracle, load generator |
//! | no half transaction is shown | model |
//! | after faults every screen reaches the head by itself | oracle |
//! | after an answer the writer's screen shows at least that change | `app/src/replica/tests/answers.rs` |
//! | recovery is whole or a snapshot | model, `live::a_position_that_the_log_cannot_continue_is_told_so` |
//! | not one byte of another household arrives | `isolation::frames_of_another_household_never_arrive`, oracle |
//! | sockets end with their session and membership | `live::sockets_close_when_their_session_ends`, `leaving`, `sockets::a_session_that_ended_in_silence_is_found_by_the_recheck` |
//! | clients that never read delay nobody and are closed | `sockets::a_client_that_never_reads_is_closed_and_delays_nobody`, load generator |
//! | what comes and goes leaves nothing behind | load generator, `live::hub` |
//! | an end is said to every screen, and the program ends well | `sockets::a_program_that_ends_spreads_its_goodbyes_and_answers_until_the_last`, oracle |
//! | those who lost their server come back spread out and read the log once a household | `frontend/src/backoff.rs`, load generator |
//! | RFC 6455 | `scripts/autobahn.sh`, `sockets::bytes_that_are_no_frames_end_only_their_own_socket` |
//!
//! Each of them has been seen red: `flaws` and the oracle put five flaws in, one after the other.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

mod accounts;
mod admin;
mod articles;
#[cfg(target_os = "linux")]
mod ask;
mod backup;
mod bad_input;
mod bounds;
mod checks;
mod cleaning;
mod commands;
mod control;
mod database_file;
mod demo;
mod disk;
mod document;
mod due;
mod facts;
mod figures;
#[cfg(feature = "trial")]
mod flaws;
mod folding;
mod foresight;
mod golden;
mod groups;
mod harness;
mod isolation;
mod later_version;
mod leaving;
mod live;
mod log;
mod merging;
mod model;
mod moving;
mod names;
mod occurrences;
mod occurrences_model;
mod pages;
mod passwords;
mod people;
mod plans;
mod processes;
mod reading;
mod recurring;
mod repeats;
mod requests;
mod schema;
mod seen;
mod sockets;
mod start;
mod stats;
mod store_faults;
mod strangers;
