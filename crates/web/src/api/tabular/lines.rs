//! The lines of a text file, in each of the known encodings and line ends.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use super::{LONGEST_LINE, TableFault};

type Decoded<R> = BufReader<DecodeReaderBytes<BufReader<R>, Vec<u8>>>;

/// Lines that are not empty, counted from 1.
pub(super) struct Lines<R: Read> {
    reader: Decoded<R>,
    buffer: Vec<u8>,
    /// Whether the last line ended with CR, so that an LF belongs to it.
    after_return: bool,
    number: u64,
    bytes: u64,
}

/// A line without its end and without blanks around it; tabs stay, for they may separate empty cells.
pub(super) struct Line<'a> {
    pub(super) number: u64,
    /// `None` for bytes that are no text.
    pub(super) text: Option<Cow<'a, str>>,
}

impl<R: Read> Lines<R> {
    /// Begins to read. UTF-16 is known by its mark, or by the zero bytes of its first character.
    pub(super) fn open(reader: R) -> io::Result<Self> {
        let mut reader = BufReader::new(reader);
        let encoding = without_mark(reader.fill_buf()?);
        let mut builder = DecodeReaderBytesBuilder::new();
        let text = builder.encoding(encoding).bom_override(true).utf8_passthru(true).build(reader);
        Ok(Self { reader: BufReader::new(text), buffer: Vec::new(), after_return: false, number: 0, bytes: 0 })
    }

    /// The number of the last line.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn next_line(&mut self) -> Result<Option<Line<'_>>, TableFault> {
        loop {
            if !self.read()? {
                return Ok(None);
            }
            if self.number == 1 && self.buffer.starts_with("\u{feff}".as_bytes()) {
                self.buffer.drain(..3);
            }
            if !self.buffer.trim_ascii().is_empty() {
                break;
            }
        }
        Ok(Some(Line { number: self.number, text: decoded(without_blanks(&self.buffer)) }))
    }

    /// Reads a line into the buffer; `false` at the end of the file.
    fn read(&mut self) -> Result<bool, TableFault> {
        self.buffer.clear();
        let mut begun = false;
        loop {
            let ready = self.reader.fill_buf()?;
            if ready.is_empty() {
                self.number += u64::from(begun);
                return Ok(begun);
            }
            if std::mem::take(&mut self.after_return) && ready.first() == Some(&b'\n') {
                self.reader.consume(1);
                self.bytes = self.bytes.saturating_add(1);
                continue;
            }
            begun = true;
            let end = ready.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let taken = end.map_or(ready.len(), |end| end + 1);
            self.buffer.extend(ready.get(..end.unwrap_or(taken)).unwrap_or_default());
            self.after_return = end.and_then(|end| ready.get(end)) == Some(&b'\r');
            self.reader.consume(taken);
            self.bytes = self.bytes.saturating_add(u64::try_from(taken).unwrap_or(u64::MAX));
            if self.buffer.len() > LONGEST_LINE {
                return Err(TableFault::TooLong { line: self.number + 1 });
            }
            if end.is_some() {
                self.number += 1;
                return Ok(true);
            }
        }
    }
}

/// Gives each line that is a text to `take`, until that says `false`.
pub(super) fn each(reader: impl Read, mut take: impl FnMut(u64, &str) -> bool) -> Result<(), TableFault> {
    let mut lines = Lines::open(reader)?;
    while let Some(line) = lines.next_line()? {
        if line.text.is_some_and(|text| !take(line.number, &text)) {
            break;
        }
    }
    Ok(())
}

fn without_blanks(mut line: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() && *byte != b'\t';
    while let Some((_, rest)) = line.split_first().filter(|(first, _)| is_blank(first)) {
        line = rest;
    }
    while let Some((_, rest)) = line.split_last().filter(|(last, _)| is_blank(last)) {
        line = rest;
    }
    line
}

/// UTF-16 whose mark is missing: the first character of a header is ASCII.
fn without_mark(start: &[u8]) -> Option<&'static Encoding> {
    match start {
        [0, first, ..] if *first != 0 => Some(UTF_16BE),
        [1..=0x7f, 0, ..] => Some(UTF_16LE),
        _ => None,
    }
}

/// UTF-8, or else Windows-1252, of which any bytes are some text: control characters show that they are none.
fn decoded(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = if let Ok(text) = std::str::from_utf8(bytes) {
        Cow::Borrowed(text)
    } else {
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
        let is_control = |character: char| character.is_control() && character != '\t';
        if text.contains(is_control) {
            return None;
        }
        text
    };
    (!text.contains('\0')).then_some(text)
}
