//! `bootproof compose`: a real listener is the machine, a program of our own stands in for `docker`.

use crate::setup::var;
use bootproof_testkit::{Sandbox, free_port, sandbox::Output};
use serde_json::Value;
use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt as _};

/// The command, with `docker` as the sandbox has it: in `bin` when it was made, else one that reaches no engine.
fn compose(sandbox: &Sandbox, args: &[&str], vars: &[(&str, &str)]) -> Output {
    if !sandbox.home().join("bin/docker").exists() {
        docker(sandbox, "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
    }
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", sandbox.home().join("bin").display());
    let args: Vec<&str> = ["compose"].into_iter().chain(args.iter().copied()).collect();
    let vars = vars.iter().map(|(name, text)| var(name, *text));
    sandbox.command(env!("CARGO_BIN_EXE_bootproof")).args(args).var("PATH", path).vars(vars).run_blocking()
}

/// Makes the program that stands in for the client.
fn docker(sandbox: &Sandbox, script: &str) {
    let folder = sandbox.home().join("bin");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("docker"), format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(folder.join("docker"), fs::Permissions::from_mode(0o755)).unwrap();
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", output.stdout, output.stderr))
}

/// A shop whose database publishes `port`, and a worker that goes there over the machine.
fn shop(port: u16) -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    let text = format!(
        "name: shop\nservices:\n  db:\n    image: postgres\n    ports:\n      - 127.0.0.1:{port}:5432\n  worker:\n    image: w\n    environment:\n      DB: \
         postgres://me:pl4nted@host.docker.internal:{port}/x\n      INSIDE: postgres://db:5432/x\n"
    );
    sandbox.write("compose.yaml", &text);
    (sandbox, text)
}

#[test]
fn a_taken_port_is_found_with_its_place_and_its_owner_who_is_left_alone() {
    let (busy, port) = listener();
    let (sandbox, _) = shop(port);
    let output = compose(&sandbox, &["check"], &[]);
    assert_eq!(output.code(), 1, "{}{}", output.stdout, output.stderr);
    for part in ["COMPOSE-023", "compose.yaml:6:9", &format!("pid {}", std::process::id()), "1 conflict"] {
        assert!(output.stdout.contains(part), "{part} is missing in {}", output.stdout);
    }
    let found = json(&compose(&sandbox, &["check", "--format", "json"], &[]));
    assert_eq!((&found["schemaVersion"], &found["exitCode"]), (&Value::from(1), &Value::from(1)));
    let first = &found["findings"][0];
    assert_eq!((first["code"].as_str(), first["place"].as_str()), (Some("COMPOSE-023"), Some("compose.yaml:6:9")));
    assert_eq!(sandbox.files().len(), 1, "a check writes nothing");
    drop(busy);
    assert_eq!(compose(&sandbox, &["check"], &[]).code(), 0);
}

fn listener() -> (TcpListener, u16) {
    let port = free_port();
    (TcpListener::bind(("127.0.0.1", port)).unwrap(), port)
}

#[test]
fn a_fix_moves_the_port_tells_its_consumers_and_an_undo_takes_it_back() {
    let (busy, port) = listener();
    let (sandbox, text) = shop(port);
    let dry = compose(&sandbox, &["fix", "--dry-run"], &[]);
    assert_eq!((dry.code(), sandbox.files().len()), (0, 1), "{}{}", dry.stdout, dry.stderr);
    let fixed = compose(&sandbox, &["fix"], &[]);
    assert_eq!(fixed.code(), 0, "{}{}", fixed.stdout, fixed.stderr);
    let new = json(&compose(&sandbox, &["fix", "--format", "json"], &[]));
    let to = new["moves"][0]["to"].as_str().unwrap().to_owned();
    let moved: u16 = to.split(':').nth(1).unwrap().parse().unwrap();
    for part in [
        format!("- 127.0.0.1:{port}:5432/tcp"),
        format!("+ {to}"),
        format!("+ host.docker.internal:{moved}"),
        "COMPOSE_FILE=compose.yaml:compose.bootproof.yaml".into(),
    ] {
        assert!(fixed.stdout.contains(&part), "{part} is missing in {}", fixed.stdout);
    }
    assert_eq!(new["written"], "same", "a second fix changes nothing");
    let written = sandbox.read("compose.bootproof.yaml");
    assert!(written.contains(&format!("postgres://me:pl4nted@host.docker.internal:{moved}/x")), "{written}");
    for shown in [&fixed.stdout, &fixed.stderr, &dry.stdout, &new.to_string()] {
        assert!(!shown.contains("pl4nted"), "{shown}");
    }
    assert_eq!(sandbox.read("compose.yaml"), text);
    // Somebody still listens at the old port: it was never touched.
    std::net::TcpStream::connect(busy.local_addr().unwrap()).unwrap();
    // Without our file, Compose would still meet him; with it, nobody.
    let without = compose(&sandbox, &["check"], &[]);
    assert!(
        without.code() == 1 && without.stdout.contains("not among the files that Compose reads"),
        "{}",
        without.stdout
    );
    let chosen = [("COMPOSE_FILE", "compose.yaml:compose.bootproof.yaml")];
    let with = compose(&sandbox, &["check"], &chosen);
    assert_eq!(with.code(), 0, "{}", with.stdout);
    let undone = compose(&sandbox, &["undo"], &chosen);
    assert!(undone.code() == 0 && undone.stdout.contains("still names"), "{}{}", undone.stdout, undone.stderr);
    assert_eq!((sandbox.files().len(), sandbox.read("compose.yaml")), (1, text));
    let nothing = compose(&sandbox, &["undo"], &[]);
    assert!(nothing.code() == 0 && nothing.stdout.contains("nothing to undo"), "{}", nothing.stdout);
}

