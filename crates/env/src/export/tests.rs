use super::*;
use roundtrip_tests::value;

const REVEAL: Options<'static> = Options { reveal: true, name: "app" };

fn one(name: &str, text: &str, format: Format) -> Result<String, ExportError> {
    let item = Exported { name, text, secret: format == Format::K8sSecret };
    export(format, &[item], &REVEAL).map(|export| export.text.reveal().to_owned())
}

/// What each format looks like, for two variables and a secret.
#[test]
fn each_format_looks_like_this() {
    let items = [
        Exported { name: "PORT", text: "8080", secret: false },
        Exported { name: "GREETING", text: "it's $5\n\"x\"", secret: false },
        Exported { name: "TOKEN", text: "HUNTER2", secret: true },
    ];
    let shown = |format, reveal| {
        export(format, &items, &Options { reveal, name: "My App_1.v2" }).unwrap().text.reveal().to_owned()
    };
    let withheld = "# withheld: TOKEN, written with --reveal\n";
    let dotenv = format!("{withheld}PORT=8080\nGREETING=\"it's \\$5\\n\\\"x\\\"\"\n");
    assert_eq!(shown(Format::Dotenv, false), dotenv);
    let shell = format!("{withheld}export PORT='8080'\nexport GREETING='it'\\''s $5\n\"x\"'\n");
    assert_eq!(shown(Format::Shell, false), shell);
    assert_eq!(shown(Format::Json, false), "{\n  \"PORT\": \"8080\",\n  \"GREETING\": \"it's $5\\n\\\"x\\\"\"\n}\n");
    let systemd = format!("{withheld}PORT=\"8080\"\nGREETING=\"it's \\$5\n\\\"x\\\"\"\n");
    assert_eq!(shown(Format::Systemd, false), systemd);
    let configmap = "# withheld: TOKEN, a secret belongs into a k8s-secret\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  \
        name: \"my-app-1.v2\"\ndata:\n  \"PORT\": \"8080\"\n  \"GREETING\": \"it's $5\\n\\\"x\\\"\"\n";
    assert_eq!(shown(Format::K8sConfigmap, true), configmap, "not even with `reveal`");
    let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: \"my-app-1.v2\"\ntype: Opaque\ndata:\n  \
        \"TOKEN\": \"SFVOVEVSMg==\"\n";
    assert_eq!(shown(Format::K8sSecret, true), secret);
    assert_eq!(one("GREETING", " it's # \"x\" ", Format::Docker).unwrap(), "GREETING= it's # \"x\" \n");
}

#[test]
fn an_export_of_nothing_can_be_read_back() {
    for format in Format::ALL {
        let written = export(format, &[], &REVEAL).unwrap();
        assert_eq!(read_back(format, written.text.reveal()).unwrap(), [], "{format}");
    }
}

#[test]
fn a_kubernetes_secret_without_reveal_is_an_error_that_says_so() {
    let item = Exported { name: "TOKEN", text: "HUNTER2", secret: true };
    let error = export(Format::K8sSecret, &[item], &Options { reveal: false, name: "app" }).unwrap_err();
    assert_eq!(error, ExportError::NeedsReveal);
    assert!(error.to_string().contains("only with `--reveal`"), "{error}");
}

#[test]
fn every_word_is_its_format_and_a_wrong_word_names_the_nearest() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
    }
    let error = "k8s-secrt".parse::<Format>().unwrap_err().to_string();
    assert!(error.contains("did you mean `k8s-secret`?") && error.contains("`systemd`"), "{error}");
    let error = "yaml".parse::<Format>().unwrap_err().to_string();
    assert!(!error.contains("did you mean"), "{error}");
}

