//! Everything carries the place of the file that had the last word on it.

use bootproof_compose::{ComposeError, Project, Request, diagnose::diagnose, read};
use bootproof_core::Vars;
use std::fs;
use std::path::Path;

fn project(files: &[(&str, &str)], test: impl Fn(&Path, Result<Project, Vec<ComposeError>>)) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let vars = Vars::default();
    test(folder.path(), read(&Request::new(folder.path(), &vars)));
}

/// `file:line:column` without the folder.
fn short(place: &bootproof_compose::Place, folder: &Path) -> String {
    place.to_string().replace(&format!("{}/", folder.display()), "")
}

#[test]
fn the_last_word_is_where_a_fact_is() {
    let main = "services:\n  web:\n    image: x\n    extends: {file: base/b.yaml, service: b}\n    ports:\n      - \"${P:-1}:80\"\n      - 443:443\n    environment:\n      A: 1\n      B: $A\n    depends_on: [db]\n  db: {image: y, env_file: v.env}\n";
    let over = "services:\n  web:\n    ports: [\"443:443\"]\n    environment: [A=2]\n";
    let base = "services:\n  b:\n    image: b\n    healthcheck: {test: t}\n    environment: {C: 3}\n";
    let files =
        [("compose.yaml", main), ("compose.override.yaml", over), ("base/b.yaml", base), ("v.env", "# c\nV=1\n")];
    project(&files, |folder, read| {
        let project = read.unwrap();
        let (web, db) = (&project.services["web"], &project.services["db"]);
        let at = |place| short(place, folder);
        assert_eq!(at(&web.ports[0].place), "compose.yaml:6:9");
        assert_eq!(*web.ports[0].references, ["P".to_owned()]);
        assert_eq!(at(&web.ports[1].place), "compose.override.yaml:3:13");
        assert_eq!(at(&web.environment["A"].place), "compose.override.yaml:4:19");
        assert_eq!(at(&web.environment["B"].place), "compose.yaml:10:7");
        assert_eq!(at(&web.environment["C"].place), "base/b.yaml:5:19");
        assert_eq!(at(&web.healthcheck.as_ref().unwrap().place), "base/b.yaml:4:5");
        assert_eq!(at(&web.depends_on[0].place), "compose.yaml:11:18");
        assert_eq!(at(&db.environment["V"].place), "v.env:2");
        assert_eq!(at(&db.place), "compose.yaml:12:3");
    });
}

#[test]
fn an_error_says_where_and_what_to_do() {
    let file = "services:\n  web:\n    image: x\n    ports: [\"80:80:80:80\"]\n    depends_on: [databse]\n  database: {image: y}\n";
    project(&[("compose.yaml", file)], |folder, read| {
        let errors = read.unwrap_err();
        let told = diagnose(&errors[0]).to_string().replace(&format!("{}/", folder.display()), "");
        assert!(
            told.starts_with(
                "COMPOSE-007: compose.yaml:4:13: `80:80:80:80` is no port\n  why    `80:80` is no IP address"
            ),
            "{told}"
        );
    });
    project(&[("compose.yaml", &file.replace("80:80:80:80", "80"))], |folder, read| {
        let told = diagnose(&read.unwrap_err()[0]).to_string().replace(&format!("{}/", folder.display()), "");
        assert!(
            told.starts_with("COMPOSE-008: compose.yaml:5:18: there is no service `databse`: did you mean `database`?"),
            "{told}"
        );
    });
}

#[test]
fn a_ring_is_printed_step_by_step() {
    let ring = "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n";
    project(&[("compose.yaml", ring)], |_, read| {
        assert!(read.unwrap_err()[0].to_string().ends_with("depends_on goes round: `a` -> `b` -> `a`"));
    });
}
