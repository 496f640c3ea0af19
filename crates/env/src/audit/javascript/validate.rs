//! Libraries that check the whole environment against an object: envalid, and zod where it is simple.

use crate::audit::code::Code;
use crate::audit::find::Finds;
use crate::audit::read::CodeDefault;
use std::ops::Range;

/// `cleanEnv(process.env, { PORT: port({ default: 80 }) })`.
pub(super) fn envalid(code: &Code<'_>, open: usize, finds: &mut Finds) {
    let arguments = code.items(open);
    let Some(object) = arguments.get(1).filter(|r| code.is(r.start, "{")) else { return };
    for (key, value) in fields(code, object.start) {
        let default =
            value.clone().filter(|i| code.is(i + 1, ":")).find(|i| code.is_any(*i, &["default", "devDefault"]));
        let only_dev = default.is_some_and(|i| code.is(i, "devDefault"));
        if let Some(find) = finds.known(code, key, code.tokens[key].text) {
            find.required = default.is_none() || only_dev;
            find.default = default.filter(|_| !only_dev).and_then(|i| code.default(literal_at(code, i + 2)));
        }
    }
}

/// `const schema = z.object({ PORT: z.string().default("80") }); schema.parse(process.env)`.
pub(super) fn zod(code: &Code<'_>, finds: &mut Finds) {
    for i in 0..code.len() {
        if !code.is_any(i, &["parse", "safeParse"]) || !code.is(i + 1, "(") || !code.before(i, &["."]) || i < 2 {
            continue;
        }
        if !code.path(i + 2).is_some_and(|p| p.names == ["process", "env"] && code.is(p.end(), ")")) {
            continue;
        }
        let object = match code.word(i - 2) {
            Some(schema) => (0..code.len())
                .find(|k| code.is(*k, schema) && code.row(k + 1, &["=", "z", ".", "object", "(", "{"]))
                .map(|k| k + 6),
            None => code.partner(i - 2).filter(|open| code.is(open + 1, "{")).map(|open| open + 1),
        };
        if let Some(object) = object {
            zod_object(code, object, finds);
        }
    }
}

fn zod_object(code: &Code<'_>, object: usize, finds: &mut Finds) {
    for (key, value) in fields(code, object) {
        let calls = |name: &str| value.clone().find(|i| code.is(*i, name) && code.before(*i, &["."]));
        let default = calls("default").or_else(|| calls("catch"));
        if let Some(find) = finds.known(code, key, code.tokens[key].text) {
            find.required = default.is_none() && calls("optional").is_none() && calls("nullish").is_none();
            find.default = default.map(|i| {
                let first = code.items(i + 1).first().cloned();
                first.and_then(|range| code.default(range)).unwrap_or_else(CodeDefault::computed)
            });
        }
    }
}

/// The keys of an object, with the tokens of their values.
fn fields(code: &Code<'_>, object: usize) -> Vec<(usize, Range<usize>)> {
    let items = code.items(object).into_iter();
    items.filter(|item| code.is(item.start + 1, ":")).map(|item| (item.start, item.start + 2..item.end)).collect()
}

/// The value that begins at `i`, up to the comma or bracket behind it.
fn literal_at(code: &Code<'_>, i: usize) -> Range<usize> {
    let mut end = i;
    while end < code.len() && !code.is_any(end, &[",", "}", ")"]) {
        end = code.partner(end).filter(|close| *close > end).unwrap_or(end) + 1;
    }
    i..end
}
