//! A real ledger with real listeners in it.

use super::*;
use crate::{Dns, Source, Sources, Wanted, resolve};
use bootproof_core::Vars;
use bootproof_ports::{Held, PortSpec, ledger::Service, reserve_in};
use tempfile::TempDir;

fn ledger() -> (TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::at(folder.path().join("ports"));
    (folder, ledger)
}

fn hold(ledger: &Ledger, name: &str, project: &str, environment: Environment) -> Held {
    let service = Service::new(name).project(project).environment(environment);
    let spec = PortSpec { scheme: Some("http".into()), ..PortSpec::new("api", 0) };
    let held = reserve_in(&spec, ledger, &service).unwrap();
    assert_eq!(held.unpublished().map(ToString::to_string), None);
    held
}

async fn read(ledger: &Ledger, project: Option<&str>) -> LocalRegistry {
    LocalRegistry::read(ledger, Environment::Test, project.map(Path::new)).await.unwrap()
}

fn ports(found: &[LocalEntry]) -> Vec<u16> {
    found.iter().map(|entry| entry.address.port()).collect()
}

#[tokio::test]
async fn what_a_process_holds_is_found_by_its_services_name_and_shown_to_be_its_own() {
    let (_folder, ledger) = ledger();
    let held = hold(&ledger, "users", "/a", Environment::Test);
    let registry = read(&ledger, None).await;
    let (vars, dns) = (Vars::default(), Dns::system());
    let local = |name: &str| registry.find(name);
    let sources = Sources { local: Some(&local), ..Sources::new(&vars, &dns) };
    let found = resolve(&Wanted::named("users"), &sources).await.unwrap();
    assert_eq!((found.source.clone(), found.endpoint.port), (Source::Local, held.port()));
    assert_eq!(found.endpoint.scheme.as_deref(), Some("http"));
    assert_eq!(found.identity, Some(format!("its process {} has the listener", std::process::id())));
    drop(held);
    // The registry was read before: what it says is stale by now, and is not believed.
    let error = resolve(&Wanted::named("users"), &sources).await.unwrap_err();
    assert!(error.diagnosis().to_string().contains("nobody listens at"), "{}", error.diagnosis());
    assert_eq!(read(&ledger, None).await.find("users").unwrap(), []);
}

#[tokio::test]
async fn other_environments_and_names_are_not_found() {
    let (_folder, ledger) = ledger();
    let _development = hold(&ledger, "users", "/a", Environment::Development);
    let _other = hold(&ledger, "users2", "/a", Environment::Test);
    assert_eq!(read(&ledger, None).await.find("users").unwrap(), []);
}

#[tokio::test]
async fn our_own_project_comes_first_one_other_is_taken_and_several_are_not_guessed_between() {
    let (_folder, ledger) = ledger();
    let a = hold(&ledger, "users", "/a", Environment::Test);
    assert_eq!(ports(&read(&ledger, Some("/z")).await.find("users").unwrap()), [a.port()]);
    let b = hold(&ledger, "users", "/b", Environment::Test);
    assert_eq!(ports(&read(&ledger, Some("/b")).await.find("users").unwrap()), [b.port()]);
    for project in [None, Some("/z")] {
        let error = read(&ledger, project).await.find("users").unwrap_err();
        assert_eq!(error, "`users` runs in several projects (`/a`, `/b`), and none is ours");
    }
}
