//! The keys of `[env]` itself: groups, .env files, rules over several variables.

use super::super::{
    error::{Told, suggestion, ticked},
    place::At,
    section::{Section, Value, type_of},
};
use bootproof_core::is_variable_name;
use bootproof_env::{Condition, Count, Demand, Environments, Group, Together};

/// What `[env]` says besides its variables.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EnvOptions {
    /// `groups`.
    pub groups: Vec<Group>,
    /// `dotenv`: where .env files are read. `None`: in development and test.
    pub dotenv: Option<Environments>,
    /// `one_of`, `any_of`, `exclusive`, `together`.
    pub together: Vec<At<Together>>,
    /// `rules`.
    pub conditions: Vec<At<Demand>>,
}

/// The keys that say how many of some variables have a value.
pub(in crate::file) const COUNTS: [(&str, Count); 4] =
    [("one_of", Count::One), ("any_of", Count::Any), ("exclusive", Count::OneAtMost), ("together", Count::AllOrNone)];

impl EnvOptions {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let together = COUNTS.into_iter().flat_map(|(key, count)| read_together(section, key, count)).collect();
        Self {
            groups: groups(section),
            dotenv: section.environments("dotenv"),
            together,
            conditions: conditions(section),
        }
    }
}

fn groups(section: &mut Section<'_>) -> Vec<Group> {
    let expected = "a list of groups such as [\"postgres\", \"redis\"]";
    let Some(list) = section.read("groups", expected, |value| value.get_ref().as_array()) else { return vec![] };
    list.value.iter().filter_map(|item| group(section, item)).collect()
}

fn group(section: &Section<'_>, item: &Value<'_>) -> Option<Group> {
    if let Some(name) = item.get_ref().as_str() {
        return named(section, item, name, "", None);
    }
    let Some(mut table) = section.item("groups", item) else {
        let text = format!("`groups` in [env] must hold names or tables, and holds {}", type_of(item));
        section.note(item, text);
        return None;
    };
    let name = table.text("group");
    if name.is_none() {
        table.missing("`group`, its name");
    }
    let prefix = table.word("prefix", "the beginning of a name such as \"CACHE_\"", |text| {
        is_variable_name(text).then(|| text.to_owned())
    });
    let required = table.required();
    table.finish();
    let prefix = prefix.map(|prefix| prefix.value).unwrap_or_default();
    named(section, item, &name?.value, &prefix, required)
}

fn named(
    section: &Section<'_>,
    item: &Value<'_>,
    name: &str,
    prefix: &str,
    required: Option<Environments>,
) -> Option<Group> {
    let group = Group::named(name, prefix, required).ok();
    if group.is_none() {
        let suggestion = suggestion(name, &Group::NAMES, ticked);
        section.note(item, format!("`groups` in [env] holds {}, which is not known{suggestion}", Told(name)));
    }
    group
}

/// Lists of lists of names, or one list of names.
fn read_together(section: &mut Section<'_>, key: &'static str, count: Count) -> Vec<At<Together>> {
    let expected = "a list of lists of names such as [[\"A\", \"B\"]]";
    let Some(list) = section.read(key, expected, |value| value.get_ref().as_array()) else { return vec![] };
    let mut all = vec![];
    for item in list.value.iter() {
        let names =
            item.get_ref().as_array().map(|names| names.iter().map(|name| name.get_ref().as_str().map(str::to_owned)));
        match names.and_then(Iterator::collect::<Option<Vec<String>>>) {
            Some(names) if names.len() > 1 => {
                all.push(At { value: Together { names, count }, at: section.notes.position(&item.span()) });
            }
            Some(_) => section.note(item, format!("`{key}` in [env] needs two names or more")),
            None => section.note(item, format!("`{key}` in [env] must be {expected}")),
        }
    }
    all
}

/// `rules = ["A <= B", { rule = "...", message = "..." }]`.
fn conditions(section: &mut Section<'_>) -> Vec<At<Demand>> {
    let expected = "a list of conditions such as [\"POOL_MIN <= POOL_MAX\"]";
    let Some(list) = section.read("rules", expected, |value| value.get_ref().as_array()) else { return vec![] };
    list.value.iter().filter_map(|item| demand(section, item)).collect()
}

fn demand(section: &Section<'_>, item: &Value<'_>) -> Option<At<Demand>> {
    let at = section.notes.position(&item.span());
    if let Some(source) = item.get_ref().as_str() {
        let condition = condition(section, item, source)?;
        return Some(At { value: Demand { condition, message: None }, at });
    }
    let Some(mut table) = section.item("rules", item) else {
        section.note(item, format!("`rules` in [env] must hold conditions or tables, and holds {}", type_of(item)));
        return None;
    };
    let (rule, message) = (table.text("rule"), table.text("message").map(|message| message.value));
    if rule.is_none() {
        table.missing("`rule`, a condition");
    }
    table.finish();
    let condition = condition(section, item, &rule?.value)?;
    Some(At { value: Demand { condition, message }, at })
}

/// Parses a condition; what is wrong with it is noted with its column.
pub(super) fn condition(section: &Section<'_>, item: &Value<'_>, source: &str) -> Option<Condition> {
    Condition::parse(source)
        .map_err(|error| section.note(item, format!("in {}, {error}: {}", section.label(), Told(source))))
        .ok()
}
