//! Strings in YAML, and the objects of Kubernetes read back from it.
//!
//! Every string stands in double quotes (YAML 1.2, 7.3.1), so that `no`, `1e3` and `~` remain strings for every version of
//! YAML. What is not printable (5.1), a byte order mark and the line breaks of YAML 1.1 (U+0085, U+2028, U+2029) are escaped.

use super::{ReadBack, ReadBackError, Sheet};

/// Appends `text` in double quotes.
pub(super) fn push_string(sheet: &mut Sheet, text: &str) {
    sheet.push('"');
    for c in text.chars() {
        match c {
            '"' => sheet.push_str("\\\""),
            '\\' => sheet.push_str("\\\\"),
            '\n' => sheet.push_str("\\n"),
            '\r' => sheet.push_str("\\r"),
            '\t' => sheet.push_str("\\t"),
            c if is_plain(c) => sheet.push(c),
            c => push_code(sheet, u32::from(c)),
        }
    }
    sheet.push('"');
}

fn is_plain(c: char) -> bool {
    let noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    !c.is_control() && !noncharacter && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// `\xNN`, `\uNNNN` or `\UNNNNNNNN`, digit by digit.
fn push_code(sheet: &mut Sheet, code: u32) {
    let (letter, digits) = match code {
        0..=0xff => ('x', 2),
        0x100..=0xffff => ('u', 4),
        _ => ('U', 8),
    };
    sheet.push('\\');
    sheet.push(letter);
    for place in (0..digits).rev() {
        sheet.push(char::from_digit((code >> (4 * place)) & 0xf, 16).unwrap_or('0'));
    }
}

/// The `data` of the object in `text`, which must be of this `kind`.
#[cfg(feature = "draft")]
pub(super) fn read_data(text: &str, kind: &str) -> ReadBack {
    #[derive(serde::Deserialize)]
    struct Object {
        kind: String,
        #[serde(default)]
        data: std::collections::BTreeMap<String, super::json::Text>,
    }
    // The reader's own words may quote what stands there.
    let why = "this is not the YAML of a Kubernetes object whose data are all strings";
    let object: Object = serde_saphyr::from_str(text).map_err(|_| ReadBackError { line: 0, why })?;
    if object.kind != kind {
        return Err(ReadBackError { line: 0, why: "this is a Kubernetes object of another kind" });
    }
    Ok(object.data.into_iter().map(|(name, text)| (name, text.0)).collect())
}

/// Without the feature `draft` there is no reader of YAML.
#[cfg(not(feature = "draft"))]
pub(super) fn read_data(_: &str, _: &str) -> ReadBack {
    Err(ReadBackError { line: 0, why: "this build cannot read YAML; build with the feature `draft`" })
}
