//! Go: `os.Getenv`, struct tags of `caarlos0/env`, `envconfig` and `cleanenv`, and viper's `BindEnv`.

use super::code::{Code, Path};
use super::find::{Find, Finds, Missing};
use super::lex::{Kind, Lexer, Quoted};
use super::read::CodeDefault;

/// First words of the paths.
const ROOTS: [(&str, &[&str]); 4] = [("os", &["os"]), ("syscall", &["os"]), ("viper", &["viper"]), ("v", &["viper"])];

/// Cuts a Go file into tokens, and reads its constants.
pub(super) fn code(text: &str) -> Code<'_> {
    let mut code = Code::new(Lexer::run(text, &[(0, text.len())], step), &ROOTS);
    for i in 0..code.len() {
        if !code.is_any(i, &["const", "var"]) {
            continue;
        }
        match code.partner(i + 1).filter(|_| code.is(i + 1, "(")) {
            Some(close) => (i + 2..close).for_each(|k| constant(&mut code, k)),
            None => constant(&mut code, i + 1),
        }
    }
    code
}

/// `Name = "X"`, `Name string = "X"`.
fn constant(code: &mut Code<'_>, i: usize) {
    let equals = if code.is(i + 1, "string") { i + 2 } else { i + 1 };
    if let (Some(name), true, Some(text)) = (code.word(i), code.is(equals, "="), code.text(equals + 1)) {
        code.constant(name, text);
    }
}

fn step(lexer: &mut Lexer<'_>) {
    let plain = Quoted { open: 1, close: "\"", escapes: true, lines: false, hole: None };
    match (lexer.peek(0), lexer.peek(1)) {
        (b'/', b'/') => lexer.skip_line(),
        (b'/', b'*') => lexer.skip_block("/*", "*/", false),
        (b'"', _) => lexer.quoted(plain),
        (b'\'', _) => lexer.quoted(Quoted { close: "'", ..plain }),
        (b'`', _) => lexer.quoted(Quoted { close: "`", escapes: false, lines: true, ..plain }),
        _ => lexer.common(),
    }
}

/// Finds the reads.
pub(super) fn reads(code: &Code<'_>, finds: &mut Finds) {
    let prefix = env_prefix(code);
    for i in 0..code.len() {
        if let Some(path) = code.path(i) {
            read(code, &path, prefix, finds);
        } else if is_tag(code, i) {
            tag(code, i, finds);
        }
    }
}

/// viper's `SetEnvPrefix("app")`.
fn env_prefix<'a>(code: &Code<'a>) -> Option<&'a str> {
    (0..code.len()).find(|i| code.is(*i, "SetEnvPrefix")).and_then(|i| code.text(i + 2))
}

fn read(code: &Code<'_>, path: &Path<'_>, prefix: Option<&str>, finds: &mut Finds) {
    let (start, end) = (path.tokens[0], path.end());
    match path.names.as_slice() {
        ["os", "Getenv" | "LookupEnv"] => {
            if let Some(find) = finds.call(code, (start, end), None, Missing::Goes) {
                first_of(code, start, end, find);
            }
        }
        ["viper", "BindEnv" | "MustBindEnv"] => bind(code, start, end, prefix, finds),
        _ => {}
    }
}

/// `cmp.Or(os.Getenv("X"), "d")`.
fn first_of(code: &Code<'_>, start: usize, end: usize, find: &mut Find) {
    let close = code.partner(end).unwrap_or(end);
    if start > 3 && code.row(start - 4, &["cmp", ".", "Or", "("]) && code.is(close + 1, ",") {
        let last = code.partner(start - 1).unwrap_or(close + 2);
        find.default = code.default(close + 2..last);
    }
}

/// `viper.BindEnv("port", "PORT", "HTTP_PORT")`; with one argument the key itself, upper-cased.
fn bind(code: &Code<'_>, start: usize, open: usize, prefix: Option<&str>, finds: &mut Finds) {
    let arguments = code.items(open);
    for argument in arguments.iter().skip(1) {
        finds.expression(code, start, argument.clone());
    }
    if let ([only], true) = (arguments.as_slice(), code.is(open, "("))
        && let Some(key) = code.text(only.start)
    {
        let prefix = prefix.map(|prefix| format!("{prefix}_")).unwrap_or_default();
        finds.known(code, start, &format!("{prefix}{key}").to_uppercase());
    }
}

/// Whether the text at `i` is the tag of a field: in backquotes behind a type.
fn is_tag(code: &Code<'_>, i: usize) -> bool {
    let token = &code.tokens[i];
    token.kind == Kind::Text && (token.text.contains("env:\"") || token.text.contains("envconfig:\""))
}

/// `env:"PORT,required" envDefault:"80"`, `envconfig:"PORT" default:"80" required:"true"`, `env:"PORT" env-default:"80"`.
fn tag(code: &Code<'_>, i: usize, finds: &mut Finds) {
    let text = code.tokens[i].text;
    let part = |key: &str| {
        let at = text.match_indices(key).map(|(at, _)| at).find(|at| *at == 0 || text.as_bytes()[at - 1] == b' ')?;
        text[at + key.len()..].split('"').next()
    };
    let Some(value) = part("env:\"").or_else(|| part("envconfig:\"")) else { return };
    let mut options = value.split(',').map(str::trim);
    let name = options.next().unwrap_or("");
    let options: Vec<&str> = options.collect();
    let inline = options.iter().find_map(|option| option.strip_prefix("default="));
    let default = part("envDefault:\"").or_else(|| part("env-default:\"")).or_else(|| part("default:\"")).or(inline);
    let required = options.iter().any(|o| matches!(*o, "required" | "notEmpty"))
        || part("required:\"") == Some("true")
        || part("env-required:\"") == Some("true");
    if let Some(find) = finds.known(code, i, name) {
        find.required = required && default.is_none();
        find.default = default.map(CodeDefault::literal);
    }
}
