//! Walks a tree, opens every file of code once, and collects what is read.

use super::code::Code;
use super::find::{Find, Finds, Name};
use super::helper;
use super::options::names_pattern;
use super::read::{Helper, Place, Read, Scan, Site};
use super::skip::{Reason, Skipped, is_minified, is_test};
use super::walk::{head, path_of, walker};
use super::{AuditError, Language, ScanOptions};
use ignore::DirEntry;
use regex::Regex;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Scans the tree under `root`. What git ignores is left out, with or without a `.git`; so are hidden files, and folders
/// of vendored or built files. Links are not followed. The order is that of the paths, always.
///
/// # Errors
/// [`AuditError`] when there is nothing to walk. A file that cannot be read is no error: it stands in [`Scan::skipped`].
pub fn scan(root: &Path, options: &ScanOptions) -> Result<Scan, AuditError> {
    let meta = std::fs::metadata(root).map_err(|source| AuditError::Root { root: root.to_owned(), source })?;
    if !meta.is_dir() {
        return Err(AuditError::NotAFolder { root: root.to_owned() });
    }
    let mut scanner = Scanner { root, options, names: names_pattern(&options.names)?, ..Scanner::new(root, options) };
    scanner.walk();
    scanner.follow_helpers()?;
    Ok(scanner.finish())
}

/// What a file gives, before it is one of many.
struct Scanner<'r> {
    root: &'r Path,
    options: &'r ScanOptions,
    names: Option<Regex>,
    found: Scan,
    /// The names in `found.mentions`.
    mentioned: HashSet<String>,
    /// The files that were looked into.
    files: Vec<(PathBuf, Language)>,
    /// Helpers that may be called from other files, and where they are.
    helpers: Vec<(Language, PathBuf, Helper)>,
}

impl<'r> Scanner<'r> {
    fn new(root: &'r Path, options: &'r ScanOptions) -> Self {
        let (found, mentioned) = (Scan::default(), HashSet::new());
        Self { root, options, names: None, found, mentioned, files: Vec::new(), helpers: Vec::new() }
    }

    fn walk(&mut self) {
        let vendored = Arc::new(Mutex::new(Vec::new()));
        for entry in walker(self.root, self.options, Arc::clone(&vendored)).build() {
            match entry {
                Ok(entry) => self.entry(&entry),
                Err(error) => {
                    let path = path_of(&error).unwrap_or(self.root).to_owned();
                    self.skip(&path, Reason::Unreadable(error.to_string()));
                }
            }
        }
        let vendored = std::mem::take(&mut *vendored.lock().unwrap_or_else(PoisonError::into_inner));
        for path in vendored {
            self.skip(&path, Reason::Vendored);
        }
    }

    fn skip(&mut self, path: &Path, reason: Reason) {
        let path = path.strip_prefix(self.root).unwrap_or(path).to_owned();
        self.found.skipped.push(Skipped { path, reason });
    }

    fn entry(&mut self, entry: &DirEntry) {
        let Some(kind) = entry.file_type().filter(|kind| !kind.is_dir()) else { return };
        let path = entry.path();
        let named = Language::of_path(path);
        match named {
            Some(_) if kind.is_symlink() => self.skip(path, Reason::Link),
            Some(_) if !kind.is_file() => self.skip(path, Reason::Special),
            Some(language) => self.file(path, Some(language)),
            None if kind.is_file() && path.extension().is_none() => self.file(path, None),
            None => {}
        }
    }

    /// One file. Without a language its first line must name one.
    fn file(&mut self, path: &Path, language: Option<Language>) {
        let text = match self.text(path, language) {
            Ok(Some(found)) => found,
            Ok(None) => return,
            Err(reason) => return self.skip(path, reason),
        };
        let (text, language) = text;
        let relative = path.strip_prefix(self.root).unwrap_or(path).to_owned();
        self.found.files += 1;
        self.mentions(&relative, &text);
        if language.may_read(&text) {
            self.look(&relative, &text, language);
        }
        self.files.push((relative, language));
    }

    /// The text of a file of code, or why it is left out; nothing for a file of something else.
    fn text(&mut self, path: &Path, language: Option<Language>) -> Result<Option<(String, Language)>, Reason> {
        let unreadable = |error: std::io::Error| Reason::Unreadable(error.to_string());
        let size = std::fs::symlink_metadata(path).map_err(unreadable)?.len();
        let language = match language {
            Some(language) => language,
            None => match Language::of_shebang(&head(path).map_err(unreadable)?) {
                Some(language) => language,
                None => return Ok(None),
            },
        };
        if size > self.options.max_bytes {
            return Err(Reason::TooLarge(size));
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        if bytes.contains(&0) {
            return Err(Reason::Binary);
        }
        let text = String::from_utf8(bytes).unwrap_or_else(|error| {
            self.found.not_utf8.push(path.strip_prefix(self.root).unwrap_or(path).to_owned());
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        });
        // Editors on Windows begin a file with a mark.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        match is_minified(path, &text) {
            true => Err(Reason::Minified),
            false => Ok(Some((text, language))),
        }
    }

