//! Lines of files and flags that are wrong: they are told by their place, and never quoted.

use super::{
    places::{assert_silent, run, service_with_secrets},
    planted::{assert_hidden, planted},
};
use crate::setup::*;

#[tokio::test]
async fn no_line_of_a_dotenv_file_is_quoted_whatever_is_wrong_with_it() {
    let (sandbox, vars) = service_with_secrets();
    let (open, line) = (planted("a quote that is not closed"), planted("a line that is none"));
    for (what, text) in [
        ("a quote that is not closed", format!("BROKEN=\"{open}\nAPI_TOKEN={line}\n")),
        ("text behind the quote", format!("BROKEN=\"{open}\" {line}\n")),
        ("a line that is none", format!("# ok\n{line} {open}\n")),
        ("no name", format!("={line}\n")),
        ("a name with a blank", format!("BRO KEN={line}\n")),
        ("a reference that is not closed", format!("BROKEN=\"${{NOBODY:-{open}\"\n")),
        ("a reference of no name", format!("BROKEN=\"${{{open}}}\"\n")),
        ("a ring", "BROKEN=${API_TOKEN}x\nAPI_TOKEN=${BROKEN}\n".to_owned()),
        ("a required reference", format!("BROKEN=${{NOBODY:?set it}}{open}\n")),
        ("a PEM block", format!("BROKEN=-----BEGIN PRIVATE KEY-----\n{line}\n-----END PRIVATE KEY-----\n")),
        ("an item of a list", format!("HOSTS={},${{NOBODY}}\n", planted("an item of a list"))),
        ("bytes that are no text", format!("BROKEN={open}\u{0}\n")),
    ] {
        sandbox.write(".env.local", &text);
        assert_silent(&sandbox, &vars, &["BROKEN"], what).await;
    }
}

#[tokio::test]
async fn no_line_of_bootproof_toml_is_quoted_whatever_is_wrong_with_it() {
    let secret = planted("a broken line of bootproof.toml");
    for line in [
        format!("url = \"postgres://u:{secret}@h/x"),
        format!("url = {secret}"),
        format!("pasword = \"{secret}\""),
        format!("url = [\"{secret}\"]"),
        format!("pool = \"{secret}\""),
        format!("url = \"postgres://u@h/x\" \"{secret}\""),
        format!("\"{secret}\""),
        format!("[env.A]\ntype = \"int\"\ndefault = \"{secret}\""),
        format!("[env.A]\ntype = \"url\"\ndefault = \"postgres://u:{secret}@[h\""),
        format!("[env.A]\ntype = \"secret\"\ndefault = \"${{{secret}\""),
        format!("[env.A]\ndefault = {{ development = \"{secret}\", \"{secret}"),
        format!("[env.A]\nexample = 5\ndocs = \"{secret}"),
    ] {
        let sandbox = service(&format!("[database.main]\n{line}\n"));
        for args in [
            &["verify", "-vv"][..],
            &["check", "--format", "json"],
            &["plan"],
            &["env"],
            &["env", "check"],
            &["diff", "test", "staging"],
        ] {
            let output = run(&sandbox, "development", args).run().await;
            assert_eq!(output.status.code(), Some(78), "{args:?} of {line}: {}", output.stdout);
            assert_hidden(&output.stdout, &format!("stdout of {args:?} of {line}"));
            assert_hidden(&output.stderr, &format!("stderr of {args:?} of {line}"));
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_flag_is_told_without_its_value() {
    let (sandbox, vars) = service_with_secrets();
    let secret = planted("a process variable");
    for (setting, code) in [
        (format!("BY_PROCESS={secret}"), 78),
        (format!("NOBODYS={secret}"), 0),
        (format!("BY-PROCESS={secret}"), 2),
        (secret.to_owned(), 2),
        (format!("={secret}"), 2),
    ] {
        for args in [&["env", "check"][..], &["env", "--all"], &["env", "check", "--format", "json"]] {
            let run = bootproof(&sandbox, "development", args).args(["--set", &setting]);
            let output = run.vars(vars.iter().cloned()).run().await;
            assert!(
                args[1] != "check" || output.status.code() == Some(code),
                "{args:?}: {}{}",
                output.stdout,
                output.stderr
            );
            assert_hidden(&output.stdout, &format!("stdout of {args:?}"));
            assert_hidden(&output.stderr, &format!("stderr of {args:?}"));
        }
    }
}
