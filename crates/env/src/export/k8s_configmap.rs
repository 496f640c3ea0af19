//! A Kubernetes ConfigMap, for `kubectl apply -f` and `envFrom`.
//!
//! `data` holds UTF-8 strings, which every value is, so `binaryData` is not needed. It never holds a secret, whatever is
//! asked for: those go to the Secret. Tried on kubectl 1.32.

use super::k8s::{MOST_BYTES, refuses_name, write_head};
use super::{Chosen, ExportError, Exported, Options, Page, Shape, Sheet, yaml};

pub(super) const SHAPE: Shape = Shape {
    has_object: true,
    chooses: without_secrets,
    refuses_name,
    refuses_value: |_, _| None,
    most_bytes: Some(MOST_BYTES),
    write,
    read: |text| yaml::read_data(text, "ConfigMap"),
};

fn without_secrets<'a>(items: &[Exported<'a>], _: &Options<'_>) -> Result<Chosen<'a>, ExportError> {
    super::all_or_shown(items, &Options { reveal: false, name: "" })
}

fn write(sheet: &mut Sheet, page: &Page<'_>) {
    page.name_withheld(sheet, "a secret belongs into a k8s-secret");
    write_head(sheet, "ConfigMap", page.object);
    sheet.push_str(if page.written.is_empty() { "data: {}\n" } else { "data:\n" });
    for item in page.written {
        sheet.push_str("  ");
        yaml::push_string(sheet, item.name);
        sheet.push_str(": ");
        yaml::push_string(sheet, item.text);
        sheet.push('\n');
    }
}
