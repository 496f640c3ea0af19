//! JavaScript and TypeScript: `process.env`, `import.meta.env`, Deno, Bun, SvelteKit, NestJS, envalid, zod.

mod lexer;
mod validate;

use super::code::{Code, Path};
use super::find::{Find, Finds, Missing, is_capitals};
use super::read::CodeDefault;
use std::ops::Range;

/// First words of the paths; imports and plain assignments add theirs.
const ROOTS: [(&str, &[&str]); 8] = [
    ("process", &["process"]),
    ("globalThis", &[]),
    ("window", &[]),
    ("import", &["import"]),
    ("Deno", &["Deno"]),
    ("Bun", &["Bun"]),
    ("cleanEnv", &["cleanEnv"]),
    ("envalid", &["envalid"]),
];

/// What Vite itself puts into `import.meta.env`.
const VITE: [&str; 5] = ["MODE", "DEV", "PROD", "SSR", "BASE_URL"];

/// Cuts a file into tokens (of Vue and Svelte only the scripts), and reads imports, constants and other names of the environment.
pub(super) fn code<'a>(path: &std::path::Path, text: &'a str) -> Code<'a> {
    let mut code = Code::new(lexer::tokens(path, text), &ROOTS);
    for i in 0..code.len() {
        if code.is(i, "import") {
            import(&mut code, i);
        } else if code.is_any(i, &["const", "let", "var"]) {
            assign(&mut code, i + 1);
        }
    }
    code
}

/// `import { env } from "node:process"`, `import process from "process"`, `import { env } from "$env/dynamic/private"`.
fn import(code: &mut Code<'_>, i: usize) {
    let Some(from) = (i..i + 200).take_while(|k| !code.is(*k, ";")).find(|k| code.is(*k, "from")) else { return };
    let Some(module) = code.text(from + 1) else { return };
    let process = matches!(module, "process" | "node:process" | "bun");
    let svelte = module.starts_with("$env/dynamic/");
    if !process && !svelte {
        return;
    }
    for k in i + 1..from {
        let Some(name) = code.word(k).filter(|name| *name != "as") else { continue };
        let alias = code.word(k + 2).filter(|_| code.is(k + 1, "as")).unwrap_or(name);
        match name {
            "env" => code.root(alias, vec!["process", "env"]),
            _ if process && module != "bun" && !code.before(k, &["as", ",", "{"]) => code.root(alias, vec!["process"]),
            _ => {}
        }
    }
}

/// `const NAME = "X"`, `const env = process.env`, `const { env } = process`.
fn assign(code: &mut Code<'_>, i: usize) {
    if code.is(i, "{") {
        let Some(close) = code.partner(i) else { return };
        let process = code.row(close + 1, &["=", "process"]) && !code.is(close + 3, ".");
        if process && code.items(i).iter().any(|item| item.len() == 1 && code.is(item.start, "env")) {
            code.root("env", vec!["process", "env"]);
        }
        return;
    }
    let Some(name) = code.word(i) else { return };
    // TypeScript's type stands between: `const NAME: string = "X"`.
    let equals = if code.is(i + 1, ":") { i + 3 } else { i + 1 };
    if !code.is(equals, "=") {
        return;
    }
    if let Some(text) = code.text(equals + 1).filter(|_| code.is(i - 1, "const")) {
        let ends = code.tokens.get(equals + 2).is_none_or(|t| t.first) || code.is_any(equals + 2, &[";", "as", ","]);
        if ends {
            code.constant(name, text);
        }
        return;
    }
    let Some(path) = code.path(equals + 1) else { return };
    let ends = code.tokens.get(path.end()).is_none_or(|t| t.first) || code.is_any(path.end(), &[";", ",", "as"]);
    if ends && matches!(path.names.as_slice(), ["process", "env"] | ["import", "meta", "env"] | ["Bun" | "Deno", "env"])
    {
        code.root(name, path.names);
    }
}

/// Finds the reads.
pub(super) fn reads(code: &Code<'_>, finds: &mut Finds) {
    for i in 0..code.len() {
        if let Some(path) = code.path(i) {
            read(code, &path, finds);
        }
        if code.is(i, "import") {
            static_import(code, i, finds);
        }
        if code.is_any(i, &["configService", "ConfigService"]) && code.is(i + 1, ".") {
            config_service(code, i, finds);
        }
    }
    validate::zod(code, finds);
}

fn read(code: &Code<'_>, path: &Path<'_>, finds: &mut Finds) {
    let start = path.tokens[0];
    match path.names.as_slice() {
        ["process", "env", rest @ ..] | ["Bun", "env", rest @ ..] => {
            let env = path.names.len() - rest.len() - 1;
            member(code, path, (env, rest.first().copied()), false, finds);
        }
        ["import", "meta", "env", rest @ ..] => member(code, path, (2, rest.first().copied()), true, finds),
        ["Deno", "env", "get" | "has"] => {
            let end = path.end();
            if let Some(find) = finds.call(code, (start, end), None, Missing::Goes) {
                after(code, start, code.partner(end).unwrap_or(end) + 1, find);
            }
        }
        ["cleanEnv"] | ["envalid", "cleanEnv"] => validate::envalid(code, path.end(), finds),
        _ => {}
    }
}

