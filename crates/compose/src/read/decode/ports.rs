//! `ports`, short and long.

use super::{Errors, text, wrong};
use crate::read::tree::{Kind, Map, Node};
use crate::{ComposeError, Port, PortMapping, PortSyntaxError, Protocol, parse_short, port::range};
use std::sync::Arc;

/// All ports of the list `node`.
pub(super) fn ports(node: &Node, errors: &mut Errors) -> Vec<PortMapping> {
    match &node.kind {
        Kind::Null => vec![],
        Kind::List(list) => list.iter().flat_map(|one| port(one, errors)).collect(),
        _ => {
            wrong(node, "`ports` must be a list", errors);
            vec![]
        }
    }
}

fn port(node: &Node, errors: &mut Errors) -> Vec<PortMapping> {
    match &node.kind {
        Kind::Map(map) => long(node, map, errors).into_iter().collect(),
        Kind::Int(_) | Kind::Text(_) => {
            let text = node.scalar().unwrap_or_default();
            match parse_short(text.reveal()) {
                Ok(ports) => ports.into_iter().map(|port| mapping(node, port)).collect(),
                Err(error) => {
                    refuse(node, text.reveal(), error, errors);
                    vec![]
                }
            }
        }
        _ => {
            wrong(node, "a port must be a number, text or a map", errors);
            vec![]
        }
    }
}

fn mapping(node: &Node, port: Port) -> PortMapping {
    PortMapping {
        port,
        mode: Some("ingress".to_owned()),
        name: None,
        app_protocol: None,
        place: node.place.clone(),
        references: Arc::clone(&node.references),
    }
}

fn refuse(node: &Node, text: &str, source: PortSyntaxError, errors: &mut Errors) {
    errors.push(ComposeError::Port { place: node.place.clone(), text: text.to_owned(), source });
}

/// A port that is written as a map.
fn long(node: &Node, map: &Map, errors: &mut Errors) -> Option<PortMapping> {
    let mut port = Port { host_ip: None, published: None, target: 0, protocol: Protocol::Tcp };
    let mut part = |name: &str, read: &mut dyn FnMut(&str) -> Result<(), PortSyntaxError>| {
        let Some(entry) = map.get(name) else { return };
        let Some(text) = entry.node.scalar() else { return };
        if let Err(error) = read(text.reveal()) {
            refuse(&entry.node, text.reveal(), error, errors);
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
        refuse(node, "", PortSyntaxError::NoTarget, errors);
    }
    let references: Vec<String> = map.values().flat_map(|entry| entry.node.references.iter().cloned()).collect();
    Some(PortMapping {
        mode: text(map, "mode", errors),
        name: text(map, "name", errors),
        app_protocol: text(map, "app_protocol", errors),
        references: references.into(),
        ..mapping(node, port)
    })
}
