//! Lines of a given width. Widths are columns (UAX #11), not bytes.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns `text` takes.
pub(crate) fn wide(text: &str) -> usize {
    text.width()
}

/// `text` with its blanks made unbreakable: [`wrap`] keeps it on one line, [`Page::line`](super::Page::line) writes blanks.
pub(crate) fn glue(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// `text` in lines of at most `width` columns, broken at breakable blanks only; a word that is longer stands alone on its line. Line
/// ends in `text` stay. At least one line, be it empty.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![];
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            if !line.is_empty() && wide(&line) + 1 + wide(word) > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// `text`, or as much of it as fits in `width` columns with `ellipsis` behind it.
pub(crate) fn cut(text: &str, width: usize, ellipsis: &str) -> String {
    if wide(text) <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(wide(ellipsis));
    let (mut out, mut used) = (String::new(), 0);
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out + ellipsis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_a_long_one_stands_alone() {
        assert_eq!(wrap("a bb  postgres://somewhere/far cc", 6), ["a bb", "postgres://somewhere/far", "cc"]);
        assert_eq!(wrap("one\ntwo three", 20), ["one", "two three"]);
        assert_eq!(wrap(" ", 20), [""]);
    }

    #[test]
    fn wide_letters_count_as_two_columns() {
        assert_eq!(wrap("日本 日本 日本", 9), ["日本 日本", "日本"]);
        assert_eq!(cut("日本日本", 6, "…"), "日本…");
    }

    #[test]
    fn what_fits_is_not_cut() {
        assert_eq!(cut("12345", 5, "…"), "12345");
        assert_eq!(cut("1234 6", 5, "…"), "1234…");
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_too_wide_unless_it_is_one_word_and_no_word_is_lost(text in "[a-zß日 \n]{0,80}", width in 1_usize..30) {
            let lines = wrap(&text, width);
            for line in &lines {
                proptest::prop_assert!(wide(line) <= width || !line.contains(' '), "{line:?}");
            }
            proptest::prop_assert!(text.split_whitespace().eq(lines.iter().flat_map(|line| line.split_whitespace())));
        }

        #[test]
        fn what_is_cut_fits(text in "[a-zß日 ]{0,80}", width in 3_usize..30) {
            proptest::prop_assert!(wide(&cut(&text, width, "...")) <= width);
        }
    }
}
