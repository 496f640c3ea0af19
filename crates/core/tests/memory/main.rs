//! Secrets do not outlive their use: after the drop, this process's memory is searched for them.
#![cfg(target_os = "linux")]

mod scan;

use bootproof_core::{Secret, SecretBuilder, Value, Vars, mask_text, mask_url};
use scan::Planted;
use std::hint::black_box;

/// What stands around the secret, so that the few bytes the allocator writes into freed memory do not hide it.
const AROUND: &str = "padding-padding-padding-padding-padding-padding-padding-padding-padding-padding";

fn planted_text(planted: &Planted) -> Secret {
    let mut text = SecretBuilder::with_capacity(2 * AROUND.len() + 32);
    [AROUND, &planted.first, &planted.second, AROUND].iter().for_each(|piece| text.push_str(piece));
    text.finish()
}

/// Without this, the other tests would show nothing: a plain string is found even after it was dropped.
#[test]
fn the_scan_sees_what_is_there_and_what_was_freed() {
    let mut planted = Planted::new();
    assert_eq!(planted.count(), 0, "the halves alone are no finding");
    let secret = planted_text(&planted);
    assert_eq!(planted.count(), 1);
    let plain = secret.reveal().to_owned();
    assert_eq!(planted.count(), 2);
    drop(black_box(plain));
    drop(secret);
    assert_eq!(planted.count(), 1, "a plain string stays in freed memory");
}

#[test]
fn a_dropped_secret_is_gone_with_all_its_clones() {
    let mut planted = Planted::new();
    let secret = planted_text(&planted);
    let clones = vec![secret.clone(), secret.clone(), Secret::new(secret.reveal())];
    assert_eq!(planted.count(), 4);
    drop((secret, clones));
    assert_eq!(planted.count(), 0);
}

#[test]
fn a_secret_that_grew_piece_by_piece_left_nothing_behind() {
    let mut planted = Planted::new();
    let mut text = SecretBuilder::default();
    [AROUND, &planted.first, &planted.second].iter().for_each(|piece| text.push_str(piece));
    let mut others = vec![];
    for _ in 0..64 {
        // Something behind it, so that it cannot grow where it is.
        others.push(AROUND.repeat(2));
        text.push_str(AROUND);
    }
    assert_eq!(planted.count(), 1, "the copies that growing made are wiped at once");
    drop(text.finish());
    assert_eq!(planted.count(), 0);
}

#[test]
fn expanding_templates_and_replacing_values_leaves_no_copy() {
    let mut planted = Planted::new();
    let mut vars = Vars::default();
    let value = |text| Value { text, source: "test".into(), shown: false };
    vars.set("A", value(planted_text(&planted)));
    let expanded = vars.expand(&"${A}-".repeat(40)).unwrap();
    assert_eq!(planted.count(), 41);
    drop(expanded);
    assert_eq!(planted.count(), 1);
    assert_eq!(vars.expand("${A}${B}${A}").unwrap_err(), ["B"]);
    assert_eq!(planted.count(), 1, "a failed expansion is wiped, too");
    let copy = vars.clone();
    vars.set("A", value(Secret::new("other")));
    assert_eq!(planted.count(), 1);
    drop((vars, copy));
    assert_eq!(planted.count(), 0);
}

#[test]
fn bytes_that_are_no_text_are_wiped() {
    let mut planted = Planted::new();
    let text = planted_text(&planted);
    let mut bytes = Vec::with_capacity(text.reveal().len() + 1);
    bytes.extend_from_slice(text.reveal().as_bytes());
    bytes.push(0xff);
    drop(text);
    assert_eq!(planted.count(), 1);
    Secret::from_utf8(bytes).unwrap_err();
    assert_eq!(planted.count(), 0);
}

#[test]
fn masking_leaves_no_copy() {
    let mut planted = Planted::new();
    let password = Secret::concat(["o'clock%41 ", &planted.first, &planted.second, "'\"\\x"]);
    for shape in ["redis://:{}@h/0", "postgres://h/db?password={}", "host=h password='{}'", "a://u:{}@b,a://u:{}@c"] {
        let pieces = shape.split("{}").enumerate();
        let text = Secret::concat(pieces.flat_map(|(at, piece)| [if at == 0 { "" } else { password.reveal() }, piece]));
        let before = planted.count();
        assert!(mask_url(text.reveal()).contains("***"));
        assert!(mask_text(text.reveal(), [password.reveal()]).contains("***"));
        assert_eq!(planted.count(), before, "{shape}");
    }
    drop(password);
    assert_eq!(planted.count(), 0);
}
