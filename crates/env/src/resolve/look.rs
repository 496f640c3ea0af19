//! Looking for the value of one variable, through all its names and layers.

use super::{
    Resolver, Set, State,
    index::{FLAGS, Hit, HitText},
};
use crate::{
    ExpandError, Place, Source, Template, Typed, Variable, problem::Breach, read, rules, sounds_secret, suspicious,
};
use bootproof_core::Secret;
use std::path::Path;

/// How many variables may refer to each other in a row: more is a mistake, and the stack has an end.
const DEEPEST: usize = 64;

/// A value that was found.
struct Found<'a> {
    /// The name it was found under.
    name: &'a str,
    text: Secret,
    source: Source,
}

impl Found<'_> {
    fn is_blank(&self) -> bool {
        self.text.reveal().trim().is_empty()
    }
}

/// Why a reference has no value.
pub(super) enum Trouble {
    /// It leads back to itself; the names of the ring.
    Ring(Vec<String>),
    /// Too many variables refer to each other in a row.
    Deep,
    /// Of this variable, which it refers to or that one refers to, it was told already.
    Told(String),
}

impl<'a> Resolver<'a> {
    /// Finds the value of the variable at `at`, unless it was looked at already.
    pub(super) fn look_at(&mut self, at: usize) {
        if !matches!(self.states[at], State::Todo) {
            return;
        }
        self.states[at] = State::Doing;
        let variable: &'a Variable = &self.schema.variables[at];
        self.stack.push(&variable.name);
        let outer = self.failed.take();
        let found = self.search(at, variable);
        let failed = std::mem::replace(&mut self.failed, outer);
        self.states[at] = match (self.choose(at, variable, found), failed) {
            (Some(found), _) => State::Done(Some(self.take(at, variable, found))),
            (None, Some(by)) => State::Failed(by),
            (None, None) => self.fall_back(at, variable),
        };
        self.connect(at);
        self.stack.pop();
    }

