//! The days of a time zone, by the clock of the device.

use js_sys::{Array, Date, Function, Intl::DateTimeFormat, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The days since 1970 in a time zone; `None` if the browser does not know the time zone.
#[must_use]
pub fn day_number(time_zone: &str) -> Option<i64> {
    // In the calendar and the digits of this program, whatever the person prefers.
    let (texts, options) = (Array::of1(&"en-u-ca-gregory-nu-latn".into()), Object::new());
    for (name, value) in
        [("timeZone", time_zone), ("year", "numeric"), ("month", "numeric"), ("day", "numeric")]
    {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    // Unlike its binding, this does not throw for a time zone that the browser does not know.
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let made: DateTimeFormat =
        Reflect::construct(&class, &Array::of2(&texts, &options)).ok()?.dyn_into().ok()?;
    // Not its text: its order and its marks are those of a language.
    let parts = made.format_to_parts(&Date::new_0());
    let number = |name: &str| parts.iter().find_map(|part| number_of(&part, name));
    let (year, month, day) = (number("year")?, number("month")?, number("day")?);
    whole(Date::utc(year, month - 1.0) / MS_PER_DAY + day - 1.0)
}

/// The number in a part of a formatted date, if it is the one of this name.
fn number_of(part: &JsValue, name: &str) -> Option<f64> {
    let text = |key: &str| Reflect::get(part, &key.into()).ok()?.as_string();
    if text("type")? != name {
        return None;
    }
    // Not as a float: parsing one needs a table of powers of five, which is a fortieth of what a page downloads.
    text("value")?.parse().ok().map(<f64 as From<i32>>::from)
}

const MS_PER_DAY: f64 = 86_400_000.0;

#[expect(clippy::cast_possible_truncation, reason = "a number of days")]
fn whole(number: f64) -> Option<i64> {
    number.is_finite().then_some(number as i64)
}
