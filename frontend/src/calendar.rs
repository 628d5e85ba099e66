//! The days of a time zone, by the clock of the device.

use js_sys::{Array, Date, Function, Intl::DateTimeFormat, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The days since 1970 in a time zone; `None` if the browser does not know the time zone.
#[must_use]
pub fn day_number(time_zone: &str) -> Option<i64> {
    let (texts, options) = (Array::of1(&"en-CA".into()), Object::new());
    for (name, value) in
        [("timeZone", time_zone), ("year", "numeric"), ("month", "2-digit"), ("day", "2-digit")]
    {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    // Unlike its binding, this does not throw for a time zone that the browser does not know.
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let made: DateTimeFormat =
        Reflect::construct(&class, &Array::of2(&texts, &options)).ok()?.dyn_into().ok()?;
    // `2026-11-28`, which is read as that day in UTC.
    let day = made.format().call1(&JsValue::UNDEFINED, &Date::new_0()).ok()?;
    whole(Date::parse(&day.as_string()?) / MS_PER_DAY)
}

const MS_PER_DAY: f64 = 86_400_000.0;

#[expect(clippy::cast_possible_truncation, reason = "a number of days")]
fn whole(number: f64) -> Option<i64> {
    number.is_finite().then_some(number as i64)
}
