use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// Expands `text` where A is `a`, BLANK is blank, DOLLAR is `${A}`, and nothing else is set.
fn expand(text: &str) -> Result<String, ExpandError<Infallible>> {
    let values = BTreeMap::from([("A", "a"), ("BLANK", ""), ("DOLLAR", "${A}"), ("a.b", "dotted")]);
    let mut lookup = |name: &str| Ok(values.get(name).map(|&value| Secret::new(value)));
    Ok(Template::parse(text).unwrap().expand(&mut lookup)?.reveal().to_owned())
}

fn unset(name: &str) -> Result<String, ExpandError<Infallible>> {
    Err(ExpandError::Unset { name: name.to_owned() })
}

#[test]
fn each_form_does_as_compose_says_for_set_blank_and_unset() {
    for (form, set, blank, missing) in [
        ("-d", "a", "", "d"),
        (":-d", "a", "d", "d"),
        ("+d", "d", "d", ""),
        (":+d", "d", "", ""),
        ("?m", "a", "", "!m"),
        (":?m", "a", "!m", "!m"),
    ] {
        for (name, wanted) in [("A", set), ("BLANK", blank), ("X", missing)] {
            let wanted = match wanted.strip_prefix('!') {
                Some(message) => Err(ExpandError::Required { name: name.to_owned(), message: message.to_owned() }),
                None => Ok(format!("<{wanted}>")),
            };
            assert_eq!(expand(&format!("<${{{name}{form}}}>")), wanted, "{name}{form}");
        }
    }
}

#[test]
fn a_plain_reference_to_what_is_not_set_is_an_error_with_its_name() {
    assert_eq!(expand("${A}${X}"), unset("X"));
    assert_eq!(expand("<${BLANK}>"), Ok("<>".to_owned()));
    assert_eq!(expand("${a.b}"), Ok("dotted".to_owned()));
}

#[test]
fn defaults_nest_and_only_those_used_are_looked_up() {
    assert_eq!(expand("${X:-${BLANK:-${A}}}"), Ok("a".to_owned()));
    assert_eq!(expand("${A:-${NEVER}}"), Ok("a".to_owned()));
    assert_eq!(expand("${X:-${Y}}"), unset("Y"));
    assert_eq!(expand("${X:+${NEVER}}"), Ok(String::new()));
}

