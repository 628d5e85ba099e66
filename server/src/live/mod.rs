//! The live side: who has a screen open, and how a change gets there.

pub mod frames;
pub mod hub;
