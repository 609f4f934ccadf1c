//! Makes workbooks for tests, sound and hostile ones. The product writes none. The unit tests of the reader use this
//! file too.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// The namespace of spreadsheets.
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A zip archive that is being made.
#[derive(Default)]
pub struct Zip {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    entries: u16,
}

/// What the directory says of a part, which may be a lie.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// Its flags; 1 is for a part with a password.
    pub flags: u16,
    /// How it is packed: 0 not at all, 8 by Deflate.
    pub method: u16,
    /// The CRC-32 of what it unpacks to.
    pub checksum: u32,
    /// Its size as it is packed, in bytes.
    pub packed: u32,
    /// Its size when it is unpacked, in bytes.
    pub unpacked: u32,
}

impl Zip {
    /// Adds a part, packed.
    #[must_use]
    pub fn part(self, name: &str, content: &str) -> Self {
        self.part_that_says(name, content.as_bytes(), |_| {})
    }

    /// Adds a part, with what its directory says of it changed.
    #[must_use]
    pub fn part_that_says(self, name: &str, content: &[u8], change: impl FnOnce(&mut Said)) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(content);
        let size = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap();
        let mut said =
            Said { flags: 0, method: 8, checksum: crc.sum(), packed: size(&packed), unpacked: size(content) };
        change(&mut said);
        self.packed_part(name, &packed, said)
    }

    /// Adds a part that is packed already.
    #[must_use]
    pub fn packed_part(mut self, name: &str, packed: &[u8], said: Said) -> Self {
        let begin = u32::try_from(self.bytes.len()).unwrap();
        let Said { flags, method, checksum, packed: packed_size, unpacked } = said;
        let length = u16::try_from(name.len()).unwrap();
        let sizes = [checksum, packed_size, unpacked];
        let fixed = |target: &mut Vec<u8>| {
            for number in [20, flags, method, 0, 0x21] {
                target.extend(number.to_le_bytes());
            }
            for number in sizes {
                target.extend(number.to_le_bytes());
            }
            target.extend(length.to_le_bytes());
            target.extend(0_u16.to_le_bytes());
        };
        self.bytes.extend(0x0403_4b50_u32.to_le_bytes());
        fixed(&mut self.bytes);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(packed);
        self.directory.extend(0x0201_4b50_u32.to_le_bytes());
        self.directory.extend(20_u16.to_le_bytes());
        fixed(&mut self.directory);
        self.directory.extend([0; 10]);
        self.directory.extend(begin.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.entries = self.entries.saturating_add(1);
        self
    }

    /// The archive.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        let begin = u32::try_from(self.bytes.len()).unwrap();
        let size = u32::try_from(self.directory.len()).unwrap();
        self.bytes.append(&mut self.directory);
        self.bytes.extend(0x0605_4b50_u32.to_le_bytes());
        self.bytes.extend([0; 4]);
        self.bytes.extend(self.entries.to_le_bytes());
        self.bytes.extend(self.entries.to_le_bytes());
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(begin.to_le_bytes());
        self.bytes.extend([0; 2]);
        self.bytes
    }
}

/// So many mebibytes of one byte, packed by Deflate to a thousandth.
#[must_use]
pub fn repeated(byte: u8, mebibytes: usize) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![byte; 1 << 20]).unwrap();
    encoder.flush().unwrap();
    let mut packed = encoder.get_ref().repeat(mebibytes);
    // An empty last block.
    packed.extend([3, 0]);
    packed
}

/// A workbook without sheets, styles and texts: what names them.
#[must_use]
pub fn frame(sheets: &str, properties: &str, relations: &str) -> Zip {
    framed(Zip::default(), sheets, properties, relations)
}

/// The same after other parts. Of parts of one name the first counts.
#[must_use]
pub fn framed(zip: Zip, sheets: &str, properties: &str, relations: &str) -> Zip {
    let package = format!(
        "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"r\" Type=\"{OFFICE}/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\">\
         <workbookPr {properties}/><sheets>{sheets}</sheets></workbook>"
    );
    let relations = format!("<Relationships xmlns=\"{RELATIONS}\">{relations}</Relationships>");
    zip.part("_rels/.rels", &package).part("xl/workbook.xml", &book).part("xl/_rels/workbook.xml.rels", &relations)
}

/// A relation of the workbook.
#[must_use]
pub fn relation(id: &str, kind: &str, target: &str) -> String {
    format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
}

/// A sheet with these rows.
#[must_use]
pub fn sheet(rows: &str) -> String {
    format!("<worksheet xmlns=\"{MAIN}\"><dimension ref=\"A1:B3\"/><sheetData>{rows}</sheetData></worksheet>")
}

/// A workbook of one sheet with these rows, these shared texts, and formats: 0 as it is, 1 a date, 2 a date and a time
/// of its own, 3 a duration.
#[must_use]
pub fn of_rows(rows: &str, texts: &[&str]) -> Vec<u8> {
    book(&sheet(rows), texts, "").finish()
}

/// The same with a whole sheet, and properties of the workbook.
#[must_use]
pub fn book(sheet: &str, texts: &[&str], properties: &str) -> Zip {
    let relations = [
        relation("r1", "worksheet", "worksheets/sheet1.xml"),
        relation("r2", "styles", "styles.xml"),
        relation("r3", "sharedStrings", "sharedStrings.xml"),
    ];
    let item = |text: &&str| format!("<si><t>{text}</t></si>");
    let texts: String = texts.iter().map(item).collect();
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\\ hh:mm\"/></numFmts>\
         <cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>\
         <xf numFmtId=\"164\"/><xf numFmtId=\"46\"/></cellXfs></styleSheet>"
    );
    frame("<sheet name=\"Hoja1\" sheetId=\"1\" r:id=\"r1\"/>", properties, &relations.concat())
        .part("xl/worksheets/sheet1.xml", sheet)
        .part("xl/styles.xml", &styles)
        .part("xl/sharedStrings.xml", &format!("<sst xmlns=\"{MAIN}\" uniqueCount=\"999999999999\">{texts}</sst>"))
}

/// A cell with a text of its own.
#[must_use]
pub fn text(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

/// A header of two columns and rows with dates and numbers, as programs write them.
#[must_use]
pub fn series(names: [&str; 2], rows: &[(f64, f64)]) -> String {
    let row = |(line, (time, value)): (usize, &(f64, f64))| {
        format!("<row r=\"{line}\"><c r=\"A{line}\" s=\"1\"><v>{time}</v></c><c r=\"B{line}\"><v>{value}</v></c></row>")
    };
    let header = format!("<row r=\"1\">{}{}</row>", text("A1", names[0]), text("B1", names[1]));
    header + &(2..).zip(rows).map(row).collect::<String>()
}
