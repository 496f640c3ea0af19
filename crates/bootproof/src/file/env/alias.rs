//! `aliases`: older names, alone or with the dates on which they go.

use super::super::{
    error::Told,
    section::{Section, Value, type_of},
};
use bootproof_core::is_variable_name;
use bootproof_env::{Alias, Removal};

const DAY: &str = "a day such as \"2026-12-31\"";
const REMOVAL: &str = "a day such as \"2026-12-31\" or a version such as \"3.0.0\"";

pub(super) fn read(section: &mut Section<'_>) -> Vec<Alias> {
    let expected = "a list of names such as [\"OLD_NAME\"]";
    let Some(list) = section.read("aliases", expected, |value| value.get_ref().as_array()) else { return vec![] };
    list.value.iter().filter_map(|item| alias(section, item)).collect()
}

fn alias(section: &Section<'_>, item: &Value<'_>) -> Option<Alias> {
    if let Some(name) = item.get_ref().as_str() {
        return good_name(section, item, name).then(|| Alias::from(name));
    }
    let Some(mut table) = section.item("aliases", item) else {
        let text = format!("`aliases` in {} must hold names or tables, and holds {}", section.label(), type_of(item));
        section.note(item, text);
        return None;
    };
    let name = table.text("name");
    if name.is_none() {
        table.missing("`name`");
    }
    let deprecated_since = table.word("deprecated_since", DAY, |text| text.parse().ok()).map(|day| day.value);
    let removed_in = table.word("removed_in", REMOVAL, |text| text.parse::<Removal>().ok()).map(|when| when.value);
    table.finish();
    let name = name?.value;
    good_name(section, item, &name).then_some(Alias { name, deprecated_since, removed_in })
}

fn good_name(section: &Section<'_>, item: &Value<'_>, name: &str) -> bool {
    let good = is_variable_name(name);
    if !good {
        let text =
            format!("`aliases` in {} holds {}, which is not the name of a variable", section.label(), Told(name));
        section.note(item, text);
    }
    good
}
