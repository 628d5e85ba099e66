//! The book as a screen shows it.

pub mod apply;
#[cfg(test)]
mod tests;
