//! Where the focus goes when the focused element is removed or disabled.

use leptos::{
    ev::{MouseEvent, focusin, focusout},
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Document, Element, HtmlElement, HtmlInputElement},
};
use std::{cell::RefCell, rc::Rc};

/// What can have the focus.
const FOCUSABLE: &str = "button:not(:disabled), a[href], input:not(:disabled), select:not(:disabled), \
                         textarea:not(:disabled), summary, [tabindex]";

/// Gives the focus to the first field of a form that has just been opened, and shows all of the form: it may end below
/// the screen, or behind the tabs, which lie over the end of a phone's screen.
pub fn begin_form(field: &HtmlInputElement) {
    // If the field cannot be focused, the form can still be filled in.
    drop(field.focus());
    field.select();
    if let Ok(Some(form)) = field.closest("form") {
        scroll_into_view(&form);
    }
}

/// Scrolls an element into view, no further than is needed. What lies over the page is left out by `scroll-padding`. Of
/// what is higher than the screen the beginning is shown.
pub fn scroll_into_view(element: &Element) {
    #[cfg(target_arch = "wasm32")]
    {
        use js_sys::{Function, Object, Reflect};
        // `web-sys` has the options only as a feature that all of leptos would be compiled for.
        let options = Object::new();
        let scroll = Reflect::set(&options, &"block".into(), &"nearest".into())
            .and_then(|_| Reflect::get(element, &"scrollIntoView".into()))
            .and_then(|scroll| scroll.dyn_into::<Function>());
        if let Ok(scroll) = scroll {
            // What is not scrolled can be scrolled by hand.
            drop(scroll.call1(element, &options));
        }
    }
    #[cfg(not(target_arch = "wasm32"))]
    let _ = element;
}

/// Gives the focus to an element if the focused one was removed. If the person works elsewhere by now, the
/// focus stays there.
pub fn focus_if_free(element: &HtmlElement) {
    if is_free(element) {
        // If the element cannot be focused, the tab order starts at the top of the page.
        drop(element.focus());
    }
}

/// Whether no element on the page of this one has the focus.
pub fn is_free(element: &Element) -> bool {
    let active = element.owner_document().and_then(|page| page.active_element());
    active.is_none_or(|active| active.tag_name() == "BODY")
}

/// For `on:mousedown` of a button: a press leaves the focus where it is. The keyboard of a phone then stays open, and what
/// moves when a field loses the focus does not move away under the finger.
pub fn press_without_focus(event: MouseEvent) {
    event.prevent_default();
}

/// An element with its neighbours, which cannot be found after it was removed.
struct Place {
    element: Element,
    neighbours: [Option<Element>; 2],
}

/// The element that had the focus last and those around it, the nearest first.
type Places = Rc<RefCell<Vec<Place>>>;

/// Keeps the focus near its place when a change removes or disables the focused element: it goes to what replaces
/// the element, to the rest of its row, to a neighbouring row, to the heading of its list, or to the button that
/// opened its popover. `changes` tracks what may change the page without the person.
pub fn keep_focus(changes: impl Fn() + 'static) {
    let places = Places::default();
    let noted = Rc::clone(&places);
    // Only a browser has a focus.
    Effect::new(move || {
        let (came, left) = (Rc::clone(&noted), Rc::clone(&noted));
        let came = window_event_listener(focusin, move |event| {
            let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            *came.borrow_mut() = element.map(places_of).unwrap_or_default();
        });
        let left = window_event_listener(focusout, move |_| {
            let left = Rc::clone(&left);
            request_animation_frame(move || find_again(&left));
        });
        on_cleanup(move || {
            came.remove();
            left.remove();
        });
    });
    Effect::new(move || {
        changes();
        let places = Rc::clone(&places);
        request_animation_frame(move || find_again(&places));
    });
}

fn places_of(element: Element) -> Vec<Place> {
    let around = std::iter::successors(Some(element), |element| element.parent_element());
    let place = |element: Element| {
        let neighbours = [element.next_element_sibling(), element.previous_element_sibling()];
        Place { element, neighbours }
    };
    around.take_while(|element| element.tag_name() != "BODY").map(place).collect()
}

fn find_again(places: &Places) {
    let Some(page) = places.borrow().first().and_then(|last| last.element.owner_document()) else { return };
    if page.active_element().is_some_and(|active| active.tag_name() != "BODY") {
        return;
    }
    let places = places.take();
    let gone = |last: &Place| !last.element.is_connected() || is(&last.element, ":disabled");
    // Otherwise the person has left it.
    let Some(last) = places.first().filter(|last| gone(last)) else { return };
    let replaced = page.get_element_by_id(&last.element.id()).into_iter();
    let near = places.iter().flat_map(|place| near(&page, place));
    let mut all = replaced.chain(near).chain(page.get_element_by_id("main"));
    // If none can have it, the tab order starts at the top of the page.
    _ = all.any(|element| takes(&element));
}

/// What can take the focus at a place.
fn near(page: &Document, place: &Place) -> Vec<Element> {
    let Place { element, neighbours } = place;
    if !element.is_connected() {
        return neighbours.iter().flatten().filter_map(focusable).collect();
    }
    let found = |selector: &str| page.query_selector(selector).ok().flatten();
    let inside = |selector: &str| element.query_selector(selector).ok().flatten();
    let heading = || inside("h1, h2, h3").into_iter();
    if is(element, "li") {
        focusable(element).into_iter().chain([element.clone()]).collect()
    } else if is(element, "[popover]") {
        found(&format!("[popovertarget='{}']", element.id())).into_iter().collect()
    } else if is(element, "form, dialog") {
        focusable(element).into_iter().chain(heading()).collect()
    } else if is(element, "section") {
        heading().collect()
    } else {
        Vec::new()
    }
}

fn is(element: &Element, selector: &str) -> bool {
    element.matches(selector).unwrap_or(false)
}

/// The element or the first one in it that can have the focus.
fn focusable(element: &Element) -> Option<Element> {
    if is(element, FOCUSABLE) {
        return Some(element.clone());
    }
    element.query_selector(FOCUSABLE).ok().flatten()
}

/// Gives the focus to an element that the page shows; returns false if it cannot have it.
fn takes(element: &Element) -> bool {
    let Some(element) = element.dyn_ref::<HtmlElement>().filter(|element| element.is_connected()) else {
        return false;
    };
    if !is(element, FOCUSABLE) {
        element.set_tab_index(-1);
    }
    drop(element.focus());
    let active = element.owner_document().and_then(|page| page.active_element());
    active.is_some_and(|active| active.is_same_node(Some(element)))
}
