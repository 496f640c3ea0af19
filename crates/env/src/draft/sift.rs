//! What the code audit says of each name, and which names nobody declares for a service.

use super::{
    fact::{Origin, Seen},
    gather::{Project, count},
};
use crate::audit::{Read, Scan, system_variable};
use bootproof_core::{is_variable_name, variables};
use std::{collections::BTreeSet, path::Path};

/// How many names of one reason are told.
const TOLD: usize = 6;

impl Project {
    /// Takes what the program itself reads while it runs.
    pub(super) fn take_code(&mut self, scan: &Scan) {
        let names: BTreeSet<&str> = scan.reads.iter().map(|read| read.name.as_str()).collect();
        let (mut in_tests, mut in_builds) = (vec![], vec![]);
        for name in names {
            let reads: Vec<&Read> = scan.reads.iter().filter(|read| read.name == name).collect();
            let running: Vec<&Read> = reads.iter().copied().filter(|read| runs(read)).collect();
            match running.is_empty() && self.facts.get(name).is_none() {
                false => self.take_reads(name, &running),
                true if reads.iter().all(|read| read.in_test) => in_tests.push(name.to_owned()),
                true => in_builds.push(name.to_owned()),
            }
        }
        self.read.push(format!("{} of code: {}", count(scan.files, "file"), count(scan.reads.len(), "read")));
        self.leave(&in_tests, "read in tests only");
        self.leave(&in_builds, "read only when the program is built");
        let computed = scan.dynamic.iter().filter(|site| site.helper.is_none() && !site.in_test);
        self.left_out.extend(computed.map(ToString::to_string));
    }

    fn take_reads(&mut self, name: &str, reads: &[&Read]) {
        let fact = self.facts.of(name);
        for read in reads {
            fact.code.push(read.place.to_string());
            fact.fails_without |= read.required;
            fact.has_default |= read.default.is_some();
            let default = read.default.as_ref().and_then(|default| default.text.as_ref());
            let text = default.filter(|text| !text.reveal().is_empty());
            fact.values.extend(text.map(|text| Seen { text: text.clone(), origin: Origin::Code, whole: true }));
        }
    }

    fn leave(&mut self, names: &[String], reason: &str) {
        if names.is_empty() {
            return;
        }
        let told: Vec<String> = names.iter().take(TOLD).map(|name| format!("`{name}`")).collect();
        let more = match names.len().saturating_sub(TOLD) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        self.left_out.push(format!("{}{more}: {reason}", told.join(", ")));
    }

    /// Takes out what nobody declares for a service.
    pub(super) fn leave_out(&mut self) {
        let (mut left, mut system) = (vec![], vec![]);
        let with_file: BTreeSet<String> =
            self.facts.iter().filter_map(|fact| fact.name.strip_suffix("_FILE").map(str::to_owned)).collect();
        let bases: BTreeSet<String> = with_file.into_iter().filter(|base| self.facts.get(base).is_some()).collect();
        let interpolated = &self.interpolated;
        self.facts.retain(|fact| {
            let reason = if variables::SETTINGS.contains(&fact.name.as_str()) {
                Some("bootproof reads it itself")
            } else if ["COMPOSE_", "DOCKER_"].iter().any(|tool| fact.name.starts_with(tool)) {
                Some("Docker's own tools read it")
            } else if !is_variable_name(&fact.name) {
                Some("it is no name that `[env]` can hold")
            } else if fact.name.strip_suffix("_FILE").is_some_and(|base| bases.contains(base)) {
                Some("it names the file of the variable without `_FILE`, which needs no line")
            } else if fact.code.is_empty()
                && fact.values.iter().all(|seen| seen.origin == Origin::Private)
                && interpolated.contains(&fact.name)
            {
                Some("only the Compose file uses it")
            } else {
                None
            };
            if system_variable(&fact.name).is_some() {
                system.push(fact.name.clone());
                return false;
            }
            left.extend(reason.map(|reason| format!("`{}`: {reason}", fact.name)));
            reason.is_none()
        });
        self.left_out.extend(left);
        self.leave(&system, "set by the system or by tools");
    }
}

/// Whether the program reads it while it runs, not when it is tested or built.
fn runs(read: &Read) -> bool {
    let of_build = read.place.file.file_name() == Path::new("build.rs").file_name();
    !read.in_test && !read.build_time && !of_build
}
