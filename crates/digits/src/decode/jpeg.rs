//! JPEG, baseline or progressive, grey, in colours or for print (CMYK).

use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::{MOST_PIXELS, Orientation, Shrinker, Source, Stored, Unreadable, checked, grey};

/// A progressive picture is read scan by scan, each of which may cost as much as a whole picture.
const MOST_SCANS: usize = 60;

pub(super) fn decode(bytes: &[u8]) -> Result<Stored, Unreadable> {
    if !has_end(bytes) {
        return Err(Unreadable::Broken);
    }
    let longest = usize::try_from(MOST_PIXELS).unwrap_or(usize::MAX);
    let options = DecoderOptions::default()
        .set_max_width(longest)
        .set_max_height(longest)
        .set_strict_mode(false)
        .jpeg_set_max_scans(MOST_SCANS)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(Source::new(bytes), options);
    decoder.decode_headers().map_err(|_| Unreadable::Broken)?;
    let info = decoder.info().ok_or(Unreadable::Broken)?;
    let size = checked(u64::from(info.width), u64::from(info.height))?;
    let for_print = matches!(decoder.input_colorspace(), Some(ColorSpace::CMYK | ColorSpace::YCCK));
    let brightness_is_stored = matches!(decoder.input_colorspace(), Some(ColorSpace::YCbCr | ColorSpace::Luma));
    if !brightness_is_stored {
        decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::RGB));
    }
    if for_print && info.components != 4 {
        return Err(Unreadable::Broken);
    }
    let orientation = decoder.exif().map_or(Orientation::default(), |exif| Orientation::of_exif(exif));
    let cells = decoder.decode().map_err(|_| Unreadable::Broken)?;
    let mut shrinker = Shrinker::new(size);
    if brightness_is_stored {
        for row in cells.chunks(size.0) {
            shrinker.push(row)?;
        }
    } else {
        let mut row = Vec::with_capacity(size.0);
        for colours in cells.chunks(size.0 * 3) {
            row.clear();
            row.extend(colours.as_chunks::<3>().0.iter().map(|&colour| grey(colour)));
            shrinker.push(&row)?;
        }
    }
    Ok(Stored { shrinker, orientation, transparent: false })
}

/// Whether the picture's data end as they should. A decoder would fill up what is cut off, and a digit might be
/// missing.
fn has_end(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(2..).unwrap_or(&[]);
    while let [0xff, marker, after @ ..] = rest {
        match marker {
            0xff => rest = rest.get(1..).unwrap_or(&[]),
            0xda => return after.windows(2).rev().any(|pair| pair == [0xff, 0xd9]),
            _ => {
                let [high, low, ..] = after else { return false };
                rest = after.get(usize::from(u16::from_be_bytes([*high, *low])).max(2)..).unwrap_or(&[]);
            }
        }
    }
    false
}
