//! A Kubernetes Secret, for `kubectl apply -f` and `envFrom`.
//!
//! `data` holds base64 (RFC 4648, 4, with padding) of the value's bytes; that hides nothing, so it is written only on demand.
//! Tried on kubectl 1.32.

use super::k8s::{MOST_BYTES, refuses_name, write_head};
use super::{Chosen, ExportError, Exported, Options, Page, ReadBack, ReadBackError, Shape, Sheet, yaml};
use base64::{display::Base64Display, engine::Engine, engine::general_purpose::STANDARD};
use bootproof_core::Secret;
use std::io::Write;

pub(super) const SHAPE: Shape = Shape {
    has_object: true,
    chooses: only_secrets,
    refuses_name,
    refuses_value: |_, _| None,
    most_bytes: Some(MOST_BYTES),
    write,
    read,
};

fn only_secrets<'a>(items: &[Exported<'a>], options: &Options<'_>) -> Result<Chosen<'a>, ExportError> {
    if !options.reveal {
        return Err(ExportError::NeedsReveal);
    }
    Ok((items.iter().filter(|item| item.secret).copied().collect(), vec![]))
}

fn write(sheet: &mut Sheet, page: &Page<'_>) {
    write_head(sheet, "Secret", page.object);
    sheet.push_str(if page.written.is_empty() { "type: Opaque\ndata: {}\n" } else { "type: Opaque\ndata:\n" });
    for item in page.written {
        sheet.push_str("  ");
        yaml::push_string(sheet, item.name);
        let coded = Base64Display::new(item.text.as_bytes(), &STANDARD);
        writeln!(sheet, ": \"{coded}\"").expect("a sheet takes every text");
    }
}

fn read(text: &str) -> ReadBack {
    let decode = |(name, coded): (String, Secret)| {
        let bytes = STANDARD.decode(coded.reveal()).ok()?;
        Some((name, Secret::new(String::from_utf8(bytes).ok()?)))
    };
    let data = yaml::read_data(text, "Secret")?;
    let why = "a value is not the base64 of UTF-8 text";
    data.into_iter().map(|pair| decode(pair).ok_or(ReadBackError { line: 0, why })).collect()
}
