//! What the comparison says, word for word.

use bootproof_env::audit::{Audit, Declared, ScanOptions, compare, scan, system_variable};
use std::fs;

fn declared(name: &str) -> Declared {
    Declared { name: name.to_owned(), ..Declared::default() }
}

/// Compares a tree of Python files with what is declared; names with `KEY` are secret.
fn audit(files: &[(&str, &str)], declared: &[Declared]) -> Audit {
    let root = tempfile::tempdir().expect("a folder for the test");
    for (path, text) in files {
        fs::write(root.path().join(path), format!("import os\n{text}")).expect("the file");
    }
    let names = declared.iter().map(|one| one.name.clone()).collect();
    let scan = scan(root.path(), &ScanOptions { names, ..ScanOptions::default() }).expect("a tree");
    compare(&scan, declared, &|name| name.contains("KEY"))
}

fn texts(lines: &[impl ToString]) -> Vec<String> {
    lines.iter().map(ToString::to_string).collect()
}

#[test]
fn a_read_that_is_not_declared_names_every_place_and_the_nearest_name() {
    let audit = audit(
        &[("a.py", "os.environ['REDIS_ULR']\nos.getenv('FEATURE')\n"), ("b.py", "os.getenv('REDIS_ULR')\n")],
        &[declared("REDIS_URL")],
    );
    assert_eq!(
        texts(&audit.undeclared),
        [
            "`FEATURE` is read but not declared: a.py:3",
            "`REDIS_ULR` is read but not declared: a.py:2, b.py:2; the code fails without it; the nearest declared name is `REDIS_URL`",
        ]
    );
}

#[test]
fn many_places_are_counted() {
    let audit = audit(&[("a.py", &"os.getenv('MANY')\n".repeat(8))], &[]);
    let line = audit.undeclared[0].to_string();
    assert_eq!(line, "`MANY` is read but not declared: a.py:2, a.py:3, a.py:4, a.py:5, a.py:6 and 3 more");
}

#[test]
fn a_read_in_tests_only_is_told_apart() {
    let audit = audit(&[("test_a.py", "os.getenv('ONLY')\nos.getenv('BOTH')\n")], &[declared("BOTH")]);
    assert_eq!(texts(&audit.undeclared), ["`ONLY` is read but not declared: test_a.py:2; only in tests"]);
    assert_eq!(texts(&audit.unused), ["`BOTH` is declared but only tests read it: test_a.py:3"]);
}

#[test]
fn what_is_read_nowhere_is_told_with_what_may_read_it_after_all() {
    let names = [declared("NOWHERE"), declared("NAMED"), Declared { read_elsewhere: true, ..declared("SIDECAR") }];
    let found = audit(&[("a.py", "for name in ['NAMED', 'NAMED_TWICE']:\n    print(os.environ[name])\n")], &names);
    assert_eq!(
        texts(&found.unused),
        [
            "`NOWHERE` is declared but read nowhere; one read has a computed name, which may be it",
            "`NAMED` is declared but read nowhere; a.py:2 names it; one read has a computed name, which may be it",
        ]
    );
    let found = audit(&[("a.py", "")], &[declared("NOWHERE")]);
    assert_eq!(texts(&found.unused), ["`NOWHERE` is declared but read nowhere"]);
}

#[test]
fn a_read_under_the_old_name_is_no_unused_variable() {
    let aliases = vec!["DB".to_owned(), "DATABASE".to_owned()];
    let audit = audit(&[("a.py", "os.getenv('DB')\n")], &[Declared { aliases, ..declared("DATABASE_URL") }]);
    assert_eq!(texts(&audit.old_names), ["`DATABASE_URL` is read under its old name `DB`: a.py:2"]);
    assert!(audit.unused.is_empty() && audit.undeclared.is_empty());
}

