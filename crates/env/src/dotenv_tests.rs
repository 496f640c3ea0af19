use super::*;
use crate::export::dotenv_quoted;
use proptest::prelude::*;
use std::convert::Infallible;

/// The assignments of `text`, expanded with `${A}` as `<A>` and so on.
fn values(text: &str) -> Vec<(String, String)> {
    let mut lookup = |name: &str| Ok::<_, Infallible>(Some(Secret::new(format!("<{name}>"))));
    let mut value = |set: &Assignment| set.template.expand(&mut lookup).unwrap().reveal().to_owned();
    parse(text).assignments.iter().map(|set| (set.name.clone(), value(set))).collect()
}

/// The one value in `text`, which has no problem.
fn value(text: &str) -> String {
    assert_eq!(parse(text).problems, [], "{text}");
    let mut values = values(text);
    assert_eq!(values.len(), 1, "{text}");
    values.remove(0).1
}

/// The lines and faults of `text`.
fn faults(text: &str) -> Vec<(usize, DotenvFault)> {
    parse(text).problems.into_iter().map(|problem| (problem.line, problem.fault)).collect()
}

#[test]
fn names_are_read_with_everything_that_may_stand_around_them() {
    for text in [
        "A=1",
        "  A=1",
        "\tA = 1 ",
        "export A=1",
        "export\t A=1",
        "A: 1",
        "A:\t1",
        "A=1#",
        "\u{feff}A=1",
        "\n#c\n\r\nA=1",
    ] {
        let file = parse(text);
        assert_eq!((file.assignments.len(), file.assignments[0].name.as_str()), (1, "A"), "{text:?}");
    }
    assert_eq!(
        values("export=1\nexport = 2\na.b-c_D9=3").iter().map(|(name, _)| name).collect::<Vec<_>>(),
        ["export", "export", "a.b-c_D9"]
    );
}

#[test]
fn a_hash_is_a_comment_only_after_a_blank() {
    for (text, wanted) in [
        ("A=a#b", "a#b"),
        ("A=#b", "#b"),
        ("A= #b", ""),
        ("A=a #b", "a"),
        ("A=a\t# b # c", "a"),
        ("A='a # b' # c", "a # b"),
        ("A=\"a\"#c", "a"),
        ("A=\t", ""),
        ("A=", ""),
        ("A=''", ""),
    ] {
        assert_eq!(value(text), wanted, "{text}");
    }
}

