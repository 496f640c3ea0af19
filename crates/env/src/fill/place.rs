//! Where something stands in the struct that is filled, and what is known about it.

/// A field, by the names that lead to it, or an item of a list in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) names: Vec<String>,
    pub(super) items: Vec<usize>,
}

impl Place {
    pub(super) fn field(&self, name: &str) -> Self {
        Self { names: self.names.iter().cloned().chain([name.to_owned()]).collect(), items: vec![] }
    }

    pub(super) fn item(&self, at: usize) -> Self {
        Self { names: self.names.clone(), items: self.items.iter().copied().chain([at]).collect() }
    }

    /// Whether this is `other` or a part of it.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.names.starts_with(&other.names)
            && (self.names.len() > other.names.len() || self.items.starts_with(&other.items))
    }

    /// The names a variable may have: as the field is written, and in upper case.
    pub(super) fn variables(&self) -> [String; 2] {
        let exact = self.names.join("_");
        let upper = exact.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
        [exact, upper]
    }
}

/// What is known about a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// Nothing yet: offered when a variable says so.
    Unknown,
    /// There is no value for what was asked: not offered, so that a default or `None` is taken.
    Withheld,
    /// Neither of these: offered, and missing if a value is asked.
    Needed,
    /// Wrong, which is noted: the nth stand-in is offered.
    Dummy(usize),
    /// Wrong, and no stand-in is taken: what holds it cannot be built.
    Unbuildable,
}
