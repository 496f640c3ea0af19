//! Every place that sets a variable, whether it wins or not: to explain where a value comes from.

use crate::{Place, Schema, Sources, dotenv::Assignment};

/// A place that sets a variable, under one of its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The name that is set there: the canonical one, or an older one.
    pub name: String,
    /// Where. Never a default, and never a secret file: [`Setting::names_file`] says that this is the variable that names it.
    pub place: Place,
    /// Whether it is `NAME_FILE` that is set there.
    pub names_file: bool,
}

/// Every place that sets the variable `name` of `schema`, the canonical name's first, each name's in the order in which they win. A
/// name that is not declared has its own places only.
pub fn settings(schema: &Schema, sources: &Sources<'_>, name: &str) -> Vec<Setting> {
    let aliases = schema.variable(name).map_or(&[][..], |variable| &variable.aliases);
    let names = [name].into_iter().chain(aliases.iter().map(|alias| alias.name.as_str()));
    names.flat_map(|own| of_name(schema, sources, own)).collect()
}

fn of_name(schema: &Schema, sources: &Sources<'_>, name: &str) -> Vec<Setting> {
    let file = format!("{name}_FILE");
    // A NAME_FILE that is declared is a variable of its own.
    let names = if schema.knows(name) && !schema.knows(&file) {
        vec![(name, false), (&file, true)]
    } else {
        vec![(name, false)]
    };
    let layers = [(sources.flags, Place::Flag), (sources.process, Place::Process)];
    let mut all = vec![];
    for (vars, place) in layers {
        let set = names.iter().filter(|(own, _)| vars.value(own).is_some());
        all.extend(set.map(|(_, names_file)| (*names_file, place.clone())));
    }
    for file in sources.files {
        let Ok(content) = &file.content else { continue };
        let place = |set: &Assignment| Place::Dotenv { path: file.path.clone(), line: set.line };
        for (own, names_file) in &names {
            // The last assignment of a file wins.
            let set = content.assignments.iter().rev().filter(|set| set.name == *own);
            all.extend(set.map(|set| (*names_file, place(set))));
        }
    }
    all.into_iter().map(|(names_file, place)| Setting { name: name.to_owned(), place, names_file }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DotenvFile, Type, Variable, dotenv};
    use bootproof_core::Vars;

    #[test]
    fn every_place_is_found_in_the_order_in_which_they_win() {
        let schema = Schema::of([
            Variable::new("A", Type::String).alias("OLD"),
            Variable::new("B", Type::String),
            Variable::new("B_FILE", Type::String),
        ]);
        let flags = Vars::from_pairs("flag", [("A", "1")]);
        let process = Vars::from_pairs("process", [("A_FILE", "/x"), ("OLD", "2"), ("B_FILE", "/y"), ("C_FILE", "/z")]);
        let files = [DotenvFile { path: ".env".into(), content: Ok(dotenv::parse("A=3\nA=4\nOLD=5\n")) }];
        let sources = Sources::process(&process).flags(&flags).files(&files);
        let told = |name: &str| -> Vec<String> {
            let tell = |s: Setting| format!("{}{} {}", s.name, if s.names_file { "_FILE" } else { "" }, s.place);
            settings(&schema, &sources, name).into_iter().map(tell).collect()
        };
        assert_eq!(told("A"), ["A flag", "A_FILE process", "A .env:2", "A .env:1", "OLD process", "OLD .env:3"]);
        assert!(told("B").is_empty(), "B_FILE is declared, and so no file of B");
        assert_eq!(told("B_FILE"), ["B_FILE process"]);
        assert_eq!(told("C_FILE"), ["C_FILE process"]);
        assert!(told("C").is_empty());
    }
}
