//! The languages, and how a file's language is told from its name or its first line.

use super::code::Code;
use super::find::Finds;
use super::read::Helper;
use super::{go, helper, javascript, jvm, python, ruby, rust, shell, spring};
use std::fmt;
use std::path::Path;

/// A language the audit can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Rust, build scripts too.
    Rust,
    /// Python.
    Python,
    /// JavaScript and TypeScript, also in JSX, Vue and Svelte.
    JavaScript,
    /// Go.
    Go,
    /// Ruby, also in ERB and in YAML with ERB.
    Ruby,
    /// Java.
    Java,
    /// Kotlin.
    Kotlin,
    /// Shell scripts of the Bourne family.
    Shell,
    /// Spring's `application.properties` and `application.yml`.
    Spring,
}

impl Language {
    /// The language that a file of this name is in, when the name alone says it.
    pub(super) fn of_path(path: &Path) -> Option<Self> {
        let Some(extension) = path.extension() else {
            let named = ["Rakefile", "Gemfile", "Capfile", "Guardfile", "Vagrantfile"];
            return named.iter().any(|name| path.ends_with(name)).then_some(Self::Ruby);
        };
        let extension = extension.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "rs" => Self::Rust,
            "py" | "pyw" => Self::Python,
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx" | "vue" | "svelte" => Self::JavaScript,
            "go" => Self::Go,
            "rb" | "rake" | "ru" | "erb" | "gemspec" => Self::Ruby,
            "java" => Self::Java,
            "kt" | "kts" => Self::Kotlin,
            "sh" | "bash" | "zsh" | "ksh" => Self::Shell,
            "properties" | "yml" | "yaml" if spring::is_settings_file(path) => Self::Spring,
            "yml" | "yaml" if ruby::is_settings_file(path) => Self::Ruby,
            _ => return None,
        })
    }

    /// The language that `#!` in the first line of a file names.
    pub(super) fn of_shebang(head: &[u8]) -> Option<Self> {
        let line = head.strip_prefix(b"#!")?.split(|b| *b == b'\n').next()?;
        let line = std::str::from_utf8(line).ok()?;
        let program = line.split([' ', '/', '\t']).rfind(|word| !word.is_empty() && !word.starts_with('-'))?;
        let program = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '\r');
        Some(match program {
            "sh" | "bash" | "dash" | "zsh" | "ksh" | "ash" => Self::Shell,
            "python" | "pypy" => Self::Python,
            "node" | "deno" | "bun" => Self::JavaScript,
            "ruby" => Self::Ruby,
            _ => return None,
        })
    }

    /// Whether a file can hold a read at all: cheap, and never wrong in saying no.
    pub(super) fn may_read(self, text: &str) -> bool {
        let has = |word: &str| text.contains(word);
        match self {
            Self::Rust => has("env"),
            Self::Python => {
                ["environ", "getenv", "env(", "env.", "decouple", "BaseSettings"].iter().any(|word| has(word))
            }
            Self::JavaScript => has("env") || has("Env") || has("onfigService"),
            Self::Go => has("env") || has("Env"),
            Self::Ruby => has("ENV"),
            Self::Java | Self::Kotlin => has("getenv") || has("@Value"),
            Self::Shell => has("$"),
            Self::Spring => has("${"),
        }
    }

    /// Cuts a text into tokens. The shell and Spring's files have their own readers and no tokens.
    pub(super) fn code<'a>(self, path: &Path, text: &'a str) -> Option<Code<'a>> {
        Some(match self {
            Self::Rust => rust::code(text),
            Self::Python => python::code(text),
            Self::JavaScript => javascript::code(path, text),
            Self::Go => go::code(text),
            Self::Ruby => ruby::code(path, text),
            Self::Java => jvm::code(text, false),
            Self::Kotlin => jvm::code(text, true),
            Self::Shell | Self::Spring => return None,
        })
    }

    /// Finds the calls of helper functions.
    pub(super) fn calls(self, code: &Code<'_>, helpers: &[Helper]) -> Finds {
        let mut finds = helper::calls(code, helpers);
        if self == Self::Rust {
            rust::mark_tests(code, &mut finds);
        }
        finds
    }

    /// Finds the reads in a text.
    pub(super) fn finds(self, text: &str, code: Option<&Code<'_>>) -> Finds {
        let mut finds = Finds::default();
        match (self, code) {
            (Self::Rust, Some(code)) => {
                rust::reads(code, &mut finds);
                rust::mark_tests(code, &mut finds);
            }
            (Self::Python, Some(code)) => python::reads(code, &mut finds),
            (Self::JavaScript, Some(code)) => javascript::reads(code, &mut finds),
            (Self::Go, Some(code)) => go::reads(code, &mut finds),
            (Self::Ruby, Some(code)) => ruby::reads(code, &mut finds),
            (Self::Java | Self::Kotlin, Some(code)) => jvm::reads(code, &mut finds),
            (Self::Shell, _) => shell::reads(text, &mut finds),
            (Self::Spring, _) => spring::reads(text, &mut finds),
            (_, None) => {}
        }
        finds
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::Go => "Go",
            Self::Ruby => "Ruby",
            Self::Java => "Java",
            Self::Kotlin => "Kotlin",
            Self::Shell => "shell",
            Self::Spring => "Spring settings",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::find::Find;
    use crate::audit::helper::helper_of;
    use proptest::prelude::*;

    const ALL: [(Language, &str); 11] = [
        (Language::Rust, "a.rs"),
        (Language::Python, "a.py"),
        (Language::JavaScript, "a.ts"),
        (Language::JavaScript, "a.vue"),
        (Language::Go, "a.go"),
        (Language::Ruby, "a.rb"),
        (Language::Ruby, "a.erb"),
        (Language::Java, "a.java"),
        (Language::Kotlin, "a.kt"),
        (Language::Shell, "a.sh"),
        (Language::Spring, "application.yml"),
    ];

    /// Pieces of code of all languages, and what could trip one that cuts texts at byte positions.
    const PIECES: [&str; 96] = [
        "\"",
        "'",
        "`",
        "\\",
        "\n",
        "\r\n",
        " ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "${",
        "#{",
        "{{",
        "<%=",
        "%>",
        "<script>",
        "</script",
        "//",
        "/*",
        "*/",
        "#",
        "\"\"\"",
        "'''",
        "r#\"",
        "\"#",
        "f'",
        "=begin\n",
        "\n=end",
        "<<~A",
        "<<A",
        "<<'A'",
        "\nA\n",
        "é",
        "\u{feff}",
        "😀",
        "=",
        "==",
        "?",
        "??",
        "||",
        ".",
        "::",
        ":",
        ",",
        ";",
        "|",
        "!",
        "-",
        "1.5",
        "0x",
        "A",
        "AB",
        "env",
        "os.environ",
        "os.getenv(",
        "process.env",
        "import",
        "from",
        " as ",
        "const ",
        "use std::env::{",
        "env::var(",
        "env!(",
        "#[arg(env",
        "#[cfg(test)]",
        "fn f(a",
        "def f(self, a",
        "function f(a",
        "func f(a string",
        "class A(BaseSettings):\n  ",
        "Field(",
        "x: int",
        "try:\n",
        "except KeyError:\n",
        "in ",
        "ENV",
        ".fetch",
        "do ",
        " end",
        "raise",
        "System.getenv(",
        "@Value(",
        "?:",
        "!!",
        "$AB",
        "${AB:-",
        "${!AB}",
        "$((",
        "read AB",
        "set -u\n",
        "export AB=",
        "`env:\"",
        "default:\"",
    ];

    fn known(find: &Find) -> bool {
        matches!(&find.name, crate::audit::find::Name::Known(_))
    }

    proptest! {
        #[test]
        fn no_text_makes_the_audit_panic_and_every_find_stands_inside_it(
            pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..50)
        ) {
            let text = pieces.concat();
            let lines = u32::try_from(text.matches('\n').count()).expect("few lines") + 1;
            for (language, path) in ALL {
                let code = language.code(Path::new(path), &text);
                for find in language.finds(&text, code.as_ref()).all {
                    prop_assert!(find.line >= 1 && find.line <= lines && find.column >= 1, "{language}: {find:?}");
                    let helper = code.as_ref().and_then(|code| helper_of(code, &find));
                    prop_assert!(!(known(&find) && helper.is_some()));
                    if let (Some(code), Some(helper)) = (&code, helper) {
                        language.calls(code, &[helper]);
                    }
                }
            }
        }
    }

    #[test]
    fn a_file_that_ends_in_the_middle_of_a_read_is_no_read() {
        for text in ["<%=ENV.fetch%>", "ENV.fetch", "ENV.fetch(", "os.environ[", "process.env.", "os.getenv("] {
            for (language, path) in ALL {
                let code = language.code(Path::new(path), text);
                let finds = language.finds(text, code.as_ref()).all;
                assert!(!finds.iter().any(known), "{language}: {text}");
            }
        }
    }

    #[test]
    fn the_first_line_of_a_script_names_its_language() {
        for (line, language) in [
            ("#!/bin/sh -e\n", Some(Language::Shell)),
            ("#!/usr/bin/env python3.11\r\n", Some(Language::Python)),
            ("#!/usr/bin/env -S node\n", Some(Language::JavaScript)),
            ("#! /usr/bin/ruby", Some(Language::Ruby)),
            ("#!/usr/bin/perl\n", None),
            ("echo sh\n", None),
        ] {
            assert_eq!(Language::of_shebang(line.as_bytes()), language, "{line:?}");
        }
    }
}