#[test]
fn a_name_that_a_format_cannot_hold_is_refused_by_that_format_and_by_no_other() {
    use Format::{Docker, Dotenv, K8sConfigmap, K8sSecret, Shell, Systemd};
    let cases: [(&str, &[Format]); 11] = [
        ("PLAIN_1", &[]),
        ("export", &[]),
        ("a.b-c", &[Shell, Systemd]),
        ("1A", &[Dotenv, Shell, K8sSecret, K8sConfigmap, Systemd]),
        ("PPID", &[Shell]),
        ("..a", &[Dotenv, Shell, K8sSecret, K8sConfigmap, Systemd]),
        ("é", &[Dotenv, Shell, K8sSecret, K8sConfigmap, Systemd]),
        ("#A", &[Dotenv, Shell, Docker, K8sSecret, K8sConfigmap, Systemd]),
        ("A B", &[Dotenv, Shell, Docker, K8sSecret, K8sConfigmap, Systemd]),
        ("A\nB", &[Dotenv, Shell, Docker, K8sSecret, K8sConfigmap, Systemd]),
        ("\u{feff}A", &[Dotenv, Shell, Docker, K8sSecret, K8sConfigmap, Systemd]),
    ];
    for (name, refused) in cases {
        for format in Format::ALL {
            let result = one(name, "HUNTER2", format);
            assert_eq!(result.is_err(), refused.contains(&format), "{name:?} {format}");
            if let Err(error) = result {
                let text = error.to_string();
                assert!(text.contains(&format!("`{}`", name.escape_debug())) && !text.contains('\n'), "{text}");
            }
        }
    }
}

#[test]
fn what_no_environment_can_hold_is_refused_by_every_format() {
    for format in Format::ALL {
        for (name, text) in [("", "x"), ("A=B", "x"), ("A\0", "x"), ("A", "HUNTER2\0")] {
            let error = one(name, text, format).unwrap_err();
            assert!(matches!(&error, ExportError::CannotHold { faults, .. } if faults.len() == 1), "{error}");
            assert!(!format!("{error} {error:?}").contains("HUNTER2"));
        }
        let twice = ["A", "B", "A"].map(|name| Exported { name, text: "x", secret: format == Format::K8sSecret });
        let error = export(format, &twice, &REVEAL).unwrap_err().to_string();
        assert!(error.contains("`A` (it is given twice)") && !error.contains("`B`"), "{error}");
    }
}

#[test]
fn the_name_of_a_withheld_secret_is_checked_too_as_it_stands_in_a_comment() {
    let item = Exported { name: "A\nINJECTED=1", text: "x", secret: true };
    assert!(export(Format::Dotenv, &[item], &Options::default()).is_err());
}

#[test]
fn a_variable_that_does_not_go_into_a_kubernetes_secret_does_not_stand_in_its_way() {
    let items = [("A B", false), ("TOKEN", true)].map(|(name, secret)| Exported { name, text: "x", secret });
    let written = export(Format::K8sSecret, &items, &REVEAL).unwrap();
    assert_eq!((written.withheld.len(), written.text.reveal().contains("A B")), (0, false));
    assert!(export(Format::K8sConfigmap, &items, &REVEAL).is_err());
}