#[test]
fn braces_in_a_default_are_counted() {
    assert_eq!(expand(r#"${X:-{"a":{}}}}"#), Ok(r#"{"a":{}}}"#.to_owned()));
    assert_eq!(expand(r#"${A:-{"a":{}}}}"#), Ok("a}".to_owned()));
    assert_eq!(expand("{${A}} }"), Ok("{a} }".to_owned()));
    assert_eq!(expand("${X:-$${A}}"), Ok("${A}".to_owned()));
}

#[test]
fn what_a_shell_would_execute_or_expand_without_braces_stays_text() {
    for text in ["$(id)", "`id`", "$A", "$1", "$", "a$", "$ {A}", "$((1+1))", "pa$sw$rd"] {
        assert_eq!(expand(text), Ok(text.to_owned()));
    }
}

#[test]
fn two_dollars_are_one_and_what_is_found_is_not_read_again() {
    assert_eq!(expand("$$"), Ok("$".to_owned()));
    assert_eq!(expand("$$$$$${A}"), Ok("$$${A}".to_owned()));
    assert_eq!(expand("$$$"), Ok("$$".to_owned()));
    assert_eq!(expand("${DOLLAR}"), Ok("${A}".to_owned()));
    assert_eq!(Template::literal("${A}$$").as_literal(), Some(&Secret::new("${A}$$")));
    assert!(Template::parse("${A}").unwrap().as_literal().is_none());
    assert_eq!(Template::parse("$${A}").unwrap(), Template::literal("${A}"));
}

#[test]
fn what_cannot_be_read_is_an_error_that_says_where() {
    use TemplateError::{BadForm, BadName, Unterminated};
    for (text, error) in [
        ("ab${A", Unterminated { at: 2 }),
        ("${", Unterminated { at: 0 }),
        ("${A:", Unterminated { at: 0 }),
        ("${A:-x", Unterminated { at: 0 }),
        ("${A:-${B}", Unterminated { at: 0 }),
        ("${A:-${B", Unterminated { at: 5 }),
        ("${A?x", Unterminated { at: 0 }),
        ("${A?{}", Unterminated { at: 0 }),
        ("${}", BadName { at: 0 }),
        ("é${1}", BadName { at: 2 }),
        ("${ A}", BadName { at: 0 }),
        ("${!A}", BadName { at: 0 }),
        ("${A:=x}", BadForm { at: 0 }),
        ("${A:}", BadForm { at: 0 }),
        ("${A }", BadForm { at: 0 }),
        ("${A%x}", BadForm { at: 0 }),
        ("${B:-}${Aé}", BadForm { at: 6 }),
    ] {
        assert_eq!(Template::parse(text), Err(error), "{text}");
    }
}

#[test]
fn nesting_ends_at_its_limit() {
    let nested = |depth: usize| format!("{}x{}", "${A:-".repeat(depth), "}".repeat(depth));
    assert!(Template::parse(&nested(DEEPEST)).is_ok());
    assert_eq!(Template::parse(&nested(DEEPEST + 1)), Err(TemplateError::TooDeep { at: DEEPEST * 5 }));
    assert!(matches!(Template::parse(&"${A:-".repeat(100_000)), Err(TemplateError::TooDeep { .. })));
}

#[test]
fn a_text_that_doubles_ends_in_an_error() {
    let half = "x".repeat(LARGEST_EXPANSION / 2);
    let twice = |rest: &str| {
        let mut lookup = |_: &str| Ok::<_, Infallible>(Some(Secret::new(half.as_str())));
        Template::parse(&format!("${{A}}${{A}}{rest}")).unwrap().expand(&mut lookup).map(|text| text.reveal().len())
    };
    assert_eq!(twice(""), Ok(LARGEST_EXPANSION));
    assert_eq!(twice("!"), Err(ExpandError::TooLarge));
}

#[test]
fn a_failed_lookup_is_handed_on() {
    let mut lookup = |name: &str| Err::<Option<Secret>, _>(std::io::Error::other(name.to_owned()));
    let error = Template::parse("${A}").unwrap().expand(&mut lookup).unwrap_err();
    assert_eq!(error.to_string(), "A");
}

#[test]
fn references_are_told_in_order_with_those_in_defaults() {
    let template = Template::parse("${B}$A${A:-${C:+${D}}}${B}${E?${F}}").unwrap();
    assert_eq!(template.references(), ["B", "A", "C", "D", "B", "E"]);
}

#[test]
fn errors_and_debug_show_no_text() {
    let debug = format!("{:?}", Template::parse("hunter2${A:-hunter2}$$hunter2").unwrap());
    assert!(!debug.contains("hunter2"), "{debug}");
    for text in ["hunter2${A", "hunter2${}", "hunter2${A:=hunter2}", "hunter2${hunter2!}"] {
        let error = Template::parse(text).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    }
    let error = expand("${A}hunter2${X:?set it}").unwrap_err();
    assert_eq!(error.to_string(), "`X` is required: set it");
    assert_eq!(expand("${X?}").unwrap_err().to_string(), "`X` is required");
    assert_eq!(unset("X").unwrap_err().to_string(), "`X` is not set");
    let messages = [TemplateError::Unterminated { at: 3 }, TemplateError::BadForm { at: 3 }].map(|e| e.to_string());
    assert_eq!(messages[0], "`${` at byte 3 has no `}`: close it, or write `$${` for the plain text");
    assert!(messages[1].contains("`${X:-default}`"), "{}", messages[1]);
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in r"([$]|[{}]|[A:+?\-]|\PC){0,40}") {
        if let Ok(template) = Template::parse(&text) {
            let mut lookup = |_: &str| Ok::<_, Infallible>(None);
            let _ = template.expand(&mut lookup);
        }
    }

    #[test]
    fn doubled_dollars_read_back_as_the_text_itself(text in r"([$]|[{}]|[A:\-]|\PC){0,40}") {
        let template = Template::parse(&text.replace('$', "$$")).unwrap();
        prop_assert_eq!(template.as_literal().map(Secret::reveal), Some(text.as_str()));
    }
}
