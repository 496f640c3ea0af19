//! Files that nobody should write: each ends in a clear error, soon.

use bootproof_compose::{ComposeError, Project, Request, diagnose::diagnose, read};
use bootproof_core::Vars;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Far more than any of these takes, also on a machine that is busy.
const SOON: Duration = Duration::from_secs(60);

fn read_in(folder: &Path) -> Result<Project, Vec<ComposeError>> {
    let vars = Vars::from_pairs("process", [("SECRET", "hunter2")]);
    let begun = Instant::now();
    let read = read(&Request::new(folder, &vars));
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    read
}

/// The codes and texts with which a project of these files is refused.
fn refused(files: &[(&str, &[u8])]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let errors = read_in(folder.path()).unwrap_err();
    assert!((1..=100).contains(&errors.len()), "{}", errors.len());
    errors.iter().map(|error| diagnose(error).to_string() + "\n").collect()
}

fn file(text: &str) -> String {
    refused(&[("compose.yaml", text.as_bytes())])
}

#[test]
fn aliases_in_aliases_end_in_an_error() {
    let mut bomb = "x-0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..12 {
        let alias = vec![format!("*a{}", level - 1); 10].join(",");
        writeln!(bomb, "x-{level}: &a{level} [{alias}]").unwrap();
    }
    let told = file(&bomb);
    assert!(told.starts_with("COMPOSE-003") && told.contains("larger than 400000 values"), "{told}");
}

#[test]
fn a_long_text_behind_many_aliases_ends_in_an_error() {
    let mut text = format!("x-a: &a {}\nx-b: [", "x".repeat(1 << 20));
    text.push_str(&vec!["*a"; 1000].join(","));
    text.push_str("]\n");
    assert!(file(&text).contains("33554432 bytes"));
}

#[test]
fn deep_nesting_ends_in_an_error() {
    assert!(file(&format!("x-a: {}", "[".repeat(200_000))).starts_with("COMPOSE-003"));
    let deep: String = (0..150).map(|depth| format!("{}x-k:\n", " ".repeat(depth))).collect();
    assert!(file(&deep).contains("nested more than 100 deep"));
    let references = format!("x-a: \"{}{}\"\n", "${A:-".repeat(100_000), "}".repeat(100_000));
    assert!(file(&references).starts_with("COMPOSE-004"));
}

#[test]
fn an_alias_inside_of_what_it_stands_for_is_refused() {
    assert!(file("services: &a {web: *a}\n").starts_with("COMPOSE-003"));
    assert!(file("services: &a {<<: *a}\n").starts_with("COMPOSE-003"));
}

#[test]
fn a_value_that_grows_by_referring_ends_in_an_error() {
    let mut env = "A0=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n".to_owned();
    for level in 1..40 {
        writeln!(env, "A{level}=$A{0}$A{0}$A{0}$A{0}", level - 1).unwrap();
    }
    let told = refused(&[("compose.yaml", b"services: {a: {image: x}}\n"), (".env", env.as_bytes())]);
    assert!(told.contains("too large") && !told.contains("xxxx"), "{told}");
}

#[test]
fn many_keys_many_errors_and_long_names_are_no_trouble() {
    let many: String = (0..20_000).map(|number| format!("key{number}: 1\n")).collect();
    assert_eq!(file(&many).matches("COMPOSE-006:").count(), 100);
    let long = format!("{}: 1\nservices: {{a: {{image: x}}}}\n", "k".repeat(1000));
    assert!(file(&long).starts_with("COMPOSE-006"));
    let mut chain = "services:\n  s0: {image: x}\n".to_owned();
    for number in 1..2_000 {
        writeln!(chain, "  s{number}: {{image: x, depends_on: [s{}, nobody{number}]}}", number - 1).unwrap();
    }
    assert_eq!(file(&chain).matches("COMPOSE-008:").count(), 100);
}

#[test]
fn a_long_chain_of_dependencies_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut chain = "services:\n  s0: {image: x}\n".to_owned();
    for number in 1..5_000 {
        writeln!(chain, "  s{number}: {{image: x, depends_on: [s{}]}}", number - 1).unwrap();
    }
    fs::write(folder.path().join("compose.yaml"), chain).unwrap();
    assert_eq!(read_in(folder.path()).unwrap().services.len(), 5_000);
}

