//! `[env]` and `[env.NAME]`: the declared variables, and what holds for several of them.

mod alias;
mod kind;
mod options;
mod variable;

pub use options::EnvOptions;
pub use variable::EnvSection;
#[cfg(feature = "schema")]
pub(super) use {
    kind::{BOUNDED, VALUED},
    options::COUNTS,
    variable::MATCHED,
};

use super::{
    error::{ProblemKind, Told, suggestion, ticked},
    section::Section,
};
use bootproof_core::variables::ENVIRONMENT;
use bootproof_env::{Condition, Schema};
use std::collections::HashMap;

/// Reads `[env]` with everything below it.
pub(super) fn read(file: &mut Section<'_>) -> (Vec<EnvSection>, EnvOptions) {
    let Some(mut section) = file.table("env") else { return (vec![], EnvOptions::default()) };
    let (mut all, mut owners) = (vec![], HashMap::new());
    let options = EnvOptions::read(&mut section);
    for below in section.tables() {
        let (notes, label) = (below.notes, below.label());
        if let Some(read) = EnvSection::read(below) {
            for clash in read.clashes(&mut owners) {
                notes.add(read.at, ProblemKind::Value, format!("{label}: {clash}"));
            }
            all.push(read);
        }
    }
    check_names(&section, &all, &options);
    section.finish_named();
    (all, options)
}

/// Every name that a rule speaks of is declared, by the file or by a group.
fn check_names(section: &Section<'_>, all: &[EnvSection], options: &EnvOptions) {
    let mut schema = schema(all, options);
    let known: Vec<String> =
        schema.variables.drain(..).map(|variable| variable.name).chain([ENVIRONMENT.to_owned()]).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let conditions = all.iter().filter_map(|one| Some((one.at, one.variable.required_if.as_ref()?)));
    let conditions = conditions.chain(options.conditions.iter().map(|demand| (demand.at, &demand.value.condition)));
    let of_conditions = conditions
        .flat_map(|(at, condition): (_, &Condition)| condition.names().into_iter().map(move |name| (at, name)));
    let of_groups = options.together.iter().flat_map(|set| set.value.names.iter().map(|name| (set.at, name.as_str())));
    for (at, name) in of_conditions.chain(of_groups).filter(|(_, name)| !known.contains(name)) {
        let suggestion = suggestion(name, &known, ticked);
        section.bad(at, format!("a rule of [env] speaks of {}, which is not declared{suggestion}", Told(name)));
    }
}

/// The schema that the sections declare, in their order, groups behind them.
pub(super) fn schema(sections: &[EnvSection], options: &EnvOptions) -> Schema {
    let mut schema = Schema::of(sections.iter().map(|section| section.variable.clone()));
    for group in &options.groups {
        schema.add(group.clone());
    }
    schema.together.extend(options.together.iter().map(|set| set.value.clone()));
    schema.conditions.extend(options.conditions.iter().map(|demand| demand.value.clone()));
    if let Some(dotenv) = options.dotenv {
        schema.dotenv = bootproof_env::Dotfiles(dotenv);
    }
    schema
}
