//! Secrets for every place in which one may stand, and a search that finds them in every form.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// A secret for each place. No word of one occurs in anything that a run may say.
pub const PLANTED: [(&str, &str); 22] = [
    ("a process variable", "Zpr0cvar-Qx1"),
    ("an older name", "Zal1asnm-Qx2"),
    ("a .env file", "Zd0tenvf-Qx3"),
    ("a secret file", "Zs3cfile-Qx4"),
    ("a default of bootproof.toml", "Zd3fault-Qx5"),
    ("a raw password of a URL", "Zr4whead@Zr4wtai1:Zr4wcol0"),
    ("a raw password with a slash", "Zsl4head/Zsl4mid1@Zsl4tai1"),
    ("an encoded password of a URL", "Zenc0ded%40Zenctai1%2FZencsl4sh"),
    ("a query", "Zqu3ryst-Qx8"),
    ("a JSON document", "Zjs0ndoc-Qx9"),
    ("an item of a list", "Zli5titm-Qx10"),
    ("a default of a reference", "Zr3fdefa-Qx11"),
    ("a quote that is not closed", "Zun7ermi-Qx12"),
    ("a variable with a typo in its name", "Z7yponam-Qx13"),
    ("an undeclared variable", "Zund3cla-Qx14"),
    ("a password among parts", "Zp4rtspw-Qx15"),
    ("the name of a secret file", "Zf1lenam-Qx16"),
    ("a line that is none", "Zn0line1-Qx17"),
    ("a broken line of bootproof.toml", "Zt0mlbad-Qx18"),
    ("a default of a reference in bootproof.toml", "Zt0mlref-Qx19"),
    ("another value under an older name", "Z0therva-Qx20"),
    ("a secret of two lines", "Ztw0line\nZse3ond1-Qx21"),
];

/// The secret of a place.
pub fn planted(place: &str) -> &'static str {
    PLANTED.into_iter().find(|(known, _)| *known == place).unwrap_or_else(|| panic!("no place {place}")).1
}

/// Asserts that `text` shows none of them, in whatever form.
#[track_caller]
pub fn assert_hidden(text: &str, what: &str) {
    for (place, secret) in PLANTED {
        for form in forms(secret) {
            let seen = text.lines().find(|line| line.contains(&form));
            assert_eq!(seen, None, "{what} shows the secret of {place} as `{form}`");
        }
    }
}

/// A secret as it may be shown: each of its pieces as it is, percent-encoded, decoded, in base64 wherever it begins, in hexadecimal.
pub fn forms(secret: &str) -> Vec<String> {
    let decoded = percent_decode_str(secret).decode_utf8().expect("text").into_owned();
    let encoded = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let twice = utf8_percent_encode(&encoded, NON_ALPHANUMERIC).to_string();
    let mut all = vec![encoded.to_lowercase(), twice, encoded];
    for whole in [secret, &decoded] {
        let pieces = whole.split(['@', ':', '/', '%', '-', '\n']).filter(|piece| piece.len() >= 6);
        all.extend(pieces.map(str::to_owned));
        all.extend((0..3).map(|before| in_base64(whole, before)));
        all.push(whole.bytes().map(|byte| format!("{byte:02x}")).collect());
    }
    all
}

/// The letters of base64 that `text` alone decides, behind so many other bytes.
fn in_base64(text: &str, before: usize) -> String {
    let bytes: Vec<u8> = std::iter::repeat_n(0, before).chain(text.bytes()).collect();
    let all = STANDARD.encode(&bytes);
    all[(before * 8).div_ceil(6)..bytes.len() * 8 / 6].to_owned()
}

#[test]
fn a_planted_secret_is_found_in_every_form_and_at_every_place_of_a_text() {
    for (_, secret) in PLANTED {
        let all = forms(secret);
        let found = |text: &str| all.iter().any(|form| text.contains(form));
        let decoded = percent_decode_str(secret).decode_utf8().unwrap();
        for before in ["", "a", "ab", "abc"] {
            let texts = [format!("{before}{secret}"), format!("{before}{decoded}=")];
            for text in &texts {
                let escaped = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
                assert!(found(text) && found(&escaped) && found(&STANDARD.encode(text)), "{text}");
            }
        }
        assert!(!found("bootproof verify, and nothing that is secret") && all.iter().all(|form| form.len() >= 6));
    }
}
