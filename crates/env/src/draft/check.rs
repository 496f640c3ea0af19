//! Tries guesses on the project's own .env files, and takes back those that these contradict.
//!
//! A draft that is wrong about a project that runs is worse than one that says less: whatever error a guess would make in development
//! is not written down.

use super::{
    gather::Project,
    servers::group_of,
    shape::{self, Doubts, Plan, Section},
    toml,
};
use crate::{Override, Problem, Resolved, Severity, Sources, System, diagnose::CODES, dotenv_files, resolve, rules};
use bootproof_core::{Environment, Vars};
use std::path::Path;

/// What a value breaks when its type was guessed wrongly.
const OF_TYPES: [&str; 6] = [
    rules::WRONG_TYPE.code,
    rules::OUT_OF_RANGE.code,
    rules::SCHEME.code,
    rules::NOT_AMONG.code,
    rules::SERVICE_LINK.code,
    rules::PATH.code,
];

/// What several values break when a group was guessed wrongly.
const OF_GROUPS: [&str; 3] = [rules::PARTS_DIFFER.code, rules::PARTS_INCOMPLETE.code, rules::NAMES_DIFFER.code];

/// The plan that the project's own values do not contradict, with its sections and notes.
pub(super) fn settle(root: &Path, project: &Project) -> Plan {
    let (files, nothing) = (dotenv_files(root, Environment::Development), Vars::default());
    let mut doubts = Doubts::default();
    loop {
        let plan = shape::plan(project, &doubts);
        let resolved =
            resolve(&plan.schema(), &Sources::process(&nothing).files(&files), Environment::Development, &System);
        // It ends: each round adds a name to what is doubted, and there are only so many.
        if !doubts.learn(&plan, &resolved) {
            return finish(plan, project, &resolved, &doubts);
        }
    }
}

impl Doubts {
    /// Whether something new was learnt from the errors of a resolution.
    fn learn(&mut self, plan: &Plan, resolved: &Resolved) -> bool {
        let before = (self.groups.len(), self.types.len());
        for problem in resolved.errors() {
            let code = problem.rule.code;
            let group = plan.groups.iter().find(|chosen| chosen.knows(&problem.name));
            match group {
                Some(chosen) if OF_GROUPS.contains(&code) || OF_TYPES.contains(&code) => {
                    _ = self.groups.insert(chosen.name)
                }
                None if OF_TYPES.contains(&code) => _ = self.types.insert(problem.name.clone()),
                _ => {}
            }
        }
        before != (self.groups.len(), self.types.len())
    }
}

fn finish(mut plan: Plan, project: &Project, resolved: &Resolved, doubts: &Doubts) -> Plan {
    plan.notes.extend(doubts.groups.iter().map(|name| {
        format!("group `{name}`: the values in the .env files do not fit it, or contradict each other; its variables are declared one by one")
    }));
    plan.notes.extend(doubts.types.iter().map(|name| {
        format!("`{name}`: its value in the .env files is not of the type that its name suggests; it is declared as a string")
    }));
    plan.blank = blank(resolved);
    plan.notes.extend(resolved.errors().filter(|problem| problem.rule != rules::BLANK).map(to_look_at));
    plan.sections = stores(&plan, project, resolved);
    plan.notes.extend(unknown_servers(&plan, project));
    plan.sections.extend(ports(&plan, project, resolved));
    plan
}

/// A problem by its title: its sentence may quote a value, and nothing of a .env file is told here.
fn to_look_at(problem: &Problem) -> String {
    let title = CODES.iter().find(|(code, _)| *code == problem.rule.code).map_or("", |(_, title)| title);
    let source = problem.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
    format!("to look at: `{}`{source}: {} {title}", problem.name, problem.rule.code)
}

