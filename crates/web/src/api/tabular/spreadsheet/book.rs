//! The workbook part: which sheets there are, and where the parts stand that a sheet refers to.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};

use super::WorkbookFault;
use super::archive::Archive;
use super::attributes::{attribute, is_true};
use super::xml::Xml;

/// Bytes of the workbook part when it is unpacked, at most; it has the names of formulas besides.
const LARGEST_BOOK: u64 = 16 << 20;
/// Bytes of the relations of a part, at most.
const LARGEST_RELATIONS: u64 = 4 << 20;
/// Sheets of a workbook, at most.
const MOST_SHEETS: usize = 1_024;
/// The longest name, identifier or path, in bytes.
const LONGEST_NAME: usize = 512;
/// Sheets that are named where one is not found.
const NAMED: usize = 10;

/// Where to read what.
pub(super) struct Book {
    /// The path of the sheet.
    pub(super) sheet: String,
    /// The path of the shared strings.
    pub(super) strings: Option<String>,
    /// The path of the styles.
    pub(super) styles: Option<String>,
    /// Whether days are counted from 1904 on.
    pub(super) from_1904: bool,
}

struct Listed {
    name: String,
    relation: String,
    hidden: bool,
    /// Where it stands, where it is a sheet of cells and not of a chart.
    path: Option<String>,
}

/// What one part says of another.
struct Relation {
    id: String,
    /// The last word of its type.
    kind: String,
    target: String,
}

impl Book {
    /// Finds the sheet called `wanted`, whatever its letter case, else the first one that is not hidden.
    pub(super) fn read(archive: &Archive, wanted: Option<&str>) -> Result<Self, WorkbookFault> {
        let main = main_part(archive)?;
        let (folder, name) = main.rsplit_once('/').unwrap_or(("", &main));
        let entry = archive.find(&main)?.ok_or(WorkbookFault::OtherFormat)?;
        let (mut listed, from_1904) = sheets(Xml::open(archive.unpack(&entry, LARGEST_BOOK)?))?;
        let (mut strings, mut styles) = (None, None);
        each_relation(archive, &joined(folder, &format!("_rels/{name}.rels")), |relation| {
            let path = joined(folder, &relation.target);
            match relation.kind.as_str() {
                "sharedStrings" => strings = Some(path),
                "styles" => styles = Some(path),
                "worksheet" => {
                    let mut of_it = listed.iter_mut().filter(|sheet| sheet.relation == relation.id);
                    of_it.by_ref().for_each(|sheet| sheet.path = Some(path.clone()));
                }
                _ => {}
            }
        })?;
        listed.retain(|sheet| sheet.path.is_some());
        let sheet = match wanted {
            Some(wanted) => listed.iter().find(|sheet| same_name(&sheet.name, wanted)),
            None => listed.iter().find(|sheet| !sheet.hidden).or_else(|| listed.first()),
        };
        let Some(sheet) = sheet.and_then(|sheet| sheet.path.clone()) else {
            let known: Vec<&str> = listed.iter().take(NAMED).map(|sheet| sheet.name.as_str()).collect();
            return Err(match wanted {
                Some(_) => WorkbookFault::UnknownSheet { known: known.join(", ") },
                None => WorkbookFault::Damaged,
            });
        };
        Ok(Self { sheet, strings, styles, from_1904 })
    }
}

fn same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// The path of the workbook part.
fn main_part(archive: &Archive) -> Result<String, WorkbookFault> {
    let mut main = None;
    each_relation(archive, "_rels/.rels", |relation| {
        if relation.kind == "officeDocument" {
            main = Some(joined("", &relation.target));
        }
    })?;
    let main = main.ok_or(WorkbookFault::OtherFormat)?;
    if main.to_lowercase().ends_with(".xml") { Ok(main) } else { Err(WorkbookFault::OtherFormat) }
}

fn sheets(mut xml: Xml) -> Result<(Vec<Listed>, bool), WorkbookFault> {
    let (mut listed, mut from_1904) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Event::Start(element) if element.local_name().as_ref() == "workbookPr" => {
                if let Some(value) = attribute(&element, "date1904")? {
                    from_1904 = is_true(&value);
                }
            }
            Event::Start(element) if element.local_name().as_ref() == "sheet" => {
                if listed.len() == MOST_SHEETS {
                    return Err(WorkbookFault::TooLarge);
                }
                let state = attribute(&element, "state")?;
                listed.push(Listed {
                    name: short(&element, "name")?.unwrap_or_default(),
                    relation: short(&element, "id")?.ok_or(WorkbookFault::Damaged)?,
                    hidden: state.is_some_and(|state| state != "visible"),
                    path: None,
                });
            }
            Event::Eof => return Ok((listed, from_1904)),
            _ => {}
        }
    }
}

/// An attribute that is no longer than names are.
fn short(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, WorkbookFault> {
    match attribute(element, name)? {
        Some(value) if value.len() > LONGEST_NAME => Err(WorkbookFault::TooLarge),
        value => Ok(value.map(Cow::into_owned)),
    }
}

/// Reads the relations of a part. Those of other kinds than workbooks need may be as long as they like.
fn each_relation(archive: &Archive, path: &str, mut take: impl FnMut(Relation)) -> Result<(), WorkbookFault> {
    let Some(entry) = archive.find(path)? else { return Err(WorkbookFault::OtherFormat) };
    let mut xml = Xml::open(archive.unpack(&entry, LARGEST_RELATIONS)?);
    loop {
        match xml.next()? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                let kind = attribute(&element, "Type")?.unwrap_or_default();
                let kind = kind.rsplit('/').next().unwrap_or_default();
                if !matches!(kind, "officeDocument" | "worksheet" | "sharedStrings" | "styles") {
                    continue;
                }
                let id = short(&element, "Id")?.unwrap_or_default();
                let target = short(&element, "Target")?.unwrap_or_default();
                take(Relation { id, kind: kind.to_owned(), target });
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The path of a target that is told from a folder.
fn joined(folder: &str, target: &str) -> String {
    let slashed = target.replace('\\', "/");
    let mut path: Vec<&str> = if slashed.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for word in slashed.split('/') {
        match word {
            "" | "." => {}
            ".." => drop(path.pop()),
            word => path.push(word),
        }
    }
    path.retain(|word| !word.is_empty());
    path.join("/")
}
