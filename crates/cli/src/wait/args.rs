//! The command line of `bootproof wait`.

use crate::args::duration;
use clap::Args;
use std::{ffi::OsString, ops::RangeInclusive, time::Duration};

/// `bootproof wait`.
#[derive(Debug, Args)]
#[command(after_help = "\
Targets:
  HOST:PORT, :PORT                    somebody accepts connections
  http://..., https://...             answers a GET with a status from 200 to 299, or --status
  postgres://..., mysql://...         logs us in and answers
  redis://..., rediss://...           logs us in and answers, not while it is loading
  clickhouse://USER:PW@HOST:8123/DB   logs us in and answers, over HTTP
  unix:PATH                           a socket accepts connections
  file:PATH                           exists
  command:PROGRAM ARGUMENTS           exits with 0; run without a shell
  name:SERVICE, SERVICE               found alive by its name, as [discover.SERVICE] of bootproof.toml says, else in the
                                      registries, there also name:SERVICE/PORT; --env and --file are for these alone
  ${NAME} is replaced by its variable: write '${DATABASE_URL}' to keep a password off the command line

Exit codes: 0 all came; 124 time is over; 78 waiting cannot help (a wrong password, an unusable URL);
126 or 127 when CMD cannot be run or found, else CMD's own")]
pub(crate) struct WaitArgs {
    /// What to wait for, such as `db:5432`; see below
    #[arg(required = true, value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
    /// All of them, which is the default
    #[arg(long, conflicts_with = "any")]
    pub(crate) all: bool,
    /// One of them is enough
    #[arg(long)]
    pub(crate) any: bool,
    /// Until they are gone: nobody listens, the file is absent, the command fails
    #[arg(long, conflicts_with_all = ["identity", "status", "body"])]
    pub(crate) not: bool,
    /// The server must say this of itself, such as `database app` (see what it prints); of HTTP in a header or the body
    #[arg(long, value_name = "TEXT")]
    pub(crate) identity: Option<String>,
    /// The HTTP statuses that count, such as `200-399,404` [default: 200-299]
    #[arg(long, value_name = "STATUSES", value_delimiter = ',', value_parser = statuses)]
    pub(crate) status: Vec<RangeInclusive<u16>>,
    /// The first 8 KB of the HTTP answer's body must contain this
    #[arg(long, value_name = "TEXT")]
    pub(crate) body: Option<String>,
    /// Ask each target once in so much time [default: densely at first, see docs/wait.md]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) interval: Option<Duration>,
    /// Without an end; else `--timeout`, which is 30s unless given
    #[arg(long, conflicts_with = "timeout")]
    pub(crate) forever: bool,
    /// What to start then, in place of this process
    #[arg(last = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

/// `404` or `200-299`.
fn statuses(text: &str) -> Result<RangeInclusive<u16>, String> {
    let status = |text: &str| text.parse().ok().filter(|status| (100..=599).contains(status));
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (status(first), status(last)) {
        (Some(first), Some(last)) if first <= last => Ok(first..=last),
        _ => Err("a status from 100 to 599 is needed, such as `204`, or a range such as `200-299`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_one_or_a_range() {
        assert_eq!((statuses("404"), statuses("200-399")), (Ok(404..=404), Ok(200..=399)));
        for wrong in ["", "2xx", "299-200", "99", "600", "200-", "200..299"] {
            assert!(statuses(wrong).is_err(), "{wrong}");
        }
    }
}
