//! How deep the brackets of a document are nested, told without a parser: the parser itself goes as deep on the stack
//! as its input does.

/// The deepest nesting of `{`, `[` and `(` outside of strings and comments.
pub(crate) fn nesting(document: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let mut rest = document;
    while let Some(next) = rest.chars().next() {
        rest = match next {
            '#' => rest.find(['\n', '\r']).and_then(|end| rest.get(end..)).unwrap_or_default(),
            '"' => after_string(rest),
            '{' | '[' | '(' => {
                depth += 1;
                deepest = deepest.max(depth);
                rest.get(1..).unwrap_or_default()
            }
            '}' | ']' | ')' => {
                depth = depth.saturating_sub(1);
                rest.get(1..).unwrap_or_default()
            }
            other => rest.get(other.len_utf8()..).unwrap_or_default(),
        };
    }
    deepest
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
}
