//! Breaks text into lines.

/// The lines of `text`, each of `width` characters at most unless one word is longer. A line break in the text stays one;
/// other white space and control characters become single blanks; blank lines are left out.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let ends_line = |c: char| matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    text.split(ends_line).flat_map(|paragraph| wrap_one(paragraph, width)).collect()
}

fn wrap_one(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    let mut room = 0;
    for word in paragraph.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if length < room => {
                line.push(' ');
                line.push_str(word);
                room -= length + 1;
            }
            _ => {
                lines.push(word.to_owned());
                room = width.saturating_sub(length);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_long_as_they_may_be_and_no_longer() {
        assert_eq!(wrap("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrap("aa bb cc", 4), ["aa", "bb", "cc"]);
        assert_eq!(wrap("a\tlongword b", 3), ["a", "longword", "b"]);
    }

    #[test]
    fn line_breaks_stay_and_blank_lines_go() {
        assert_eq!(wrap("a\r\n\n b \u{2028}c\u{1b}[1m", 80), ["a", "b", "c [1m"]);
        assert!(wrap(" \n", 80).is_empty());
    }
}
