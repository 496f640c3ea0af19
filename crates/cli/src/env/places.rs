//! Every place that sets a variable, which one wins, and why.

use super::Seen;
use bootproof::env::{Place, Set, Setting, System, Variable, World};
use bootproof_report::env::EnvPlace;

/// The places that set `variable`, under all its names.
pub(super) fn of(seen: &Seen, variable: &Variable) -> Vec<EnvPlace> {
    let settings = seen.variables.settings(&variable.name);
    let set = seen.resolved.get(&variable.name);
    let winner = set.and_then(|set| settings.iter().position(|setting| is_source(setting, set, variable)));
    let place = |(at, setting): (usize, &Setting)| {
        let why = match winner {
            Some(winner) if winner == at => wins(&settings, setting),
            Some(winner) => loses(seen, variable, setting, &settings[winner]),
            None => removed(seen, variable, setting).unwrap_or_else(|| without(seen, variable, &settings, at)),
        };
        EnvPlace { name: told_name(setting), source: setting.place.to_string(), wins: winner == Some(at), why }
    };
    settings.iter().enumerate().map(place).collect()
}

/// The places that set a variable that is not declared: the first wins.
pub(super) fn of_undeclared(settings: &[Setting]) -> Vec<EnvPlace> {
    let Some(first) = settings.first() else { return vec![] };
    let why = |setting: &Setting| if setting == first { wins(settings, setting) } else { comes_first(first) };
    let place = |setting: &Setting| EnvPlace {
        name: told_name(setting),
        source: setting.place.to_string(),
        wins: setting == first,
        why: why(setting),
    };
    settings.iter().map(place).collect()
}

/// Whether the value came from there.
fn is_source(setting: &Setting, set: &Set, variable: &Variable) -> bool {
    let name = set.source.alias.as_ref().unwrap_or(&variable.name);
    let place = match &set.source.place {
        Place::SecretFile { named_by, .. } if setting.names_file => named_by,
        place if !setting.names_file => place,
        _ => return false,
    };
    setting.name == *name && setting.place == *place
}

fn wins(settings: &[Setting], winner: &Setting) -> String {
    let file = if winner.names_file { "it names the file that holds the value, and " } else { "" };
    if settings.len() == 1 {
        return format!("{file}nothing else sets it");
    }
    let is_first_name = settings.first().is_some_and(|first| first.name == winner.name);
    let why = match &winner.place {
        _ if !is_first_name => "no newer name gives a value",
        Place::Flag => "a flag comes before everything else",
        Place::Process => "the process comes before .env files",
        _ => "it is nearest in the order of the .env files",
    };
    format!("{file}wins, as {why}")
}

fn loses(seen: &Seen, variable: &Variable, setting: &Setting, winner: &Setting) -> String {
    if let Some(removed) = removed(seen, variable, setting) {
        return removed;
    }
    match (&setting.place, &winner.place) {
        _ if setting.name != winner.name => format!("`{}` wins over this older name", winner.name),
        (Place::Dotenv { path, .. }, Place::Dotenv { path: other, line })
            if path == other && setting.names_file == winner.names_file =>
        {
            format!("line {line}, further down in the file, wins")
        }
        (place, other) if setting.names_file && (place == other || is_same_file(place, other)) => {
            format!("`{}` itself wins", winner.name)
        }
        _ => comes_first(winner),
    }
}

fn is_same_file(one: &Place, other: &Place) -> bool {
    matches!((one, other), (Place::Dotenv { path, .. }, Place::Dotenv { path: other, .. }) if path == other)
}

fn comes_first(winner: &Setting) -> String {
    format!("{} comes first", winner.place)
}

/// What an older name sets that is read no more.
fn removed(seen: &Seen, variable: &Variable, setting: &Setting) -> Option<String> {
    let alias = variable.aliases.iter().find(|alias| alias.name == setting.name)?;
    let gone = alias.is_removed(System.today(), seen.schema().version.as_ref());
    let when = alias.removed_in.as_ref().filter(|_| gone)?;
    Some(format!("read no more since {when}"))
}

/// Why the setting at `at` gives no value, where none does. Of each name only the first is looked at.
fn without(seen: &Seen, variable: &Variable, settings: &[Setting], at: usize) -> String {
    match settings[..at].iter().find(|before| before.name == settings[at].name) {
        Some(first) => comes_first(first),
        None => gives_nothing(seen, variable),
    }
}

fn gives_nothing(seen: &Seen, variable: &Variable) -> String {
    match seen.culprit(&variable.name) {
        _ if seen.resolved.get(&variable.name).is_some() => "gives nothing".to_owned(),
        Some(by) if by != variable.name => format!("gives no value because of `{by}`"),
        // A rule that is switched off tells nothing.
        _ if seen.problems_about(&variable.name).next().is_none() => "gives no value".to_owned(),
        _ => "gives no value: see the problems".to_owned(),
    }
}

fn told_name(setting: &Setting) -> String {
    if setting.names_file { format!("{}_FILE", setting.name) } else { setting.name.clone() }
}
