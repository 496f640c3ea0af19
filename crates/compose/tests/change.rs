//! Conflicts found and cured, in real files and with a machine that is made up.

#[path = "change/setup.rs"]
mod setup;

#[path = "change/as_run.rs"]
mod as_run;
#[path = "change/check.rs"]
mod check;
#[path = "change/consumers.rs"]
mod consumers;
#[path = "change/fix.rs"]
mod fix;
