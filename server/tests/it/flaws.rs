//! The model is judged too: each flaw makes the live path wrong in one way, and the model must turn red.
//! (What only processes and a network can show is judged by `tests/oracle`.)

use std::process::Command;

#[test]
fn the_model_notices_what_is_wrong() {
    for flaw in ["no-gap-check", "half-transaction", "no-before"] {
        let output = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "model::a_screen_equals_the_log_up_to_its_number_whatever_happens"])
            .env("FAMILY_BUDGET_FLAW", flaw)
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("running 1 test"), "{said}");
        assert!(!output.status.success(), "{flaw} was not noticed");
    }
}
