//! pydantic's `BaseSettings`: every field of the class is a variable, upper-cased and behind `env_prefix`.

use crate::audit::code::Code;
use crate::audit::find::Finds;
use crate::audit::lex::Kind;
use bootproof_core::is_variable_name;
use std::ops::Range;

/// Finds the fields of all settings classes of the file, also of classes that extend one of these.
pub(super) fn reads(code: &Code<'_>, finds: &mut Finds) {
    let mut bases: Vec<(&str, String)> = vec![("BaseSettings", String::new())];
    for i in 0..code.len() {
        let Some(name) = code.word(i + 1).filter(|_| code.is(i, "class") && code.tokens[i].first) else { continue };
        let parents = code.items(i + 2);
        let parent = parents.iter().filter_map(|p| code.word(p.end - 1));
        let base = parent.filter_map(|p| bases.iter().find(|(base, _)| *base == p)).next();
        let Some((_, inherited)) = base else { continue };
        let body = body(code, i);
        let prefix = prefix(code, body.clone()).map_or_else(|| inherited.clone(), str::to_owned);
        fields(code, body, &prefix, finds);
        bases.push((name, prefix));
    }
}

/// The tokens of a class: up to the next line that is not indented more than `class` itself.
fn body(code: &Code<'_>, class: usize) -> Range<usize> {
    let start = code.partner(class + 2).map_or(class + 3, |close| close + 2);
    let column = code.tokens[class].column;
    let mut end = start;
    while let Some(token) = code.tokens.get(end).filter(|t| !t.first || t.column > column) {
        let bracket = code.partner(end).filter(|close| *close > end && token.kind == Kind::Sign);
        end = bracket.unwrap_or(end) + 1;
    }
    start..end
}

/// `env_prefix="APP_"`, in `SettingsConfigDict(...)`, a dictionary or `class Config`.
fn prefix<'a>(code: &Code<'a>, mut body: Range<usize>) -> Option<&'a str> {
    body.find(|i| {
        code.is(*i, "env_prefix") && code.is(i + 1, "=") || code.text(*i) == Some("env_prefix") && code.is(i + 1, ":")
    })
    .and_then(|i| code.text(i + 2))
}

fn fields(code: &Code<'_>, body: Range<usize>, prefix: &str, finds: &mut Finds) {
    let Some(column) = code.tokens.get(body.start).map(|t| t.column) else { return };
    let mut i = body.start;
    while i < body.end {
        let token = &code.tokens[i];
        let field = token.first && token.column == column && token.kind == Kind::Word && !token.text.starts_with('_');
        if field && code.is(i + 1, ":") && token.text != "model_config" && !is_constant(code, i) {
            one_field(code, i, body.end, prefix, finds);
        }
        i = code.partner(i).filter(|close| *close > i).unwrap_or(i) + 1;
    }
}

/// `model_post_init: ClassVar[...]`, and `else:` or `try:` with nothing behind.
fn is_constant(code: &Code<'_>, i: usize) -> bool {
    code.is(i + 2, "ClassVar") || code.tokens.get(i + 2).is_none_or(|t| t.first)
}

/// `name: type = default`.
fn one_field(code: &Code<'_>, i: usize, end: usize, prefix: &str, finds: &mut Finds) {
    let (mut stop, mut equals, mut field) = (i + 1, None, None);
    while stop < end && !code.tokens[stop].first {
        match stop {
            _ if code.is(stop, "=") => equals = equals.or(Some(stop)),
            _ if code.is(stop, "Field") && code.is(stop + 1, "(") => field = Some(stop + 1),
            _ => {}
        }
        let inner = code.partner(stop).filter(|close| *close > stop);
        if let Some(close) = inner.filter(|_| equals.is_none()) {
            // `Annotated[int, Field(...)]`
            field = (stop..close).find(|k| code.row(*k, &["Field", "("])).map(|k| k + 1).or(field);
        }
        stop = inner.unwrap_or(stop) + 1;
    }
    let whole = equals.filter(|e| field != Some(e + 2)).map(|e| e + 1..stop);
    let default = whole.or_else(|| field.and_then(|open| field_default(code, open)));
    let names = field.map(|open| field_names(code, open)).unwrap_or_default();
    let own = vec![format!("{prefix}{}", code.tokens[i].text).to_uppercase()];
    for name in if names.is_empty() { own } else { names } {
        if let Some(find) = finds.known(code, i, &name) {
            find.required = default.is_none();
            find.default = default.clone().and_then(|range| code.default(range));
        }
    }
}

/// The default in `Field(8000)`, `Field(default=8000)`, `Field(default_factory=list)`; `...` is none.
fn field_default(code: &Code<'_>, open: usize) -> Option<Range<usize>> {
    let items = code.items(open);
    let named =
        items.iter().find(|r| code.is_any(r.start, &["default", "default_factory"]) && code.is(r.start + 1, "="));
    let first = items.first().filter(|r| !code.is(r.start + 1, "=")).cloned();
    let default = named.map(|r| r.start + 2..r.end).or(first)?;
    (!code.is(default.start, "...")).then_some(default)
}

/// The names in `env=`, `alias=` and `validation_alias=`, as one text, a list or `AliasChoices(...)`.
fn field_names(code: &Code<'_>, open: usize) -> Vec<String> {
    let is_alias =
        |r: &Range<usize>| code.is_any(r.start, &["env", "alias", "validation_alias"]) && code.is(r.start + 1, "=");
    let texts = code.items(open).into_iter().filter(is_alias).flatten().filter_map(|i| code.text(i));
    texts.filter(|text| is_variable_name(text)).map(str::to_uppercase).collect()
}
