//! The texts that cells share.

use quick_xml::events::Event;

use super::WorkbookFault;
use super::attributes::push_reference;
use super::xml::Xml;

/// Bytes of all texts, at most.
const MOST_BYTES: usize = 8 << 20;
/// Texts, at most.
const MOST: usize = 500_000;

/// The shared texts, one after another. How many there are is counted, not taken from the file.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    text: String,
    /// Where each of them ends.
    ends: Vec<u32>,
}

impl SharedStrings {
    /// Reads the part.
    pub(super) fn read(mut xml: Xml) -> Result<Self, WorkbookFault> {
        let mut strings = Self::default();
        let mut run = Run::default();
        loop {
            match xml.next()? {
                Event::End(element) if element.local_name().as_ref() == "si" => strings.end()?,
                Event::Eof => return Ok(strings),
                event => run.take(&event, &mut strings.text)?,
            }
            if strings.text.len() > MOST_BYTES {
                return Err(WorkbookFault::TooLarge);
            }
        }
    }

    fn end(&mut self) -> Result<(), WorkbookFault> {
        if self.ends.len() == MOST {
            return Err(WorkbookFault::TooLarge);
        }
        self.ends.push(u32::try_from(self.text.len()).map_err(|_| WorkbookFault::TooLarge)?);
        Ok(())
    }

    /// The text of that number.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let place = |index: usize| self.ends.get(index).and_then(|end| usize::try_from(*end).ok());
        let start = index.checked_sub(1).map_or(Some(0), place)?;
        self.text.get(start..place(index)?)
    }
}

/// Takes the text of an item, which may be in pieces of several fonts, and leaves out how it is pronounced.
#[derive(Debug, Default)]
pub(super) struct Run {
    in_text: bool,
    pronounced: bool,
}

impl Run {
    /// Takes in an event within an item.
    pub(super) fn take(&mut self, event: &Event<'_>, text: &mut String) -> Result<(), WorkbookFault> {
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => self.in_text = !self.pronounced,
                "rPh" => self.pronounced = true,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "t" => self.in_text = false,
                "rPh" => self.pronounced = false,
                _ => {}
            },
            Event::Text(piece) if self.in_text => text.push_str(piece),
            Event::CData(piece) if self.in_text => text.push_str(piece),
            Event::GeneralRef(reference) if self.in_text => push_reference(text, reference)?,
            _ => {}
        }
        Ok(())
    }
}
