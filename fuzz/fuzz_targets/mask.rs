//! A password planted in a URL or in somebody else's message never survives masking.

#![no_main]

use bootproof_core::{mask_text, mask_url};
use libfuzzer_sys::fuzz_target;

/// In capitals and digits, which nothing but the plant itself puts together.
const PLANT: &str = "HUNTER2";

fuzz_target!(|parts: (&str, &str, &str, &str, &str)| {
    let (user, before, after, host, path) = parts;
    if [user, before, after, host, path].iter().any(|part| part.contains(PLANT)) {
        return;
    }
    let password = format!("{before}{PLANT}{after}");
    for scheme in ["postgres", "redis", "https"] {
        hidden(&format!("{scheme}://{user}:{password}@{host}/{path}"));
        hidden(&format!("{scheme}://:{password}@{host}"));
        // A `;` or `&` in the value begins another pair, of whose name nothing is known to be secret; a `#` ends the query.
        if !before.contains(['&', ';']) && ![user, host].iter().any(|part| part.contains(['?', '#'])) {
            hidden(&format!("{scheme}://{host}/x?password={password}"));
        }
    }
    // Stars could make the password anew from what is left of it.
    if !password.contains('*') {
        let text = format!("{user}{password}{host}{password}{path}");
        assert!(!mask_text(&text, [password.as_str()]).contains(&password), "{text}");
    }
});

fn hidden(url: &str) {
    let masked = mask_url(url);
    assert!(!masked.contains(PLANT), "{url} -> {masked}");
}
