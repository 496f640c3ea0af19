//! What a fix writes is read by the real Docker Compose as it was planned: exactly the moved ports and the told variables are others.
//!
//! Each project of `conformance/` is fixed as if every port that it publishes were taken. The real one is asked where it is at hand
//! (`$DOCKER_COMPOSE`, or on the path); what it said of one project is recorded in `override/`.

mod peer;

use bootproof_compose::{
    Request,
    change::{Base, FILE_NAME, Plan, Written, plan, write},
    conflict::{Answer, Around, Limits, Question},
    docker::Engine,
};
use bootproof_core::Vars;
use peer::{Case, Peer, cases};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path};
use tempfile::TempDir;

/// Fewer would mean that fixes were refused.
const AT_LEAST: usize = 25;

/// A project in a folder of its own, fixed.
struct Fixed {
    case: Case,
    base: Base,
    plan: Plan,
    _folder: TempDir,
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to)
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn request<'v>(case: &Case, vars: &'v Vars) -> Request<'v> {
    let mut request = Request::new(&case.folder, vars);
    for pair in case.args.chunks(2) {
        let value = pair[1].clone();
        match pair[0].as_str() {
            "-f" => request.files.push(value.into()),
            "-p" => request.project = Some(value),
            "--profile" => request.profiles.push(value),
            "--env-file" => request.env_files.push(value.into()),
            "--project-directory" => request.project_folder = Some(value.into()),
            option => panic!("{option}"),
        }
    }
    request
}

/// Fixes a copy of `case`, all of whose published ports are taken. `None` when it publishes nothing, or is no project.
fn fix(case: &Case) -> Option<Fixed> {
    fix_with(case, None)
}

/// Fixes a copy of `case` when others have the ports `taken`; without them, everything that it publishes is taken.
fn fix_with(case: &Case, taken: Option<&[u16]>) -> Option<Fixed> {
    let folder = TempDir::with_prefix("bootproof-override").unwrap();
    // The folder's name is the project's.
    let root = folder.path().join(&case.name);
    copy(&case.root, &root);
    drop(fs::remove_file(root.join(FILE_NAME)));
    let inside = case.folder.strip_prefix(&case.root).unwrap();
    let case = Case {
        name: case.name.clone(),
        folder: root.join(inside),
        root,
        purpose: String::new(),
        args: case.args.clone(),
        env: case.env.clone(),
        codes: vec![],
        differs: None,
    };
    let vars = Vars::from_pairs("process", case.env.iter().cloned());
    let request = request(&case, &vars);
    let base = Base::read(&request).ok()?;
    let published =
        base.project.enabled().flat_map(|service| &service.ports).filter_map(|mapping| mapping.port.published.clone());
    let busy: BTreeSet<u16> =
        taken.map_or_else(|| published.flatten().collect(), |taken| taken.iter().copied().collect());
    let held = |one: &Question| {
        if busy.contains(&one.port) { Answer::Held { by: "x".into(), maybe_engine: false } } else { Answer::Free }
    };
    let look = |questions: &[Question]| questions.iter().map(held).collect();
    let limits = Limits { ephemeral: 32768..=60999, reserved: vec![], first_free: 1024 };
    let around = Around { look: &look, engine: &Engine::Absent, others: &[], limits: &limits };
    let plan = plan(&base, &around, None);
    if plan.moves.is_empty() {
        return None;
    }
    let written =
        write(&request, &base, &plan, &around).unwrap_or_else(|error| panic!("{}: {error}: {error:?}", case.name));
    assert_eq!(written, Written::New, "{}", case.name);
    Some(Fixed { case, base, plan, _folder: folder })
}

impl Fixed {
    /// The same project, from exactly these files.
    fn of_files(&self, with_override: bool) -> Case {
        let mut files = self.base.files_with_override(Path::new("/"));
        files.truncate(files.len() - usize::from(!with_override));
        let mut args: Vec<String> =
            files.iter().flat_map(|file| ["-f".into(), Path::new("/").join(file).display().to_string()]).collect();
        if !self.case.args.iter().any(|option| option == "--project-directory") {
            args.extend(["--project-directory".into(), self.base.project.folder.display().to_string()]);
        }
        args.extend(self.case.args.chunks(2).filter(|pair| pair[0] != "-f").flatten().cloned());
        Case {
            name: String::new(),
            root: self.case.root.clone(),
            purpose: String::new(),
            args,
            env: self.case.env.clone(),
            folder: self.case.folder.clone(),
            codes: vec![],
            differs: None,
        }
    }

