//! The YAML of the override file. Compose appends lists, so that each service with a moved port gets its whole list, `!override`.

use super::{plan::Plan, written};
use crate::{PortMapping, Project, Service};
use std::collections::{BTreeMap, BTreeSet};

/// The services of the override. `keep` writes ports that do not move as their author wrote them, `${NAME}` and all; without it, as they
/// came out.
pub(super) fn body(project: &Project, plan: &Plan, keep: bool) -> String {
    let moved = plan.moves.iter().map(|one| &one.seat.service);
    let names: BTreeSet<_> = moved.chain(plan.wires.iter().map(|wire| &wire.service)).collect();
    let mut out = String::from("services:\n");
    for name in names {
        let Some(service) = project.services.get(name) else { continue };
        out += &format!("  {}:\n", key(name));
        if plan.moves.iter().any(|one| one.seat.service == *name) {
            out += "    ports: !override\n";
            out += &ports(service, plan, keep);
        }
        let mut wires = plan.wires.iter().filter(|wire| wire.service == *name).peekable();
        if wires.peek().is_some() {
            out += "    environment:\n";
        }
        for wire in wires {
            out += &format!("      {}: {}\n", key(&wire.name), quoted(wire.text.reveal()));
        }
    }
    out
}

fn ports(service: &Service, plan: &Plan, keep: bool) -> String {
    let moves: BTreeMap<usize, _> =
        plan.moves.iter().filter(|one| one.seat.service == service.name).map(|one| (one.seat.index, &one.to)).collect();
    let mut done = BTreeSet::new();
    let mut out = String::new();
    for (index, mapping) in service.ports.iter().enumerate() {
        let mut together = service.ports.iter().enumerate().filter(|(_, other)| other.place == mapping.place);
        let none_moves = together.all(|(index, _)| !moves.contains_key(&index));
        let raw =
            if keep && none_moves && !mapping.references.is_empty() { written::item(&mapping.place) } else { None };
        match (moves.get(&index), raw) {
            (Some(to), _) => out += &entry(&PortMapping { port: (*to).clone(), ..mapping.clone() }),
            (None, Some(raw)) if done.insert(&mapping.place) => out += &format!("      - {}\n", quoted(raw.reveal())),
            (None, Some(_)) => {}
            (None, None) => out += &entry(mapping),
        }
    }
    out
}

/// One entry: in the short syntax, unless it says more than that can.
fn entry(mapping: &PortMapping) -> String {
    let PortMapping { port, mode, name, app_protocol, .. } = mapping;
    if mode == "ingress" && name.is_none() && app_protocol.is_none() {
        return format!("      - {}\n", quoted(&port.to_string()));
    }
    let published = port.published.as_ref().map(|range| match (range.start(), range.end()) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first}-{last}"),
    });
    let host_ip = port.host_ip.map(|ip| ip.to_string());
    let protocol = Some(port.protocol.to_string());
    let rest = [
        ("published", &published),
        ("host_ip", &host_ip),
        ("protocol", &protocol),
        ("mode", &Some(mode.clone())),
        ("name", name),
        ("app_protocol", app_protocol),
    ];
    let rest = rest.iter().filter_map(|(key, text)| Some(format!("        {key}: {}\n", quoted(text.as_ref()?))));
    format!("      - target: {}\n{}", port.target, rest.collect::<String>())
}

/// A key, quoted unless it can be nothing else than text.
fn key(name: &str) -> String {
    const WORDS: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"];
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !WORDS.contains(&name.to_ascii_lowercase().as_str());
    if plain { name.to_owned() } else { quoted(name) }
}

/// Text in double quotes, as YAML 1.2 escapes it.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            '\n' => out += "\\n",
            '\t' => out += "\\t",
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out += &format!("\\U{:08x}", u32::from(c))
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
