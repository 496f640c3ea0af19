//! Which number each declared port wants now, and whether the declarations get along. Pure.

use crate::{
    Host, PortError, PortSpec,
    ledger::{Advice, Rank},
    overlap::{Overlap, worst},
};
use bootproof_core::Vars;

/// A declared port with the number that it wants now.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) spec: PortSpec,
    /// 0: any that is free.
    pub(crate) port: u16,
}

impl Wanted {
    /// The number that `spec` wants: that of its variable when it is set, else its own.
    pub(crate) fn of(spec: &PortSpec, vars: &Vars) -> Result<Self, PortError> {
        spec.check()?;
        let port = match spec.variable.as_deref().and_then(|name| vars.value(name).map(|value| (name, value))) {
            None => spec.port,
            Some((name, value)) => {
                parse(value.text.reveal()).ok_or_else(|| not_a_port(spec, name, value.shown, value.text.reveal()))?
            }
        };
        Ok(Self { spec: spec.clone(), port })
    }

    /// The numbers to try after the wanted one, each once: the last one it had, then its range, the likely ones first; and any that is free
    /// when that is wanted and no range is given.
    pub(crate) fn others(&self, advice: &Advice<'_>) -> impl Iterator<Item = u16> {
        let (wanted, range) = (self.port, self.spec.may_move_within().cloned());
        let any = wanted == 0 && range.is_none();
        let may_be = |number: &u16| any || range.as_ref().is_some_and(|range| range.contains(number));
        let last = advice.last().filter(may_be).filter(|number| *number != wanted);
        let rest = move |number: &u16| *number != wanted && Some(*number) != last;
        let ranks = range.into_iter().flat_map(|range| Rank::ALL.map(|rank| (rank, range.clone())));
        let numbers =
            ranks.flat_map(move |(rank, range)| range.filter(rest).filter(move |number| advice.rank(*number) == rank));
        last.into_iter().chain(numbers).chain(any.then_some(0))
    }
}

/// A port number, 1 to 65535.
pub(crate) fn parse(text: &str) -> Option<u16> {
    text.trim().parse().ok().filter(|port| *port != 0)
}

fn not_a_port(spec: &PortSpec, variable: &str, shown: bool, text: &str) -> PortError {
    let value = if shown { format!("`{}`", text.escape_default()) } else { "its value".to_owned() };
    PortError::NotAPort { name: spec.name.clone(), variable: variable.to_owned(), value }
}

/// The wanted numbers of all `specs`, in order.
///
/// # Errors
/// Everything that is wrong with them.
pub(crate) fn wanted(specs: &[PortSpec], vars: &Vars) -> Result<Vec<Wanted>, Vec<PortError>> {
    let (mut all, mut errors): (Vec<Wanted>, _) = (vec![], vec![]);
    for spec in specs {
        match Wanted::of(spec, vars) {
            Ok(wanted) => {
                errors.extend(all.iter().find_map(|earlier| clash(earlier, &wanted)));
                all.push(wanted);
            }
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(errors) }
}

fn clash(first: &Wanted, second: &Wanted) -> Option<PortError> {
    let (a, b) = (&first.spec, &second.spec);
    let what = if a.name == b.name {
        "are declared under one name".to_owned()
    } else if a.variable.is_some() && a.variable == b.variable {
        format!("share the variable `{}`", a.variable.as_deref().unwrap_or_default())
    } else if first.port != 0 && first.port == second.port && a.protocol == b.protocol && collide(a.host, b.host) {
        format!("both want port {}", first.port)
    } else {
        return None;
    };
    Some(PortError::Clash { first: a.name.clone(), second: b.name.clone(), what })
}

fn collide(a: Host, b: Host) -> bool {
    // Any number does, as long as it is the same: sockets of ours on `::` take no IPv4, so "possible" is "no".
    b.addresses(1).into_iter().any(|other| worst(&a.addresses(1), other) == Overlap::Certain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bootproof_core::{Secret, Value};

    fn spec(name: &str, port: u16) -> PortSpec {
        PortSpec::new(name, port)
    }

    fn errors(specs: &[PortSpec], vars: &[(&str, &str)]) -> Vec<String> {
        let vars = Vars::from_pairs("test", vars.iter().copied());
        wanted(specs, &vars).err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_variable_wins_over_the_declared_number() {
        let vars = Vars::from_pairs("test", [("PORT", " 9000\n")]);
        let of = |spec: PortSpec| Wanted::of(&spec, &vars).unwrap().port;
        assert_eq!(of(spec("api", 8000).variable("PORT")), 9000);
        assert_eq!(of(spec("api", 8000).variable("OTHER")), 8000);
    }

    #[test]
    fn a_value_that_is_no_port_is_refused_and_shown_only_when_it_may_be() {
        let api = [spec("api", 8000).variable("PORT")];
        for text in ["", "0", "65536", "-1", "80a", "tcp://10.0.0.7:6379"] {
            assert_eq!(
                errors(&api, &[("PORT", text)]),
                ["`PORT` must be a port for `api`, 1 to 65535, and its value is none"]
            );
        }
        let mut vars = Vars::default();
        vars.set("PORT", Value { text: Secret::new("80a"), source: "test".into(), shown: true });
        let error = wanted(&api, &vars).unwrap_err().remove(0).to_string();
        assert!(error.contains("`80a`"), "{error}");
    }

    #[test]
    fn declarations_that_get_in_each_others_way_are_all_refused() {
        let specs = [
            spec("a", 8000).variable("PORT"),
            spec("b", 8000),
            spec("a", 8001),
            spec("c", 8002).variable("PORT"),
            spec("d", 8003).range(std::ops::RangeInclusive::new(9, 8)),
            spec("e", 8004).range(0..=8),
        ];
        let errors = errors(&specs, &[]);
        assert_eq!(errors.len(), 5, "{errors:?}");
        for (error, part) in errors.iter().zip(["want port 8000", "one name", "variable `PORT`", "9-8", "0-8"]) {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn one_number_on_different_addresses_is_no_clash_and_neither_is_any_free_port_twice() {
        let address = |name, ip: &str| spec(name, 8000).host(Host::Address(ip.parse().unwrap()));
        assert_eq!(errors(&[address("a", "127.0.0.2"), address("b", "127.0.0.3"), address("c", "::1")], &[]), [""; 0]);
        assert_eq!(errors(&[spec("a", 0), spec("b", 0)], &[]), [""; 0]);
        assert_eq!(errors(&[address("a", "127.0.0.2"), spec("b", 8000).host(Host::Any)], &[]).len(), 1);
    }

    #[test]
    fn the_other_numbers_come_once_each_and_without_the_wanted_one() {
        let of = |spec: PortSpec| {
            let wanted = Wanted::of(&spec, &Vars::default()).unwrap();
            wanted.others(&Advice::default()).collect::<Vec<_>>()
        };
        assert_eq!(of(spec("a", 5).range(4..=6)), [4, 6]);
        assert_eq!(of(spec("a", 0).range(4..=6)), [4, 5, 6]);
        assert_eq!(of(spec("a", 0)), [0]);
        assert_eq!(of(spec("a", 5)), [0; 0]);
        assert_eq!(of(spec("a", 5).environment_range(4..=6)), [4, 6]);
        assert_eq!(of(spec("a", 5).environment_range(4..=6).range(7..=7)), [7], "a declared range is a bound");
        assert_eq!(of(spec("a", 5).environment_range(4..=6).range(7..=7).strict()), [0; 0]);
    }
}