    /// All values that are set for it, the canonical name's first.
    fn search(&mut self, at: usize, variable: &'a Variable) -> Vec<Found<'a>> {
        let mut found = Vec::with_capacity(1 + variable.aliases.len());
        found.extend(self.look_under(at, &variable.name, None));
        for alias in &variable.aliases {
            let is_removed = alias.is_removed(self.world.today(), self.schema.version.as_ref());
            // What sets the right name, too, is past the change.
            if is_removed && !found.is_empty() {
                continue;
            }
            let under = self.look_under(at, &alias.name, Some(&alias.name));
            let Some(under) = under else { continue };
            if is_removed {
                if !under.is_blank() {
                    let when = alias.removed_in.as_ref().map(ToString::to_string).unwrap_or_default();
                    let sentence =
                        format!("`{}` is set, but is gone since {when}: it is `{}` now", alias.name, variable.name);
                    self.note(at, &variable.name, rules::REMOVED_NAME, sentence, Some(under.source.place.to_string()));
                    self.failed = Some(variable.name.clone());
                }
            } else {
                found.push(under);
            }
        }
        found
    }

    /// The value that counts, and a note on those that contradict it.
    fn choose(&mut self, at: usize, variable: &'a Variable, mut found: Vec<Found<'a>>) -> Option<Found<'a>> {
        if !found.iter().all(Found::is_blank) {
            // Templates hand unset old names on as blanks: those contradict nothing.
            found.retain(|f| f.name == variable.name || !f.is_blank());
        }
        let mut found = found.into_iter();
        let first = found.next()?;
        // A blank value is told as blank.
        for other in found.filter(|other| !first.is_blank() && other.text != first.text) {
            let told = |found: &Found<'_>| match &found.source.place {
                Place::Process => format!("`{}`", found.name),
                place => format!("`{}` ({place})", found.name),
            };
            let sentence = format!("{} and {} are both set, to different values", told(&first), told(&other));
            self.note(at, &variable.name, rules::NAMES_DIFFER, sentence, None);
        }
        self.note_old_name(at, variable, &first);
        Some(first)
    }

    fn note_old_name(&mut self, at: usize, variable: &Variable, found: &Found<'_>) {
        let alias = variable.aliases.iter().find(|alias| found.source.alias.as_ref() == Some(&alias.name));
        let Some((alias, since)) = alias.and_then(|alias| Some((alias, alias.deprecated_since?))) else { return };
        let until =
            alias.removed_in.as_ref().map(|when| format!(", and will be gone from {when} on")).unwrap_or_default();
        let sentence = format!("`{}` is an old name since {since}{until}: it is `{}` now", alias.name, variable.name);
        self.note(at, &variable.name, rules::OLD_NAME, sentence, Some(found.source.place.to_string()));
    }

    fn look_under(&mut self, at: usize, name: &'a str, alias: Option<&String>) -> Option<Found<'a>> {
        let hits = if alias.is_none() { self.index.hits_of(at) } else { self.index.hits(name) };
        // An empty NAME_FILE names no file.
        let mut real = hits.iter().filter(|hit| !(hit.names_file && is_blank(hit))).copied();
        let (hit, next) = (real.next()?, real.next());
        let file_beside = next.is_some_and(|next| next.names_file && next.layer == hit.layer);
        if file_beside {
            let sentence = format!("`{name}` and `{name}_FILE` are both set");
            self.note(at, &self.schema.variables[at].name, rules::FILE_AND_VALUE, sentence, None);
        }
        match self.text_of(at, name, &hit) {
            Ok((text, place)) => Some(Found { name, text, source: Source { place, alias: alias.cloned() } }),
            Err(by) => {
                self.failed = Some(by);
                None
            }
        }
    }

    /// What `hit` sets `name` to; when that cannot be had, the variable of which a problem tells it.
    fn text_of(&mut self, at: usize, name: &str, hit: &Hit<'a>) -> Result<(Secret, Place), String> {
        let place = self.index.place(hit);
        let text = match hit.text {
            HitText::Plain(text) => text.clone(),
            HitText::Template(template, _) => {
                let under = if hit.names_file { format!("{name}_FILE") } else { name.to_owned() };
                self.fill(at, &under, template, Some((hit.layer, &place)))?
            }
        };
        let is_secret = || self.schema.variables[at].is_secret() || suspicious::carries_secret(text.reveal());
        if hit.layer == FLAGS && !hit.names_file && is_secret() {
            let sentence = format!("`{name}` is a secret, and was set by a flag of the command line");
            self.note(at, &self.schema.variables[at].name, rules::SECRET_FLAG, sentence, None);
        }
        if !hit.names_file {
            return Ok((text, place));
        }
        let path = text.reveal().trim().to_owned();
        let text = self.read_file(at, format!("{name}_FILE"), &path);
        let text = text.ok_or_else(|| self.schema.variables[at].name.clone())?;
        Ok((text, Place::SecretFile { path, named_by: Box::new(place) }))
    }

    /// The text of a secret file without its last line breaks, which editors and `echo` add.
    fn read_file(&mut self, at: usize, variable: String, path: &str) -> Option<Secret> {
        let own = &self.schema.variables[at].name;
        // Somebody may have put the secret itself where its path belongs: only what looks like a path is told.
        let told = path.starts_with('/').then(|| format!("file {path}"));
        let file = match self.world.secret_file(Path::new(path)) {
            Ok(file) => file,
            Err(error) => {
                let sentence =
                    format!("`{variable}` names a file that cannot be read: {}", read::unreadable(error.kind()));
                self.note(at, own, rules::FILE_UNREADABLE, sentence, told);
                return None;
            }
        };
        let others = match (file.writable_by_others, file.readable_by_others) {
            (true, _) => Some("change"),
            (_, true) => Some("read"),
            _ => None,
        };
        if let Some(what) = others {
            let sentence = format!("`{variable}` names a file that every user of the machine may {what}");
            self.note(at, own, rules::FILE_OPEN, sentence, Some(format!("file {path}")));
        }
        let text = file.text.reveal().trim_end_matches(['\n', '\r']);
        if text.is_empty() {
            self.note(at, own, rules::FILE_EMPTY, format!("`{variable}` names an empty file"), told);
            return None;
        }
        Some(Secret::new(text))
    }

    /// The text of a template, of the variable `name` at `at`. `own` is the layer it stands in and its place; defaults have none.
    /// When it has none, the variable of which a problem tells why.
    pub(super) fn fill(
        &mut self,
        at: usize,
        name: &str,
        template: &Template,
        own: Option<(usize, &Place)>,
    ) -> Result<Secret, String> {
        if let Some(text) = template.as_literal() {
            return Ok(text.clone());
        }
        let filled = template.expand(&mut |other| match own {
            // A value that speaks of its own name means the one below it.
            Some((layer, _)) if other == name => self.below(at, name, layer),
            _ => self.value_of(other),
        });
        let error = match filled {
            Ok(text) => return Ok(text),
            Err(error) => error,
        };
        let told = self.schema.variables.get(at).map_or(name, |variable| &variable.name).to_owned();
        let source = own.map(|(_, place)| place.to_string());
        Err(match error {
            ExpandError::Lookup(Trouble::Told(by)) => by,
            ExpandError::Lookup(Trouble::Ring(ring)) => self.note_ring(at, &told, ring, source),
            other => {
                let sentence = format!("`{name}` {}", self.trouble(at, name, &other));
                self.note(at, &told, rules::UNRESOLVED, sentence, source);
                told
            }
        })
    }

    /// Notes a ring, and gives the variable of which it is told: one ring is told once.
    pub(super) fn note_ring(&mut self, at: usize, name: &str, mut ring: Vec<String>, source: Option<String>) -> String {
        // From the least name on, so that it is known again.
        let least = ring.iter().enumerate().min_by_key(|(_, name)| name.as_str()).map_or(0, |(at, _)| at);
        ring.rotate_left(least);
        ring.extend(ring.first().cloned());
        let sentence = format!("`{}` refer to each other in a ring", ring.join("` → `"));
        if let Some((_, told)) = self.problems.iter().find(|(_, problem)| problem.sentence == sentence) {
            return told.name.clone();
        }
        self.note(at, name, rules::CYCLE, sentence, source);
        name.to_owned()
    }

    fn trouble(&self, at: usize, name: &str, error: &ExpandError<Trouble>) -> String {
        // A piece of a secret may look like a reference.
        let variable = self.schema.variables.get(at);
        let secret = variable.map_or_else(|| sounds_secret(name), Variable::is_secret);
        match error {
            ExpandError::Lookup(_) => format!("refers to others more than {DEEPEST} deep"),
            _ if secret => "holds a reference that cannot be replaced".to_owned(),
            other => read::reference_trouble(other),
        }
    }

    /// What the layers below `layer` set `name` to.
    fn below(&mut self, at: usize, name: &str, layer: usize) -> Result<Option<Secret>, Trouble> {
        let next = self.index.hits(name).iter().find(|hit| hit.layer > layer && !hit.names_file).copied();
        match next {
            None => Ok(None),
            Some(hit) => self.text_of(at, name, &hit).map(|(text, _)| Some(text)).map_err(Trouble::Told),
        }
    }

    /// The value of any variable, declared or not.
    pub(super) fn value_of(&mut self, name: &str) -> Result<Option<Secret>, Trouble> {
        if let Some(from) = self.stack.iter().position(|doing| *doing == name) {
            return Err(Trouble::Ring(self.stack[from..].iter().map(|&name| name.to_owned()).collect()));
        }
        if self.stack.len() > DEEPEST {
            return Err(Trouble::Deep);
        }
        let Some(at) = self.index.declared(name) else { return self.value_of_other(name) };
        self.look_at(at);
        match &self.states[at] {
            State::Done(set) => Ok(set.as_ref().map(|set| set.text.clone())),
            State::Failed(by) => Err(Trouble::Told(by.clone())),
            // Nothing is left to do of what was looked at, and what is being looked at is on the stack.
            State::Todo | State::Doing => Err(Trouble::Told(name.to_owned())),
        }
    }

    fn value_of_other(&mut self, name: &str) -> Result<Option<Secret>, Trouble> {
        if let Some(known) = self.others.get(name) {
            return known.clone().map(Some).map_err(Trouble::Told);
        }
        let Some((name, hit)) = self.index.first(name) else { return Ok(None) };
        let text = match (hit.text, self.index.owner(name)) {
            (_, Some(at)) if hit.names_file => self.text_of_file(at, name, &hit),
            (HitText::Plain(text), _) => Ok(text.clone()),
            (HitText::Template(template, _), _) => {
                let place = self.index.place(&hit);
                self.stack.push(name);
                let filled = self.fill(super::BEHIND_ALL, name, template, Some((hit.layer, &place)));
                self.stack.pop();
                filled
            }
        };
        self.others.insert(name, text.clone());
        text.map(Some).map_err(Trouble::Told)
    }

    /// The text of the file of an older name, of the variable at `at`. Where that is the variable's value, it is read and told with it.
    fn text_of_file(&mut self, at: usize, name: &str, hit: &Hit<'a>) -> Result<Secret, String> {
        self.look_at(at);
        match &self.states[at] {
            State::Done(Some(set)) if set.source.alias.as_deref() == Some(name) => Ok(set.text.clone()),
            State::Failed(by) => Err(by.clone()),
            _ => self.text_of(at, name, hit).map(|(text, _)| text),
        }
    }

    fn fall_back(&mut self, at: usize, variable: &'a Variable) -> State {
        let Some((text, only)) = variable.default.of(self.environment) else { return State::Done(None) };
        let place = Place::Default(only);
        let text = match Template::parse(text.reveal()) {
            Ok(template) => self.fill(at, &variable.name, &template, None),
            // Told where the schema is read; a password may hold `${`.
            Err(_) => Ok(text.clone()),
        };
        let text = match text {
            Ok(text) => text,
            Err(by) => return State::Failed(by),
        };
        let found = Found { name: &variable.name, text, source: Source { place, alias: None } };
        State::Done(Some(self.take(at, variable, found)))
    }

    /// Reads a value as its type, and notes whatever is wrong with it.
    fn take(&mut self, at: usize, variable: &'a Variable, found: Found<'_>) -> Set {
        let Found { text, source, .. } = found;
        let is_filled = matches!(source.place, Place::Dotenv { .. } | Place::Default(_));
        let read = if is_filled { variable.read_filled(text.reveal()) } else { variable.read(text.reveal()) };
        let typed = match read {
            Ok(typed) => Some(typed),
            Err(breach) => {
                self.note_breach(at, breach, &source);
                None
            }
        };
        if let Some(typed) = &typed {
            for breach in suspicious::of_value(variable, text.reveal(), typed, self.environment) {
                self.note_breach(at, breach, &source);
            }
            for breach in self.path_breaches(variable, typed) {
                self.note_breach(at, breach, &source);
            }
        }
        let shown = typed.is_some() && variable.may_show_all(text.reveal());
        Set { text, typed, source, shown }
    }

    fn path_breaches(&self, variable: &Variable, typed: &Typed) -> Vec<Breach> {
        let (crate::Type::Path { must }, Typed::Path(path)) = (&variable.kind, typed) else { return vec![] };
        // What is not there is told once.
        let check = |access: &crate::Access| {
            self.world.check(path, *access).err().map(|error| read::path_breach(*access, &error))
        };
        must.iter().find_map(check).into_iter().collect()
    }
}

/// Whether a hit sets nothing. Whether a template does is known when it is filled in.
fn is_blank(hit: &Hit<'_>) -> bool {
    let text = match hit.text {
        HitText::Plain(text) => Some(text),
        HitText::Template(template, _) => template.as_literal(),
    };
    text.is_some_and(|text| text.reveal().trim().is_empty())
}
