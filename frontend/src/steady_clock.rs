//! A clock that never goes back. Pure: the caller passes what the clocks of the browser say.

/// Milliseconds that passed, from the two clocks that a browser has.
///
/// The clock of the day goes on while the device sleeps, but it can be set. The other one cannot be set, but on some
/// systems it stands still meanwhile. What passed is what the clock that went further says.
#[derive(Clone, Copy, Debug, Default)]
pub struct SteadyClock {
    seen: Option<(f64, f64)>,
    passed: f64,
}

impl SteadyClock {
    /// A clock that nobody has looked at.
    #[must_use]
    pub const fn new() -> Self {
        Self { seen: None, passed: 0.0 }
    }

    /// The milliseconds since the first look, at this time of both clocks, in milliseconds.
    pub fn look(&mut self, of_day: f64, since_start: f64) -> f64 {
        if let Some((day, start)) = self.seen {
            self.passed += (of_day - day).max(since_start - start).max(0.0);
        }
        self.seen = Some((of_day, since_start));
        self.passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_while_the_clock_is_set_back_and_while_the_device_sleeps() {
        let mut clock = SteadyClock::new();
        let looks = [
            (1_000_000.0, 10.0),
            (1_001_000.0, 1_010.0),
            // Set back by an hour, while two seconds pass.
            (-2_597_000.0, 3_010.0),
            // A minute of sleep, in which only the clock of the day goes on.
            (-2_537_000.0, 3_010.0),
            // Neither moves.
            (-2_537_000.0, 3_010.0),
        ];
        let passed: Vec<f64> = looks.into_iter().map(|(day, start)| clock.look(day, start)).collect();
        assert_eq!(passed, [0.0, 1_000.0, 3_000.0, 63_000.0, 63_000.0].to_vec());
    }
}
