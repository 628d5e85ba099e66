//! The program from outside, on a real port and a real database.
//!
//! The guarantees of live updates, and where they are tested. The oracle is `tests/oracle` (processes and a
//! faulty network), the model is [`model`] (the real hub, frames and reducer), the load generator is
//! `end2end/load`.
//!
//! | guarantee | test |
//! | --- | --- |
//! | the log is dense across crashes, rollbacks and concurrent writers | `log::twenty_concurrent_writers_leave_no_gap`, oracle |
//! | who sees a change sees all before it | model, `live::a_thousand_missed_changes_arrive_in_order` |
//! | the fold of the log equals the tables | `log::the_fold_of_the_log_equals_the_tables`, oracle |
//! | a screen equals the log up to its number, at every moment | model |
//! | nothing is lost, nothing applied twice | model, oracle, load generator |
//! | no transaction is shown partly | model |
//! | after faults every screen reaches the head without help | oracle |
//! | after an answer the writer's screen shows at least that change | `app/src/outbox/tests/foreseen.rs` |
//! | a stream resumes completely or with a snapshot | model, `live::a_position_that_cannot_be_resumed_is_answered_with_a_resync` |
//! | not one byte of another household arrives | `isolation::frames_of_another_household_never_arrive`, oracle |
//! | sockets end with their session and membership | `live::sockets_close_when_their_session_ends`, `leaving`, `sockets::the_recheck_finds_a_session_whose_end_was_not_announced` |
//! | clients that never read delay nobody and are closed | `sockets::a_client_that_never_reads_is_closed_and_delays_nobody`, load generator |
//! | closed sockets leave nothing behind | load generator, `hub` |
//! | every screen is told about a shutdown, and the program ends cleanly | `sockets::a_stopping_program_spreads_its_closes_and_answers_until_the_last`, oracle |
//! | clients that lost their server reconnect spread out and read the log once per household | `frontend/src/backoff.rs`, load generator |
//! | RFC 6455 | `scripts/autobahn.sh`, `sockets::bytes_that_are_no_frames_end_only_their_own_socket` |
//!
//! Each of them was seen to fail: `flaws` and the oracle inject six flaws, one after the other.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

mod accounts;
mod admin;
mod another_program;
mod articles;
#[cfg(target_os = "linux")]
mod ask;
mod away;
mod backup;
mod backup_digests;
mod backup_keeping;
mod bad_input;
mod balances;
mod bounds;
mod checks;
mod cleaning;
mod commands;
mod control;
mod currencies;
mod database_file;
mod deep_trees;
mod deletions;
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
mod full_disk;
mod golden;
mod groups;
mod harness;
mod interrupted;
mod isolation;
mod later_version;
mod layers;
mod leaving;
mod left_sessions;
mod live;
mod log;
mod merging;
mod methods;
mod model;
mod moving;
mod names;
mod new_passwords;
mod occurrences;
mod occurrences_model;
mod older_facts;
mod output;
mod overwritten;
mod page_files;
mod pages;
mod passwords;
mod people;
mod permissions;
mod plain_forms;
mod plain_refusals;
mod plans;
mod processes;
mod queries;
mod read_only;
mod reading;
mod readme;
mod recurring;
mod release;
mod repeats;
mod requests;
mod restoring;
mod schema;
mod search;
mod second_process;
mod seen;
mod signing_in_again;
mod sockets;
mod start;
mod statement_plans;
mod stats;
mod store_faults;
mod strangers;
mod stray_logs;
mod turns;
mod unclean_ends;
mod worker;
