//! `[discover.NAME]` and `[discovery]` as nodes of a start: who answers, what is refused, what the others get of it.

mod etcd;
mod order;
mod plan;
mod refused;
mod secrets;

use crate::{neighbour::*, setup::*};
use bootproof_testkit::Sandbox;

/// A service that looks for `users`; `more` stands in that section.
fn shop(more: &str) -> String {
    format!(
        "[service]\nname = \"shop\"\n[policy.development]\nretries = 0\n[discover.users]\nvariable = \"USERS_URL\"\n\
         check = \"/\"\nscheme = \"http\"\n{more}\n"
    )
}

/// Who uses what was found.
const USES: &str = "[http.users]\nurl = \"${USERS_URL}/\"\n[tcp.users]\naddress = \"${USERS_URL}\"\n";

/// A service `users` with a port of its own.
fn users() -> String {
    let port = bootproof_testkit::free_port();
    format!("[service]\nname = \"users\"\n[ports.api]\nport = {port}\nhost = \"127.0.0.1\"\nscheme = \"http\"\n")
}

/// Who answered, as the report has it.
fn identity(report: &Report) -> &str {
    report.service("discover.users")["identity"].as_str().unwrap_or_else(|| panic!("{}", report.output.stdout))
}

/// Why nobody did, in one text.
fn why(report: &Report) -> String {
    report.service("discover.users")["diagnosis"]["why"].to_string()
}
