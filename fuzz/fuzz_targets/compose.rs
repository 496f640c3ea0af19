//! Any text as a Compose file, and what follows a NUL as its `.env`: no panic, an end, few errors, places that exist,
//! the same
//! answer twice, and no value of a variable in what is told.

#![no_main]

use bootproof_compose::{Place, Project, Request, diagnose::diagnose, parse_short, read};
use bootproof_core::Vars;
use libfuzzer_sys::fuzz_target;
use std::{fs, path::PathBuf, sync::OnceLock};

/// A value that no text has by chance.
const SECRET: &str = "hunter2-97d1f3";

fn folder() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("bootproof-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder of our own");
        folder
    })
}

fuzz_target!(|text: &str| {
    let (file, env) = text.split_once('\0').unwrap_or((text, ""));
    fs::write(folder().join("compose.yaml"), file).expect("the file can be written");
    fs::write(folder().join(".env"), env).expect("the file can be written");
    let vars = Vars::from_pairs("process", [("A", "1"), ("SECRET", SECRET), ("B", "")]);
    let request = Request::new(folder(), &vars);
    let told = match read(&request) {
        Ok(project) => {
            holds(&project, file, env);
            assert_eq!(read(&request).ok().as_ref(), Some(&project));
            project.warnings.iter().map(ToString::to_string).collect()
        }
        Err(errors) => {
            assert!((1..=100).contains(&errors.len()));
            errors.iter().filter(|error| !about_what_is_shown(error)).map(|error| diagnose(error).to_string()).collect::<String>()
        }
    };
    assert!(!told.contains(SECRET), "{told}");
});

/// A port, a name of a service and the like are shown, also when somebody fills a secret in there.
fn about_what_is_shown(error: &bootproof_compose::ComposeError) -> bool {
    use bootproof_compose::ComposeError as E;
    matches!(
        error,
        E::Port { .. }
            | E::NoService { .. }
            | E::Undeclared { .. }
            | E::Disabled { .. }
            | E::Name { .. }
            | E::Unreadable { .. }
            | E::Ring { .. }
            | E::Contradiction { .. }
    )
}

fn holds(project: &Project, file: &str, env: &str) {
    let lines = 1 + file.matches(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count().max(env.matches(['\n', '\r']).count());
    let exists = |place: &Place| !place.file.starts_with(folder()) || place.line as usize <= lines;
    for service in project.services.values() {
        assert!(exists(&service.place), "{}", service.place);
        assert!(service.environment.values().all(|entry| exists(&entry.place)));
        for mapping in &service.ports {
            assert!(exists(&mapping.place));
            assert_eq!(parse_short(&mapping.port.to_string()).as_deref(), Ok(std::slice::from_ref(&mapping.port)));
        }
    }
    assert!(!format!("{:?}", project.services.values().map(|one| &one.environment).collect::<Vec<_>>()).contains(SECRET));
}
