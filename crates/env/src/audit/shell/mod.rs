//! Shell scripts: `$X`, `${X:-d}`, `${X:?}` of names in capitals that the script does not set itself.
//!
//! A name that is set somewhere counts as the script's own, unless it is read while it is set (`X=${X:-d}`), or with a
//! default or a demand before it is set. Under `set -u` a plain read is a demand.

mod expand;

use super::find::{Finds, Name, is_capitals};
use super::read::CodeDefault;
use expand::{Expansion, Script, Want};

/// What the shell sets itself, apart from names that begin with `BASH_` or `COMP_`.
const OWN: [&str; 34] = [
    "BASH",
    "BASHOPTS",
    "BASHPID",
    "COLUMNS",
    "COPROC",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "FUNCNAME",
    "GROUPS",
    "HISTCMD",
    "HOSTNAME",
    "HOSTTYPE",
    "IFS",
    "LINENO",
    "LINES",
    "MACHTYPE",
    "MAPFILE",
    "OLDPWD",
    "OPTARG",
    "OPTERR",
    "OPTIND",
    "OSTYPE",
    "PIPESTATUS",
    "PPID",
    "PWD",
    "RANDOM",
    "REPLY",
    "SECONDS",
    "SHELLOPTS",
    "SHLVL",
    "SRANDOM",
    "UID",
];

/// Finds the reads.
pub(super) fn reads(text: &str, finds: &mut Finds) {
    let script = Script::read(text);
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let strict = text.lines().any(forbids_unset);
    for seen in script.expansions.iter().filter(|seen| is_foreign(&script, seen)) {
        let line = starts.partition_point(|start| *start <= seen.at);
        let column = seen.at - starts[line - 1] + 1;
        let name = match seen.indirect {
            true => Name::Computed(format!("${{!{}}}", seen.name)),
            false => Name::Known(seen.name.to_owned()),
        };
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let find = finds.at(number(line), number(column), 0, name);
        find.required = seen.want == Want::Demand || seen.want == Want::Plain && strict;
        find.default = match &seen.want {
            Want::Default(text) | Want::Set(text) => {
                Some(text.map_or_else(CodeDefault::computed, CodeDefault::literal))
            }
            _ => None,
        };
    }
}

/// `set -u`, `set -euo pipefail`, `set -o nounset`.
fn forbids_unset(line: &str) -> bool {
    let Some(flags) = line.trim_start().strip_prefix("set ") else {
        return line.starts_with("#!") && line.contains(" -u");
    };
    let words: Vec<&str> = flags.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
    words.contains(&"nounset") || words.iter().any(|w| w.starts_with('-') && !w.starts_with("--") && w.contains('u'))
}

/// Whether an expansion reads the environment and not a variable of the script.
fn is_foreign(script: &Script<'_>, seen: &Expansion<'_>) -> bool {
    if seen.indirect {
        return true;
    }
    let own = OWN.contains(&seen.name) || seen.name.starts_with("BASH_") || seen.name.starts_with("COMP_");
    let explicit = matches!(seen.want, Want::Default(_) | Want::Demand);
    !own && is_capitals(seen.name)
        && match script.assigned.get(seen.name) {
            None => true,
            Some(first) => {
                seen.inside == Some((seen.name, *first))
                    || matches!(seen.want, Want::Set(_))
                    || explicit && seen.at < *first
            }
        }
}
