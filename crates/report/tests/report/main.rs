//! The report, from events to text and JSON.
//!
//! Every state here is folded from events made by hand: these tests show what a report says of events, not that an engine
//! makes such events. The engine's own tests and the command's show that.

mod json;
mod plan;
mod progress;
mod runs;
mod schema;
mod text;
mod truth;
mod width;
