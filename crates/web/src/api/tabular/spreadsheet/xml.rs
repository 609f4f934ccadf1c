//! The XML of a part, event by event.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::WorkbookFault;
use super::unpacked::Unpacked;

/// Bytes of an event, at most: a text of 32,767 characters, the longest that a cell may have, with all of them escaped.
const LONGEST_EVENT: usize = 256 << 10;
/// Elements within one another, at most.
const DEEPEST: usize = 64;

/// Reads the events of a part. In memory is one of them.
pub(super) struct Xml {
    reader: Reader<Metered>,
    buffer: Vec<u8>,
    depth: usize,
}

/// Gives out so many bytes for each event, so that no buffer grows further.
struct Metered {
    part: BufReader<Unpacked>,
    left: usize,
}

impl Xml {
    pub(super) fn open(part: Unpacked) -> Self {
        let mut reader = Reader::from_reader(Metered { part: BufReader::new(part), left: 0 });
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0 }
    }

    /// The next event. An element without content is a start and an end.
    pub(super) fn next(&mut self) -> Result<Event<'_>, WorkbookFault> {
        self.buffer.clear();
        self.reader.get_mut().left = LONGEST_EVENT;
        let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| fault(&error))?;
        match &event {
            Event::Start(_) if self.depth == DEEPEST => return Err(WorkbookFault::Damaged),
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            // A document type declares entities, which workbooks have none of.
            Event::DocType(_) => return Err(WorkbookFault::Damaged),
            _ => {}
        }
        Ok(event)
    }

    /// Bytes read, unpacked.
    pub(super) fn bytes(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// Reads what is left, to find out whether the part is whole.
    pub(super) fn finish(&mut self) -> Result<(), WorkbookFault> {
        let rest = &mut self.reader.get_mut().part;
        io::copy(rest, &mut io::sink()).map(drop).map_err(|error| of_io(&error))
    }
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.part.read(buffer)
    }
}

impl BufRead for Metered {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other(WorkbookFault::TooLarge));
        }
        self.part.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.part.consume(amount);
    }
}

fn fault(error: &quick_xml::Error) -> WorkbookFault {
    match error {
        quick_xml::Error::Io(error) => of_io(error),
        _ => WorkbookFault::Damaged,
    }
}

fn of_io(error: &io::Error) -> WorkbookFault {
    let known = error.get_ref().and_then(|inner| inner.downcast_ref::<WorkbookFault>());
    known.cloned().unwrap_or(WorkbookFault::Damaged)
}
