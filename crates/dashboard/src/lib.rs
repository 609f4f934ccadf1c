//! The dashboard and GraphiQL as they are served: the files that `ui/` is built into, embedded and packed.
//!
//! Not here: HTTP. `web` serves what [`Site`] gives. Invariant: what is not in `dist/` at build time is never found,
//! whatever a path says; and neither site finds files of the other.

/// A file of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// Its path below the folder of its site, such as `assets/index-Bq1z_2-x.js`.
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

/// A page with the files that it consists of.
#[derive(Debug)]
pub struct Site {
    page: Asset,
    others: &'static [Asset],
}

/// The dashboard: `dist/`, without the folder of GraphiQL.
#[must_use]
pub fn dashboard() -> &'static Site {
    &OF_DASHBOARD
}

/// GraphiQL, where queries of GraphQL are written and tried: `dist/graphiql/`. Its page has two gaps, `{{username}}`
/// and `{{password}}`, for whom it offers to log in as.
#[must_use]
pub fn graphiql() -> &'static Site {
    &OF_GRAPHIQL
}

impl Site {
    /// The page itself: `index.html`.
    #[must_use]
    pub fn page(&'static self) -> &'static Asset {
        &self.page
    }

    /// The file of a path below the folder of the site, spelled exactly so.
    #[must_use]
    pub fn find(&'static self, path: &str) -> Option<&'static Asset> {
        self.assets().find(|asset| asset.path == path)
    }

    /// Every file, the page first.
    pub fn assets(&'static self) -> impl Iterator<Item = &'static Asset> {
        std::iter::once(&self.page).chain(self.others)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    /// Every site, and where it is served.
    fn sites() -> [(&'static str, &'static Site); 2] {
        [("/app/", dashboard()), ("/graphiql/", graphiql())]
    }

    fn assets() -> impl Iterator<Item = &'static Asset> {
        sites().into_iter().flat_map(|(_, site)| site.assets())
    }

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
        let page = dashboard().page();
        assert!(page.gzip.is_some() && page.brotli.is_some());
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for (place, site) in sites() {
            assert!(!site.page().is_immutable);
            let hashed: Vec<_> = site.assets().filter(|asset| asset.is_immutable).map(|asset| asset.path).collect();
            let all_of_assets = hashed.iter().all(|path| path.starts_with("assets/"));
            assert!(!hashed.is_empty() && all_of_assets, "{place} {hashed:?}");
        }
    }

    #[test]
    fn browsers_are_told_what_each_file_is() {
        for (_, site) in sites() {
            assert_eq!(site.page().content_type, "text/html; charset=utf-8");
        }
        for (extension, media) in [
            (".js", "text/javascript; charset=utf-8"),
            (".css", "text/css; charset=utf-8"),
            (".svg", "image/svg+xml"),
            (".woff2", "font/woff2"),
            (".md", "text/markdown; charset=utf-8"),
        ] {
            for asset in assets().filter(|asset| asset.path.ends_with(extension)) {
                assert_eq!(asset.content_type, media, "{}", asset.path);
            }
        }
    }

    #[test]
    fn pages_ask_for_files_that_are_there() {
        for (place, site) in sites() {
            let html = String::from_utf8(site.page().plain.to_vec()).unwrap();
            let named: Vec<_> = html.split(place).skip(1).filter_map(|rest| rest.split(['"', '\'']).next()).collect();
            let lacking: Vec<_> = named.iter().filter(|path| site.find(path).is_none()).collect();
            assert!(!named.is_empty() && lacking.is_empty(), "the page of {place} names {lacking:?}");
        }
    }

    #[test]
    fn neither_site_has_files_of_the_other() {
        assert!(dashboard().assets().all(|asset| !asset.path.starts_with("graphiql")));
        assert!(dashboard().find("theme.js").is_some() && graphiql().find("theme.js").is_none());
        assert!(graphiql().find("licenses.md").is_some() && dashboard().find("licenses.md").is_none());
    }
}