#[test]
fn of_a_name_that_stands_there_twice_the_last_counts_for_every_reader() {
    let cases = [
        (Format::Dotenv, "A=1\nB=2\nA=3"),
        (Format::Shell, "A=1\nB=2\nA=3"),
        (Format::Docker, "A=1\nB=2\nA=3"),
        (Format::Systemd, "A=1\nB=2\nA=3"),
        (Format::Json, r#"{"A": "1", "B": "2", "A": "3"}"#),
    ];
    for (format, text) in cases {
        let read = read_back(format, text).unwrap();
        let read: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.reveal())).collect();
        assert_eq!(read, [("A", "3"), ("B", "2")], "{format}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once_and_never_a_value() {
    let items = [("A", "HUNTER2\n"), ("B", "fine"), ("C", "HUNTER2\r"), ("D E", "HUNTER2")]
        .map(|(name, text)| Exported { name, text, secret: false });
    let error = export(Format::Docker, &items, &REVEAL).unwrap_err();
    let text = format!("{error} {error:?} {items:?}");
    assert!(!text.contains("HUNTER2"), "{text}");
    for part in ["`A` (its value has a line break", "`C` (its value ends with a carriage return", "`D E` (the name"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(!error.to_string().contains("`B`"), "{error}");
}

#[test]
fn a_docker_line_may_have_65535_bytes_and_no_more() {
    let (fits, long) = ("x".repeat(65533), "x".repeat(65534));
    let written = one("A", &fits, Format::Docker).unwrap();
    assert_eq!(read_back(Format::Docker, &written).unwrap()[0].1.reveal(), fits);
    assert!(one("A", &long, Format::Docker).unwrap_err().to_string().contains("65535"));
    assert_eq!(read_back(Format::Docker, &format!("B=\nA={long}\n")).unwrap_err().line, 2);
}

/// Each tried on `load_env_file` of systemd 252, which refuses the file; but for U+FEFF, which only the manual excludes.
#[test]
fn systemd_holds_every_character_but_noncharacters_and_the_byte_order_mark() {
    for refused in ['\u{fdd0}', '\u{fdef}', '\u{fffe}', '\u{ffff}', '\u{1fffe}', '\u{10ffff}', '\u{feff}'] {
        let error = one("A", &format!("HUNTER2{refused}"), Format::Systemd).unwrap_err().to_string();
        assert!(
            error.starts_with("`systemd` cannot hold `A` (its value has a") && !error.contains("HUNTER2"),
            "{error}"
        );
    }
    for held in ['\u{1}', '\u{7f}', '\u{85}', '\u{fdcf}', '\u{fdf0}', '\u{fffd}', '\u{10000}', '\r'] {
        assert!(one("A", &held.to_string(), Format::Systemd).is_ok(), "{held:?}");
    }
}

#[test]
fn an_object_of_kubernetes_holds_a_mebibyte_and_no_more() {
    for format in [Format::K8sSecret, Format::K8sConfigmap] {
        assert!(one("A", &"x".repeat(1 << 20), format).is_ok());
        let error = one("A", &"x".repeat((1 << 20) + 1), format).unwrap_err();
        assert_eq!(error, ExportError::TooLarge { format, bytes: 1_048_577, most: 1_048_576 });
    }
}

#[test]
fn the_name_of_a_kubernetes_object_is_made_valid_or_refused() {
    let name_of = |name| {
        let written = export(Format::K8sConfigmap, &[], &Options { reveal: false, name });
        written.map(|e| e.text.reveal().lines().find_map(|l| Some(l.strip_prefix("  name: ")?.to_owned())).unwrap())
    };
    let cases = [("app", "app"), ("My_App 2", "my-app-2"), ("-a-.-.b.", "a.b"), ("1e3", "1e3"), ("a\nb", "a-b")];
    for (given, made) in cases {
        assert_eq!(name_of(given).unwrap(), format!("\"{made}\""), "{given}");
    }
    let long = "a".repeat(254);
    for (given, why) in [("", "no letter"), ("-._", "no letter"), ("straße", "ASCII"), (&long, "253")] {
        let error = name_of(given).unwrap_err().to_string();
        assert!(error.contains(why) && error.contains("such as `my-service`"), "{error}");
    }
    assert!(name_of(&long[1..]).is_ok());
}

#[test]
fn readers_take_what_people_write_by_hand_too() {
    type Pairs<'a> = &'a [(&'a str, &'a str)];
    let cases: [(Format, &str, Pairs); 4] = [
        (Format::Docker, "\u{feff}A=\"q\"\r\n\n #x\n  B= y ", &[("A", "\"q\""), ("B", " y ")]),
        (Format::Shell, "# c\nexport A='a'\\''b'\"c\\$\\x\"\\ d # e\nB=\n", &[("A", "a'bc$\\x d"), ("B", "")]),
        (
            Format::Systemd,
            "; c\n A = a 'b'  \nB='x'\"y\\z\" \\\n q\nno\nC=a\\ \\\nb\n1=x",
            &[("A", "a 'b'"), ("B", "xy\\z q"), ("C", "a b")],
        ),
        (Format::K8sConfigmap, "kind: ConfigMap\ndata:\n  A: |-\n    x\n    y\n", &[("A", "x\ny")]),
    ];
    for (format, text, expected) in cases {
        let read = read_back(format, text).unwrap();
        let read: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.reveal())).collect();
        assert_eq!(read, expected, "{format}: {text}");
    }
}