    fn mentions(&mut self, path: &Path, text: &str) {
        let Some(pattern) = &self.names else { return };
        // Lines are counted on from the mention before.
        let (mut line, mut counted) = (1, 0);
        for found in pattern.find_iter(text) {
            if self.mentioned.contains(found.as_str()) {
                continue;
            }
            line += text[counted..found.start()].matches('\n').count();
            counted = found.start();
            let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let column = number(counted - text[..counted].rfind('\n').map_or(0, |at| at + 1) + 1);
            let place = Place { file: path.to_owned(), line: number(line), column };
            self.mentioned.insert(found.as_str().to_owned());
            self.found.mentions.push((found.as_str().to_owned(), place));
        }
    }

    /// Looks for reads, and for calls of the helpers of the same file.
    fn look(&mut self, path: &Path, text: &str, language: Language) {
        let code = language.code(path, text);
        let finds = language.finds(text, code.as_ref());
        let helpers = code.as_ref().map(|code| self.helpers_in(code, &finds)).unwrap_or_default();
        let known: Vec<Helper> = helpers.iter().flatten().cloned().collect();
        for (n, find) in finds.all.into_iter().enumerate() {
            self.take(path, language, find, helpers.get(n).cloned().flatten());
        }
        if let Some(code) = code.filter(|_| !known.is_empty()) {
            for find in language.calls(&code, &known).all {
                self.take(path, language, find, None);
            }
        }
        let shared = known.into_iter().filter(|helper| helper.name.to_ascii_lowercase().contains("env"));
        self.helpers.extend(shared.map(|helper| (language, path.to_owned(), helper)));
    }

    /// The helper that each find stands in.
    fn helpers_in(&self, code: &Code<'_>, finds: &Finds) -> Vec<Option<Helper>> {
        finds.all.iter().map(|find| helper::helper_of(code, find)).collect()
    }

    /// Puts a find to the others.
    fn take(&mut self, path: &Path, language: Language, find: Find, helper: Option<Helper>) {
        let place = Place { file: path.to_owned(), line: find.line, column: find.column };
        let in_test = find.in_test || is_test(path);
        match find.name {
            Name::Computed(expression) => {
                self.found.dynamic.push(Site { place, language, expression, in_test, helper });
            }
            Name::Known(name) => {
                let (default, required, build_time) = (find.default, find.required, find.build_time);
                self.found.reads.push(Read { name, place, default, language, required, build_time, in_test });
            }
        }
    }

    /// Looks into the other files once more, for calls of the helpers that have `env` in their names.
    fn follow_helpers(&mut self) -> Result<(), AuditError> {
        let helpers = std::mem::take(&mut self.helpers);
        if helpers.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = helpers.iter().map(|(_, _, helper)| helper.name.clone()).collect();
        let Some(pattern) = names_pattern(&names)? else { return Ok(()) };
        for (path, language) in std::mem::take(&mut self.files) {
            let of_file = helpers.iter().filter(|(of, place, _)| *of == language && *place != path);
            let of_file: Vec<Helper> = of_file.map(|(_, _, helper)| helper.clone()).collect();
            if of_file.is_empty() {
                continue;
            }
            // It could be read a moment ago; should that have changed, the first look stands.
            let Ok(bytes) = std::fs::read(self.root.join(&path)) else { continue };
            let text = String::from_utf8_lossy(&bytes);
            if !pattern.is_match(&text) {
                continue;
            }
            let finds = language.code(&path, &text).map(|code| language.calls(&code, &of_file)).unwrap_or_default();
            for find in finds.all {
                self.take(&path, language, find, None);
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Scan {
        self.found.reads.sort_by(|a, b| (&a.place, &a.name).cmp(&(&b.place, &b.name)));
        self.found.reads.dedup_by(|a, b| a.place == b.place && a.name == b.name);
        self.found.dynamic.sort_by(|a, b| a.place.cmp(&b.place));
        self.found.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_is_told_and_not_counted() {
        let root = tempfile::tempdir().expect("a folder for the test");
        let options = ScanOptions::default();
        let mut scanner = Scanner::new(root.path(), &options);
        // Gone between the walk and the look: what also happens to a file without read permission.
        scanner.file(&root.path().join("gone.py"), Some(Language::Python));
        scanner.file(&root.path().join("gone"), None);
        let scan = scanner.finish();
        let told: Vec<String> = scan.skipped.iter().map(ToString::to_string).collect();
        assert_eq!(scan.files, 0);
        assert!(told[0].starts_with("`gone` is not looked into: it cannot be read: No such file"), "{told:?}");
        assert!(told[1].starts_with("`gone.py` is not looked into: it cannot be read: No such file"), "{told:?}");
    }
}