/// Setting a variable to nothing is a usual way not to set it, on the machines of developers: that the draft declares the variable
/// must not stop them.
fn blank(resolved: &Resolved) -> Option<Override> {
    let blank = resolved.errors().filter(|problem| problem.rule == rules::BLANK);
    let told: Vec<String> = blank
        .map(|problem| match &problem.source {
            Some(source) => format!("{} ({source})", problem.name),
            None => problem.name.clone(),
        })
        .collect();
    (!told.is_empty()).then(|| Override {
        environment: Environment::Development,
        code: rules::BLANK.code.to_owned(),
        severity: Severity::Warning,
        reason: format!("set to nothing in .env files: {}", told.join(", ")),
    })
}

/// `[database.main]`, `[redis.cache]`, `[clickhouse.main]` for the URLs that are declared.
fn stores(plan: &Plan, project: &Project, resolved: &Resolved) -> Vec<Section> {
    let all = [
        ("database.main", "DATABASE_URL", ""),
        ("redis.cache", "REDIS_URL", "use = \"cache\""),
        ("clickhouse.main", "CLICKHOUSE_URL", ""),
    ];
    let mut sections = vec![];
    for (header, url, more) in all {
        let group = plan.groups.iter().find(|chosen| chosen.url() == url);
        let fact = project.facts.get(url);
        if group.is_none() && fact.is_none() {
            continue;
        }
        let required =
            group.is_some_and(|chosen| chosen.required.is_some()) || fact.is_some_and(|fact| fact.is_required());
        let has_value = resolved.get(url).is_some();
        let not_yet = (!required && !has_value).then(|| format!("{url} has no value in development yet"));
        let lines = [format!("url = {}", toml::text(&format!("${{{url}}}"))), more.to_owned()];
        let lines = lines.into_iter().filter(|line| !line.is_empty()).collect();
        sections.push(Section { header: header.to_owned(), lines, not_yet });
    }
    sections
}

/// Servers of the Compose file that no variable leads to.
fn unknown_servers(plan: &Plan, project: &Project) -> Vec<String> {
    let declared = |prefix: &str| plan.sections.iter().any(|section| section.header.starts_with(prefix));
    let kind = |group: &'static str| if ["postgres", "mysql"].contains(&group) { "database" } else { group };
    let unknown = project
        .servers
        .iter()
        .map(|(name, server)| (name, group_of(*server)))
        .filter(|(_, group)| !declared(kind(group)));
    unknown.map(|(name, group)| {
        let section = kind(group);
        format!("service `{name}` of the Compose file is a server ({group}), and no variable gives its URL: add [{section}.{name}] if the program needs it")
    }).collect()
}

/// The ports that the Compose file publishes, else the one that PORT says.
fn ports(plan: &Plan, project: &Project, resolved: &Resolved) -> Vec<Section> {
    let schema = plan.schema();
    let declared = schema.variable("PORT").filter(|_| project.facts.get("PORT").is_some());
    let default =
        declared.and_then(|port| port.default.of(Environment::Development)).map(|(text, _)| text.reveal().to_owned());
    let mut all: Vec<(String, Option<u16>)> = vec![];
    for (name, port) in &project.ports {
        if !all.iter().any(|(_, taken)| *taken == Some(*port)) {
            all.push((name.clone(), Some(*port)));
        }
    }
    if all.is_empty() && declared.is_some() {
        all.push(("main".to_owned(), None));
    }
    let mut sections = vec![];
    for (at, (name, port)) in all.into_iter().enumerate() {
        let variable = declared.filter(|_| at == 0);
        let number = variable.and(default.clone()).or(port.map(|port| port.to_string()));
        let is_known = number.is_some() || resolved.get("PORT").is_some();
        let mut lines: Vec<String> = number.map(|number| format!("port = {number}")).into_iter().collect();
        lines.extend(variable.map(|_| "variable = \"PORT\"".to_owned()));
        let not_yet = (!is_known).then(|| "PORT has no value in development yet".to_owned());
        sections.push(Section { header: format!("ports.{}", toml::key(&name)), lines, not_yet });
    }
    sections
}
