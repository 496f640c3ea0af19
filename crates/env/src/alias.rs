//! Older names of a variable, and when they go.

use jiff::civil::Date;

/// An older name a variable may still be set under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// Since when the name should no longer be used. `None`: it is as good as the canonical one.
    pub deprecated_since: Option<Date>,
    /// When the name is read no more.
    pub removed_in: Option<Removal>,
}

/// When an older name is read no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// From this day on.
    Day(Date),
    /// From this version of the service on.
    Version(semver::Version),
}

impl Alias {
    /// Whether it is read no more on the day `today`, in the service's `version`.
    pub fn is_removed(&self, today: Date, version: Option<&semver::Version>) -> bool {
        match &self.removed_in {
            None => false,
            Some(Removal::Day(day)) => today >= *day,
            Some(Removal::Version(removed)) => version.is_some_and(|version| version >= removed),
        }
    }
}

impl<T: Into<String>> From<T> for Alias {
    fn from(name: T) -> Self {
        Self { name: name.into(), deprecated_since: None, removed_in: None }
    }
}

impl std::fmt::Display for Removal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Version(version) => write!(f, "version {version}"),
        }
    }
}

impl std::str::FromStr for Removal {
    type Err = ();

    /// A day (`2026-12-31`) or a version (`3.0.0`).
    fn from_str(text: &str) -> Result<Self, ()> {
        let day = text.parse().map(Self::Day);
        day.or_else(|_| text.parse().map(Self::Version)).map_err(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_gone_from_its_day_or_version_on() {
        let mut alias = Alias::from("OLD");
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert!(!alias.is_removed(day("2999-01-01"), None));
        alias.removed_in = Some("2026-12-31".parse().unwrap());
        assert!(!alias.is_removed(day("2026-12-30"), None) && alias.is_removed(day("2026-12-31"), None));
        alias.removed_in = Some("3.0.0".parse().unwrap());
        let version = |text: &str| text.parse::<semver::Version>().unwrap();
        assert!(alias.is_removed(day("2026-01-01"), Some(&version("3.0.1"))));
        assert!(!alias.is_removed(day("2026-01-01"), Some(&version("2.9.9"))));
        assert!(!alias.is_removed(day("2026-01-01"), None), "without a version nothing can be said");
        assert!("soon".parse::<Removal>().is_err() && "2026-13-01".parse::<Removal>().is_err());
    }
}