#[test]
fn each_kind_of_quote_reads_its_own_escapes() {
    for (text, wanted) in [
        (r#"A="\n\r\t\\\"\'\$""#, "\n\r\t\\\"'$"),
        (r#"A="\d\a\u00e9\é\""#, r"\d\a\u00e9\é\"),
        (r"A='\n\\\'\$$'", r"\n\\'\$$"),
        (r"A=\n\\\'\$", r"\n\\\'$"),
        (r"A=`\n'$`", r"\n'$"),
        ("A=\"a\n#b\n\nc\"", "a\n#b\n\nc"),
        ("A='a\r\nb\rc'", "a\nb\nc"),
        (r"A='C:\x\'", r"C:\x\"),
        (r#"A="it's `it`""#, "it's `it`"),
        ("A=a\"b'c", "a\"b'c"),
    ] {
        assert_eq!(value(text), wanted, "{text}");
    }
}

#[test]
fn references_are_filled_in_everywhere_but_in_single_quotes() {
    for (text, wanted) in [
        ("A=${X}$$", "<X>$"),
        ("A=\"${X}$$\"", "<X>$"),
        ("A=`${X}`", "<X>"),
        ("A='${X}$$'", "${X}$$"),
        (r#"A="\${X}\\${X}""#, r"${X}\<X>"),
        (r"A=\${X}", "${X}"),
        ("A=$(id)`id`$X", "$(id)`id`$X"),
    ] {
        assert_eq!(value(text), wanted, "{text}");
    }
}

#[test]
fn a_name_that_comes_again_is_kept_in_order_with_its_line() {
    let file = parse("A=1\nB='x\ny'\nA=2");
    let lines: Vec<_> = file.assignments.iter().map(|set| (set.name.as_str(), set.line)).collect();
    assert_eq!(lines, [("A", 1), ("B", 2), ("A", 4)]);
}

#[test]
fn each_fault_is_told_with_its_line_and_the_next_line_is_read() {
    use DotenvFault::{AfterQuote, BadName, NameAlone, NotAnAssignment, Nul, UnquotedPem, Unterminated};
    for (text, fault) in [
        ("A", NameAlone),
        ("export A # b", NameAlone),
        ("export", NameAlone),
        ("A b", NotAnAssignment),
        ("A:1", NotAnAssignment),
        ("if [ a ]; then", NotAnAssignment),
        ("=1", BadName),
        ("'A'=1", BadName),
        ("set A=1", BadName),
        ("A[0]=1", BadName),
        ("ключ=1", BadName),
        ("A='x", Unterminated),
        ("A=\"x\\", Unterminated),
        ("A=`", Unterminated),
        ("A=\"x\" y", AfterQuote),
        ("A=\"{\"a\":1}\"", AfterQuote),
        ("A=a\0", Nul),
        ("A=-----BEGIN KEY-----\nabc\nabc=\n-----END KEY-----", UnquotedPem),
        ("A=-----BEGIN KEY-----", UnquotedPem),
    ] {
        let text = format!("# first\n{text}\nLAST=1\n");
        assert_eq!(faults(&text), [(2, fault)], "{text}");
        assert_eq!(values(&text), [("LAST".to_owned(), "1".to_owned())], "{text}");
    }
}

#[test]
fn a_forgotten_quote_does_not_swallow_the_quoted_values_below() {
    let text = "A=\"a\nB=\"b\"\nC='c\nD='d'\n";
    assert_eq!(faults(text), [(1, DotenvFault::Unterminated), (3, DotenvFault::Unterminated)]);
    assert_eq!(values(text).iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["b", "d"]);
}

#[test]
fn a_reference_that_cannot_be_read_names_its_variable() {
    let file = parse("A=1\nB=hunter2${\n");
    assert_eq!(file.problems[0].name.as_deref(), Some("B"));
    let said = file.problems[0].to_string();
    assert!(
        said.starts_with("line 2: the value of `B` holds a reference that cannot be read: `${` at byte 7"),
        "{said}"
    );
}

#[test]
fn no_problem_shows_what_stands_in_the_file() {
    let text = "hunter2\nhunter2 hunter2\nA=\"hunter2\" hunter2\nA='hunter2\nhunter2: x\nA=${hunter2!}\nhunter2/x=1";
    let file = parse(text);
    assert_eq!(file.problems.len(), 6);
    let said: String = file.problems.iter().map(|problem| format!("{problem} {problem:?}\n")).collect();
    assert!(!said.contains("hunter2"), "{said}");
    assert!(!format!("{:?}", parse("A=hunter2\nB=\"hunter2${A}\"")).contains("hunter2"));
}

#[test]
fn files_made_to_be_scanned_again_and_again_are_read_in_linear_time() {
    let begun = std::time::Instant::now();
    for line in
        ["A='x\n", "A=\"\\\"\n", "A=\"\n'\n", "A=-----BEGIN X-----\n", "A=`\\`\n", "A=${B:-\n", "A='\"`\nB=\"`'\n"]
    {
        let file = parse(&line.repeat(100_000));
        assert!(file.assignments.len() + file.problems.len() >= 50_000, "{line}");
    }
    // Some seconds unoptimised; a reader that goes over the rest of the file for every line takes many minutes.
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

proptest! {
    #[test]
    fn what_is_quoted_is_read_back(value in r#"([ '"`\\$#={}\n\r\tnA]|\PC){0,24}"#) {
        let text = format!("A={}\nB=1", dotenv_quoted(&value).unwrap().reveal());
        let file = parse(&text);
        prop_assert_eq!(&file.problems, &[]);
        prop_assert_eq!(file.assignments.len(), 2);
        prop_assert_eq!(file.assignments[0].template.as_literal().map(Secret::reveal), Some(value.as_str()));
    }

    #[test]
    fn any_text_is_read_with_lines_that_exist(text in r#"([ '"`\\$#={}:\n\r\tnA]|\PC){0,60}"#) {
        let file = parse(&text);
        let last = with_newlines(&text).split('\n').count();
        let mut lines: Vec<usize> = file.assignments.iter().map(|set| set.line).collect();
        prop_assert!(lines.is_sorted());
        lines.extend(file.problems.iter().map(|problem| problem.line));
        prop_assert!(lines.iter().all(|&line| (1..=last).contains(&line)));
    }

    #[test]
    fn every_kind_of_line_end_is_read_alike(text in r#"([ '"`\\$#=\nA]){0,40}"#) {
        prop_assert_eq!(parse(&text.replace('\n', "\r\n")), parse(&text));
        prop_assert_eq!(parse(&text.replace('\n', "\r")), parse(&text));
    }

    #[test]
    fn nothing_swallows_a_plain_line_below(text in r#"([ '"`\\$#={}:\n\r\tnA]|\PC|-----(BEGIN|END) ){0,60}"#) {
        let (file, longer) = (parse(&text), parse(&format!("{text}\nBELOW=1")));
        let (last, before) = longer.assignments.split_last().unwrap();
        prop_assert_eq!((last.name.as_str(), last.template.as_literal()), ("BELOW", Some(&Secret::new("1"))));
        prop_assert_eq!((before, longer.problems), (file.assignments.as_slice(), file.problems));
    }
}

#[test]
fn a_value_with_a_nul_cannot_be_quoted() {
    assert_eq!(dotenv_quoted("a\0b"), None);
    assert_eq!(dotenv_quoted("").unwrap().reveal(), "''");
}

#[test]
fn the_head_of_a_key_is_written_in_quotes() {
    for value in ["-----BEGIN", "-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN\\"] {
        let text = format!("A={}\nB=1", dotenv_quoted(value).unwrap().reveal());
        let file = parse(&text);
        assert_eq!((file.problems.len(), file.assignments.len()), (0, 2), "{text}");
        assert_eq!(file.assignments[0].template.as_literal().map(Secret::reveal), Some(value));
    }
}
