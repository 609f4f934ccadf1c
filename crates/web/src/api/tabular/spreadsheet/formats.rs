//! Which formats of cells show a number as a date.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::WorkbookFault;
use super::attributes::attribute;
use super::xml::Xml;

/// Formats of cells, at most: as many as the programs that write workbooks may have.
const MOST: usize = 65_536;

/// What a format makes of a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shown {
    /// A number.
    #[default]
    Number,
    /// A date, a time, or both.
    Time,
    /// How long something takes, in hours, minutes or seconds.
    Duration,
}

/// The formats of the cells of a workbook, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Formats(Vec<Shown>);

impl Formats {
    /// Reads the styles.
    pub(super) fn read(mut xml: Xml) -> Result<Self, WorkbookFault> {
        let (mut codes, mut formats, mut of_cells) = (HashMap::new(), Vec::new(), false);
        loop {
            match xml.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "cellXfs" => of_cells = true,
                    "numFmt" => {
                        let code = attribute(&element, "formatCode")?.unwrap_or_default();
                        codes.insert(id(&element)?, shown_by(&code));
                    }
                    "xf" if of_cells => {
                        let id = id(&element)?;
                        formats.push(codes.get(&id).copied().unwrap_or_else(|| built_in(id)));
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "cellXfs" => of_cells = false,
                Event::Eof => return Ok(Self(formats)),
                _ => {}
            }
            if formats.len() > MOST || codes.len() > MOST {
                return Err(WorkbookFault::TooLarge);
            }
        }
    }

    /// What the format of that number makes of a number.
    pub(super) fn shown(&self, format: usize) -> Shown {
        self.0.get(format).copied().unwrap_or_default()
    }
}

fn id(element: &BytesStart<'_>) -> Result<u32, WorkbookFault> {
    Ok(attribute(element, "numFmtId")?.and_then(|id| id.parse().ok()).unwrap_or_default())
}

/// The formats that every workbook has without saying so (ECMA-376 part 1, 18.8.30).
fn built_in(id: u32) -> Shown {
    match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shown::Time,
        46 => Shown::Duration,
        _ => Shown::Number,
    }
}

/// What a format code makes of a number: letters of dates outside of quotes, escapes and brackets. Brackets around
/// hours, minutes or seconds are those of durations.
fn shown_by(code: &str) -> Shown {
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        match character.to_ascii_lowercase() {
            // Only the first section is of numbers that dates could be.
            ';' => break,
            '\\' | '_' | '*' => drop(characters.next()),
            '"' => drop(characters.find(|character| *character == '"')),
            '[' => {
                let inner: String = characters.by_ref().take_while(|character| *character != ']').collect();
                let is_unit = |unit: &str| !inner.is_empty() && inner.to_lowercase().replace(unit, "").is_empty();
                if ["h", "m", "s"].into_iter().any(is_unit) {
                    return Shown::Duration;
                }
            }
            'd' | 'm' | 'y' | 'h' | 's' => return Shown::Time,
            _ => {}
        }
    }
    Shown::Number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_code_tells_dates_from_numbers() {
        for code in ["dd/mm/yyyy", "yyyy-mm-dd hh:mm:ss", "[$-280A]d \"de\" mmmm", "m/d/yy h:mm;@", "hh:mm AM/PM"] {
            assert_eq!(shown_by(code), Shown::Time, "{code}");
        }
        for code in
            ["General", "0", "#,##0.00", "\"días\" 0", "[$S/-280A] #,##0", "0\\d", "0.00E+00", "0;\"d\"", "@", "[Red]0"]
        {
            assert_eq!(shown_by(code), Shown::Number, "{code}");
        }
        for code in ["[h]:mm", "[mm]:ss", "[SS]"] {
            assert_eq!(shown_by(code), Shown::Duration, "{code}");
        }
    }
}
