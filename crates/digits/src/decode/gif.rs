//! The first frame of a GIF. Those that follow are not looked at, however many they are.

use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, MemoryLimit};

use super::{Backdrop, MOST_PIXELS, Orientation, Shrinker, Source, Stored, Unreadable, checked};
use crate::plane::Plane;

pub(super) fn decode(bytes: &[u8], backdrop: Backdrop) -> Result<Stored, Unreadable> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.set_memory_limit(NonZeroU64::new(MOST_PIXELS).map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes));
    let mut decoder = options.read_info(Source::new(bytes)).map_err(|_| Unreadable::Broken)?;
    let size = checked(u64::from(decoder.width()), u64::from(decoder.height()))?;
    let frame = decoder.next_frame_info().map_err(|_| Unreadable::Broken)?.ok_or(Unreadable::Broken)?;
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let (width, height) = checked(u64::from(frame.width), u64::from(frame.height))?;
    let (clear, palette) = (frame.transparent, frame.palette.clone());
    let palette = match palette {
        Some(palette) => palette,
        None => decoder.global_palette().ok_or(Unreadable::Broken)?.to_vec(),
    };
    let nothing = backdrop.luma([0, 0, 0, 0]);
    let mut levels = [nothing; 256];
    for (index, (level, &[red, green, blue])) in (0..=u8::MAX).zip(levels.iter_mut().zip(palette.as_chunks::<3>().0)) {
        *level = if clear == Some(index) { nothing } else { super::grey([red, green, blue]) };
    }
    let mut indices = vec![0; width * height];
    decoder.read_into_buffer(&mut indices).map_err(|_| Unreadable::Broken)?;

    let transparent =
        clear.is_some_and(|clear| indices.contains(&clear)) || left > 0 || top > 0 || width < size.0 || height < size.1;
    let mut canvas = Plane::filled(size.0, size.1, nothing);
    for (row, indices) in canvas.rows_mut().skip(top).zip(indices.chunks_exact(width)) {
        for (place, &index) in row.iter_mut().skip(left).zip(indices) {
            *place = levels.get(usize::from(index)).copied().unwrap_or(nothing);
        }
    }
    let mut shrinker = Shrinker::new(size);
    for row in canvas.rows() {
        shrinker.push(row)?;
    }
    Ok(Stored { shrinker, orientation: Orientation::default(), transparent })
}
