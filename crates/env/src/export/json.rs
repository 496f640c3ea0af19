//! One JSON object, a member a variable (RFC 8259). It has no comments: what is withheld is said by `Export::withheld` only.
//!
//! Every text is escaped as JSON demands; everything beyond ASCII stands as it is.

use super::{Page, ReadBack, ReadBackError, Shape, Sheet, all_or_shown};
use bootproof_core::Secret;
use serde::Deserialize;
use std::collections::BTreeMap;

pub(super) const SHAPE: Shape = Shape {
    has_object: false,
    chooses: all_or_shown,
    refuses_name: |_| None,
    refuses_value: |_, _| None,
    most_bytes: None,
    write,
    read,
};

fn write(sheet: &mut Sheet, page: &Page<'_>) {
    sheet.push('{');
    for (at, item) in page.written.iter().enumerate() {
        sheet.push_str(if at == 0 { "\n  " } else { ",\n  " });
        push_string(sheet, item.name);
        sheet.push_str(": ");
        push_string(sheet, item.text);
    }
    sheet.push_str(if page.written.is_empty() { "}\n" } else { "\n}\n" });
}

fn push_string(sheet: &mut Sheet, text: &str) {
    serde_json::to_writer(sheet, text).expect("a sheet takes every text, and every text is JSON");
}

fn read(text: &str) -> ReadBack {
    let object: BTreeMap<String, Text> = serde_json::from_str(text)
        .map_err(|e| ReadBackError { line: e.line(), why: "this is not a JSON object whose values are all strings" })?;
    Ok(object.into_iter().map(|(name, Text(text))| (name, text)).collect())
}

/// A string that is kept as a secret from the start.
#[derive(Deserialize)]
#[serde(from = "String")]
pub(super) struct Text(pub(super) Secret);

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Secret::new(text))
    }
}
