//! What a failure means for a wait: who is there, and whether waiting can help.
//!
//! A start gives up whatever time alone does not cure. A wait is more patient: somebody else may still make the database, the
//! route or the grant. It ends early only for what no other program can put right.

use super::pace::Manner;
use bootproof_core::{Cause, Diagnosis, Retry};
use std::time::Duration;

/// How long a server must refuse us in the same way before that is final: one that is being set up may refuse for a moment.
pub(super) const STEADY: Duration = Duration::from_secs(1);

/// What cannot be used as it is written.
const UNUSABLE: [&str; 8] = ["DISC-008", "NET-012", "DB-001", "DB-002", "REDIS-001", "CMD-001", "CMD-002", "CMD-006"];

/// The login is refused, or one side speaks TLS and the other does not.
const REFUSED: [&str; 12] = [
    "NET-008",
    "NET-009",
    "NET-014",
    "DB-007",
    "DB-009",
    "DB-010",
    "REDIS-007",
    "REDIS-008",
    "REDIS-009",
    "REDIS-010",
    "REDIS-011",
    "CH-001",
];

/// The name leads nowhere.
const NAMELESS: [&str; 4] = ["NET-001", "NET-002", "DB-003", "REDIS-002"];

/// Nobody took the connection.
const NOBODY: [&str; 7] = ["NET-003", "NET-004", "NET-007", "DB-004", "REDIS-004", "REDIS-005", "WAIT-003"];

/// Somebody may have taken the connection, and said nothing.
const MUTE: [&str; 6] = ["NET-005", "NET-006", "DB-005", "DB-006", "REDIS-003", "REDIS-006"];

/// No answer in the time that was given; nobody found, which a search with more time might have.
const LATE: [&str; 8] = ["DISC-001", "NET-002", "NET-004", "NET-005", "DB-005", "REDIS-003", "REDIS-005", "CMD-005"];

/// Whether it says only that there was no answer in time.
pub(super) fn is_late(diagnosis: &Diagnosis) -> bool {
    LATE.contains(&diagnosis.code)
}

/// Whether nothing is known of a server: whoever asks again begins with a mere connect.
pub(super) fn is_unheard(diagnosis: &Diagnosis) -> bool {
    [&NAMELESS[..], &NOBODY, &MUTE].iter().any(|codes| codes.contains(&diagnosis.code))
}

/// Whether waiting cannot help, when this has been so for `since`.
pub(super) fn is_final(diagnosis: &Diagnosis, since: Duration) -> bool {
    let code = &diagnosis.code;
    // The variable that says where a name leads cannot be used, and stays what it is.
    let useless = *code == "DISC-002" && diagnosis.cause == Cause::Configuration;
    useless || UNUSABLE.contains(code) || (REFUSED.contains(code) && since >= STEADY)
}

/// How to go on asking after this failure of something that is on this machine (`near`) or not.
pub(super) fn manner(diagnosis: &Diagnosis, near: bool) -> Manner {
    let code = &diagnosis.code;
    if code.starts_with("CMD-") {
        Manner::Command
    } else if code.starts_with("DISC-") {
        Manner::Unfound
    } else if NAMELESS.contains(code) {
        Manner::Nameless
    } else if NOBODY.contains(code) {
        if near { Manner::Near } else { Manner::Far }
    } else if diagnosis.retry == Retry::Never || *code == "WAIT-002" {
        Manner::Refusing
    } else {
        Manner::Starting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::CODES;

    #[test]
    fn every_code_that_is_named_here_exists() {
        let pages = format!("{}/../../docs/codes", env!("CARGO_MANIFEST_DIR"));
        for code in [&UNUSABLE[..], &REFUSED, &NAMELESS, &NOBODY, &MUTE, &LATE].concat() {
            let ours = ["NET", "CMD", "CH", "WAIT"].iter().any(|room| code.starts_with(room));
            assert!(std::path::Path::new(&format!("{pages}/{code}.md")).is_file(), "{code}");
            assert!(!ours || CODES.iter().any(|(known, _)| *known == code), "{code}");
        }
    }

    #[test]
    fn a_refused_login_is_final_only_when_it_stays_so() {
        let refused = Diagnosis::new("DB-009", "").configuration();
        assert!(!is_final(&refused, Duration::from_millis(999)) && is_final(&refused, STEADY));
        assert!(is_final(&Diagnosis::new("NET-012", ""), Duration::ZERO));
        assert!(is_final(&Diagnosis::new("DISC-002", "").configuration(), Duration::ZERO));
        assert!(!is_final(&Diagnosis::new("DISC-002", "").away(), Duration::from_secs(3600)));
        for curable in [
            "NET-003", "DB-011", "DB-012", "HTTP-001", "HTTP-002", "CMD-003", "WAIT-002", "NET-011", "DISC-001",
            "DISC-003",
        ] {
            assert!(!is_final(&Diagnosis::new(curable, ""), Duration::from_secs(3600)), "{curable}");
        }
    }

    #[test]
    fn a_server_is_asked_as_rarely_as_its_answer_suggests() {
        let of = |code, near| manner(&Diagnosis::new(code, "").away(), near);
        assert_eq!((of("NET-003", true), of("NET-003", false)), (Manner::Near, Manner::Far));
        assert_eq!((of("DB-012", true), of("NET-001", false)), (Manner::Starting, Manner::Nameless));
        assert_eq!((of("WAIT-002", true), of("CMD-003", true)), (Manner::Refusing, Manner::Command));
        assert_eq!((of("DISC-001", true), of("DISC-003", false)), (Manner::Unfound, Manner::Unfound));
        assert_eq!(manner(&Diagnosis::new("DB-011", "").configuration(), true), Manner::Refusing);
    }
}