/// What follows the environment itself: `.X`, `["X"]`, or nothing, when it is taken apart or asked with `in`.
fn member(code: &Code<'_>, path: &Path<'_>, (env, name): (usize, Option<&str>), build: bool, finds: &mut Finds) {
    let start = path.tokens[0];
    let mut end = path.after(env);
    let find = if let Some(name) = name {
        end = path.after(env + 1);
        let own = build && VITE.contains(&name);
        match own || is_written(code, start, end) || code.is(end, "(") {
            true => None,
            false => finds.known(code, start, name),
        }
    } else if code.is(end, "[") || code.row(end, &["?.", "["]) {
        let open = if code.is(end, "[") { end } else { end + 1 };
        end = code.partner(open).unwrap_or(open) + 1;
        match is_written(code, start, end) {
            true => None,
            false => finds.index(code, (start, open), Missing::Goes),
        }
    } else if code.before(start, &["in"]) && start > 1 {
        code.text(start - 2).and_then(|name| finds.known(code, start - 2, name))
    } else {
        return destructure(code, start, build, finds);
    };
    if let Some(find) = find {
        find.build_time = build;
        after(code, start, end, find);
    }
}

/// `process.env.X = ..`, `delete process.env.X`.
fn is_written(code: &Code<'_>, start: usize, end: usize) -> bool {
    code.is(end, "=") || code.before(start, &["delete"])
}

/// `?? "d"`, `|| "d"`, `||= "d"`, also behind a call around the read: `Number(process.env.PORT) || 3000`.
fn after(code: &Code<'_>, start: usize, mut end: usize, find: &mut Find) {
    end += usize::from(code.is(end, "!"));
    if code.is(end, "as") {
        end += 2;
    }
    if code.before(start, &["("]) && code.partner(start - 1) == Some(end)
        || code.is(end, ",") && code.before(start, &["("])
    {
        let around = start.checked_sub(2).and_then(|i| code.word(i));
        if around.is_some_and(|name| ["Number", "parseInt", "parseFloat", "String", "Boolean"].contains(&name)) {
            end = code.partner(start - 1).map_or(end, |close| close + 1);
        }
    }
    if code.is_any(end, &["??", "||", "??=", "||="]) {
        find.default = alternative(code, end + 1);
    }
}

/// The literal behind `||`, when nothing follows that makes more of it.
fn alternative(code: &Code<'_>, i: usize) -> Option<CodeDefault> {
    let last = (i..i + 12)
        .find(|k| code.is_any(*k, &[")", ",", ";", "}", "]", ":", "."]) || code.is(*k, "("))
        .unwrap_or(i + 1);
    let ends = code.tokens.get(i + 1).is_none_or(|t| t.first) || last == i + 1 && !code.is_any(last, &[".", "("]);
    match ends || code.is(i + 1, "as") {
        true => code.default(i..i + 1),
        false => Some(CodeDefault::computed()),
    }
}

/// `const { A, B: b = "d" } = process.env`.
fn destructure(code: &Code<'_>, start: usize, build: bool, finds: &mut Finds) {
    let Some(open) = start.checked_sub(2).filter(|_| code.before(start, &["="])).and_then(|close| code.partner(close))
    else {
        return;
    };
    if !code.is(open, "{") {
        return;
    }
    for item in code.items(open) {
        let Some(name) = code.word(item.start).or_else(|| code.text(item.start)) else { continue };
        let default = item.clone().find(|i| code.is(*i, "=")).map(|equals| equals + 1..item.end);
        if let Some(find) = finds.known(code, item.start, name) {
            find.build_time = build;
            find.default = default.and_then(|range: Range<usize>| code.default(range));
        }
    }
}

/// `import { X } from "$env/static/private"`.
fn static_import(code: &Code<'_>, i: usize, finds: &mut Finds) {
    let Some(close) = code.partner(i + 1).filter(|_| code.is(i + 1, "{")) else { return };
    if code.is(close + 1, "from") && code.text(close + 2).is_some_and(|m| m.starts_with("$env/static/")) {
        for item in code.items(i + 1) {
            if let Some(name) = code.word(item.start)
                && let Some(find) = finds.known(code, item.start, name)
            {
                find.build_time = true;
                find.required = true;
            }
        }
    }
}

/// `this.configService.get<string>("X", "d")` and `getOrThrow`, when the name is one of a variable.
fn config_service(code: &Code<'_>, i: usize, finds: &mut Finds) {
    let Some(method) = code.word(i + 2).filter(|m| matches!(*m, "get" | "getOrThrow")) else { return };
    let Some(open) = (i + 3..i + 12).find(|k| code.is(*k, "(")) else { return };
    if code.text(open + 1).is_some_and(is_capitals) {
        let missing = if method == "get" { Missing::Goes } else { Missing::Fails };
        finds.call(code, (i, open), Some(1), missing);
    }
}
