//! A command line taken apart into words. No shell: quotes group, a backslash takes the next character as it is, and nothing
//! else means anything.

/// The words of `line`.
///
/// # Errors
/// What is wrong, without repeating the line.
pub(super) fn words(line: &str) -> Result<Vec<String>, &'static str> {
    let (mut words, mut word) = (vec![], None::<String>);
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\n' => words.extend(word.take()),
            '\'' | '"' => quoted(letter, &mut letters, word.get_or_insert_default())?,
            '\\' => word.get_or_insert_default().push(letters.next().ok_or("it ends with a backslash")?),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Ok(words)
}

/// What stands between two quotes. Within `"` a backslash takes a `"` or a backslash as it is, as in a shell.
fn quoted(quote: char, letters: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), &'static str> {
    const OPEN: &str = "a quote in it is not closed";
    loop {
        match letters.next().ok_or(OPEN)? {
            letter if letter == quote => return Ok(()),
            '\\' if quote == '"' => match letters.next().ok_or(OPEN)? {
                letter @ ('"' | '\\') => word.push(letter),
                letter => word.extend(['\\', letter]),
            },
            letter => word.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_told_apart_as_a_shell_does() {
        for (line, expected) in [
            ("pg_isready -h db", &["pg_isready", "-h", "db"][..]),
            ("  sh -c 'exit  1' ", &["sh", "-c", "exit  1"]),
            (r#"a "b \"c\" \n" d\ e ''"#, &["a", r#"b "c" \n"#, "d e", ""]),
            (r"'a\'b", &[r"a\b"]),
            ("", &[]),
        ] {
            assert_eq!(words(line).unwrap(), expected, "{line}");
        }
        for broken in ["'a", "\"a", "a\\", "\"a\\"] {
            assert!(words(broken).is_err(), "{broken}");
        }
    }

    proptest! {
        #[test]
        fn what_is_quoted_comes_back(given in proptest::collection::vec("[^']{0,9}", 0..5)) {
            let line: Vec<_> = given.iter().map(|word| format!("'{word}'")).collect();
            prop_assert_eq!(words(&line.join(" ")).unwrap(), given);
        }
    }
}
