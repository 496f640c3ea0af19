//! How often somebody is asked: pure, by what was met last and for how long that has been so.
//!
//! A wait that just began may end at any moment and is worth dense asking; one that has lasted is late anyway. So the time
//! between two questions is a share of the time waited, between a least and a most. Where a question costs the other side
//! something (a login, an entry in its log), both are higher.

use std::time::Duration;

/// What is met at a target, and so how it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Nobody listens on this machine, or a file is absent: a question costs nobody else anything.
    Near,
    /// Nobody listens on another machine: a question is a packet there and one back.
    Far,
    /// The name is not known: a question is one to the name service.
    Nameless,
    /// Nobody is found under a name: a question reads the registry, and may go to DNS and etcd.
    Unfound,
    /// Somebody is there and not ready: a question may be a login.
    Starting,
    /// Somebody is there and says no, in a way that time alone will hardly change.
    Refusing,
    /// A command: a question is a process.
    Command,
}

/// Least and most time between the beginnings of two questions, and the part of the time waited.
struct Rhythm {
    least: Duration,
    part: u32,
    most: Duration,
}

const fn rhythm(least: u64, part: u32, most: u64) -> Rhythm {
    Rhythm { least: Duration::from_millis(least), part, most: Duration::from_millis(most) }
}

impl Manner {
    // Measured on a shared 2-core machine under a load of 10: a wake-up and a refused connect cost the kernel 100 µs there (14 µs
    // without the pause), ours 160 µs in all. See `cargo xtask bench wait`.
    const fn rhythm(self) -> Rhythm {
        match self {
            Self::Near => rhythm(3, 1000, 50),
            Self::Far => rhythm(5, 500, 100),
            Self::Nameless => rhythm(20, 50, 500),
            Self::Unfound => rhythm(10, 50, 500),
            Self::Starting => rhythm(5, 100, 50),
            Self::Refusing => rhythm(250, 20, 1000),
            Self::Command => rhythm(10, 20, 1000),
        }
    }

    /// The time from the beginning of one question to that of the next, when this has been met for `since` and the question took
    /// `took`.
    pub(super) fn period(self, since: Duration, took: Duration) -> Duration {
        let Rhythm { least, part, most } = self.rhythm();
        let period = (since / part).clamp(least, most);
        match self {
            // A command may do real work: it rests as long as it ran.
            Self::Command => period.max(took * 2),
            // Reading a registry is work on this machine, asking a far one is not ours: a tenth of the time, up to the most.
            Self::Unfound => period.max((took * 10).min(most)),
            _ => period,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Manner; 7] = [
        Manner::Near,
        Manner::Far,
        Manner::Nameless,
        Manner::Unfound,
        Manner::Starting,
        Manner::Refusing,
        Manner::Command,
    ];

    #[test]
    fn a_wait_begins_densely_and_calms_down() {
        let ms = |manner: Manner, seconds| manner.period(Duration::from_secs(seconds), Duration::ZERO).as_millis();
        assert_eq!([0, 4, 10, 60, 3600].map(|s| ms(Manner::Near, s)), [3, 4, 10, 50, 50]);
        assert_eq!([0, 1, 5, 3600].map(|s| ms(Manner::Starting, s)), [5, 10, 50, 50]);
        assert_eq!([0, 10, 3600].map(|s| ms(Manner::Refusing, s)), [250, 500, 1000]);
    }

    #[test]
    fn a_command_is_run_at_most_half_of_the_time() {
        let took = Duration::from_secs(3);
        assert_eq!(Manner::Command.period(Duration::from_secs(9), took), took * 2);
    }

    #[test]
    fn a_search_that_takes_long_is_begun_less_often_and_no_less_than_twice_a_second() {
        let period = |ms| Manner::Unfound.period(Duration::ZERO, Duration::from_millis(ms)).as_millis();
        assert_eq!([0, 8, 4000].map(period), [10, 80, 500]);
    }

    proptest! {
        #[test]
        fn what_is_met_longer_is_never_asked_more_often(at in 0..7_usize, early in 0..10_000_000_u64, later in 0..10_000_000_u64) {
            let period = |ms| ALL[at].period(Duration::from_millis(ms), Duration::ZERO);
            prop_assert!(period(early) <= period(early + later));
            prop_assert!(period(early) >= Duration::from_millis(2) && period(later) <= Duration::from_secs(1));
        }
    }
}
