//! Export, then read back, is identical: for every format, over values made to hurt.

use super::*;
use proptest::{prelude::*, sample::select};

/// What some reader or other takes for more than itself.
const PIECES: [&str; 54] = [
    "'",
    "\"",
    "`",
    "\\",
    "\\\\",
    "\\'",
    "\\\"",
    "\\n",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "  ",
    "#",
    " #",
    "=",
    ":",
    ": ",
    "~",
    "$",
    "$$",
    "${",
    "}",
    "${X}",
    "\\$",
    "$(id)",
    "X",
    "n",
    "a",
    "1",
    "0x1f",
    "no",
    "null",
    "-",
    "- ",
    "---",
    "%",
    "!",
    ";",
    "&",
    "*",
    "{",
    "\u{1}",
    "\u{7f}",
    "\u{81}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{fdd0}",
    "\u{ffff}",
    "\u{1fffe}",
    "é",
    "\u{1f600}",
];

/// Any text without a NUL, half of them made of [`PIECES`].
pub(super) fn value() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(select(PIECES.as_slice()), 0..10);
    prop_oneof!["[^\\x00]{0,20}", pieces.prop_map(|pieces| pieces.concat())]
}

/// Values with names: `N0`, `N1` ...
pub(super) fn named(values: &[String]) -> Vec<(String, &str)> {
    values.iter().enumerate().map(|(at, value)| (format!("N{at}"), value.as_str())).collect()
}

pub(super) fn items<'a>(named: &'a [(String, &str)], secret: bool) -> Vec<Exported<'a>> {
    named.iter().map(|(name, text)| Exported { name, text, secret }).collect()
}

/// What the docs of the format say it cannot hold, said once more.
fn cannot_be_held(format: Format, value: &str) -> bool {
    match format {
        Format::Docker => value.contains('\n') || value.ends_with('\r'),
        Format::Systemd => value.chars().any(|c| {
            let code = c as u32;
            code == 0xfeff || (0xfdd0..0xfdf0).contains(&code) || code % 0x10000 > 0xfffd
        }),
        _ => false,
    }
}

fn sorted(read: Vec<(String, Secret)>) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = read.into_iter().map(|(name, text)| (name, text.reveal().to_owned())).collect();
    pairs.sort();
    pairs
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn export_then_read_back_is_identical(
        values in prop::collection::vec(value(), 0..8), format in select(Format::ALL.as_slice()),
    ) {
        let named = named(&values);
        let options = Options { reveal: true, name: "app" };
        let all = items(&named, format == Format::K8sSecret);
        let (refused, held): (Vec<Exported>, Vec<Exported>) = all.iter().partition(|item| cannot_be_held(format, item.text));
        if !refused.is_empty() {
            let Err(ExportError::CannotHold { faults, .. }) = export(format, &all, &options) else {
                panic!("`{format}` holds what it cannot")
            };
            prop_assert_eq!(
                faults.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
                refused.iter().map(|i| i.name).collect::<Vec<_>>()
            );
        }
        let written = export(format, &held, &options).unwrap();
        let mut expected: Vec<_> = held.iter().map(|i| (i.name.to_owned(), i.text.to_owned())).collect();
        expected.sort();
        prop_assert_eq!(sorted(read_back(format, written.text.reveal()).unwrap()), expected, "{}", written.text.reveal());
    }

    #[test]
    fn without_reveal_no_secret_is_written_and_every_secret_is_named(
        values in prop::collection::vec(value(), 0..6), format in select(Format::ALL.as_slice()),
    ) {
        let named = named(&values);
        let (open, secret): (Vec<_>, Vec<_>) = items(&named, false).into_iter()
            .filter(|item| !cannot_be_held(format, item.text))
            .partition(|item| item.text.len() % 2 == 0);
        let texts: Vec<String> = secret.iter().map(|item| format!("{}HUNTER2", item.text)).collect();
        let secret: Vec<_> = secret.iter().zip(&texts).map(|(i, text)| Exported { text, secret: true, ..*i }).collect();
        let all = [secret.clone(), open.clone()].concat();
        match export(format, &all, &Options { reveal: false, name: "app" }) {
            Err(error) => prop_assert_eq!((format, error), (Format::K8sSecret, ExportError::NeedsReveal)),
            Ok(written) => {
                let text = written.text.reveal();
                prop_assert!(!text.contains("HUNTER2"), "{}", text);
                prop_assert_eq!(&written.withheld, &secret.iter().map(|i| i.name.to_owned()).collect::<Vec<_>>());
                let named = |name: &&str| text.contains(&format!("# withheld: {name}, "));
                prop_assert!(format == Format::Json || secret.iter().map(|i| i.name).all(|name| named(&name)));
                let mut expected: Vec<_> = open.iter().map(|i| (i.name.to_owned(), i.text.to_owned())).collect();
                expected.sort();
                prop_assert_eq!(sorted(read_back(format, text).unwrap()), expected);
            }
        }
    }

    #[test]
    fn json_is_what_serde_json_reads(values in prop::collection::vec(value(), 0..6)) {
        let named = named(&values);
        let written = export(Format::Json, &items(&named, false), &Options::default()).unwrap();
        let read: serde_json::Value = serde_json::from_str(written.text.reveal()).unwrap();
        let expected: serde_json::Map<_, _> = named.iter().map(|(n, v)| (n.clone(), (*v).into())).collect();
        prop_assert_eq!(read, serde_json::Value::Object(expected));
    }

    #[test]
    fn no_reader_breaks_on_any_text(text in value(), format in select(Format::ALL.as_slice())) {
        if let Err(error) = read_back(format, &format!("A={text}HUNTER2")) {
            let shown = format!("{error} {error:?}");
            prop_assert!(!shown.contains("HUNTER2"), "{}", shown);
        }
    }
}