#[test]
fn a_port_that_the_projects_own_container_publishes_is_no_conflict() {
    let (_busy, port) = listener();
    let (sandbox, _) = shop(port);
    let line = |folder: &str| {
        format!(
            "printf 'shop-db-1\\trunning\\tshop\\tdb\\t{folder}\\t{folder}/compose.yaml\\t127.0.0.1:{port}->5432/tcp\\n'"
        )
    };
    docker(&sandbox, &line(sandbox.path().to_str().unwrap()));
    let ours = compose(&sandbox, &["check"], &[]);
    assert_eq!(ours.code(), 0, "{}{}", ours.stdout, ours.stderr);
    docker(&sandbox, &line("/srv/other"));
    let theirs = compose(&sandbox, &["check"], &[]);
    assert!(
        theirs.code() == 1 && theirs.stdout.contains("COMPOSE-024") && theirs.stdout.contains("shop-db-1"),
        "{}",
        theirs.stdout
    );
}

#[test]
fn another_project_that_is_named_is_told_with_the_place_of_both() {
    let port = free_port();
    let (sandbox, _) = shop(port);
    sandbox.write(
        "blog/compose.yaml",
        format!("name: blog\nservices:\n  front:\n    image: a\n    ports: ['{port}:80']\n"),
    );
    let output = compose(&sandbox, &["check", "--with", "blog"], &[]);
    assert_eq!(output.code(), 1, "{}{}", output.stdout, output.stderr);
    for part in ["compose.yaml:6:9", "`front` of the project `blog`", "blog/compose.yaml:5:13"] {
        assert!(output.stdout.contains(part), "{part} is missing in {}", output.stdout);
    }
    assert_eq!(compose(&sandbox, &["fix", "--with", "blog"], &[]).code(), 0);
    let chosen = [("COMPOSE_FILE", "compose.yaml:compose.bootproof.yaml")];
    assert_eq!(compose(&sandbox, &["check", "--with", "blog"], &chosen).code(), 0);
}

#[test]
fn files_of_others_are_never_overwritten_and_a_wrong_project_is_a_wrong_configuration() {
    let (_busy, port) = listener();
    let (sandbox, _) = shop(port);
    sandbox.write("compose.bootproof.yaml", "services: {}\n");
    for command in ["fix", "undo"] {
        let output = compose(&sandbox, &[command], &[]);
        assert!(
            output.code() == 1 && output.stdout.contains("COMPOSE-032"),
            "{command}: {}{}",
            output.stdout,
            output.stderr
        );
    }
    assert_eq!(sandbox.read("compose.bootproof.yaml"), "services: {}\n");
    sandbox.write("compose.yaml", "services:\n  a:\n    ports: [x:y]\n");
    let output = compose(&sandbox, &["check"], &[]);
    assert!(output.code() == 78 && output.stdout.contains("compose.yaml:3"), "{}{}", output.stdout, output.stderr);
    let empty = Sandbox::new();
    assert_eq!(compose(&empty, &["check"], &[]).code(), 78);
    assert_eq!(compose(&empty, &["fix", "--range", "9-1"], &[]).code(), 2);
    assert_eq!(compose(&empty, &["check", "--env", "test"], &[]).code(), 2);
}

#[test]
fn the_files_and_profiles_of_bootproof_toml_are_the_default() {
    let (_busy, port) = listener();
    let sandbox = Sandbox::new();
    sandbox.write("bootproof.toml", "[compose]\nfiles = [\"deploy/app.yaml\"]\nprofiles = [\"tools\"]\n");
    sandbox.write(
        "deploy/app.yaml",
        format!("name: x\nservices:\n  a:\n    image: a\n    profiles: [tools]\n    ports: ['{port}:1']\n"),
    );
    let output = compose(&sandbox, &["check"], &[]);
    assert!(output.code() == 1 && output.stdout.contains("deploy/app.yaml:6:13"), "{}{}", output.stdout, output.stderr);
    sandbox.write("other.yaml", "name: y\nservices:\n  a:\n    image: a\n");
    assert_eq!(compose(&sandbox, &["check", "--compose-file", "other.yaml"], &[]).code(), 0);
}
