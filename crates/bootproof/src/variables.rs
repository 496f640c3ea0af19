//! The variables of a service: what is declared, what sets them, and what they come to in one environment.

use bootproof_core::{Environment, Vars};
use bootproof_env::{Resolved, Resolver, Setting, dotenv_names};

/// What is declared, what sets it, and where.
#[derive(Debug, Clone)]
pub struct Variables {
    /// The schema, flags and .env files.
    pub resolver: Resolver,
    /// The variables of the process.
    pub process: Vars,
    /// The environment in force.
    pub environment: Environment,
    /// What was assumed because there is no file.
    pub assumed: Vec<String>,
}

impl Variables {
    /// Resolves them, afresh each time.
    pub fn resolve(&self) -> Resolved {
        self.resolver.resolve(&self.process, self.environment)
    }

    /// The same in another environment.
    pub fn in_environment(&self, environment: Environment) -> Self {
        Self { environment, ..self.clone() }
    }

    /// Every place that sets `name`, whether it wins or not.
    pub fn settings(&self, name: &str) -> Vec<Setting> {
        self.resolver.settings(&self.process, self.environment, name)
    }

    /// Whether .env files are read here.
    pub fn reads_dotenv(&self) -> bool {
        self.resolver.schema.dotenv.0.contains(self.environment)
    }

    /// What to tell of a resolution besides its errors: warnings, rules that were changed, and .env files where others deploy.
    pub fn notes(&self, resolved: &Resolved) -> Vec<String> {
        let mut notes: Vec<String> = resolved.warnings().map(ToString::to_string).collect();
        notes.extend(resolved.overrides.iter().map(|over| {
            format!(
                "rule {} is `{}` in {}, as the file says: {}",
                over.code,
                over.severity.as_str(),
                over.environment,
                over.reason
            )
        }));
        notes.extend(self.dotenv_notes(resolved));
        notes
    }

    /// Where others deploy: values that are from .env files, and such files that are not read. A developer's file must not decide
    /// over a deployed service unseen.
    pub fn dotenv_notes(&self, resolved: &Resolved) -> Vec<String> {
        if !self.environment.is_deployed() {
            return vec![];
        }
        if self.reads_dotenv() {
            let from_files = resolved.set().filter(|(_, set)| set.source.place.is_dotenv());
            return from_files
                .map(|(name, set)| format!("`{name}` is from {}, a file, in {}", set.source, self.environment))
                .collect();
        }
        let folder = self.resolver.folder.as_deref();
        let there = dotenv_names(self.environment)
            .into_iter()
            .filter(|name| folder.is_some_and(|folder| folder.join(name).exists()));
        let names: Vec<String> = there.map(|name| format!("`{name}`")).collect();
        if names.is_empty() {
            return vec![];
        }
        vec![format!("not read in {}: {} (`dotenv` in [env] would change that)", self.environment, names.join(", "))]
    }
}
