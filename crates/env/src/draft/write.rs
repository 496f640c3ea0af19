//! Writes a plan down as a `bootproof.toml`.

use super::{
    gather::Project,
    shape::{Item, Plan, Section},
    toml,
};
use crate::{Defaults, Environments, Type, Variable};
use std::path::Path;

/// The whole file. The same for the same project: no date, no random order.
pub(super) fn write(root: &Path, project: &Project, plan: &Plan) -> String {
    let mut out = head(project);
    let name = project.name.clone().unwrap_or_else(|| root.display().to_string());
    out.push_str(&format!("\n[service]\nname = {}\n", toml::text(&name)));
    out.push_str(&blanks(plan));
    out.push_str(&groups(plan));
    plan.items.iter().for_each(|item| out.push_str(&variable(item)));
    plan.sections.iter().for_each(|one| out.push_str(&section(one)));
    out
}

fn head(project: &Project) -> String {
    let read: Vec<&str> = project.read.iter().map(|read| read.split(": ").next().unwrap_or(read)).collect();
    let from = match read.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => read.concat(),
    };
    let mut out = toml::comment(&format!("Drafted by `bootproof init` from {from}."));
    out.push_str(&toml::comment(
        "Types, defaults and what is required are guesses: look through them, then run `bootproof env check`.",
    ));
    out
}

/// What developers set to nothing is told and does not stop them.
fn blanks(plan: &Plan) -> String {
    plan.blank
        .iter()
        .map(|over| {
            let (level, reason) = (toml::text(over.severity.as_str()), toml::text(&over.reason));
            format!(
                "\n[policy.{}.severity]\n{} = {{ level = {level}, reason = {reason} }}\n",
                over.environment, over.code
            )
        })
        .collect()
}

fn groups(plan: &Plan) -> String {
    if plan.groups.is_empty() {
        return String::new();
    }
    let mut out = "\n[env]\n".to_owned();
    for chosen in &plan.groups {
        out.push_str(&toml::comment(&format!("{}, for", chosen.name)));
        chosen.whence.iter().for_each(|line| out.push_str(&toml::comment(&format!("  {line}"))));
    }
    let names = plan.groups.iter().map(|chosen| match chosen.required {
        Some(_) => format!("{{ group = {}, required = true }}", toml::text(chosen.name)),
        None => toml::text(chosen.name),
    });
    out.push_str(&format!("groups = [{}]\n", names.collect::<Vec<_>>().join(", ")));
    out
}

fn variable(item: &Item) -> String {
    let variable = &item.variable;
    let mut out = format!("\n{}", toml::comment(&item.whence));
    item.remarks.iter().for_each(|remark| out.push_str(&toml::comment(remark)));
    let mut line = |line: String| {
        out.push_str(&line);
        out.push('\n');
    };
    line(format!("[env.{}]", variable.name));
    line(format!("type = {}", toml::text(variable.kind.word())));
    kind(&variable.kind, &mut line);
    if !variable.aliases.is_empty() {
        line(format!("aliases = {}", toml::list(variable.aliases.iter().map(|alias| alias.name.as_str()))));
    }
    if variable.required != Environments::NONE {
        line("required = true".to_owned());
    }
    if variable.localhost != Environments::NONE {
        line("localhost = true".to_owned());
    }
    if variable.secret == Some(true) {
        line("secret = true".to_owned());
    }
    defaults(variable, &variable.default).into_iter().for_each(&mut line);
    if let Some(docs) = &variable.docs {
        line(format!("docs = {}", toml::text(docs)));
    }
    out
}

/// What belongs to a type, of those that are guessed or stand in a group of a server.
fn kind(kind: &Type, line: &mut impl FnMut(String)) {
    match kind {
        Type::Url { schemes } if !schemes.is_empty() => {
            line(format!("schemes = {}", toml::list(schemes.iter().map(String::as_str))))
        }
        Type::Int(bounds) => {
            if let Some(min) = bounds.min {
                line(format!("min = {min}"));
            }
        }
        _ => {}
    }
}

fn defaults(variable: &Variable, defaults: &Defaults) -> Vec<String> {
    let everywhere =
        defaults.everywhere.iter().map(|text| format!("default = {}", value(&variable.kind, text.reveal())));
    let only = defaults
        .only
        .iter()
        .map(|(environment, text)| format!("default.{environment} = {}", value(&variable.kind, text.reveal())));
    everywhere.chain(only).collect()
}

/// Numbers and bools without quotes when TOML reads them as they stand, lists as lists.
fn value(kind: &Type, text: &str) -> String {
    let is_number = text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
    match kind {
        Type::Int(_) | Type::Port(_) if is_number => text.to_owned(),
        Type::Bool if text == "true" || text == "false" => text.to_owned(),
        Type::List { .. } => toml::list(text.split(',')),
        _ => toml::text(text),
    }
}

fn section(section: &Section) -> String {
    let lines = [format!("[{}]", section.header)].into_iter().chain(section.lines.iter().cloned());
    match &section.not_yet {
        None => format!("\n{}\n", lines.collect::<Vec<_>>().join("\n")),
        Some(reason) => {
            let lines: String = lines.map(|line| toml::comment(&line)).collect();
            format!("\n{}{lines}", toml::comment(&format!("{reason}: take the `#` away when it has one.")))
        }
    }
}
