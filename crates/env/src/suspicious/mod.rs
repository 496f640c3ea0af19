//! Values that are of their type and still wrong.
//!
//! [`text`] is about texts of any type and asked while reading; [`of_value`] is about what a value means where it is used.

mod address;
mod json;
mod text;
mod url;
mod weak;

pub(crate) use text::{is_capitals, is_placeholder, is_service_link, keeps_quotes, of_any_text, reference};
pub(crate) use weak::is_known;

use crate::{Type, Typed, Variable, problem::Breach, read, rules};
use bootproof_core::Environment;

/// Everything that is suspicious about a value that was read, in `environment`.
pub(crate) fn of_value(variable: &Variable, text: &str, typed: &Typed, environment: Environment) -> Vec<Breach> {
    let mut breaches = vec![];
    let local = !variable.localhost.contains(environment);
    match typed {
        Typed::Url(_) => of_url(variable, text, local, &mut breaches),
        Typed::Host(host) | Typed::Address(host, _) if local && address::is_this_machine(host) => {
            breaches.push(Breach::new(rules::LOCALHOST, "names this very machine"));
        }
        Typed::Ip(ip) if local && (ip.to_canonical().is_loopback() || ip.is_unspecified()) => {
            breaches.push(Breach::new(rules::LOCALHOST, "names this very machine"));
        }
        Typed::Text(_) if variable.is_judged_as_secret() => {
            breaches.extend(weak::of_secret(variable, text, environment))
        }
        // A URL in a variable that nobody knows to hold one: it will be printed like any other text.
        Typed::Text(_) if variable.kind == Type::String && url::carries_secret(text) => {
            let tells = "is a URL with a password, declared as a plain string";
            breaches.push(Breach::new(rules::SECRET_IN_URL, tells));
        }
        _ => {}
    }
    breaches
}

fn of_url(variable: &Variable, text: &str, local: bool, breaches: &mut Vec<Breach>) {
    let Some(parts) = read::Parts::of(text) else { return };
    if local && address::hosts(text).any(address::is_this_machine) {
        breaches.push(Breach::new(rules::LOCALHOST, "leads to this very machine"));
    }
    breaches.extend(address::tls_breach(&parts.plain));
    breaches.extend(url::driver_breach(&parts));
    if parts.password().is_some_and(|password| weak::is_known(password.reveal())) {
        breaches.push(Breach::new(rules::WEAK_SECRET, "carries a password that everybody knows"));
    }
    if variable.secret != Some(true) && url::is_logged(&parts) {
        breaches
            .push(Breach::new(rules::SECRET_IN_URL, "carries a secret in a URL that clients, proxies and servers log"));
    }
}

/// Whether `text` is a JSON document with a member named like a secret, or with a URL that carries one.
pub(crate) fn json_holds_secret(text: &str) -> bool {
    json::holds_secret(text, |string| string.contains("://") && bootproof_core::mask_url(string) != string)
}

/// Whether `text` carries a secret as URLs and JSON documents do: to hide it whatever its variable was declared as.
pub(crate) fn carries_secret(text: &str) -> bool {
    // An `@` behind a scheme always ends something that is masked.
    let in_url = text.contains("://") && (text.contains('@') || bootproof_core::mask_url(text) != text);
    in_url || json_holds_secret(text)
}
