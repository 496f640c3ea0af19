//! Reading one table of the file: each key is asked for by name and type, and what was not asked for is unknown.
//!
//! By hand over toml's spanned values, because deserialising stops at the first error and people want them all.

use super::{
    error::{ProblemKind, Told, suggestion, ticked},
    notes::Notes,
    place::{At, Position},
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A value of the file with its place.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// One table of the file.
pub(super) struct Section<'a> {
    pub(super) notes: &'a Notes<'a>,
    table: &'a DeTable<'a>,
    /// `ports.api`; empty for the whole file.
    path: String,
    /// Its own name: `api`.
    pub(super) name: String,
    /// Where its name stands.
    pub(super) at: Position,
    /// The keys asked for by name.
    asked: Vec<&'static str>,
    /// Whether all other tables were taken.
    tables_taken: bool,
}

impl<'a> Section<'a> {
    /// The whole file.
    pub(super) fn whole(notes: &'a Notes<'a>, table: &'a DeTable<'a>) -> Self {
        Self::new(notes, table, String::new(), String::new(), Position { line: 1, column: 1 })
    }

    fn new(notes: &'a Notes<'a>, table: &'a DeTable<'a>, path: String, name: String, at: Position) -> Self {
        // Room for every key that a section may have.
        Self { notes, table, path, name, at, asked: Vec::with_capacity(32), tables_taken: false }
    }

    /// `[ports.api]`.
    pub(super) fn label(&self) -> String {
        format!("[{}]", self.path)
    }

    fn ask(&mut self, key: &'static str) {
        self.asked.push(key);
        #[cfg(test)]
        self.notes.asked.borrow_mut().push((self.path.clone(), key));
    }

    /// The value of `key`, which is known from now on.
    pub(super) fn value(&mut self, key: &'static str) -> Option<&'a Value<'a>> {
        self.ask(key);
        self.table.get(key)
    }

