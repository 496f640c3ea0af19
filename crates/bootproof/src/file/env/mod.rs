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
    error::{Told, suggestion, ticked},
    section::Section,
};
use bootproof_core::{Environment, variables::ENVIRONMENT};
use bootproof_env::{Condition, Schema, Variable};
use std::collections::{HashMap, HashSet};

/// Reads `[env]` with everything below it.
pub(super) fn read(file: &mut Section<'_>) -> (Vec<EnvSection>, EnvOptions) {
    let Some(mut section) = file.table("env") else { return (vec![], EnvOptions::default()) };
    let options = EnvOptions::read(&mut section);
    let all: Vec<EnvSection> = section.tables().into_iter().filter_map(EnvSection::read).collect();
    check_owners(&section, &all);
    check_groups(&section, &all, &options);
    check_demands(&section, &all);
    check_names(&section, &all, &options);
    section.finish_named();
    (all, options)
}

/// A name belongs to one variable.
fn check_owners(section: &Section<'_>, all: &[EnvSection]) {
    let mut owners = HashMap::with_capacity(all.len());
    for EnvSection { at, variable } in all {
        for name in names(variable) {
            if let Some(owner) = owners.insert(name, &variable.name) {
                section.bad(*at, format!("[env.{}]: {} is a name of `{owner}` already", variable.name, Told(name)));
            }
        }
    }
}

/// The canonical name, and those of the aliases.
fn names(variable: &Variable) -> impl Iterator<Item = &String> {
    [&variable.name].into_iter().chain(variable.aliases.iter().map(|alias| &alias.name))
}

/// A name belongs to one variable of one group, too: else two servers would share an address, or none would know whose it is.
fn check_groups(section: &Section<'_>, all: &[EnvSection], options: &EnvOptions) {
    let own: HashSet<&str> = all.iter().map(|one| one.variable.name.as_str()).collect();
    let (mut first, mut of_groups) = (HashMap::new(), HashMap::new());
    for (n, group) in options.groups.iter().enumerate() {
        let all_names = group.variables.iter().flat_map(names);
        let shared: Vec<&String> = all_names.filter(|name| *first.entry(*name).or_insert(n) != n).collect();
        if let Some(name) = shared.first() {
            let more = if shared.len() > 1 { format!(" and {} more", shared.len() - 1) } else { String::new() };
            let text = format!("two of the `groups` in [env] share `{name}`{more}: give one of them a `prefix`");
            section.bad(section.at, text);
        }
        // A line of the user's own replaces the group's variable, with all its names.
        let kept = group.variables.iter().filter(|variable| !own.contains(variable.name.as_str()));
        of_groups.extend(kept.flat_map(|variable| names(variable).map(|name| (name, &variable.name))));
    }
    for EnvSection { at, variable } in all {
        for (name, owner) in names(variable).filter_map(|name| Some((name, of_groups.get(name)?))) {
            let text = format!("`{name}` is a name of `{owner}` already, of a group: declare [env.{owner}] with it");
            section.bad(*at, format!("[env.{}]: {text}, or give the group a `prefix`", variable.name));
        }
    }
}

/// What must be set must not be forbidden, unless a default stands in for it.
fn check_demands(section: &Section<'_>, all: &[EnvSection]) {
    for EnvSection { at, variable } in all {
        let is_both = |e: &Environment| variable.forbidden.contains(*e) && variable.default.of(*e).is_none();
        let both: Vec<&str> = variable.required.iter().filter(is_both).map(Environment::as_str).collect();
        if !both.is_empty() {
            let both = both.join(", ");
            let text = format!("[env.{}] is `required` and `forbidden` in {both}: take it out of one", variable.name);
            section.bad(*at, text);
        }
    }
}

/// Unknown names that are told with a suggestion: each is compared with every name that is declared.
const MOST_SUGGESTIONS: usize = 20;

/// Every name that a rule speaks of is declared, by the file or by a group.
fn check_names(section: &Section<'_>, all: &[EnvSection], options: &EnvOptions) {
    let mut groups = Schema::default();
    options.groups.iter().cloned().for_each(|group| groups.add(group));
    let variables = all.iter().map(|one| &one.variable).chain(&groups.variables);
    let known: Vec<&str> = variables.map(|variable| variable.name.as_str()).chain([ENVIRONMENT]).collect();
    let set: HashSet<&str> = known.iter().copied().collect();
    let conditions = all.iter().filter_map(|one| Some((one.at, one.variable.required_if.as_ref()?)));
    let conditions = conditions.chain(options.conditions.iter().map(|demand| (demand.at, &demand.value.condition)));
    let of_conditions = conditions
        .flat_map(|(at, condition): (_, &Condition)| condition.names().into_iter().map(move |name| (at, name)));
    let of_groups = options.together.iter().flat_map(|set| set.value.names.iter().map(|name| (set.at, name.as_str())));
    let unknown = of_conditions.chain(of_groups).filter(|(_, name)| !set.contains(name));
    for (n, (at, name)) in unknown.enumerate() {
        let suggestion = if n < MOST_SUGGESTIONS { suggestion(name, &known, ticked) } else { String::new() };
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
