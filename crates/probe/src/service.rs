//! What all services here have in common: the card, the template, the time an attempt may take, and the effect of a failure.

use crate::diagnose;
use bootproof_core::{Card, Criticality, Cx, Diagnosis, Secret};
use std::time::Duration;

/// The most that looking a host up and connecting to it may take. A healthy connect takes milliseconds, across the world 300;
/// after one second Linux repeats a lost first packet, so two seconds survive one loss.
pub(crate) const CONNECT: Duration = Duration::from_secs(2);
/// The most that a connected server may take to answer, and a TLS handshake to be done.
pub(crate) const ANSWER: Duration = Duration::from_secs(2);
/// What is kept back of a step for telling what went wrong before the engine ends it.
const TELLING: Duration = Duration::from_millis(10);

/// The card of service `name`, with id `kind.name`. It waits for the environment, whose variables its template needs.
pub(crate) fn card(room: &str, name: &str, kind: &'static str, title: &str, criticality: Criticality) -> Card {
    Card::service(format!("{room}.{name}"), format!("{title} `{name}`"), kind)
        .needs("environment")
        .criticality(criticality)
}

/// `own`, or less when the step has less left.
pub(crate) fn limit(cx: &Cx, own: Duration) -> Duration {
    own.min(cx.left().saturating_sub(TELLING))
}

/// The template with its variables filled in.
pub(crate) fn expand(cx: &Cx, template: &str) -> Result<Secret, Diagnosis> {
    cx.vars().expand(template).map_err(|names| diagnose::missing_variables(&names))
}

/// Says what the failure of this service means for the start. What a room says of its own effect is for programs that use
/// the room; a probe only asks.
pub(crate) fn with_effect(card: &Card, diagnosis: Diagnosis) -> Diagnosis {
    let id = &card.id;
    diagnosis.now(if card.is_required() {
        format!("`{id}` is required: without it the start fails")
    } else {
        format!("`{id}` is optional: the start goes on without it")
    })
}
