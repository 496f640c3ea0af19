//! `healthcheck`.

use super::{map, number, truth, wrong};
use crate::read::Notes;
use crate::read::tree::{Entry, Kind, Map, Node};
use crate::{HealthTest, Healthcheck};
use bootproof_core::Secret;
use std::time::Duration;

/// The health check of `entry`.
pub(super) fn healthcheck(entry: &Entry, notes: &mut Notes) -> Option<Healthcheck> {
    if entry.node.is_null() {
        return None;
    }
    let map = map(&entry.node, "healthcheck", notes)?;
    let test = if truth(map, "disable", false, notes) {
        HealthTest::Disabled
    } else {
        map.get("test").map_or(HealthTest::Image, |entry| test(&entry.node, notes))
    };
    Some(Healthcheck {
        test,
        interval: time(map, "interval", notes),
        timeout: time(map, "timeout", notes),
        retries: number(map, "retries", notes),
        start_period: time(map, "start_period", notes),
        start_interval: time(map, "start_interval", notes),
        place: entry.key.clone(),
    })
}

fn test(node: &Node, notes: &mut Notes) -> HealthTest {
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
                    wrong(node, "`test` must begin with `NONE`, `CMD` or `CMD-SHELL`", notes);
                    HealthTest::Image
                }
            }
        }
        _ => {
            wrong(node, "`test` must be text or a list", notes);
            HealthTest::Image
        }
    }
}

fn time(map: &Map, name: &str, notes: &mut Notes) -> Option<Duration> {
    let node = &map.get(name)?.node;
    let text = node.scalar()?;
    let time = super::super::duration::duration(text.reveal());
    if time.is_none() {
        wrong(node, &format!("`{name}` must be a time such as `30s` or `1m30s`"), notes);
    }
    time
}
