//! The lines of a text file, in each of the known encodings and line ends.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use super::{LONGEST_LINE, TableFault, TextEncoding};

type Decoded<R> = BufReader<DecodeReaderBytes<BufReader<R>, Vec<u8>>>;

/// Lines that are not empty, counted from 1.
pub(super) struct Lines<R: Read> {
    reader: Decoded<R>,
    buffer: Vec<u8>,
    /// Whether the last line ended with CR, so that an LF belongs to it.
    after_return: bool,
    number: u64,
    bytes: u64,
    /// In which encoding it has to be, where that is told.
    told: Option<TextEncoding>,
    /// In which encoding it was found to be so far.
    found: TextEncoding,
}

/// A line without its end.
pub(super) struct Line<'a> {
    pub(super) number: u64,
    /// `None` for bytes that are no text.
    pub(super) text: Option<Cow<'a, str>>,
}

impl Line<'_> {
    /// The text without blanks around it; tabs stay, for they may separate empty cells.
    pub(super) fn trimmed(&self) -> Option<&str> {
        let is_blank = |letter: char| letter.is_ascii_whitespace() && letter != '\t';
        self.text.as_deref().map(|text| text.trim_matches(is_blank))
    }
}

impl<R: Read> Lines<R> {
    /// Begins to read. UTF-16 is known by its mark, or by the zero bytes of its first character.
    pub(super) fn open(reader: R, told: Option<TextEncoding>) -> io::Result<Self> {
        let mut reader = BufReader::new(reader);
        let start = at_the_start(reader.fill_buf()?);
        let found = told.unwrap_or(start);
        let encoding: Option<&'static Encoding> = match found {
            TextEncoding::Utf16Le => Some(UTF_16LE),
            TextEncoding::Utf16Be => Some(UTF_16BE),
            TextEncoding::Utf8 | TextEncoding::Utf8Mark | TextEncoding::Windows1252 => None,
        };
        let mut builder = DecodeReaderBytesBuilder::new();
        let text = builder.encoding(encoding).bom_override(true).utf8_passthru(true).build(reader);
        let reader = BufReader::new(text);
        Ok(Self { reader, buffer: Vec::new(), after_return: false, number: 0, bytes: 0, told, found })
    }

    /// The number of the last line.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// In which encoding what was read so far is.
    pub(super) fn encoding(&self) -> TextEncoding {
        self.found
    }

    /// The bytes of the last line, in UTF-8 or in Windows-1252.
    pub(super) fn raw(&self) -> &[u8] {
        &self.buffer
    }

    /// The last line, with those that were joined to it.
    pub(super) fn line(&mut self, number: u64) -> Line<'_> {
        let text = match self.told {
            Some(TextEncoding::Windows1252) => in_windows_1252(&self.buffer),
            Some(_) => std::str::from_utf8(&self.buffer).ok().map(Cow::Borrowed),
            None => match std::str::from_utf8(&self.buffer) {
                Ok(text) => Some(Cow::Borrowed(text)),
                Err(_) => in_windows_1252(&self.buffer).inspect(|_| self.found = TextEncoding::Windows1252),
            },
        };
        Line { number, text: text.filter(|text| !text.contains('\0')) }
    }

    /// Joins the next line to the last one, with what is between them: for a cell that goes on. Where what was added
    /// begins in [`Self::raw`]; `None` at the end of the file.
    pub(super) fn join_next(&mut self) -> Result<Option<usize>, TableFault> {
        let next = self.reader.fill_buf()?.first().copied();
        let before = self.buffer.len();
        match (self.after_return, next) {
            (_, None) => return Ok(None),
            (true, Some(b'\n')) => self.buffer.extend(b"\r\n"),
            (true, Some(_)) => self.buffer.push(b'\r'),
            (false, Some(_)) => self.buffer.push(b'\n'),
        }
        self.append()?;
        Ok(Some(before))
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
        Ok(Some(self.line(self.number)))
    }

    /// Reads a line into the buffer; `false` at the end of the file.
    fn read(&mut self) -> Result<bool, TableFault> {
        self.buffer.clear();
        self.append()
    }

    /// Reads a line behind what is in the buffer; `false` at the end of the file.
    fn append(&mut self) -> Result<bool, TableFault> {
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
pub(super) fn each(
    reader: impl Read,
    told: Option<TextEncoding>,
    mut take: impl FnMut(u64, &str) -> bool,
) -> Result<(), TableFault> {
    let mut lines = Lines::open(reader, told)?;
    while let Some(line) = lines.next_line()? {
        if line.trimmed().is_some_and(|text| !take(line.number, text)) {
            break;
        }
    }
    Ok(())
}

/// The encoding that a text begins in: by its mark, or as UTF-16 whose mark is missing, for the first character of a
/// header is ASCII.
fn at_the_start(start: &[u8]) -> TextEncoding {
    match start {
        [0xff, 0xfe, ..] | [1..=0x7f, 0, ..] => TextEncoding::Utf16Le,
        [0xfe, 0xff, ..] | [0, 1..=0xff, ..] => TextEncoding::Utf16Be,
        [0xef, 0xbb, 0xbf, ..] => TextEncoding::Utf8Mark,
        _ => TextEncoding::Utf8,
    }
}

/// Windows-1252, of which any bytes are some text: control characters show that they are none.
fn in_windows_1252(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let is_control = |character: char| character.is_control() && !matches!(character, '\t' | '\r' | '\n');
    (!text.contains(is_control)).then_some(text)
}
