//! How a camera was held: the tag `Orientation` of EXIF (CIPA DC-008, 4.6.4).

use crate::plane::Plane;

/// What has to be done to a stored picture to show it upright.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Orientation {
    /// Rows and columns change places first.
    transposed: bool,
    /// Then left and right.
    mirrored: bool,
    /// Then top and bottom.
    upside_down: bool,
}

impl Orientation {
    /// The orientation that a block of EXIF names; as it is stored where it names none, or one that does not exist.
    pub(super) fn of_exif(exif: &[u8]) -> Self {
        match tag(exif) {
            Some(2) => Self { mirrored: true, ..Self::default() },
            Some(3) => Self { mirrored: true, upside_down: true, ..Self::default() },
            Some(4) => Self { upside_down: true, ..Self::default() },
            Some(5) => Self { transposed: true, ..Self::default() },
            Some(6) => Self { transposed: true, mirrored: true, ..Self::default() },
            Some(7) => Self { transposed: true, mirrored: true, upside_down: true },
            Some(8) => Self { transposed: true, upside_down: true, ..Self::default() },
            _ => Self::default(),
        }
    }

    /// Whether width and height change places.
    pub(super) fn swaps_sides(self) -> bool {
        self.transposed
    }

    /// The picture as it is shown.
    pub(super) fn upright(self, stored: Plane<u8>) -> Plane<u8> {
        let mut plane = if self.transposed { stored.transposed() } else { stored };
        if self.mirrored {
            plane.rows_mut().for_each(<[u8]>::reverse);
        }
        if self.upside_down {
            plane = Plane::of_cells(plane.width(), plane.rows().rev().flatten().copied().collect());
        }
        plane
    }
}

/// The value of the tag, 1 to 8, in the first directory of a TIFF block, with or without `Exif` before it.
fn tag(exif: &[u8]) -> Option<u16> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let little = match tiff.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let offset: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let directory = if little { u32::from_le_bytes(offset) } else { u32::from_be_bytes(offset) };
    let directory = usize::try_from(directory).ok()?;
    let entries = (0..usize::from(short(directory)?)).map(|entry| directory + 2 + 12 * entry);
    let found = entries.map_while(|at| Some((at, short(at)?))).find(|&(_, name)| name == 0x0112);
    short(found?.0 + 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block with one other tag before the orientation.
    fn block(little: bool, value: u16) -> Vec<u8> {
        let short = |value: u16| if little { value.to_le_bytes() } else { value.to_be_bytes() };
        let long = |value: u32| if little { value.to_le_bytes() } else { value.to_be_bytes() };
        let mut bytes = b"Exif\0\0".to_vec();
        bytes.extend(if little { b"II" } else { b"MM" });
        bytes.extend(short(42));
        bytes.extend(long(8));
        bytes.extend(short(2));
        for (name, value) in [(0x0100, 7), (0x0112, value)] {
            bytes.extend(short(name));
            bytes.extend(short(3));
            bytes.extend(long(1));
            bytes.extend(short(value));
            bytes.extend([0, 0]);
        }
        bytes.extend(long(0));
        bytes
    }

    #[test]
    fn the_tag_is_found_in_either_order_of_bytes() {
        for little in [true, false] {
            assert_eq!(
                (1..9).map(|value| tag(&block(little, value))).collect::<Vec<_>>(),
                (1..9).map(Some).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn a_cut_block_names_nothing_and_breaks_nothing() {
        let whole = block(true, 6);
        for length in 0..whole.len() - 8 {
            assert!(matches!(tag(&whole[..length]), None | Some(0..=8)));
        }
    }

    #[test]
    fn every_orientation_shows_the_same_picture() {
        // An F whose bar ends at the right, and how cameras store it.
        let shown = Plane::of_cells(2, vec![1, 2, 3, 4, 5, 6]);
        let stored: [(u16, usize, [u8; 6]); 8] = [
            (1, 2, [1, 2, 3, 4, 5, 6]),
            (2, 2, [2, 1, 4, 3, 6, 5]),
            (3, 2, [6, 5, 4, 3, 2, 1]),
            (4, 2, [5, 6, 3, 4, 1, 2]),
            (5, 3, [1, 3, 5, 2, 4, 6]),
            (6, 3, [2, 4, 6, 1, 3, 5]),
            (7, 3, [6, 4, 2, 5, 3, 1]),
            (8, 3, [5, 3, 1, 6, 4, 2]),
        ];
        for (value, width, cells) in stored {
            let orientation = Orientation::of_exif(&block(false, value));
            assert_eq!(orientation.swaps_sides(), width == 3);
            assert_eq!(orientation.upright(Plane::of_cells(width, cells.to_vec())), shown, "orientation {value}");
        }
    }
}
