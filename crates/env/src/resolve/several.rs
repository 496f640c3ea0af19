//! Rules over several variables: groups, conditions, the same secret twice.

use super::{BEHIND_ALL, Resolver};
use crate::{Count, Schema, Together, problem, rules};
use std::collections::HashMap;

/// Below this many characters two secrets may well be equal by chance or by being trivial, which other rules tell.
const TELLING: usize = 8;

impl<'a> Resolver<'a> {
    pub(super) fn check_several(&mut self) {
        let schema: &'a Schema = self.schema;
        for together in &schema.together {
            self.check_together(together);
        }
        for demand in &schema.conditions {
            if self.holds(&demand.condition) == Some(false) {
                let message = demand.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
                let sentence = format!("`{}` does not hold{message}", demand.condition.source());
                self.note(BEHIND_ALL, &demand.condition.names().join(", "), rules::CONDITION, sentence, None);
            }
        }
        self.check_same_secrets();
    }

    fn check_together(&mut self, together: &Together) {
        let names = &together.names;
        if names.iter().any(|name| self.culprit(name).is_some()) {
            return;
        }
        let set: Vec<&String> = names.iter().filter(|name| self.set(name).is_some()).collect();
        let sentence = match (together.count, set.len()) {
            (Count::One | Count::Any, 0) => format!("one of {} must be set, and none is", problem::either(names)),
            (Count::One | Count::OneAtMost, 2..) => {
                format!("only one of {} may be set, and {} are", problem::either(names), problem::all(&set))
            }
            (Count::AllOrNone, n) if n > 0 && n < names.len() => {
                let missing: Vec<&String> = names.iter().filter(|name| !set.contains(name)).collect();
                let verb = if n == 1 { "is" } else { "are" };
                format!("{} {verb} set, and {} must be, too", problem::all(&set), problem::all(&missing))
            }
            _ => return,
        };
        self.note(BEHIND_ALL, &names.join(", "), rules::TOGETHER, sentence, None);
    }

    /// Secrets that hold the same text. Those of one connection are compared by it.
    fn check_same_secrets(&mut self) {
        let schema: &'a Schema = self.schema;
        let mut first: HashMap<&str, &str> = HashMap::new();
        let mut same = vec![];
        for (at, variable) in schema.variables.iter().enumerate() {
            let Some(set) = self.states[at].set().filter(|_| variable.is_judged_as_secret()) else { continue };
            let text = set.text.reveal();
            if set.typed.is_none() || text.chars().count() < TELLING {
                continue;
            }
            match first.get(text) {
                Some(other) => same.push((at, variable.name.as_str(), (*other).to_owned())),
                None => drop(first.insert(text, &variable.name)),
            }
        }
        for (at, name, other) in same {
            self.note(at, name, rules::SAME_SECRET, format!("`{name}` holds the same secret as `{other}`"), None);
        }
    }
}
