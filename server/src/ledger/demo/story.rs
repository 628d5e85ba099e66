//! The transactions of the demo household: a year of an invented family, two adults and a teenager.
//!
//! A fixed seed makes the year the same for everybody, up to the day of the visit.

use super::habits::{HABITS, MONTHLY};
use app::domain::{Day, Language};

/// A member of the family: the word in the URL, and the name in each language.
pub struct Person {
    /// The word in the URL.
    pub word: &'static str,
    names: [&'static str; 2],
    /// The number of the member's colour, 0 to 7.
    pub colour: i64,
}

/// Anna, Ben and Mila.
pub const PEOPLE: [Person; 3] = [
    Person { word: "anna", names: ["Anna", "Анна"], colour: 0 },
    Person { word: "ben", names: ["Ben", "Борис"], colour: 3 },
    Person { word: "mila", names: ["Mila", "Мила"], colour: 5 },
];

impl Person {
    /// The name.
    pub const fn name(&self, language: Language) -> &'static str {
        of(language, self.names)
    }
}

const fn of(language: Language, [en, ru]: [&'static str; 2]) -> &'static str {
    match language {
        Language::En => en,
        Language::Ru => ru,
    }
}

/// The family's name.
pub const fn family(language: Language) -> &'static str {
    of(language, ["The Sokolovs", "Соколовы"])
}

/// The accounts beside the card and the cash.
pub const fn more_centers(language: Language) -> [&'static str; 2] {
    [of(language, ["Mila’s card", "Карта Милы"]), of(language, ["Savings", "Накопления"])]
}

/// The opening balances of card, cash, the teenager's card and the savings, in euros.
pub const OPENING: [i64; 4] = [3_250, 180, 40, 8_500];

/// A transaction of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its day.
    pub day: Day,
    /// The member who recorded it: the index in [`PEOPLE`].
    pub who: usize,
    /// The icon of its article among those that a household starts with.
    pub article: &'static str,
    /// Its account: card 0, cash 1, the teenager's card 2, savings 3.
    pub center: usize,
    /// The amount in cents; negative if spent.
    pub cents: i64,
    /// Its note.
    pub note: &'static str,
}

/// SplitMix64: small, and its sequence never changes, which a library's generator does not guarantee.
struct Chance(u64);

impl Chance {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    const fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let at = usize::try_from(self.below(of.len().max(1) as u64)).unwrap_or(0);
        of.get(at).copied()
    }
}

/// The year that ends with `today`, ordered by day.
pub fn year(language: Language, today: Day) -> Vec<Told> {
    let mut days: Vec<Day> =
        std::iter::successors(Some(today), |day| Some(day.yesterday())).take(365).collect();
    days.reverse();
    let mut chance = Chance(20);
    let mut told = Vec::with_capacity(1_600);
    for day in days {
        for &(on, who, article, center, euros, note) in MONTHLY {
            if day.day_of_month() == on {
                told.push(Told { day, who, article, center, cents: euros * 100, note: of(language, note) });
            }
        }
        for habit in HABITS {
            // Drawn whether it happens or not, so that the sequence of random numbers is the same for every
            // start.
            let (happens, who) = (chance.below(1_000) < habit.often, chance.pick(habit.who));
            let (low, high) = habit.euros;
            let cents = low * 100 + chance.below((high - low) * 100);
            // Real prices rarely end in any digit.
            let cents = if cents.is_multiple_of(3) { cents / 100 * 100 + 99 } else { cents / 10 * 10 };
            let note = chance.pick(habit.notes);
            if happens {
                told.push(Told {
                    day,
                    who: who.unwrap_or(0),
                    article: habit.article,
                    center: habit.center,
                    cents: -i64::try_from(cents).unwrap_or(100),
                    note: note.map_or("", |note| of(language, note)),
                });
            }
        }
    }
    told
}

/// The monthly transactions, each on its next day after `today`, without transfers.
pub fn monthly(language: Language, today: Day) -> Vec<Told> {
    let days = || std::iter::successors(today.plus_days(1), |day| day.plus_days(1)).take(31);
    let expected = MONTHLY.iter().filter(|(_, _, article, ..)| *article != "arrows");
    let told = expected.filter_map(|&(on, who, article, center, euros, note)| {
        let day = days().find(|day| day.day_of_month() == on)?;
        Some(Told { day, who, article, center, cents: euros * 100, note: of(language, note) })
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monthly_entries_are_in_the_past_and_expected_next() {
        for today in ["2026-11-22", "2028-01-30", "2027-01-31"] {
            let today: Day = today.parse().expect("a day");
            let (told, expected) = (year(Language::En, today), monthly(Language::En, today));
            assert_eq!(expected.len(), 6);
            for next in expected {
                assert!(next.day > today);
                let same = |told: &&Told| {
                    (told.article, told.cents, told.note) == (next.article, next.cents, next.note)
                };
                assert_eq!(told.iter().filter(same).count(), 12, "{}", next.note);
            }
        }
    }

    #[test]
    fn a_year_has_about_fifteen_hundred_transactions_and_ends_with_something_left() {
        for today in ["2026-11-22", "2028-02-29", "2027-01-01"] {
            let today: Day = today.parse().expect("a day");
            let told = year(Language::En, today);
            assert!((1_350..=1_650).contains(&told.len()), "{}", told.len());
            assert!(told.windows(2).all(|pair| pair[0].day <= pair[1].day));
            assert!(told.iter().all(|told| told.cents != 0 && told.day <= today));
            for (center, opening) in OPENING.iter().enumerate() {
                let sum: i64 = told.iter().filter(|told| told.center == center).map(|told| told.cents).sum();
                assert!(opening * 100 + sum > -50_000, "account {center} ends at {}", opening * 100 + sum);
            }
            assert_eq!(told, year(Language::En, today), "the same for everybody");
            assert_eq!(told.len(), year(Language::Ru, today).len());
        }
    }
}
