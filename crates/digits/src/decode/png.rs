//! PNG of every colour type and depth, interlaced or not, read row by row.

use png::{ColorType, Decoder, InterlaceInfo, Limits, Transformations, expand_interlaced_row};

use super::{Backdrop, Orientation, Shrinker, Source, Stored, Unreadable, checked};
use crate::plane::Plane;

/// Bytes that the decoder may need beside a row; a row of 25 million pixels has 200 million.
const MOST_BYTES: usize = 256 << 20;

pub(super) fn decode(bytes: &[u8], backdrop: Backdrop) -> Result<Stored, Unreadable> {
    let mut decoder = Decoder::new_with_limits(Source::new(bytes), Limits { bytes: MOST_BYTES });
    // Texts and profiles may be bombs of their own, and nothing is read in them.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let header = decoder.read_header_info().map_err(|_| Unreadable::Broken)?;
    let size = checked(u64::from(header.width), u64::from(header.height))?;
    let mut reader = decoder.read_info().map_err(|_| Unreadable::Broken)?;
    let orientation = reader.info().exif_metadata.as_deref().map_or(Orientation::default(), Orientation::of_exif);
    let (colour, _) = reader.output_color_type();
    let mut brightness = Brightness { colour, backdrop, transparent: false, row: Vec::new() };
    let mut shrinker = Shrinker::new(size);
    if reader.info().interlaced {
        let mut whole = Plane::filled(size.0, size.1, 0_u8);
        while let Some(row) = reader.next_interlaced_row().map_err(|_| Unreadable::Broken)? {
            if let InterlaceInfo::Adam7(place) = row.interlace() {
                expand_interlaced_row(whole.cells_mut(), size.0, brightness.of(row.data()), place, 8);
            }
        }
        for row in whole.rows() {
            shrinker.push(row)?;
        }
    } else {
        for _ in 0..size.1 {
            let row = reader.next_row().map_err(|_| Unreadable::Broken)?.ok_or(Unreadable::Broken)?;
            shrinker.push(brightness.of(row.data()))?;
        }
    }
    Ok(Stored { shrinker, orientation, transparent: brightness.transparent })
}

/// Makes brightness of a row of 8-bit colours.
struct Brightness {
    colour: ColorType,
    backdrop: Backdrop,
    transparent: bool,
    row: Vec<u8>,
}

impl Brightness {
    fn of(&mut self, colours: &[u8]) -> &[u8] {
        self.row.clear();
        match self.colour {
            ColorType::Grayscale | ColorType::Indexed => self.row.extend_from_slice(colours),
            ColorType::Rgb => {
                let (colours, _) = colours.as_chunks::<3>();
                self.row.extend(colours.iter().map(|&colour| super::grey(colour)));
            }
            ColorType::GrayscaleAlpha => {
                let (colours, _) = colours.as_chunks::<2>();
                self.transparent |= colours.iter().any(|&[_, alpha]| alpha < u8::MAX);
                self.row.extend(colours.iter().map(|&[grey, alpha]| self.backdrop.luma([grey, grey, grey, alpha])));
            }
            ColorType::Rgba => {
                let (colours, _) = colours.as_chunks::<4>();
                self.transparent |= colours.iter().any(|&[.., alpha]| alpha < u8::MAX);
                self.row.extend(colours.iter().map(|&colour| self.backdrop.luma(colour)));
            }
        }
        &self.row
    }
}
