use super::*;
use crate::page::Style;

const WIDE: Style = Style { width: 120, color: false, unicode: true };

fn finding(level: &'static str) -> ComposeFinding {
    ComposeFinding {
        level,
        code: "COMPOSE-020",
        place: "compose.yaml:9:9".into(),
        what: "`api` wants to publish 8080/tcp".into(),
        other: Some(ComposeSide { who: "`web` publishes it".into(), place: Some("compose.yaml:5:9".into()) }),
        action: "move it".into(),
        fixable: true,
    }
}

#[test]
fn a_check_tells_both_places_and_quiet_leaves_out_what_is_no_conflict() {
    let check = ComposeCheck {
        schema_version: COMPOSE_SCHEMA_VERSION,
        project: "shop".into(),
        files: vec!["compose.yaml".into()],
        findings: vec![finding("conflict"), finding("note")],
        conflicts: 1,
        warnings: 0,
        notes: vec!["docker is silent".into()],
        exit_code: 1,
    };
    let one = "COMPOSE-020: `api` wants to publish 8080/tcp\n  at     compose.yaml:9:9\n  other  `web` publishes it at compose.yaml:5:9\n  do     move it\n\n";
    assert_eq!(check.text(&WIDE, false), format!("{one}{one}! docker is silent\n\nshop: 1 conflict, 0 warnings\n"));
    assert_eq!(check.text(&WIDE, true), format!("{one}shop: 1 conflict, 0 warnings\n"));
    assert!(check.json().contains("\"schemaVersion\": 1") && check.json().contains("\"fixable\": true"));
}

#[test]
fn a_fix_shows_the_difference_and_how_compose_is_told() {
    let fix = ComposeFix {
        schema_version: COMPOSE_SCHEMA_VERSION,
        project: "shop".into(),
        file: "compose.bootproof.yaml".into(),
        written: ComposeWritten::New,
        moves: vec![ComposeMove {
            service: "api".into(),
            place: "compose.yaml:9:9".into(),
            from: "8080:80/tcp".into(),
            to: "8081:80/tcp".into(),
            why: "`web` has it".into(),
        }],
        variables: vec![ComposeVariable {
            service: "ui".into(),
            name: "API".into(),
            place: "compose.yaml:12:7".into(),
            from: "localhost:8080".into(),
            to: "localhost:8081".into(),
        }],
        look_at: vec![ComposeLook {
            place: "compose.yaml:13:7".into(),
            what: "`BASE` of `ui`".into(),
            why: "unclear".into(),
        }],
        left: vec![],
        command: "docker compose -f a -f b up".into(),
        compose_file: "a:b".into(),
        notes: vec![],
        exit_code: 0,
    };
    assert_eq!(
        fix.text(&WIDE, false),
        "api: ports  compose.yaml:9:9\n  - 8080:80/tcp\n  + 8081:80/tcp\n  why    `web` has it\n\nui: API  compose.yaml:12:7\n  - localhost:8080\n  \
         + localhost:8081\n\nlook at these: they may mean a port that is moved, and were not changed\n  compose.yaml:13:7  `BASE` of `ui`: unclear\n\nshop: wrote \
         `compose.bootproof.yaml`: 1 port moved, 1 variable told; read again with the project, and proven\n  start  docker compose -f a -f b up\n  or     \
         COMPOSE_FILE=a:b in `.env`, for every command\n  undo   bootproof compose undo\n"
    );
    let dry = ComposeFix { written: ComposeWritten::DryRun, left: vec![finding("conflict")], ..fix };
    assert!(
        dry.text(&WIDE, false).contains("nothing was written") && dry.text(&WIDE, false).contains("1 conflict left")
    );
    assert!(dry.json().contains("\"written\": \"dry-run\""));
    let removed = ComposeFix { written: ComposeWritten::Removed, moves: vec![], ..dry };
    assert!(removed.text(&WIDE, false).contains("removed `compose.bootproof.yaml`: no port has to move any more"));
}

#[test]
fn an_undo_says_what_is_back_or_that_there_was_nothing() {
    let undo = ComposeUndo {
        schema_version: COMPOSE_SCHEMA_VERSION,
        file: "compose.bootproof.yaml".into(),
        removed: true,
        back: vec!["api: 8080:80/tcp".into()],
        notes: vec![],
    };
    assert_eq!(undo.text(&WIDE), "api: 8080:80/tcp\n\nremoved `compose.bootproof.yaml`\n");
    let nothing = ComposeUndo { removed: false, back: vec![], ..undo };
    assert_eq!(nothing.text(&WIDE), "there is no `compose.bootproof.yaml`: nothing to undo\n");
}
