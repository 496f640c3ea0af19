//! The whole loop on the paused clock: files, commands that are never run, and names that lead to them.

use super::super::{Outcome, Resolver, Wait, Wanted};
use super::*;
use bootproof_core::{Identity, Retry, Vars};
use std::{
    fs,
    sync::atomic::{AtomicU32, Ordering},
};
use tempfile::TempDir;

fn file(folder: &TempDir, name: &str) -> Target {
    Target::parse(&format!("file:{}", folder.path().join(name).display()), &Vars::default()).unwrap()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn a_file_that_does_not_come_is_asked_for_densely_at_first_and_rarely_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut tries = vec![];
    for limit in [1, 30, 600] {
        let waited = Wait::all(vec![file(&folder, "x")]).limit(seconds(limit)).run().await;
        assert_eq!((waited.outcome, waited.took.as_secs()), (Outcome::TimeOut, limit));
        let standing = &waited.targets[0];
        assert_eq!(standing.said.as_ref().unwrap().as_ref().unwrap_err().code, "WAIT-003");
        assert_eq!((standing.done, standing.since), (None, Duration::ZERO));
        tries.push(standing.tries);
    }
    // tokio's clock ticks in milliseconds, so that 3 ms take 3 or 4.
    assert!((245..=334).contains(&tries[0]), "{tries:?}");
    assert!((2_500..=3_400).contains(&tries[1]), "{tries:?}");
    assert!(tries[2] < 22_000, "{tries:?}");
}

#[tokio::test(start_paused = true)]
async fn an_interval_that_is_given_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let wait = Wait::all(vec![file(&folder, "x")]).limit(seconds(10)).every(seconds(1));
    assert_eq!(wait.run().await.targets[0].tries, 10);
}

#[tokio::test(start_paused = true)]
async fn all_need_all_of_them_and_any_needs_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("there"), "x").unwrap();
    let both = || vec![file(&folder, "there"), file(&folder, "absent")];
    let all = Wait::all(both()).limit(seconds(5)).run().await;
    assert_eq!((all.outcome, all.targets[0].came(), all.targets[1].came()), (Outcome::TimeOut, true, false));
    let any = Wait::all(both()).any().limit(seconds(5)).run().await;
    assert_eq!((any.outcome, any.took < seconds(1)), (Outcome::Came, true));
    let gone = Wait::all(both()).any().gone().limit(seconds(5)).run().await;
    assert_eq!((gone.outcome, gone.targets[0].came(), gone.targets[1].came()), (Outcome::Came, false, true));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_come_ends_the_wait_for_all_and_not_that_for_any() {
    let folder = tempfile::tempdir().unwrap();
    let targets = || vec![Target::parse("api", &Vars::default()).unwrap(), file(&folder, "x")];
    let all = Wait::all(targets()).limit(seconds(9)).run().await;
    assert_eq!((all.outcome, all.took), (Outcome::Hopeless, Duration::ZERO));
    assert_eq!(all.targets[0].hopeless().unwrap().code, "NET-012");
    let any = Wait::all(targets()).any().limit(seconds(9)).run().await;
    assert_eq!((any.outcome, any.took), (Outcome::TimeOut, seconds(9)));
    let none = Wait::all(targets()[..1].to_vec()).any().limit(seconds(9)).run().await;
    assert_eq!(none.outcome, Outcome::Hopeless);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_lasts_is_final_and_one_that_passes_is_not() {
    for (refusals, outcome) in [(3, Outcome::Came), (u32::MAX, Outcome::Hopeless)] {
        let asked = AtomicU32::new(0);
        let resolver: Resolver = Arc::new(move |name, _| {
            let refused = asked.fetch_add(1, Ordering::Relaxed) < refusals;
            let found = Identity(format!("{name} is there"));
            let refusal = Diagnosis::new("DB-009", "no").retry(Retry::Never);
            Box::pin(async move { if refused { Err(refusal) } else { Ok(found) } })
        });
        let target = Target::parse("name:api", &Vars::default()).unwrap();
        let waited = Wait::all(vec![target]).names(resolver).limit(seconds(30)).run().await;
        assert_eq!(waited.outcome, outcome);
        assert!(waited.took <= seconds(2), "{:?}", waited.took);
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_comes_when_it_is_found_as_the_one_that_is_wanted_and_is_not_known_to_be_gone() {
    let resolver = |found: bool| -> Resolver {
        Arc::new(move |name, limit| {
            assert!(!limit.is_zero());
            let said = Identity(format!("{name} is at 127.0.0.1:1"));
            let nobody = Diagnosis::new("DISC-001", "nobody").away();
            Box::pin(async move { if found { Ok(said) } else { Err(nobody) } })
        })
    };
    let wait = |found| {
        let target = Target::parse("name:api", &Vars::default()).unwrap();
        Wait::all(vec![target]).names(resolver(found)).limit(seconds(10))
    };
    let wanting = |text: &str| Wanted { identity: Some(text.into()), ..Wanted::default() };
    assert_eq!(wait(true).wanting(wanting("at 127.0.0.1:1")).run().await.outcome, Outcome::Came);
    let another = wait(true).wanting(wanting("at 127.0.0.1:2")).run().await;
    assert_eq!(another.targets[0].said.as_ref().unwrap().as_ref().unwrap_err().code, "WAIT-002");
    let nobody = wait(false).run().await;
    assert!(nobody.outcome == Outcome::TimeOut && (70..300).contains(&nobody.targets[0].tries), "{nobody:?}");
    let gone = wait(false).gone().run().await;
    assert_eq!((gone.outcome, gone.targets[0].hopeless().unwrap().code), (Outcome::Hopeless, "NET-012"));
}

#[tokio::test(start_paused = true)]
async fn only_what_is_new_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let told = Arc::new(std::sync::Mutex::new(vec![]));
    let observer = {
        let told = Arc::clone(&told);
        Arc::new(move |at: usize, standing: &super::super::Standing| {
            told.lock().unwrap().push((at, standing.tries, standing.done.is_some()));
        })
    };
    let path = folder.path().join("x");
    let come = async {
        tokio::time::sleep(seconds(1)).await;
        fs::write(&path, "made by somebody else").unwrap();
        tokio::time::sleep(seconds(3)).await;
        fs::write(&path, "made by us").unwrap();
    };
    let wanted = Wanted { identity: Some("by us".into()), ..Wanted::default() };
    let wait = Wait::all(vec![file(&folder, "x")]).wanting(wanted).telling(observer).limit(seconds(30));
    let (waited, ()) = tokio::join!(wait.run(), come);
    assert_eq!(waited.outcome, Outcome::Came);
    let told = told.lock().unwrap();
    assert_eq!(told.iter().map(|(_, _, done)| *done).collect::<Vec<_>>(), [false, false, true], "{told:?}");
}
