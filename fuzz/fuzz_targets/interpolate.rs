//! Any text as a template: no panic, no text over the limit, `$$` is `$`, and what no brace follows is text.

#![no_main]

use bootproof_core::Secret;
use bootproof_env::interpolate::LARGEST_EXPANSION;
use bootproof_env::{ExpandError, Template};
use libfuzzer_sys::fuzz_target;
use std::convert::Infallible;
use std::sync::LazyLock;

static HALF: LazyLock<String> = LazyLock::new(|| "x".repeat(LARGEST_EXPANSION / 2));

fuzz_target!(|text: &str| {
    if let Ok(template) = Template::parse(text) {
        expand(&template);
    }
    let doubled = Template::parse(&text.replace('$', "$$")).expect("there is no reference in it");
    assert_eq!(doubled.as_literal().map(Secret::reveal), Some(text));
    if !text.contains("${") && !text.contains("$$") {
        assert_eq!(Template::parse(text).as_ref(), Ok(&Template::literal(text)));
    }
});

fn expand(template: &Template) {
    let names: Vec<String> = template.references().into_iter().map(str::to_owned).collect();
    // Large texts make a run slow, and two of them are needed to come over the limit.
    let large = if names.len() > 1 { HALF.as_str() } else { "x" };
    for values in [[None, None], [Some(""), Some("")], [Some("${A}$$"), None], [Some(large), Some("")]] {
        let mut asked = vec![];
        let mut lookup = |name: &str| {
            asked.push(name.to_owned());
            Ok::<_, Infallible>(values[name.len() % 2].map(Secret::new))
        };
        match template.expand(&mut lookup) {
            Ok(text) => assert!(text.reveal().len() <= LARGEST_EXPANSION),
            Err(ExpandError::Unset { name } | ExpandError::Required { name, .. }) => assert!(names.contains(&name)),
            Err(ExpandError::TooLarge) => assert!(!names.is_empty()),
            Err(ExpandError::Lookup(never)) => match never {},
        }
        assert!(asked.iter().all(|name| names.contains(name)));
    }
}
