//! `bootproof diff ENV ENV`: what differs between two environments, as far as the fix `environment` goes.
//!
//! The exit code is 0 whether anything differs or not, as of `git diff`: environments are meant to differ, and a script that only looks
//! must not stop. `--exit-code` makes it 1.

mod sides;

use crate::{
    args::Common,
    format::Format,
    start::load,
    terminal::{Terminal, note, print},
    verify::report,
};
use bootproof::{
    Environment, Refused, Variables, Vars,
    env::{Schema, diagnose, rules},
};
use bootproof_core::ExitCode;
use bootproof_report::env::{Difference, ENV_SCHEMA_VERSION, RuleDifference};
use clap::Args;

/// `bootproof diff`.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// development, test, staging or production
    one: Environment,
    /// Another of them
    other: Environment,
    /// Exit with 1 when anything differs
    #[arg(long)]
    exit_code: bool,
}

/// Prints what differs. Changes nothing and connects to nothing.
pub(crate) fn diff(args: &DiffArgs, common: &Common, vars: Vars, terminal: &Terminal) -> ExitCode {
    if common.env.is_some() {
        note("bootproof: `diff` takes its two environments as they stand behind it: `--env` is for other commands");
        return ExitCode::USAGE;
    }
    let variables = match look(args.one, common, vars) {
        Ok(variables) => variables,
        Err(refused) => return report(&refused.state(), common, terminal),
    };
    let document = document(&variables, [args.one, args.other]);
    let printed = print(&match common.format() {
        Format::Json => document.json(),
        _ => document.text(&terminal.out),
    });
    if args.exit_code && document.differs { ExitCode::FAILED } else { printed }
}

fn look(environment: Environment, common: &Common, vars: Vars) -> Result<Variables, Refused> {
    load(common, vars)?.environment(environment.as_str()).variables()
}

fn document(variables: &Variables, both: [Environment; 2]) -> Difference {
    let schema = &variables.resolver.schema;
    let declared = schema.variables.iter().flat_map(|variable| sides::declared(schema, variable, both)).collect();
    let reads = both.map(|environment| schema.dotenv.0.contains(environment));
    let mut document = Difference {
        schema_version: ENV_SCHEMA_VERSION,
        environments: both.map(Environment::as_str),
        differs: false,
        declared,
        rules: rules_of(schema, both),
        dotenv: (reads[0] != reads[1]).then_some(reads),
        values: sides::values(variables, both),
        notes: vec![],
    };
    if schema.variables.is_empty() {
        document.notes.push(
            "no variables are declared: only what is built in is compared (`bootproof init` drafts a file)".to_owned(),
        );
    }
    document.differs = !(document.declared.is_empty() && document.rules.is_empty() && document.values.is_empty())
        || document.dotenv.is_some();
    document
}

/// The rules that are graver in one of the two.
fn rules_of(schema: &Schema, both: [Environment; 2]) -> Vec<RuleDifference> {
    let differing = rules::ALL.iter().filter(|rule| schema.severity(rule, both[0]) != schema.severity(rule, both[1]));
    differing
        .map(|rule| RuleDifference {
            code: rule.code,
            title: diagnose::CODES.iter().find(|(code, _)| *code == rule.code).map_or("", |(_, title)| title),
            severities: both.map(|environment| schema.severity(rule, environment).as_str()),
            reasons: both
                .iter()
                .filter_map(|environment| schema.override_of(rule.code, *environment))
                .map(|over| format!("the file says so for {}: {}", over.environment, over.reason))
                .collect(),
        })
        .collect()
}
