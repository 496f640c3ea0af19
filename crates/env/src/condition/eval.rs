//! Whether a condition holds.

use super::{Comparison, Operand, Tree};
use crate::{bytes, duration, read::bool_of};
use std::{cmp::Ordering, time::Duration};

type LookUp<'a, 'v> = &'a dyn Fn(&str) -> Option<&'v str>;

pub(super) fn holds(tree: &Tree, look_up: LookUp<'_, '_>, is_unknown: &dyn Fn(&str) -> bool) -> Option<bool> {
    let holds = |tree| holds(tree, look_up, is_unknown);
    match tree {
        Tree::Or(trees) => any(trees.iter().map(holds)),
        Tree::And(trees) => any(trees.iter().map(|tree| holds(tree).map(|held| !held))).map(|broken| !broken),
        Tree::Not(tree) => holds(tree).map(|held| !held),
        Tree::IsSet(name) => (!is_unknown(name)).then(|| look_up(name).is_some()),
        Tree::Truth(name) => look_up(name).map(|text| bool_of(text) != Some(false)),
        Tree::Compare(left, comparison, right) => compare(value(left, look_up)?, *comparison, value(right, look_up)?),
        Tree::Among(operand, others) => {
            let text = value(operand, look_up)?;
            any(others.iter().map(|other| Some(equal(text, value(other, look_up)?))))
        }
    }
}

/// True when one is true, false when all are false, else unknown.
fn any(mut all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut unknown = false;
    let found = all.any(|one| {
        unknown |= one.is_none();
        one == Some(true)
    });
    if found { Some(true) } else { (!unknown).then_some(false) }
}

fn value<'x, 'v: 'x>(operand: &'x Operand, look_up: LookUp<'_, 'v>) -> Option<&'x str> {
    match operand {
        Operand::Name(name) => look_up(name),
        Operand::Text(text) => Some(text),
    }
}

fn compare(left: &str, comparison: Comparison, right: &str) -> Option<bool> {
    match comparison {
        Comparison::Equal => return Some(equal(left, right)),
        Comparison::NotEqual => return Some(!equal(left, right)),
        _ => {}
    }
    let order = order(left, right)?;
    Some(match comparison {
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// Equal as texts, as amounts (`60s`, `1m`) or as bools (`yes`, `true`; where one is a word, so that `1` is not `on`).
fn equal(left: &str, right: &str) -> bool {
    let word = |text: &str| ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word));
    let as_bools = || (word(left) || word(right)) && bool_of(left).is_some() && bool_of(left) == bool_of(right);
    left == right || order(left, right) == Some(Ordering::Equal) || as_bools()
}

/// The order of two amounts of one kind: numbers, durations, sizes, versions.
fn order(left: &str, right: &str) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return left.partial_cmp(&right);
    }
    let durations: (Option<Duration>, Option<Duration>) = (duration(left), duration(right));
    if let (Some(left), Some(right)) = durations {
        return Some(left.cmp(&right));
    }
    if let (Some(left), Some(right)) = (bytes(left), bytes(right)) {
        return Some(left.cmp(&right));
    }
    let version = |text: &str| text.parse::<semver::Version>().ok();
    Some(version(left)?.cmp(&version(right)?))
}

fn number(text: &str) -> Option<f64> {
    let digits = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    text.parse().ok().filter(|number: &f64| digits && number.is_finite())
}

#[cfg(test)]
mod tests {
    use crate::Condition;

    fn holds(source: &str) -> Option<bool> {
        let values = [
            ("MODE", "oauth"),
            ("MIN", "2"),
            ("MAX", "10"),
            ("SHORT", "500ms"),
            ("LONG", "2s"),
            ("ON", "yes"),
            ("OFF", "0"),
            ("V", "1.10.0"),
        ];
        let condition = Condition::parse(source).unwrap();
        condition.holds(&|name| values.iter().find(|(known, _)| *known == name).map(|(_, text)| *text))
    }

    #[test]
    fn values_are_compared_as_what_they_are() {
        for source in [
            "MODE == 'oauth'",
            "MODE != \"none\"",
            "MIN <= MAX",
            "MIN < 10",
            "SHORT < LONG",
            "LONG == 2000ms",
            "LONG <= 2s",
            "ON == true",
            "OFF == false",
            "V > '1.9.0'",
            "MODE in ['none', 'oauth']",
            "MODE not in ['none']",
            "MODE is set",
            "NONE is not set",
            "ON and not OFF",
            "(MIN > 5 or MAX > 5) and ON",
            "1KiB > 1kB",
            "MAX >= 10.0",
        ] {
            assert_eq!(holds(source), Some(true), "{source}");
            assert_eq!(holds(&format!("not ({source})")), Some(false), "{source}");
        }
    }

    #[test]
    fn what_is_not_set_is_neither_true_nor_false() {
        for source in
            ["NONE == 'x'", "NONE != 'x'", "not NONE", "NONE < 3", "NONE in ['x']", "ON and NONE", "OFF or NONE"]
        {
            assert_eq!(holds(source), None, "{source}");
        }
        assert_eq!(holds("OFF and NONE"), Some(false));
        assert_eq!(holds("ON or NONE"), Some(true));
    }

    #[test]
    fn amounts_of_two_kinds_have_no_order() {
        for source in ["LONG < 3", "MODE < 3", "MODE < 'z'"] {
            assert_eq!(holds(source), None, "{source}");
        }
        assert_eq!(holds("LONG == 2"), Some(false));
    }
}
