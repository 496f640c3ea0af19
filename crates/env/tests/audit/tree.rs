//! Which files of a tree are looked into, and that nothing is left out silently.

use super::{lines, look};
use bootproof_env::audit::{AuditError, Reason, ScanOptions, scan};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A tree of files.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().expect("a folder for the test");
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("its folder");
        fs::write(path, text).expect("the file");
    }
    root
}

const READ: &str = "import os\nos.environ['X']\n";

/// The files with a read.
fn files(root: &Path) -> Vec<String> {
    look(root).reads.iter().map(|read| read.place.file.display().to_string()).collect()
}

#[test]
fn what_git_ignores_is_left_out_without_a_git_folder_too() {
    let root = tree(&[(".gitignore", "gen/\n*.local.py\n"), ("gen/a.py", READ), ("b.local.py", READ), ("c.py", READ)]);
    assert_eq!(files(root.path()), ["c.py"]);
    fs::create_dir(root.path().join(".git")).expect("a repository");
    assert_eq!(files(root.path()), ["c.py"]);
}

#[test]
fn a_nested_gitignore_and_a_dot_ignore_count() {
    let root =
        tree(&[("a/.gitignore", "x.py\n"), ("a/x.py", READ), ("a/y.py", READ), (".ignore", "b/\n"), ("b/z.py", READ)]);
    assert_eq!(files(root.path()), ["a/y.py"]);
}

#[test]
fn the_gitignore_above_counts_inside_a_repository_only() {
    let root = tree(&[(".gitignore", "a.py\n"), ("inner/a.py", READ), ("inner/b.py", READ)]);
    let inner = root.path().join("inner");
    assert_eq!(files(&inner), ["a.py", "b.py"]);
    fs::create_dir(root.path().join(".git")).expect("a repository");
    assert_eq!(files(&inner), ["b.py"]);
}

#[test]
fn vendored_folders_are_left_out_and_told() {
    let root =
        tree(&[("node_modules/a/index.py", READ), ("src/vendor/b.py", READ), (".venv/c.py", READ), ("d.py", READ)]);
    let scan = look(root.path());
    assert_eq!(lines(&scan), ["d.py:2 X required"]);
    let told: Vec<String> = scan.skipped.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "`node_modules` is not looked into: a folder of vendored or built files",
            "`src/vendor` is not looked into: a folder of vendored or built files",
        ]
    );
}