#[test]
fn a_long_chain_of_extends_is_an_error_and_not_a_crash() {
    let mut chain = "services:\n  s0: {image: x}\n".to_owned();
    for number in (1..5_000).rev() {
        writeln!(chain, "  s{number}: {{extends: s{}}}", number - 1).unwrap();
    }
    assert!(file(&chain).starts_with("COMPOSE-009"));
}

#[test]
fn includes_that_double_at_each_level_end_in_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: String, text: String| fs::write(folder.path().join(name), text).unwrap();
    for level in 0..30 {
        let next = level + 1;
        write(format!("l{level}.yaml"), format!("include: [l{next}.yaml, l{next}.yaml, l{next}.yaml]\n"));
    }
    write("l30.yaml".into(), "services: {a: {image: x}}\n".into());
    write("compose.yaml".into(), "include: [l0.yaml]\n".into());
    let errors = read_in(folder.path()).unwrap_err();
    assert!(errors[0].to_string().contains("larger than"), "{}", errors[0]);
}

#[test]
fn each_code_of_reading_is_told_for_what_it_means() {
    for (text, code, part) in [
        ("services: {a: {image: x, env_file: nowhere.env}}\n", "COMPOSE-002", "there is no such file"),
        ("services: {a: {image: 'x:${NOPE:?say which}'}}\n", "COMPOSE-005", "`NOPE` is required: say which"),
        ("services: {a: {restart: no}}\n", "COMPOSE-010", "neither an `image` nor a `build`"),
        ("name: '---'\nservices: {a: {image: x}}\n", "COMPOSE-012", "`---` is no name of a project"),
    ] {
        let told = file(text);
        assert!(told.starts_with(&format!("{code}:")) && told.contains(part), "{told}");
    }
    let told = refused(&[("compose.yaml", b"services: {a: {image: x}}\n"), (".env", b"A=1\nB=\"open\n")]);
    assert!(told.starts_with("COMPOSE-011:") && told.contains(".env:2"), "{told}");
}

#[test]
fn what_is_no_text_file_is_told_apart() {
    let not_utf8 = refused(&[("compose.yaml", b"services:\n  a: {image: caf\xe9}\n")]);
    assert!(not_utf8.contains("line 2 is not UTF-8"), "{not_utf8}");
    let large = vec![b'#'; (4 << 20) + 1];
    assert!(refused(&[("compose.yaml", &large)]).contains("larger than 4194304 bytes"));
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("compose.yaml")).unwrap();
    assert!(diagnose(&read_in(folder.path()).unwrap_err()[0]).to_string().contains("it is a folder"));
    let folder = tempfile::tempdir().unwrap();
    nix::unistd::mkfifo(&folder.path().join("compose.yaml"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    assert!(diagnose(&read_in(folder.path()).unwrap_err()[0]).to_string().contains("a pipe"));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("compose.yaml"), "services: {a: {image: x, env_file: /dev/zero}}\n").unwrap();
    assert!(diagnose(&read_in(folder.path()).unwrap_err()[0]).to_string().contains("a device"));
}

#[test]
fn no_value_of_a_variable_is_told() {
    for text in [
        "services: {a: {image: x, environment: {P: '${SECRET', Q: [$SECRET]}}}\n",
        "services: {a: {image: x, healthcheck: {test: [$SECRET], interval: '$SECRET'}}}\n",
        "services: {a: {image: x, environment: {P: '${NOPE:?$SECRET}'}}}\n",
        "services: {a: {image: x, scale: '$SECRET'}}\n",
    ] {
        let told = file(text);
        assert!(!told.contains("hunter2"), "{told}");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("compose.yaml"), "services: {a: {image: x, environment: {P: '$SECRET'}}}\n").unwrap();
    let project = read_in(folder.path()).unwrap();
    assert!(!format!("{project:?}").contains("hunter2"));
    assert_eq!(project.services["a"].environment["P"].value.as_ref().unwrap().reveal(), "hunter2");
}
