//! clap's `env`, in attributes and in builders.

use crate::audit::code::Code;
use crate::audit::find::{Finds, Missing};
use crate::audit::read::CodeDefault;

/// `Arg::new("port").env("PORT").default_value("80")`; a call with two arguments sets a child's variable.
pub(super) fn builder(code: &Code<'_>, env: usize, finds: &mut Finds) {
    if code.items(env + 1).len() != 1 || code.text(env + 2).is_none() {
        return;
    }
    let Some(find) = finds.call(code, (env, env + 1), None, Missing::Goes) else { return };
    let mut i = code.partner(env + 1).map_or(env, |close| close + 1);
    while let (true, Some(method)) = (code.is(i, "."), code.word(i + 1)) {
        if method == "default_value" {
            find.default = code.items(i + 2).first().and_then(|r| code.default(r.clone()));
        }
        match code.partner(i + 2) {
            Some(close) => i = close + 1,
            None => return,
        }
    }
}

/// `#[arg(long, env = "PORT", default_value_t = 80)]`, `#[arg(env)]`.
pub(super) fn attribute(code: &Code<'_>, open: usize, finds: &mut Finds) {
    let items = code.items(open);
    let Some(item) = items.iter().find(|item| code.is(item.start, "env")) else { return };
    let find = match item.len() {
        1 => match field(code, open) {
            Some(field) => finds.known(code, item.start, &field.to_uppercase()),
            None => None,
        },
        _ if code.is(item.start + 1, "(") => finds.call(code, (item.start, item.start + 1), None, Missing::Goes),
        _ => finds.expression(code, item.start, item.start + 2..item.end),
    };
    let default = items.iter().find(|item| code.is_any(item.start, &["default_value", "default_value_t"]));
    if let (Some(find), Some(item)) = (find, default) {
        find.default = match item.len() {
            0..3 => Some(CodeDefault::computed()),
            _ => code.default(item.start + 2..item.end),
        };
    }
}

/// The field that an attribute stands before.
fn field<'a>(code: &Code<'a>, open: usize) -> Option<&'a str> {
    let mut i = code.partner(open)? + 2;
    while code.row(i, &["#", "["]) {
        i = code.partner(i + 1)? + 1;
    }
    if code.is(i, "pub") {
        i = if code.is(i + 1, "(") { code.partner(i + 1)? + 1 } else { i + 1 };
    }
    code.word(i).filter(|_| code.is(i + 1, ":"))
}