#[test]
fn folders_that_stand_everywhere_are_counted() {
    let folders: Vec<String> = (0..4).map(|n| format!("p{n}/__pycache__/a.py")).collect();
    let mut files: Vec<(&str, &str)> = folders.iter().map(|path| (path.as_str(), READ)).collect();
    files.push(("dist/a.py", READ));
    let told = look(tree(&files).path()).told();
    let expected = [
        "`dist` is not looked into: a folder of vendored or built files",
        "4 folders `__pycache__` are not looked into",
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_folders_to_leave_out_can_be_chosen() {
    let root = tree(&[("build/a.py", READ), ("own/b.py", READ)]);
    let options = ScanOptions { skip_folders: vec!["own".to_owned()], ..ScanOptions::default() };
    assert_eq!(lines(&scan(root.path(), &options).expect("a tree")), ["build/a.py:2 X required"]);
}

#[test]
fn large_binary_and_minified_files_are_told() {
    let large = "x = 1\n".repeat(200_000);
    let minified = format!("{};process.env.X", "a=1;".repeat(8_000));
    let root = tree(&[("large.py", &large), ("binary.py", "\0import os"), ("bundle.js", &minified), ("a.min.js", "x")]);
    let scan = look(root.path());
    let reasons: Vec<Reason> = scan.skipped.iter().map(|skipped| skipped.reason.clone()).collect();
    assert_eq!(reasons, [Reason::Minified, Reason::Binary, Reason::Minified, Reason::TooLarge(1_200_000)]);
    assert_eq!((scan.files, scan.reads.len()), (0, 0));
}

#[test]
fn a_file_that_is_not_utf8_is_read_and_told() {
    let root = tree(&[]);
    fs::write(root.path().join("latin.py"), b"# caf\xe9\nimport os\nos.getenv('X')\n").expect("the file");
    let scan = look(root.path());
    assert_eq!(lines(&scan), ["latin.py:3 X"]);
    assert_eq!(scan.not_utf8, [Path::new("latin.py")]);
}

#[test]
fn links_and_pipes_are_told_and_not_followed() {
    let root = tree(&[("a.py", READ)]);
    std::os::unix::fs::symlink("a.py", root.path().join("b.py")).expect("a link");
    std::os::unix::fs::symlink(root.path(), root.path().join("loop")).expect("a link to the folder itself");
    std::os::unix::fs::symlink("/nowhere", root.path().join("dead.py")).expect("a link to nothing");
    let _socket = std::os::unix::net::UnixListener::bind(root.path().join("c.py")).expect("a socket");
    let scan = look(root.path());
    assert_eq!(lines(&scan), ["a.py:2 X required"]);
    let reasons: Vec<(&str, &Reason)> =
        scan.skipped.iter().map(|skipped| (skipped.path.to_str().expect("text"), &skipped.reason)).collect();
    assert_eq!(reasons, [("b.py", &Reason::Link), ("c.py", &Reason::Special), ("dead.py", &Reason::Link)]);
}

#[test]
fn a_script_without_an_extension_is_known_by_its_first_line() {
    let root = tree(&[
        ("start", "#!/usr/bin/env -S bash -e\necho $AA\n"),
        ("tool", "#!/usr/bin/python3.11\nimport os\nos.getenv('B')\n"),
        ("README", "echo $CC\n"),
    ]);
    assert_eq!(lines(&look(root.path())), ["start:2 AA", "tool:3 B"]);
}

#[test]
fn a_root_that_is_not_there_or_no_folder_is_an_error_that_names_it() {
    let root = tree(&[("a.py", READ)]);
    let gone = scan(&root.path().join("gone"), &ScanOptions::default()).expect_err("nothing is there");
    assert!(matches!(gone, AuditError::Root { .. }) && gone.to_string().contains("gone`"), "{gone}");
    let file = scan(&root.path().join("a.py"), &ScanOptions::default()).expect_err("a file is no tree");
    assert!(matches!(file, AuditError::NotAFolder { .. }) && file.to_string().contains("a.py`"), "{file}");
}

#[test]
fn broken_code_breaks_nothing_and_hides_no_more_than_it_must() {
    let root = tree(&[
        ("a.py", "x = 'open\nimport os\nos.getenv('A')\ndef f(((\nos.getenv('A2')\n"),
        ("b.js", "const x = \"open\nprocess.env.B; }}}) `never closed ${process.env.B2"),
        ("c.rs", "fn f() { env::var(\"C\").unwrap( "),
        ("d.rb", "x = <<~NEVER\n#{ENV['D']}\n"),
        ("e.sh", "echo \"${EE:-\n"),
        ("f.go", "package main\nvar x = os.Getenv("),
        ("g.kt", "val x = \"\"\"${System.getenv(\"G\")"),
        ("h.vue", "<script>process.env.H"),
    ]);
    assert_eq!(
        lines(&look(root.path())),
        [
            "a.py:3 A",
            "a.py:5 A2",
            "b.js:2 B",
            "b.js:2 B2",
            "c.rs:1 C required",
            "d.rb:2 D",
            "e.sh:1 EE =?",
            "g.kt:1 G",
            "h.vue:1 H",
        ]
    );
}

#[test]
fn crlf_and_a_bom_change_no_line() {
    let root = tree(&[("a.py", "\u{feff}from os import getenv as e\r\n\r\ne(\r\n  'X',\r\n  'd',\r\n)\r\n")]);
    assert_eq!(lines(&look(root.path())), ["a.py:3 X =d"]);
}

#[test]
fn texts_in_texts_in_texts_take_no_longer_than_they_are_long() {
    let nested = "`${".repeat(100_000);
    let quotes = "\"\\".repeat(200_000);
    let braces = "${A:-".repeat(100_000);
    let formats = "f'{".repeat(100_000);
    let lined =
        |text: &str| text.as_bytes().chunks(600).map(|c| String::from_utf8_lossy(c).into_owned() + "\n").collect();
    let files: [(&str, String); 5] = [
        ("a.js", lined(&nested)),
        ("b.js", lined(&quotes)),
        ("c.sh", lined(&braces)),
        ("d.py", lined(&formats)),
        ("e.rs", lined(&"/*env".repeat(100_000))),
    ];
    let files: Vec<(&str, String)> = files.map(|(name, text)| (name, format!("{text}env"))).into();
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let root = tree(&borrowed);
    let began = Instant::now();
    assert_eq!(look(root.path()).files, 5);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
