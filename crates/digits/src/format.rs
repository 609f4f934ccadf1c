//! Which kind of picture bytes are.

/// A kind of picture that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG, baseline or progressive.
    Jpeg,
    /// GIF, of which the first frame is read.
    Gif,
}

impl Format {
    /// The kind that the first bytes name; a file's name says nothing.
    #[must_use]
    pub fn of(picture: &[u8]) -> Option<Self> {
        const MAGIC: [(&[u8], Format); 4] = [
            (b"\x89PNG\r\n\x1a\n", Format::Png),
            (b"\xff\xd8\xff", Format::Jpeg),
            (b"GIF87a", Format::Gif),
            (b"GIF89a", Format::Gif),
        ];
        MAGIC.into_iter().find(|(magic, _)| picture.starts_with(magic)).map(|(_, format)| format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_name_the_kind() {
        assert_eq!(Format::of(b"\x89PNG\r\n\x1a\n rest"), Some(Format::Png));
        assert_eq!(Format::of(b"\xff\xd8\xff\xe0"), Some(Format::Jpeg));
        assert_eq!(Format::of(b"GIF89a"), Some(Format::Gif));
        assert_eq!(Format::of(b"GIF88a"), None);
        assert_eq!(Format::of(b"%PDF-1.7"), None);
        assert_eq!(Format::of(b""), None);
    }
}
