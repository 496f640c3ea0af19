//! What has no `://`: hosts, lists of hosts, `user:password@host`, Go's MySQL form, `key=value` strings.

use super::{hosts, pairs, url};

/// Schemes that go without `//`.
const OPAQUE: [&str; 4] = ["sqlite:", "file:", "memory:", "unix:"];

/// The text masked, or `None` when it may be more than a place to connect to.
pub(super) fn mask(text: &str) -> Option<String> {
    match text.rsplit_once('@') {
        Some((userinfo, _)) if userinfo.contains(['?', '#', ';', '=', ' ', '\t', '\n']) => None,
        Some((_, tail)) => place(tail).or_else(|| go_address(tail)).map(|tail| format!("***@{tail}")),
        None => place(text).or_else(|| pairs::connection_string(text)),
    }
}

/// Hosts, or a path.
fn place(text: &str) -> Option<String> {
    // Oracle's thin form puts the host behind `@//`.
    let bare = text.strip_prefix("//").unwrap_or(text);
    let path = |text: &str| text.chars().all(|c| c.is_alphanumeric() || "._-:/~${}".contains(c));
    let opaque = OPAQUE.iter().find_map(|scheme| bare.strip_prefix(scheme));
    let rooted = bare.starts_with(['/', '.', '~']) && !bare.contains(':');
    let (authority, rest) = bare.find('/').map_or((bare, ""), |at| bare.split_at(at));
    let known = opaque.is_some_and(path)
        || (rooted && path(bare))
        || (hosts::are_plain(authority) && path(rest) && !rest.contains(":-"));
    known.then(|| text.to_owned())
}

/// `tcp(db:3306)/app?parseTime=true`, as Go's MySQL driver has it behind the `@`.
fn go_address(text: &str) -> Option<String> {
    let (protocol, rest) = text.split_once('(')?;
    let (address, rest) = rest.split_once(')')?;
    let (path, query) = rest.find('?').map_or((rest, ""), |at| rest.split_at(at));
    let known = matches!(protocol, "tcp" | "tcp4" | "tcp6" | "unix" | "cloudsql");
    let named =
        path.strip_prefix('/').is_some_and(|name| name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c)));
    let masked = match protocol {
        "unix" => url::mask_place("file", address)?,
        _ => hosts::are_plain(address).then(|| address.to_owned())?,
    };
    (known && named).then(|| format!("{protocol}({masked}){path}{}", pairs::parameters(query)))
}
