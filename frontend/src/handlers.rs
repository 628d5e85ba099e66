//! Handlers by event name, as the page's scripts register them.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::{cell::RefCell, collections::HashMap};

/// Receives the data of a frame as JSON text.
type Handler = Box<dyn Fn(&str)>;

/// The registered handlers.
#[derive(Default)]
pub struct Handlers(RefCell<HashMap<String, Vec<Handler>>>);

#[derive(Deserialize)]
struct Named {
    event: String,
    #[serde(default)]
    data: Option<Box<RawValue>>,
}

impl Handlers {
    /// Registers a handler.
    pub fn on(&self, event: &str, handler: impl Fn(&str) + 'static) {
        self.0.borrow_mut().entry(event.to_owned()).or_default().push(Box::new(handler));
    }

    /// Calls the handlers of a frame, and those of each entry of a `changes` frame.
    pub fn tell(&self, text: &str) {
        let handlers = self.0.borrow();
        if handlers.is_empty() {
            return;
        }
        for named in events(text) {
            let data = named.data.as_ref().map_or("null", |data| data.get());
            for handler in handlers.get(&named.event).into_iter().flatten() {
                handler(data);
            }
        }
    }
}

/// The events of a frame: the frame itself, and each entry of a `changes` frame.
fn events(text: &str) -> Vec<Named> {
    let Ok(frame) = serde_json::from_str::<Named>(text) else { return Vec::new() };
    let entries = frame.data.as_ref().filter(|_| frame.event == "changes").map(|data| data.get());
    let entries: Vec<Named> =
        entries.and_then(|entries| serde_json::from_str(entries).ok()).unwrap_or_default();
    std::iter::once(frame).chain(entries).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    #[test]
    fn handlers_are_called_once_per_frame_and_once_per_entry() {
        let handlers = Handlers::default();
        let told = Rc::new(RefCell::new(Vec::new()));
        for event in ["changes", "budget_fact_updated", "article_updated"] {
            let told = told.clone();
            handlers.on(event, move |data| told.borrow_mut().push((event, data.to_owned())));
        }
        handlers.tell(r#"{"event":"article_updated","data":{"id":1},"seq":3,"later":true}"#);
        assert_eq!(told.take(), [("article_updated", r#"{"id":1}"#.to_owned())]);
        let entries = r#"[{"event":"budget_fact_updated","data":{"id":1},"before":{}},{"event":"article_updated","data":{"id":2}},{"event":"member_updated","data":{}}]"#;
        handlers.tell(&format!(r#"{{"event":"changes","data":{entries},"seq":4}}"#));
        let expected = [
            ("changes", entries),
            ("budget_fact_updated", r#"{"id":1}"#),
            ("article_updated", r#"{"id":2}"#),
        ];
        assert_eq!(told.take(), expected.map(|(event, data)| (event, data.to_owned())));
        handlers.tell("not a frame");
        assert!(told.take().is_empty());
    }
}
