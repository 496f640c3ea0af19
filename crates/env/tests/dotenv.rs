//! Our reader of dotenv files beside python-dotenv and node's dotenv, on files of many styles.
//!
//! Their answers are recorded from a real run; the versions stand in the recorded files. `cargo xtask dotenv` asks them afresh.

#[path = "dotenv/compare.rs"]
mod compare;

use compare::{PEERS, differences, files, justified, recorded, sha256};
use std::collections::BTreeMap;

#[test]
fn the_recorded_answers_are_of_these_very_files() {
    let files = files();
    assert!(files.len() >= 34, "{} files", files.len());
    for peer in PEERS {
        let answers = recorded(peer);
        assert!(answers.tool.contains("dotenv ") && answers.tool.contains(" on "), "{}", answers.tool);
        let theirs: BTreeMap<_, _> = answers.files.iter().map(|(name, file)| (name, file.sha256.clone())).collect();
        let ours: BTreeMap<_, _> = files.iter().map(|(name, text)| (name, sha256(text))).collect();
        assert_eq!(theirs, ours, "run `cargo xtask dotenv --record`");
    }
}

#[test]
fn every_value_is_the_one_that_the_references_read_or_the_difference_is_justified() {
    let (files, justified) = (files(), justified());
    let mut unlisted = String::new();
    for peer in PEERS {
        for (place, difference) in differences(&files, peer, &recorded(peer)) {
            if !justified.contains_key(&place) {
                unlisted += &format!("{place}: {difference}\n");
            }
        }
    }
    assert!(unlisted.is_empty(), "differences without a reason:\n{unlisted}");
}

#[test]
fn every_justified_difference_is_one() {
    let files = files();
    let mut found = BTreeMap::new();
    for peer in PEERS {
        found.extend(differences(&files, peer, &recorded(peer)));
    }
    let stale: Vec<String> =
        justified().keys().filter(|place| !found.contains_key(place)).map(ToString::to_string).collect();
    assert!(stale.is_empty(), "listed, and no longer different: {stale:#?}");
}
