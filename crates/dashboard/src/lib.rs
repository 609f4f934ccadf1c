//! The dashboard as it is served: the files that `ui/` is built into, embedded and packed.
//!
//! Not here: HTTP. `web` serves what [`page`] and [`find`] give. Invariant: what is not in `dist/` at build time is
//! never found, whatever a path says.

/// A file of the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// Its path below `dist/`, such as `assets/index-Bq1z_2-x.js`.
    pub path: &'static str,
    /// Its media type, with the character set of a text.
    pub content_type: &'static str,
    /// A weak entity tag of the content: the same for all three forms.
    pub etag: &'static str,
    /// Whether its name changes with its content, so that it may be kept for ever.
    pub is_immutable: bool,
    /// The content.
    pub plain: &'static [u8],
    /// The content packed by gzip, where that is smaller.
    pub gzip: Option<&'static [u8]>,
    /// The content packed by brotli, where that is smaller.
    pub brotli: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/table.rs"));

/// The page itself: `index.html`.
#[must_use]
pub fn page() -> &'static Asset {
    &PAGE
}

/// The file of a path below `dist/`, spelled exactly so.
#[must_use]
pub fn find(path: &str) -> Option<&'static Asset> {
    assets().find(|asset| asset.path == path)
}

/// Every file, the page first.
pub fn assets() -> impl Iterator<Item = &'static Asset> {
    std::iter::once(&PAGE).chain(OTHERS)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_packed_is_smaller_and_unpacks_to_the_same() {
        for asset in assets() {
            let mut unpacked = Vec::new();
            if let Some(packed) = asset.gzip {
                assert!(packed.len() < asset.plain.len(), "{}", asset.path);
                flate2::read::GzDecoder::new(packed).read_to_end(&mut unpacked).unwrap();
                assert_eq!(unpacked, asset.plain, "{}", asset.path);
            }
            if let Some(mut packed) = asset.brotli {
                assert!(packed.len() < asset.plain.len(), "{}", asset.path);
                unpacked.clear();
                brotli::BrotliDecompress(&mut packed, &mut unpacked).unwrap();
                assert_eq!(unpacked, asset.plain, "{}", asset.path);
            }
        }
        assert!(page().gzip.is_some() && page().brotli.is_some());
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert!(!page().is_immutable);
        let hashed: Vec<_> = assets().filter(|asset| asset.is_immutable).map(|asset| asset.path).collect();
        assert!(!hashed.is_empty() && hashed.iter().all(|path| path.starts_with("assets/")), "{hashed:?}");
    }

    #[test]
    fn browsers_are_told_what_each_file_is() {
        assert_eq!(page().content_type, "text/html; charset=utf-8");
        for (extension, media) in [
            (".js", "text/javascript; charset=utf-8"),
            (".css", "text/css; charset=utf-8"),
            (".svg", "image/svg+xml"),
            (".woff2", "font/woff2"),
        ] {
            for asset in assets().filter(|asset| asset.path.ends_with(extension)) {
                assert_eq!(asset.content_type, media, "{}", asset.path);
            }
        }
    }

    #[test]
    fn the_page_asks_for_files_that_are_there() {
        let html = String::from_utf8(page().plain.to_vec()).unwrap();
        let named = html.split("/app/").skip(1).filter_map(|rest| rest.split(['"', '\'']).next());
        let lacking: Vec<_> = named.filter(|path| find(path).is_none()).collect();
        assert!(lacking.is_empty(), "index.html names {lacking:?}");
    }
}