#[test]
fn what_is_not_the_format_is_an_error_with_its_line_and_without_its_text() {
    let cases = [
        (Format::Dotenv, "A=1\nHUNTER2", 2),
        (Format::Dotenv, "A='1\nHUNTER2", 1),
        (Format::Dotenv, "A=1\n\nB=\"${HUNTER2}\"", 3),
        (Format::Dotenv, "A B=HUNTER2", 1),
        (Format::Dotenv, "A='a'HUNTER2", 1),
        (Format::Shell, "A=1\nB=$(HUNTER2)", 2),
        (Format::Shell, "A=1; HUNTER2", 1),
        (Format::Shell, "A=1 HUNTER2", 1),
        (Format::Shell, "HUNTER2", 1),
        (Format::Shell, "A B=HUNTER2", 1),
        (Format::Shell, "A=\"HUNTER2", 1),
        (Format::Shell, "A=\"`HUNTER2`\"", 1),
        (Format::Json, "{\n\"A\": 5}", 2),
        (Format::Json, "[\"HUNTER2\"]", 1),
        (Format::Docker, "\nHUNTER2", 2),
        (Format::Docker, "=HUNTER2", 1),
        (Format::Docker, "A B=HUNTER2", 1),
        (Format::Systemd, "A=1\nB=\"\u{ffff}HUNTER2\"", 2),
        (Format::K8sConfigmap, "kind: ConfigMap\ndata: [HUNTER2]", 0),
        (Format::K8sConfigmap, "kind: Secret\ndata: {}", 0),
        (Format::K8sSecret, "kind: Secret\ndata: {A: \"HUNTER2!\"}", 0),
        (Format::K8sSecret, "kind: Secret\ndata: {A: \"/w==\"}", 0),
    ];
    for (format, text, line) in cases {
        let error = read_back(format, text).expect_err(text);
        assert_eq!(error.line, line, "{format} {text}");
        assert!(!format!("{error} {error:?}").contains("HUNTER2"), "{error}");
    }
}

#[test]
fn nothing_printed_of_an_export_shows_a_value() {
    let written = export(Format::Json, &[Exported { name: "A", text: "HUNTER2", secret: true }], &REVEAL).unwrap();
    assert!(written.text.reveal().contains("HUNTER2"));
    assert!(!format!("{written:?}").contains("HUNTER2"));
}

/// Seen with node's dotenv 18.0.10: without the comment it reads `A` up to the quote of `B`, and `B` is gone.
#[test]
fn a_double_quoted_value_that_ends_with_a_backslash_is_followed_by_a_guard() {
    let items = [("A", "it's \"#\\"), ("B", "\nit's")].map(|(name, text)| Exported { name, text, secret: false });
    let written = export(Format::Dotenv, &items, &Options::default()).unwrap();
    let expected = "A=\"it's \\\"#\\\\\" # it ends with \"\\\"\nB=\"\nit's\"\n";
    assert_eq!(written.text.reveal(), expected);
}

#[test]
fn a_dotenv_value_is_written_as_all_readers_read_it_where_they_agree() {
    use dotenv::{Form, alike};
    for (text, form) in [
        ("8080", Some(Form::Bare)),
        ("", Some(Form::Single)),
        ("two words # $5 \"q\"", Some(Form::Single)),
        ("a\nb", Some(Form::Single)),
        ("it's $5", Some(Form::Double)),
        ("a\r\nb", Some(Form::Double)),
        ("C:\\folder\\", Some(Form::Bare)),
        ("it's \"here\"", Some(Form::Bare)),
        ("\\\\server", Some(Form::Bare)),
        ("${X}", None),
        ("it's \"#1\"", None),
        ("\"it's", None),
        ("\\\\a #b", None),
        ("it's $$ \\", None),
        ("it's \\$ \\", None),
        ("a\\\r", None),
    ] {
        assert_eq!(alike(text, Lines::Many), form, "{text}");
    }
}

proptest::proptest! {
    /// The readers differ over every escape but `\\r` and `\\n`, so nothing else may be escaped where they are to agree.
    #[test]
    fn what_all_readers_read_alike_is_written_as_it_is(text in value(), one_line: bool) {
        let lines = if one_line { Lines::One } else { Lines::Many };
        let Some(form) = dotenv::alike(&text, lines) else { return Ok(()) };
        let mut sheet = Sheet::default();
        push_value(&mut sheet, &text, lines);
        let newline = if one_line { "\\n" } else { "\n" };
        let written = match form {
            dotenv::Form::Bare => text,
            dotenv::Form::Single => format!("'{text}'"),
            dotenv::Form::Double => format!("\"{}\"", text.replace('\r', "\\r").replace('\n', newline)),
        };
        proptest::prop_assert_eq!(sheet.as_str(), written);
    }

    #[test]
    fn a_value_asked_for_on_one_line_is_on_one_line_and_read_back(text in value()) {
        let mut sheet = Sheet::default();
        sheet.push_str("A=");
        push_value(&mut sheet, &text, Lines::One);
        proptest::prop_assert!(!sheet.as_str().contains(['\n', '\r']));
        let read = read_back(Format::Dotenv, sheet.as_str()).unwrap();
        proptest::prop_assert_eq!(read[0].1.reveal(), text);
    }
}
