//! How large a document is, told without a parser: the parser goes as deep on the stack as its input does, and takes
//! long for many tokens, before anything of them can be measured.

/// The size of a document.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    /// The deepest nesting of `{`, `[` and `(` outside of strings and comments.
    pub(crate) nesting: usize,
    /// Names, numbers, strings and punctuators (GraphQL, 2.1.6).
    pub(crate) tokens: usize,
}

/// Measures a document.
pub(crate) fn size(document: &str) -> Size {
    let (mut size, mut depth, mut was_word) = (Size::default(), 0_usize, false);
    let mut rest = document;
    while let Some(next) = rest.chars().next() {
        let is_word = next.is_alphanumeric() || matches!(next, '_' | '-' | '.' | '+');
        let is_nothing = next.is_whitespace() || matches!(next, ',' | '#' | '\u{feff}');
        size.tokens += usize::from(!(is_nothing || is_word && was_word));
        was_word = is_word;
        rest = match next {
            '#' => rest.find(['\n', '\r']).and_then(|end| rest.get(end..)).unwrap_or_default(),
            '"' => after_string(rest),
            '{' | '[' | '(' => {
                depth += 1;
                size.nesting = size.nesting.max(depth);
                rest.get(1..).unwrap_or_default()
            }
            '}' | ']' | ')' => {
                depth = depth.saturating_sub(1);
                rest.get(1..).unwrap_or_default()
            }
            other => rest.get(other.len_utf8()..).unwrap_or_default(),
        };
    }
    size
}

/// What follows a string that `text` begins with. Three quotes that are not closed are an empty string to the parser,
/// which goes on behind it.
fn after_string(text: &str) -> &str {
    if let Some(block) = text.strip_prefix(r#"""""#) {
        let mut from = 0;
        while let Some(found) = block.get(from..).and_then(|rest| rest.find(r#"""""#)) {
            let end = from + found;
            if !block.get(..end).is_some_and(|before| before.ends_with('\\')) {
                return block.get(end + 3..).unwrap_or_default();
            }
            from = end + 3;
        }
        return text.get(2..).unwrap_or_default();
    }
    let mut escaped = false;
    for (place, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return text.get(place + 1..).unwrap_or_default(),
            // It cannot go on in another line: the parser says so.
            '\n' | '\r' => return text.get(place..).unwrap_or_default(),
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nesting(document: &str) -> usize {
        size(document).nesting
    }

    #[test]
    fn brackets_count_outside_of_strings_and_comments() {
        assert_eq!(nesting("{ a(b: [1, {c: 2}]) { d } }"), 4);
        assert_eq!(nesting(r#"{ a(b: "{{{\"{{{") } # {{{{"#), 2);
        assert_eq!(nesting("{ a(b: \"\"\"{{{ \\\"\"\" {{{\"\"\") }"), 2);
        assert_eq!(nesting("# {{{\n{ a }"), 1);
        assert_eq!(nesting("}}}{ñ{"), 2);
        assert_eq!(nesting("\"{{{\n{{"), 2, "a string ends with its line");
        assert_eq!(nesting("{ a(b: [\"\"\" \n [[[[ ]]]]]) }"), 7, "an empty string is followed by brackets");
        assert_eq!(nesting(&"{a".repeat(50_000)), 50_000);
    }

    #[test]
    fn tokens_count_as_the_language_has_them() {
        let tokens = |document: &str| size(document).tokens;
        assert_eq!(tokens("{ a(b: -1.5e+3, c: \"x y\") ...d } # e f"), 12);
        assert_eq!(tokens("query Q($a: [Int!]! = [1,2]) { a @skip(if: $a) }"), 28);
        assert_eq!(tokens(&"a ".repeat(1_000)), 1_000);
        assert_eq!(tokens(&"[]".repeat(1_000)), 2_000);
        assert_eq!(tokens(" ,,\n# nothing"), 0);
    }
}
