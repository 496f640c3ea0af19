use super::*;
use crate::export::read_back;

fn items() -> Vec<ExampleItem> {
    vec![
        ExampleItem {
            required: true,
            required_words: "required in staging and production".into(),
            docs: Some("Where the database is.\nWith TLS outside of development.".into()),
            example: Some("postgres://app@db:5432/app".into()),
            group: Some("database".into()),
            aliases: vec!["DATABASE_DSN".into(), "PG_URL".into()],
            ..ExampleItem::new("DATABASE_URL", "a URL with the scheme postgres")
        },
        ExampleItem {
            default: Some("it's \"x\" #1\ny".into()),
            example: Some("y".into()),
            ..ExampleItem::new("GREETING", "text")
        },
        ExampleItem {
            required: true,
            secret: true,
            example: Some("HUNTER2".into()),
            default: Some("HUNTER2".into()),
            required_words: "required".into(),
            group: Some("database".into()),
            ..ExampleItem::new("DB_PASSWORD", "a secret")
        },
    ]
}

#[test]
fn an_example_has_comments_groups_and_values_only_where_they_may_be() {
    let expected = r##"# Copy this file to `.env` and fill it in. Keep `.env` out of version control.

# text; optional
# Default: "it's \"x\" #1\ny"
# Example: y
# GREETING="it's \"x\" #1\ny"

# --- database ---

# Where the database is.
# With TLS outside of development.
# a URL with the scheme postgres; required in staging and production
# Example: postgres://app@db:5432/app
# Also read as DATABASE_DSN, PG_URL.
DATABASE_URL=postgres://app@db:5432/app

# a secret; required
# A secret: never commit its value.
DB_PASSWORD=
"##;
    assert_eq!(example(&items()).unwrap(), expected);
}

#[test]
fn an_example_is_a_dotenv_file_with_optional_variables_commented_out() {
    let text = example(&items()).unwrap();
    let names = |text: &str| -> Vec<(String, String)> {
        let read = read_back(Format::Dotenv, text).unwrap();
        read.into_iter().map(|(name, value)| (name, value.reveal().to_owned())).collect()
    };
    let (url, password) = ("postgres://app@db:5432/app".to_owned(), String::new());
    assert_eq!(names(&text), [("DATABASE_URL".into(), url), ("DB_PASSWORD".into(), password)]);
    let uncommented = text.replace("# GREETING", "GREETING");
    assert_eq!(names(&uncommented)[0], ("GREETING".to_owned(), "it's \"x\" #1\ny".to_owned()));
}

#[test]
fn writing_it_again_changes_nothing() {
    assert_eq!(example(&items()), example(&items()));
}

#[test]
fn long_docs_are_wrapped_at_a_hundred_characters_and_no_docs_leave_their_comment() {
    let docs = format!("{}\nA=1\r\nB='\u{2028}C=3 \u{1b}[31m", "word ".repeat(60));
    let text = example(&[ExampleItem { docs: Some(docs), ..ExampleItem::new("X", "text") }]).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= WIDEST), "{text}");
    assert!(text.lines().any(|line| line.chars().count() > WIDEST - 5), "{text}");
    assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{2028}'), "{text:?}");
}

#[test]
fn names_that_cannot_be_or_come_twice_are_all_named() {
    let items = ["OK", "A B", "OK", "1X"].map(|name| ExampleItem::new(name, "text"));
    let error = example(&items).unwrap_err().to_string();
    assert!(error.contains("`A B`") && error.contains("`OK` (it is given twice)") && error.contains("`1X`"), "{error}");
}

proptest::proptest! {
    #[test]
    fn every_example_can_be_read_and_never_holds_a_secret(
        docs in proptest::option::of("\\PC{0,40}|[\\s'\"A-Z=#]{0,40}"), example_text in "[\\s\\S]{0,20}", required: bool,
    ) {
        let value = format!("{example_text}HUNTER2");
        let open = ExampleItem { docs: docs.clone(), example: Some(value.clone()), required, ..ExampleItem::new("A", "text") };
        let secret = ExampleItem { docs, default: Some("PLANTED".into()), example: Some("PLANTED".into()), secret: true, required, ..ExampleItem::new("B", "a secret") };
        let text = example(&[open, secret]).unwrap();
        proptest::prop_assert!(!text.contains("PLANTED"));
        let read = read_back(Format::Dotenv, &text).unwrap();
        let mut expected = vec![];
        if required {
            let value = if value.contains('\0') { String::new() } else { value };
            expected = vec![("A".to_owned(), value), ("B".to_owned(), String::new())];
        }
        let read: Vec<_> = read.into_iter().map(|(name, value)| (name, value.reveal().to_owned())).collect();
        proptest::prop_assert_eq!(read, expected);
    }
}
