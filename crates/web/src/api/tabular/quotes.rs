//! Where a quoted cell ends, which may be some lines further on.

/// How far reading is in the cells of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the start of a cell: a quote opens it.
    Start,
    /// In a cell that no quote opened, or behind the quote that closed it: a quote is a letter.
    Plain,
    /// Between quotes.
    Quoted,
    /// Behind a quote that closes the cell, unless another one follows.
    Closing,
}

/// Follows the quotes of a record (RFC 4180) from piece to piece.
pub(super) struct Quotes {
    delimiter: u8,
    state: State,
}

impl Quotes {
    /// At the start of a record.
    pub(super) fn new(delimiter: char) -> Self {
        Self { delimiter: u8::try_from(delimiter).unwrap_or(b','), state: State::Start }
    }

    /// Passes over a piece of the record.
    pub(super) fn pass(&mut self, piece: &[u8]) {
        for byte in piece {
            self.state = match (self.state, *byte) {
                (State::Start | State::Closing, b'"') | (State::Quoted, 0..b'"' | b'#'..) => State::Quoted,
                (State::Quoted, b'"') => State::Closing,
                (_, byte) if byte == self.delimiter => State::Start,
                _ => State::Plain,
            };
        }
    }

    /// Whether the record goes on behind the end of its line.
    pub(super) fn are_open(&self) -> bool {
        self.state == State::Quoted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_open(text: &str) -> bool {
        let mut quotes = Quotes::new(',');
        quotes.pass(text.as_bytes());
        quotes.are_open()
    }

    #[test]
    fn a_quote_opens_a_cell_at_its_start_only() {
        for open in ["\"", "a,\"b", "\"a\"\"", "\"a,b\nc", "a,\"\"\""] {
            assert!(is_open(open), "{open:?}");
        }
        for closed in ["", "a", "5\" pipe,x", "\"a\"", "\"a\"\"b\"", "a,\"\",c", "\"a\"b\"c", " \"a"] {
            assert!(!is_open(closed), "{closed:?}");
        }
    }
}
