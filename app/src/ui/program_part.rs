//! Parts of the program that a browser loads when they are needed, and the message shown until then.
//!
//! Only the release is split (the feature `split`, see `scripts/release.sh`). In every other build, and on the
//! server, the content of a part is there from the beginning.

use super::changing::part;
use crate::{
    live_link::{Connection, LiveLink},
    state::language::use_words,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use std::{future::Future, pin::Pin, sync::OnceLock};

/// The file of a part did not arrive: the network is lost, or the server has another build by now.
#[derive(Clone, Copy, Debug)]
pub struct PartMissing;

#[cfg(feature = "split")]
impl From<leptos::wasm_split::SplitLoaderError> for PartMissing {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// The loading of a part.
pub type Arriving<D> = Pin<Box<dyn Future<Output = Result<D, PartMissing>>>>;

/// A part of the program. `D` is the function that draws what it contains.
pub struct ProgramPart<D> {
    loaded: OnceLock<D>,
    source: Source<D>,
}

enum Source<D> {
    Here(D),
    Apart(fn() -> Arriving<D>),
}

impl<D: Copy> ProgramPart<D> {
    /// A part that came with the program.
    #[must_use]
    pub const fn here(draw: D) -> Self {
        Self { loaded: OnceLock::new(), source: Source::Here(draw) }
    }

    /// A part that has to be loaded.
    #[must_use]
    pub const fn apart(load: fn() -> Arriving<D>) -> Self {
        Self { loaded: OnceLock::new(), source: Source::Apart(load) }
    }

    /// The function that draws it, once it is loaded.
    pub fn draw(&self) -> Option<D> {
        match self.source {
            Source::Here(draw) => Some(draw),
            Source::Apart(_) => self.loaded.get().copied(),
        }
    }
}

/// A part, whatever it draws.
pub trait AnyPart: Sync {
    /// Whether it is loaded.
    fn is_here(&self) -> bool;

    /// Loads it, unless it is loaded. Another try may succeed after a failure.
    fn load(&'static self) -> Arriving<()>;
}

impl<D: Copy + Send + Sync + 'static> AnyPart for ProgramPart<D> {
    fn is_here(&self) -> bool {
        self.draw().is_some()
    }

    fn load(&'static self) -> Arriving<()> {
        Box::pin(async {
            if let (Source::Apart(load), None) = (&self.source, self.loaded.get()) {
                let draw = load().await?;
                // A call at the same time may have set it already, to the same function.
                _ = self.loaded.set(draw);
            }
            Ok(())
        })
    }
}

/// Defines a static [`ProgramPart`], by the name of its file and the function that draws it:
/// `program_part! { pub PLAN: fn() -> AnyView = plan_part in plan, || view! { <PlanPage /> }.into_any() }`.
/// Several parts may be in one file.
#[macro_export]
macro_rules! program_part {
    ($(#[$doc:meta])* $vis:vis $part:ident: $draw:ty = $name:ident in $file:ident, $function:expr) => {
        #[cfg(feature = "split")]
        #[leptos::wasm_split::wasm_split($file, wasm_split_path = ::leptos::wasm_split, fallible)]
        fn $name() -> Result<$draw, $crate::ui::program_part::PartMissing> {
            Ok($function)
        }

        $(#[$doc])*
        #[cfg(feature = "split")]
        $vis static $part: $crate::ui::program_part::ProgramPart<$draw> =
            $crate::ui::program_part::ProgramPart::apart(|| Box::pin($name()));

        $(#[$doc])*
        #[cfg(not(feature = "split"))]
        $vis static $part: $crate::ui::program_part::ProgramPart<$draw> =
            $crate::ui::program_part::ProgramPart::here($function);
    };
}
pub use crate::program_part;

/// Whether a part is loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrival {
    Loading,
    Missing,
    Here,
}

/// Renders a part. While its file is loading, a message says so. If loading fails, a button tries again, and so does
/// the page once the connection is back. `framed` renders what stands around that message.
pub fn drawn<D: Copy + Send + Sync>(
    program_part: &'static ProgramPart<D>,
    framed: impl Fn(AnyView) -> AnyView + Send + 'static,
    draw: impl Fn(D) -> AnyView + Send + 'static,
) -> AnyView {
    if let Some(function) = program_part.draw() {
        return draw(function);
    }
    awaited(program_part, Box::new(framed), Box::new(move || program_part.draw().map(&draw)))
}

/// Stands around the message of a page: its title, from the beginning.
pub fn titled(title: &'static str) -> impl Fn(AnyView) -> AnyView + Send + 'static {
    move |message| view! { <Title text=title /> <h1>{title}</h1> {message} }.into_any()
}

// Not in `drawn`: a generic function is compiled for each caller.
fn awaited(
    program_part: &'static dyn AnyPart,
    framed: Box<dyn Fn(AnyView) -> AnyView + Send>,
    draw: Box<dyn Fn() -> Option<AnyView> + Send>,
) -> AnyView {
    let arrival = RwSignal::new(Arrival::Loading);
    let ask = move || {
        spawn_local(async move {
            let arrived = program_part.load().await;
            // Another page may be looked at by now.
            arrival.try_set(if arrived.is_ok() { Arrival::Here } else { Arrival::Missing });
        });
    };
    ask();
    let ask_again = move || {
        arrival.set(Arrival::Loading);
        ask();
    };
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let connection = link.connection;
    Effect::new(move || {
        if matches!(connection.get(), Connection::Live { .. }) && arrival.get_untracked() == Arrival::Missing
        {
            ask_again();
        }
    });
    let (t, outdated) = (use_words(), link.outdated);
    let here = Memo::new(move |_| arrival.get() == Arrival::Here);
    part(move || {
        if here.get()
            && let Some(view) = draw()
        {
            return view;
        }
        let outdated = outdated.clone();
        let said = part(move || {
            if arrival.get() != Arrival::Missing {
                return view! { <p class="field-hint" role="status">{t.loading_part}</p> }.into_any();
            }
            let outdated = outdated.get();
            view! {
                <div class="form-error" role="alert">
                    <p>{if outdated { t.part_outdated } else { t.part_missing }}</p>
                    {(!outdated).then(|| view! {
                        <button type="button" class="button button-quiet" on:click=move |_| ask_again()>{t.try_again}</button>
                    }.into_any())}
                </div>
            }
            .into_any()
        });
        framed(said.into_any())
    })
    .into_any()
}
