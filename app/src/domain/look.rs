//! The appearance of categories and people: a small set of icons and colours, the same on every screen.

use super::{Reason, Refusals};

/// The number of colours, numbered from 0. For a category 0 is the default.
pub const COLOURS: i64 = 8;

/// The icons that a category can have, by their names in `ui/icons.svg`. An empty text means none.
pub const ICONS: [&str; 24] = [
    "basket",
    "home",
    "key",
    "bolt",
    "sofa",
    "car",
    "fuel",
    "bus",
    "plane",
    "fork",
    "cup",
    "heart",
    "shirt",
    "child",
    "star",
    "book",
    "gift",
    "paw",
    "phone",
    "wrench",
    "coin",
    "briefcase",
    "arrows",
    "dots",
];

/// Refuses a number that is not one of the colours.
pub fn check_colour(refusals: &mut Refusals, colour: Option<i64>) {
    if colour.is_some_and(|colour| !(0..COLOURS).contains(&colour)) {
        refusals.add("colour", Reason::OutOfRange);
    }
}

/// Refuses a name that is not one of the icons.
pub fn check_icon(refusals: &mut Refusals, icon: Option<&String>) {
    if icon.is_some_and(|icon| !icon.is_empty() && !ICONS.contains(&icon.as_str())) {
        refusals.add("icon", Reason::UnknownWord);
    }
}
