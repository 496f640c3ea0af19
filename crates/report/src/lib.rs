//! Renders a run as text and JSON; the only serialised types.
