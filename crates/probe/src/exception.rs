//! ClickHouse's exceptions, and what they mean.
//!
//! The numbers are ClickHouse's (`src/Common/ErrorCodes.cpp`); 192 to 194 became 516 in version 21.

use crate::{answer::Answer, target::Target};
use bootproof_core::Diagnosis;

/// The diagnosis of an exception in the answer, if there is one. It is told by its text: old servers send no header for it.
pub(crate) fn diagnose(target: &Target, database: &str, answer: &Answer) -> Option<Diagnosis> {
    let code = code(&answer.body)?;
    let diagnosis = match code {
        192..=195 | 516 => login_refused(target, code),
        81 => unknown_database(target, database),
        164 | 242 => read_only(target),
        291 | 497 => forbidden(target, database),
        159 | 202 | 209 | 210 | 241 | 252 | 439 => busy(target),
        _ => other(target),
    };
    let said = target.quote(message(&answer.body)).unwrap_or_default();
    Some(diagnosis.why(format!("ClickHouse says (code {code}): {said}")))
}

fn code(body: &str) -> Option<u32> {
    let digits = body.trim_start().strip_prefix("Code: ")?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The message alone: old servers say `Code: 81, e.displayText() = DB::Exception: WORDS, e.what() = DB::Exception`, new ones
/// `Code: 81. DB::Exception: WORDS. (UNKNOWN_DATABASE) (version ...)`.
fn message(body: &str) -> &str {
    let text = body.split_once("DB::Exception: ").map_or(body, |(_, words)| words);
    [", e.what()", " (version"].iter().fold(text, |text, end| text.split(end).next().unwrap_or(text))
}

fn login_refused(target: &Target, code: u32) -> Diagnosis {
    let why = match code {
        192 => "it knows no such user",
        193 => "the password is wrong",
        194 => "a password is demanded and none was sent",
        195 => "the user may not log in from this host",
        _ => "user or password is wrong",
    };
    Diagnosis::new("CH-001", format!("ClickHouse at `{}` does not let us in", target.address))
        .why(why)
        .action("correct user and password in the URL (`http://user:password@host:8123/database`)")
        .configuration()
}

fn unknown_database(target: &Target, database: &str) -> Diagnosis {
    Diagnosis::new("CH-002", format!("ClickHouse at `{}` has no database `{database}`", target.address))
        .action("create it, or correct the name at the end of the URL")
        .configuration()
}

/// ClickHouse lets us read and nothing more.
pub(crate) fn read_only(target: &Target) -> Diagnosis {
    Diagnosis::new("CH-004", format!("ClickHouse at `{}` lets us read only", target.address))
        .action("give the user a profile without `readonly`, or declare that the service only reads")
        .configuration()
}

fn forbidden(target: &Target, database: &str) -> Diagnosis {
    Diagnosis::new("CH-005", format!("ClickHouse at `{}` forbids us the use of `{database}`", target.address))
        .action("grant the user what the message names, or use another user or database")
        .configuration()
}

fn busy(target: &Target) -> Diagnosis {
    Diagnosis::new("CH-006", format!("ClickHouse at `{}` is busy", target.address))
        .action("look at its running queries (`system.processes`), its memory and its limits")
        .away()
}

fn other(target: &Target) -> Diagnosis {
    Diagnosis::new("CH-008", format!("ClickHouse at `{}` reports an error", target.address))
        .action("look the code up in ClickHouse's documentation, and look at the server's log")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bootproof_core::{Cause, Secret};

    fn told(body: &str) -> Option<Diagnosis> {
        let target = Target::parse("t", &Secret::new("http://somebody:hunter2@ch:8123/x")).unwrap();
        diagnose(&target, "x", &Answer::saying(body))
    }

    #[test]
    fn old_and_new_servers_are_understood_and_secrets_masked() {
        let old = "Code: 193, e.displayText() = DB::Exception: Wrong password hunter2 for user somebody, e.what() = DB::Exception\n";
        let new = "Code: 516. DB::Exception: somebody: Authentication failed. (AUTHENTICATION_FAILED) (version 24.3)\n";
        let (old, new) = (told(old).unwrap(), told(new).unwrap());
        assert_eq!((old.code, new.code), ("CH-001", "CH-001"));
        assert_eq!(old.why, ["the password is wrong", "ClickHouse says (code 193): Wrong password *** for user ***"]);
        assert_eq!(new.why[1], "ClickHouse says (code 516): ***: Authentication failed. (AUTHENTICATION_FAILED)");
    }

    #[test]
    fn each_exception_has_its_own_diagnosis() {
        for (number, code, cause) in [
            (81, "CH-002", Cause::Configuration),
            (164, "CH-004", Cause::Configuration),
            (291, "CH-005", Cause::Configuration),
            (497, "CH-005", Cause::Configuration),
            (202, "CH-006", Cause::Away),
            (241, "CH-006", Cause::Away),
            (999, "CH-008", Cause::Fault),
        ] {
            let diagnosis = told(&format!("Code: {number}. DB::Exception: words")).unwrap();
            assert_eq!((diagnosis.code, diagnosis.cause), (code, cause));
        }
    }

    #[test]
    fn what_is_no_exception_is_none() {
        assert_eq!(told("18.16.1\tdefault\t0\n"), None);
        assert_eq!(told("Code: x"), None);
    }
}
