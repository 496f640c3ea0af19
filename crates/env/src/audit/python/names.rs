//! What names stand for in a Python file: imports, constants, and other names of `os.environ`.

use crate::audit::code::Code;
use crate::audit::find::is_capitals;

/// Reads the imports and the plain assignments.
pub(super) fn learn(code: &mut Code<'_>) {
    for i in 0..code.len() {
        if code.is(i, "import") && code.tokens[i].first {
            import_module(code, i + 1);
        } else if code.is(i, "from") && code.tokens[i].first {
            import_names(code, i + 1);
        } else if code.is(i + 1, "=") && code.tokens[i].first {
            assign(code, i);
        }
    }
}

/// `import os as o`.
fn import_module(code: &mut Code<'_>, i: usize) {
    if let (true, Some(alias)) = (code.row(i, &["os", "as"]), code.word(i + 2)) {
        code.root(alias, vec!["os"]);
    }
}

/// `from os import environ, getenv as get`; `from decouple import config`; `from environs import Env`.
fn import_names(code: &mut Code<'_>, i: usize) {
    let Some(module) = code.word(i) else { return };
    let Some(import) = (i..i + 16).find(|k| code.is(*k, "import")) else { return };
    let (mut k, open) = (import + 1, code.is(import + 1, "("));
    k += usize::from(open);
    while let Some(name) = code.word(k).filter(|_| open || !code.tokens[k].first) {
        let alias = code.word(k + 2).filter(|_| code.is(k + 1, "as"));
        let meant = match (module, name) {
            ("os", "environ" | "environb" | "getenv" | "getenvb") => Some(vec!["os", name]),
            ("decouple", "config") => Some(vec!["decouple", "config"]),
            ("environs" | "environ", "Env" | "FileAwareEnv") => Some(vec!["environs", "Env"]),
            // Settings modules hand their `env` on: `from .base import env`.
            (_, "env") => Some(vec!["env"]),
            _ => None,
        };
        if let Some(meant) = meant {
            code.root(alias.unwrap_or(name), meant);
        }
        k += if alias.is_some() { 3 } else { 1 };
        if !code.is(k, ",") {
            return;
        }
        k += 1;
    }
}

/// `NAME = "X"`, `env = environ.Env(...)`, `environ = os.environ`, `config = Config(RepositoryEnv(..))`.
fn assign(code: &mut Code<'_>, i: usize) {
    let Some(name) = code.word(i) else { return };
    let ends = |k: usize| code.tokens.get(k).is_none_or(|t| t.first);
    if let Some(text) = code.text(i + 2).filter(|_| ends(i + 3)) {
        if code.tokens[i].column == 1 || is_capitals(name) {
            code.constant(name, text);
        }
        return;
    }
    let Some(path) = code.path(i + 2) else {
        if code.row(i + 2, &["Config", "("]) {
            code.root(name, vec!["decouple", "config"]);
        }
        return;
    };
    match path.names.as_slice() {
        ["environ" | "environs", "Env" | "FileAwareEnv"] if code.is(path.end(), "(") => code.root(name, vec!["env"]),
        ["os", "environ" | "getenv"] if ends(path.end()) => code.root(name, path.names),
        ["os", "environ", "get"] if ends(path.end()) => code.root(name, path.names),
        _ => {}
    }
}