    /// What Compose should say, from what it says without the override.
    fn expected(&self, mut config: Value) -> Value {
        for one in &self.plan.moves {
            let range = one.to.published.clone().unwrap();
            let shown = if range.start() == range.end() {
                range.start().to_string()
            } else {
                format!("{}-{}", range.start(), range.end())
            };
            config["services"][&one.seat.service]["ports"][one.seat.index]["published"] = json!(shown);
        }
        for wire in &self.plan.wires {
            config["services"][&wire.service]["environment"][&wire.name] =
                json!(wire.value.reveal().replace('$', "$$"));
        }
        config
    }
}

/// A published port 0 is any free one, as if none were said.
fn any_port(mut config: Value) -> Value {
    let services = config["services"].as_object_mut().into_iter().flatten();
    for port in services.filter_map(|(_, service)| service["ports"].as_array_mut()).flatten() {
        if port["published"] == json!("0") {
            port.as_object_mut().unwrap().remove("published");
        }
    }
    config
}

#[test]
fn each_project_can_be_moved_away_from_all_of_its_ports() {
    let fixed = cases().iter().filter_map(fix).count();
    assert!(fixed >= AT_LEAST, "{fixed} projects");
}

#[test]
fn the_compose_at_hand_reads_exactly_what_was_planned() {
    // Without one, the recorded answer is all there is.
    let Some(peer) = Peer::find() else { return };
    let mut wrong = vec![];
    for fixed in cases().iter().filter_map(fix) {
        let without =
            peer.config(&fixed.of_files(false)).unwrap_or_else(|error| panic!("{}: {error}", fixed.case.name));
        let with = peer.config(&fixed.of_files(true)).unwrap_or_else(|error| json!(error));
        let (expected, with) = (any_port(fixed.expected(without)), any_port(with));
        if with != expected {
            let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
            wrong.push(format!("{}\nexpected: {}\nread: {}", fixed.case.name, pretty(&expected), pretty(&with)));
        }
    }
    assert!(wrong.is_empty(), "{} differ from {}:\n{}", wrong.len(), peer.version, wrong.join("\n\n"));
}

/// The project in `override/`, moved away from 8080, 8443 and 5432. Its `config.json` is what Docker Compose 2.40.3 said of the result
/// (`docker-compose -f compose.yaml -f compose.bootproof.yaml config --format json`).
#[test]
fn a_recorded_override_is_written_again_and_was_read_as_planned() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/override");
    let text = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let case = Case {
        name: "override".into(),
        folder: root.clone(),
        root: root.clone(),
        purpose: String::new(),
        args: vec![],
        env: vec![],
        codes: vec![],
        differs: None,
    };
    let fixed = fix_with(&case, Some(&[8080, 8443, 5432])).unwrap();
    assert_eq!(fs::read_to_string(&fixed.base.path).unwrap(), text("compose.bootproof.yaml"));
    let config: Value = serde_json::from_str(&text("config.json")).unwrap();
    let published = |service: &str| -> Vec<&str> {
        config["services"][service]["ports"]
            .as_array()
            .unwrap()
            .iter()
            .map(|port| port["published"].as_str().unwrap())
            .collect()
    };
    assert_eq!(published("web"), ["8081", "8444", "9100-9101"]);
    assert_eq!(published("db"), ["5433"]);
    let environment = &config["services"]["worker"]["environment"];
    assert_eq!(environment["DATABASE_URL"], "postgres://shop:pl4nted$$1@host.docker.internal:5433/shop");
    assert_eq!(environment["WEB_URL"], "http://localhost:8081/api");
    assert_eq!(environment["INTERNAL_URL"], "http://web:80");
    assert_eq!(fixed.expected(config.clone()), config);
}
