//! The order in which the servers of an SRV record set are tried (RFC 2782). Pure: the chance comes in as a seed.

use bootproof_core::Seed;

/// One server of an SRV record set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SrvServer {
    /// Lower ones are tried first.
    pub priority: u16,
    /// The share of first tries among servers of one priority.
    pub weight: u16,
    /// The server's name, without a final dot.
    pub target: String,
    /// Its port.
    pub port: u16,
}

/// `servers` in the order to try them: by priority, and within one at random by weight, derived from `seed`.
pub(crate) fn order(mut servers: Vec<SrvServer>, seed: Seed) -> Vec<SrvServer> {
    servers.sort();
    let mut ordered = vec![];
    while let Some(first) = servers.first() {
        // They are sorted, so those of weight 0 stand first, as the RFC wants it: they have a small chance, not none.
        let alike = servers.iter().take_while(|server| server.priority == first.priority).count();
        let draw = seed.derive("srv", ordered.len() as u64);
        let at = pick(&servers[..alike], draw);
        ordered.push(servers.remove(at));
    }
    ordered
}

/// The first whose running sum of weights reaches a number between 0 and the sum of all of them.
fn pick(alike: &[SrvServer], draw: u64) -> usize {
    let sum: u64 = alike.iter().map(|server| u64::from(server.weight)).sum();
    let mut running = 0;
    let reached = alike.iter().position(|server| {
        running += u64::from(server.weight);
        running >= draw % (sum + 1)
    });
    reached.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(priority: u16, weight: u16, target: &str) -> SrvServer {
        SrvServer { priority, weight, target: target.into(), port: 1 }
    }

    fn first_tries(servers: &[SrvServer], name: &str, seeds: u64) -> usize {
        (0..seeds).filter(|seed| order(servers.to_vec(), Seed(*seed))[0].target == name).count()
    }

    #[test]
    fn a_lower_priority_always_comes_first_whatever_the_weights_are() {
        let servers = [server(20, 65_535, "b"), server(10, 0, "a")];
        assert_eq!(first_tries(&servers, "a", 500), 500);
    }

    #[test]
    fn first_tries_are_shared_by_weight_and_weight_zero_has_a_small_chance() {
        let servers = [server(1, 75, "big"), server(1, 25, "small"), server(1, 0, "none")];
        let share = |name| first_tries(&servers, name, 10_000);
        // The RFC's rule gives 75/101, 25/101 and 1/101.
        assert!((7_200..=7_650).contains(&share("big")), "{}", share("big"));
        assert!((2_270..=2_680).contains(&share("small")), "{}", share("small"));
        assert!((50..=160).contains(&share("none")), "{}", share("none"));
    }

    proptest::proptest! {
        #[test]
        fn every_server_is_tried_once_and_the_same_seed_gives_the_same_order(
            servers in proptest::collection::vec((0_u16..4, proptest::prelude::any::<u16>(), "[a-d]"), 0..12),
            seed in proptest::prelude::any::<u64>(),
        ) {
            let servers: Vec<_> = servers.into_iter().map(|(p, w, t)| server(p, w, &t)).collect();
            let ordered = order(servers.clone(), Seed(seed));
            proptest::prop_assert_eq!(&ordered, &order(servers.clone(), Seed(seed)));
            proptest::prop_assert!(ordered.is_sorted_by_key(|server| server.priority));
            let (mut one, mut other) = (ordered, servers);
            one.sort();
            other.sort();
            proptest::prop_assert_eq!(one, other);
        }
    }
}
