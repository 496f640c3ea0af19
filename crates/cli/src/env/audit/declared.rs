//! What the file declares, as the audit compares it.

use bootproof::{
    env::{
        Group, Schema, Variable,
        audit::{Declared, Scan},
    },
    file::File,
};
use bootproof_core::variables;
use std::collections::{BTreeSet, HashSet};

/// Everything that is declared. What the file itself uses is read, and of a group that is used at all, every variable.
pub(super) fn declared(file: Option<&File>, schema: &Schema, scan: &Scan) -> Vec<Declared> {
    let by_file = file.map(File::reads).unwrap_or_default();
    let by_groups = file.map(|file| of_groups(file, scan, &by_file)).unwrap_or_default();
    let is_read = |name: &String| by_file.contains(name) || by_groups.contains(name);
    let mut all: Vec<Declared> =
        schema.variables.iter().map(|variable| one(variable, is_read(&variable.name))).collect();
    let ports = file.iter().flat_map(|file| &file.ports).filter_map(|port| Some(port.variable.as_ref()?.value.clone()));
    let known = ports.chain(variables::SETTINGS.map(str::to_owned)).collect::<BTreeSet<String>>();
    let names: BTreeSet<String> =
        all.iter().flat_map(|one| [&one.name].into_iter().chain(&one.aliases)).cloned().collect();
    all.extend(known.difference(&names).map(|name| Declared {
        name: name.clone(),
        read_elsewhere: true,
        ..Declared::default()
    }));
    all
}

fn one(variable: &Variable, read_elsewhere: bool) -> Declared {
    let default = variable.default.everywhere.as_ref().filter(|_| variable.default.only.is_empty());
    Declared {
        name: variable.name.clone(),
        aliases: variable.aliases.iter().map(|alias| alias.name.clone()).collect(),
        default: default.map(|text| text.reveal().to_owned()),
        secret: variable.is_secret(),
        read_elsewhere,
    }
}

/// The names of groups of which something is read. Of a group that nobody uses only the first variable is told: one line is enough.
fn of_groups(file: &File, scan: &Scan, by_file: &BTreeSet<String>) -> BTreeSet<String> {
    let by_code: HashSet<&str> =
        scan.reads.iter().filter(|read| !read.in_test).map(|read| read.name.as_str()).collect();
    let own: HashSet<&str> = file.env.iter().map(|own| own.variable.name.as_str()).collect();
    let read = |name: &str| by_file.contains(name) || by_code.contains(name);
    let mut names = BTreeSet::new();
    for group in &file.env_options.groups {
        let is_used = all_names(group).any(read);
        // A line of the file's own is the user's word, and not the group's.
        let of_group = group.variables.iter().filter(|variable| !own.contains(variable.name.as_str()));
        names.extend(of_group.skip(usize::from(!is_used)).map(|variable| variable.name.clone()));
        if is_used {
            names.extend(group.connection.iter().flat_map(|connection| connection.names()).map(str::to_owned));
        }
    }
    names
}

fn all_names(group: &Group) -> impl Iterator<Item = &str> {
    group.variables.iter().flat_map(|variable| {
        [variable.name.as_str()].into_iter().chain(variable.aliases.iter().map(|alias| alias.name.as_str()))
    })
}