    /// The value of `key` as `read` takes it, else a note that it must be `expected`. Nothing of the value is told but its
    /// type: for keys that may hold a secret.
    pub(super) fn read<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&'a Value<'a>) -> Option<T>,
    ) -> Option<At<T>> {
        let value = self.value(key)?;
        let read = read(value).map(|read| At { value: read, at: self.notes.position(&value.span()) });
        if read.is_none() {
            self.note(value, format!("`{key}` in {} must be {expected}, and is {}", self.label(), type_of(value)));
        }
        read
    }

    /// As [`Section::read`], for text that may be told: what does not fit is quoted.
    pub(super) fn word<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Option<At<T>> {
        let Some(text) = self.table.get(key).and_then(|value| value.get_ref().as_str()) else {
            return self.read(key, expected, |_| None);
        };
        let value = self.value(key)?;
        let read = read(text).map(|read| At { value: read, at: self.notes.position(&value.span()) });
        if read.is_none() {
            self.note(value, format!("`{key}` in {} is {}; it must be {expected}", self.label(), Told(text)));
        }
        read
    }

    /// The text of `key`, which may be a secret and must not be blank.
    pub(super) fn text(&mut self, key: &'static str) -> Option<At<String>> {
        let text = self.read(key, "a string", |value| value.get_ref().as_str().map(str::to_owned))?;
        if text.value.trim().is_empty() {
            self.bad(text.at, format!("`{key}` in {} is blank", self.label()));
            return None;
        }
        Some(text)
    }

    /// One of some words.
    pub(super) fn one_of<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)]) -> Option<At<T>> {
        let Some(text) = self.table.get(key).and_then(|value| value.get_ref().as_str()) else {
            return self.read(key, "a string", |_| None);
        };
        let value = self.value(key)?;
        let at = self.notes.position(&value.span());
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let suggestion = suggestion(text, &known, ticked);
            self.bad(at, format!("`{key}` in {} is {}, which is not known{suggestion}", self.label(), Told(text)));
        }
        found.map(|(_, meant)| At { value: *meant, at })
    }

    /// The table `key`.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Section<'a>> {
        self.ask(key);
        let (found, value) = self.table.get_key_value(key)?;
        let section = self.below(key, value, self.notes.position(&found.span()));
        if section.is_none() {
            self.note(value, format!("[{key}] must be a table, and is {}", type_of(value)));
        }
        section
    }

    /// The tables below this one that were not asked for by name, in the order of the file.
    pub(super) fn tables(&mut self) -> Vec<Section<'a>> {
        self.tables_taken = true;
        let others = self.table.iter().filter(|(key, _)| !self.asked.contains(&key.get_ref().as_ref()));
        let mut tables: Vec<_> = others
            .filter_map(|(key, value)| self.below(key.get_ref(), value, self.notes.position(&key.span())))
            .collect();
        tables.sort_by_key(|table| table.at);
        tables
    }

    fn below(&self, key: &str, value: &'a Value<'a>, at: Position) -> Option<Section<'a>> {
        let table = value.get_ref().as_table()?;
        let path = if self.path.is_empty() { key.to_owned() } else { [&self.path, ".", key].concat() };
        Some(Section::new(self.notes, table, path, key.to_owned(), at))
    }

    /// The tables `[key.NAME]`, in the order of the file. Everything else in `[key]` is unknown.
    pub(super) fn named(&mut self, key: &'static str) -> Vec<Section<'a>> {
        let Some(mut table) = self.table(key) else { return vec![] };
        let named = table.tables();
        table.finish_named();
        named
    }

    /// Notes every key that was not asked for and is no table.
    pub(super) fn finish_named(&self) {
        let key = &self.path;
        let others = self
            .entries()
            .filter(|(name, value)| !value.get_ref().is_table() && !self.asked.contains(&name.get_ref().as_ref()));
        for (name, value) in others {
            let (word, found) = (name.get_ref(), type_of(value));
            let known = suggestion(word, &self.asked, ticked);
            let text = format!("{} in [{key}] must be a table such as [{key}.NAME], and is {found}{known}", Told(word));
            self.notes.add(self.notes.position(&name.span()), ProblemKind::Unknown, text);
        }
    }

    /// An item of the list `key` that is a table.
    pub(super) fn item(&self, key: &str, value: &'a Value<'a>) -> Option<Section<'a>> {
        let at = self.notes.position(&value.span());
        let path = format!("{}.{key}", self.path);
        Some(Section::new(self.notes, value.get_ref().as_table()?, path, key.to_owned(), at))
    }

    /// All keys and values, for tables whose keys are data.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a Spanned<toml::de::DeString<'a>>, &'a Value<'a>)> {
        self.table.iter()
    }

    /// Notes that something is wrong with `value`.
    pub(super) fn note(&self, value: &Value<'_>, text: String) {
        self.bad(self.notes.position(&value.span()), text);
    }

    /// Notes that a value is wrong or missing.
    pub(super) fn bad(&self, at: Position, text: String) {
        self.notes.add(at, ProblemKind::Value, text);
    }

    /// Notes that `key` is missing.
    pub(super) fn missing(&self, key: &str) {
        self.bad(self.at, format!("{} needs {key}", self.label()));
    }

    /// Notes every key that was not asked for.
    pub(super) fn finish(self) {
        for (key, value) in self.table {
            let word: &str = key.get_ref();
            if self.asked.contains(&word) || (self.tables_taken && value.get_ref().is_table()) {
                continue;
            }
            let text = if self.path.is_empty() {
                format!("unknown section {}{}", Told(word), suggestion(word, &self.asked, |known| format!("[{known}]")))
            } else {
                format!("unknown key {} in {}{}", Told(word), self.label(), suggestion(word, &self.asked, ticked))
            };
            self.notes.add(self.notes.position(&key.span()), ProblemKind::Unknown, text);
        }
    }
}

/// The type of a value, with its article.
pub(super) fn type_of(value: &Value<'_>) -> String {
    let name = value.get_ref().type_str();
    format!("{} {name}", if name.starts_with(['a', 'i']) { "an" } else { "a" })
}
