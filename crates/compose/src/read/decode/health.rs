//! `healthcheck`.

use super::{Errors, map, number, truth, wrong};
use crate::read::tree::{Entry, Kind, Map, Node};
use crate::{HealthTest, Healthcheck};
use bootproof_core::Secret;
use std::time::Duration;

/// The health check of `entry`.
pub(super) fn healthcheck(entry: &Entry, errors: &mut Errors) -> Option<Healthcheck> {
    if entry.node.is_null() {
        return None;
    }
    let map = map(&entry.node, "healthcheck", errors)?;
    let test = if truth(map, "disable", false, errors) {
        HealthTest::Disabled
    } else {
        map.get("test").map_or(HealthTest::Image, |entry| test(&entry.node, errors))
    };
    Some(Healthcheck {
        test,
        interval: time(map, "interval", errors),
        timeout: time(map, "timeout", errors),
        retries: number(map, "retries", errors),
        start_period: time(map, "start_period", errors),
        start_interval: time(map, "start_interval", errors),
        place: entry.key.clone(),
    })
}

fn test(node: &Node, errors: &mut Errors) -> HealthTest {
    match &node.kind {
        Kind::Null => HealthTest::Image,
        Kind::Text(line) => HealthTest::Shell(line.clone()),
        Kind::List(list) => {
            let mut words: Vec<Secret> = list.iter().filter_map(Node::scalar).collect();
            match words.first().map(Secret::reveal) {
                None => HealthTest::Image,
                Some("NONE") => HealthTest::Disabled,
                Some("CMD") => HealthTest::Command(words.split_off(1)),
                Some("CMD-SHELL") if words.len() == 2 => HealthTest::Shell(words.swap_remove(1)),
                _ => {
                    wrong(node, "`test` must begin with `NONE`, `CMD` or `CMD-SHELL`", errors);
                    HealthTest::Image
                }
            }
        }
        _ => {
            wrong(node, "`test` must be text or a list", errors);
            HealthTest::Image
        }
    }
}

fn time(map: &Map, name: &str, errors: &mut Errors) -> Option<Duration> {
    let node = &map.get(name)?.node;
    let Some(text) = node.scalar() else { return None };
    let time = super::super::duration::duration(text.reveal());
    if time.is_none() {
        wrong(node, &format!("`{name}` must be a time such as `30s` or `1m30s`"), errors);
    }
    time
}
