//! Any text as a dotenv file: no panic, lines that exist, the same for every kind of line end, nothing that swallows a plain
//! line below; and what is quoted is read back.

#![no_main]

use bootproof_env::{
    dotenv::{Dotenv, parse},
    export::dotenv_quoted,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let file = parse(text);
    let lines = 1 + text.replace("\r\n", "\n").matches(['\n', '\r']).count();
    let within = |line: usize| (1..=lines).contains(&line);
    assert!(file.assignments.iter().all(|set| within(set.line) && !set.name.is_empty()));
    assert!(file.problems.iter().all(|problem| within(problem.line)));
    assert!(
        file.assignments.is_sorted_by_key(|set| set.line) && file.problems.is_sorted_by_key(|problem| problem.line)
    );
    assert_eq!(parse(&text.replace("\r\n", "\n").replace('\r', "\n")), file);
    below_is_read(text, &file);
    reads_back(text);
});

fn below_is_read(text: &str, file: &Dotenv) {
    let longer = parse(&format!("{text}\nBELOW=1"));
    let last = longer.assignments.last().expect("the last line is one");
    assert_eq!((last.name.as_str(), last.template.as_literal().map(|text| text.reveal())), ("BELOW", Some("1")));
    assert_eq!(longer.assignments[..longer.assignments.len() - 1], file.assignments);
    assert_eq!(longer.problems, file.problems);
}

fn reads_back(value: &str) {
    let Some(quoted) = dotenv_quoted(value) else { return assert!(value.contains('\0')) };
    let quoted = quoted.reveal();
    let file = parse(&format!("A={quoted}\nB={quoted} # c"));
    assert_eq!((file.assignments.len(), file.problems.len()), (2, 0));
    assert!(file.assignments.iter().all(|set| set.template.as_literal().map(|text| text.reveal()) == Some(value)));
}
