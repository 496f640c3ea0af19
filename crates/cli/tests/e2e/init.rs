//! `bootproof init`: what it writes, what it refuses, and that it writes and tells no secret.

use crate::setup::{bootproof, var};
use bootproof_testkit::{Sandbox, sandbox::Output};

const MAIN: &str = "import os\nPORT = int(os.environ.get('PORT', '8000'))\nDATABASE = os.environ['DATABASE_URL']\n\
                    REDIS = os.environ.get('REDIS_URL', 'redis://localhost:6379/0')\nKEY = os.environ['SIGNING_KEY']\nMODE = os.getenv('APP_MODE')\n";
const EXAMPLE: &str = "# Where the service listens.\nPORT=8000\nDATABASE_URL=sqlite://dev.db\nSIGNING_KEY=\n# How it runs.\nAPP_MODE=quick\n";
const PRIVATE: &str = "DATABASE_URL=sqlite://pl4nted-path.db\nSIGNING_KEY=pl4nted-key-0123456789\nAPP_MODE=pl4nted-mode\nOTHER_THING=pl4nted-other\nUNUSED_LEVEL=\n";

fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("app/main.py", MAIN);
    sandbox.write(".env.example", EXAMPLE);
    sandbox.write(".env", PRIVATE);
    sandbox.write("compose.yaml", "services:\n  web: { build: ., ports: ['8000:8000'], environment: { SIGNING_KEY: pl4nted-compose } }\n  db: { image: postgres }\n");
    sandbox
}

fn init(sandbox: &Sandbox, args: &[&str]) -> Output {
    let args: Vec<&str> = ["init"].into_iter().chain(args.iter().copied()).collect();
    sandbox.command(env!("CARGO_BIN_EXE_bootproof")).args(args).run_blocking()
}

#[test]
fn the_draft_is_written_and_holds_nothing_of_a_private_file() {
    let sandbox = project();
    let output = init(&sandbox, &[]);
    assert_eq!((output.code(), output.stdout.as_str()), (0, ""), "{}", output.stderr);
    let text = sandbox.read("bootproof.toml");
    for part in [
        "# app/main.py:2, .env.example:2\n[env.PORT]\ntype = \"port\"\ndefault = 8000\ndocs = \"Where the service listens.\"\n",
        "[env.SIGNING_KEY]\ntype = \"secret\"\nrequired = true\n",
        "[env.APP_MODE]\ntype = \"string\"\ndefault.development = \"quick\"\ndocs = \"How it runs.\"\n",
        "[database.main]\nurl = \"${DATABASE_URL}\"\n",
        "[ports.web]\nport = 8000\nvariable = \"PORT\"\n",
        "groups = [\"redis\"]",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains("pl4nted") && !output.stderr.contains("pl4nted"), "{text}{}", output.stderr);
    for part in
        ["read      .env.example: 4 variables", "read      .env: 5 variables, names only", "wrote `bootproof.toml`"]
    {
        assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
    }
    let kept = sandbox.files().into_iter().filter(|path| sandbox.path().join(path).is_file()).count();
    assert_eq!(kept, 5, "one file was written, and no other");
}

#[test]
fn the_draft_has_no_errors_in_development_and_the_commands_agree_with_it() {
    let sandbox = project();
    assert_eq!(init(&sandbox, &[]).code(), 0);
    let check = bootproof(&sandbox, "development", &["check", "--only", "environment"]).run_blocking();
    assert_eq!(check.code(), 0, "{}{}", check.stdout, check.stderr);
    assert!(check.stdout.contains("UNUSED_LEVEL"), "what is blank is told: {}", check.stdout);
    let plan = bootproof(&sandbox, "development", &["plan"]).run_blocking();
    assert_eq!(plan.code(), 0, "{}", plan.stdout);
    let audit = bootproof(&sandbox, "development", &["env", "audit"]).run_blocking();
    assert_eq!(audit.code(), 0);
    assert!(!audit.stdout.contains("ENV-029") && !audit.stdout.contains("ENV-030"), "{}", audit.stdout);
}

#[test]
fn the_same_project_gives_the_same_text() {
    let sandbox = project();
    let printed = init(&sandbox, &["--print"]);
    assert_eq!(init(&sandbox, &[]).code(), 0);
    assert_eq!(printed.stdout, sandbox.read("bootproof.toml"));
    assert_eq!(init(&sandbox, &["--print"]).stdout, printed.stdout, "a file that is there changes nothing");
    assert_eq!(init(&sandbox, &["--force"]).code(), 0);
    assert_eq!(printed.stdout, sandbox.read("bootproof.toml"));
}

#[test]
fn a_file_that_is_there_is_left_as_it_is_without_force() {
    let sandbox = project();
    sandbox.write("bootproof.toml", "# mine\n");
    let output = init(&sandbox, &[]);
    assert_eq!((output.code(), output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains("--force") && output.stderr.contains("--print"), "{}", output.stderr);
    assert_eq!(sandbox.read("bootproof.toml"), "# mine\n");
    assert_eq!(init(&sandbox, &["--force", "--quiet"]).code(), 0);
    assert!(sandbox.read("bootproof.toml").starts_with("# Drafted by"));
    assert_eq!(init(&sandbox, &["--force", "--print"]).code(), 2);
    let elsewhere = init(&sandbox, &["--file", "other.toml"]);
    assert_eq!(elsewhere.code(), 0, "{}", elsewhere.stderr);
    assert_eq!(sandbox.read("other.toml"), sandbox.read("bootproof.toml"));
}

#[test]
fn a_folder_with_nothing_in_it_and_one_that_is_not_there_give_no_file() {
    let sandbox = Sandbox::new();
    let output = init(&sandbox, &[]);
    assert_eq!((output.code(), sandbox.files().len()), (1, 0));
    assert!(output.stderr.contains("nothing here says what the service needs"), "{}", output.stderr);
    let nowhere = init(&sandbox, &["--file", "nowhere/bootproof.toml"]);
    assert_eq!(nowhere.code(), 2);
    assert!(nowhere.stderr.contains("`nowhere` cannot be opened"), "{}", nowhere.stderr);
}

#[test]
fn a_file_that_cannot_be_written_is_told() {
    let sandbox = project();
    sandbox.write("folder/app.py", MAIN);
    std::fs::create_dir(sandbox.path().join("folder/bootproof.toml")).unwrap();
    let output = init(&sandbox, &["--force", "--file", "folder/bootproof.toml"]);
    assert_eq!(output.code(), 1);
    assert!(output.stderr.contains("could not be written"), "{}", output.stderr);
}

#[test]
fn flags_that_mean_nothing_here_are_refused() {
    let sandbox = project();
    for flags in [["--format", "json"], ["--env", "test"]] {
        let output = init(&sandbox, &flags);
        assert_eq!((output.code(), output.stdout.as_str()), (2, ""), "{}", output.stderr);
        assert!(!sandbox.path().join("bootproof.toml").exists());
    }
}

#[test]
fn values_of_the_process_are_not_looked_at() {
    let sandbox = project();
    let run = sandbox.command(env!("CARGO_BIN_EXE_bootproof")).args(["init", "--print"]);
    let output = run.vars([var("APP_MODE", "pl4nted-process"), var("ENVIRONMENT", "production")]).run_blocking();
    assert_eq!(output.stdout, init(&sandbox, &["--print"]).stdout);
}