#[test]
fn defaults_that_differ_are_shown_with_their_places() {
    let port = Declared { default: Some("8000".to_owned()), ..declared("PORT") };
    let audit = audit(
        &[(
            "a.py",
            "os.getenv('PORT', '9000')\nos.getenv('PORT', 8_000)\nos.getenv('MODE', 'a')\nos.getenv('MODE', 'b')\n",
        )],
        &[port],
    );
    assert_eq!(
        texts(&audit.differing),
        [
            "`MODE` has different defaults: `a` at a.py:4, `b` at a.py:5",
            "`PORT` has different defaults: declared `8000`, `9000` at a.py:2",
        ]
    );
}

#[test]
fn defaults_that_mean_the_same_do_not_differ() {
    for (declared_text, code) in [("true", "True"), ("yes", "'1'"), ("5", "5.0"), ("8000", "8_000"), (" a", "'a '")] {
        let one = Declared { default: Some(declared_text.to_owned()), ..declared("X") };
        let audit = audit(&[("a.py", &format!("os.getenv('X', {code})\n"))], &[one]);
        assert_eq!(texts(&audit.differing), [""; 0], "{declared_text} and {code}");
    }
    for (declared_text, code) in [("1", "0"), ("true", "False"), ("5", "'5s'"), ("a", "''")] {
        let one = Declared { default: Some(declared_text.to_owned()), ..declared("X") };
        let audit = audit(&[("a.py", &format!("os.getenv('X', {code})\n"))], &[one]);
        assert_eq!(audit.differing.len(), 1, "{declared_text} and {code}");
    }
}

#[test]
fn computed_defaults_and_those_in_tests_are_not_compared() {
    let one = Declared { default: Some("a".to_owned()), ..declared("X") };
    let audit = audit(&[("a.py", "os.getenv('X', make())\n"), ("test_a.py", "os.getenv('X', 'b')\n")], &[one]);
    assert_eq!(texts(&audit.differing), [""; 0]);
}

#[test]
fn no_default_of_a_secret_and_no_credentials_in_one_are_ever_shown() {
    let declared = [
        Declared { default: Some("planted1".to_owned()), secret: true, ..declared("SIGNING") },
        Declared { default: Some("planted2".to_owned()), ..declared("API_KEY") },
        Declared { default: Some("redis://me:planted3@a/0".to_owned()), ..declared("CACHE") },
    ];
    let code = "os.getenv('SIGNING', 'planted4')\nos.getenv('API_KEY', 'planted5')\n\
        os.getenv('CACHE', 'redis://me:planted6@b/0')\nos.getenv('OWN_KEY', 'planted7')\nos.getenv('OWN_KEY', 'planted8')\n";
    let audit = audit(&[("a.py", code)], &declared);
    assert_eq!(
        texts(&audit.differing),
        [
            "`API_KEY` has different defaults: declared `***`, `***` at a.py:3",
            "`CACHE` has different defaults: declared `redis://***@a/0`, `redis://***@b/0` at a.py:4",
            "`OWN_KEY` has different defaults: `***` at a.py:5, `***` at a.py:6",
            "`SIGNING` has different defaults: declared `***`, `***` at a.py:2",
        ]
    );
    assert!(!format!("{audit:?}").contains("planted"), "{audit:?}");
}

#[test]
fn the_default_in_a_scan_never_stands_in_its_debug_text() {
    let root = tempfile::tempdir().expect("a folder for the test");
    fs::write(root.path().join("a.py"), "import os\nos.getenv('X', 'planted')\n").expect("the file");
    let scan = scan(root.path(), &ScanOptions::default()).expect("a tree");
    assert_eq!(scan.reads.len(), 1);
    assert!(!format!("{scan:?}").contains("planted"));
}

#[test]
fn what_the_system_sets_is_counted_and_not_complained_about() {
    let found = audit(&[("a.py", "os.environ['HOME']\nos.getenv('TZ')\nos.environ['PATH']\n")], &[]);
    assert_eq!((found.undeclared.len(), found.system), (0, 3));
    assert!(system_variable("HOME").is_some_and(|reason| reason.contains("login")));
    // Declared, it is like any other.
    let found = audit(&[("a.py", "")], &[declared("TZ")]);
    assert_eq!(found.unused.len(), 1);
}
