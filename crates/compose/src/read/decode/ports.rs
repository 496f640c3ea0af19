//! `ports`, short and long.

use super::{text, wrong};
use crate::read::Notes;
use crate::read::tree::{Kind, Map, Node};
use crate::{ComposeError, Port, PortMapping, PortSyntaxError, Protocol, parse_short, port::range};
use indexmap::IndexMap;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// All ports of the list `node`.
pub(super) fn ports(node: &Node, notes: &mut Notes) -> Vec<PortMapping> {
    match &node.kind {
        Kind::Null => vec![],
        Kind::List(list) => unique(list.iter().flat_map(|one| port(one, notes)).collect()),
        _ => {
            wrong(node, "`ports` must be a list", notes);
            vec![]
        }
    }
}

/// The ports of the list `expose`, with or without a protocol: `80`, `"8000-8002/udp"`.
pub(super) fn expose(node: &Node) -> Vec<RangeInclusive<u16>> {
    let one = |one: &Node| {
        let text = one.scalar()?;
        range(text.reveal().split('/').next()?).ok()
    };
    node.as_list().into_iter().flatten().filter_map(one).collect()
}

/// Compose's rule: of ports with the same address, target, published port and protocol the last one counts, in the
/// place of
/// the first. No address is `0.0.0.0`.
fn unique(all: Vec<PortMapping>) -> Vec<PortMapping> {
    let mut kept: IndexMap<Port, PortMapping> = IndexMap::new();
    for one in all {
        let mut key = one.port.clone();
        key.host_ip.get_or_insert(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        kept.insert(key, one);
    }
    kept.into_values().collect()
}

fn port(node: &Node, notes: &mut Notes) -> Vec<PortMapping> {
    match &node.kind {
        Kind::Map(map) => long(node, map, notes).into_iter().collect(),
        Kind::Int(_) | Kind::Text(_) => {
            let text = node.scalar().unwrap_or_default();
            match parse_short(text.reveal()) {
                Ok(ports) => ports.into_iter().map(|port| mapping(node, port)).collect(),
                Err(error) => {
                    refuse(node, text.reveal(), error, notes);
                    vec![]
                }
            }
        }
        _ => {
            wrong(node, "a port must be a number, text or a map", notes);
            vec![]
        }
    }
}

fn mapping(node: &Node, port: Port) -> PortMapping {
    PortMapping {
        port,
        mode: "ingress".to_owned(),
        name: None,
        app_protocol: None,
        place: node.place.clone(),
        references: Arc::clone(&node.references),
    }
}

fn refuse(node: &Node, text: &str, source: PortSyntaxError, notes: &mut Notes) {
    notes.error(ComposeError::Port { place: node.place.clone(), text: text.to_owned(), source });
}

/// A port that is written as a map.
fn long(node: &Node, map: &Map, notes: &mut Notes) -> Option<PortMapping> {
    let mut port = Port { host_ip: None, published: None, target: 0, protocol: Protocol::Tcp };
    let mut part = |name: &str, read: &mut dyn FnMut(&str) -> Result<(), PortSyntaxError>| {
        let Some(entry) = map.get(name) else { return };
        let Some(text) = entry.node.scalar() else { return };
        if let Err(error) = read(text.reveal()) {
            refuse(&entry.node, text.reveal(), error, notes);
        }
    };
    part("target", &mut |text| {
        let one = range(text)?;
        port.target = *one.start();
        if one.start() == one.end() { Ok(()) } else { Err(PortSyntaxError::NotAPort(text.to_owned())) }
    });
    part("published", &mut |text| {
        port.published = if text.is_empty() { None } else { Some(range(text)?).filter(|range| *range != (0..=0)) };
        Ok(())
    });
    part("host_ip", &mut |text| {
        port.host_ip = crate::port::address(text)?;
        Ok(())
    });
    part("protocol", &mut |text| {
        port.protocol = Protocol::named(text).ok_or_else(|| PortSyntaxError::Protocol(text.to_owned()))?;
        Ok(())
    });
    if !map.contains_key("target") {
        refuse(node, "", PortSyntaxError::NoTarget, notes);
    }
    let plain = mapping(node, port);
    let references: Vec<String> = map.values().flat_map(|entry| entry.node.references.iter().cloned()).collect();
    Some(PortMapping {
        mode: text(map, "mode", notes).unwrap_or(plain.mode),
        name: text(map, "name", notes),
        app_protocol: text(map, "app_protocol", notes),
        references: references.into(),
        ..plain
    })
}
