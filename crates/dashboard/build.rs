//! Writes the tables of the files in `dist/`: each as it is and, where that is smaller, packed by gzip and by brotli.
//!
//! They are packed here, once, and not for each request. Packed files are not committed: their bytes differ from one
//! version of a packer to the next.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, GzBuilder};
use xxhash_rust::xxh3::xxh3_64;

const PAGE: &str = "index.html";
/// The folder of the second site; the first is what lies beside it.
const GRAPHIQL: &str = "graphiql";

#[expect(clippy::disallowed_methods, reason = "by this variable cargo tells where a build script may write")]
fn main() -> Result<(), Box<dyn Error>> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=dist");
    let mut paths = Vec::new();
    collect(&dist, &mut paths)?;
    paths.sort();
    let graphiql = dist.join(GRAPHIQL);
    let (of_graphiql, of_dashboard): (Vec<_>, Vec<_>) = paths.iter().partition(|path| path.starts_with(&graphiql));
    let dashboard = site(&dist, &of_dashboard, &out)?;
    let graphiql = site(&graphiql, &of_graphiql, &out)?;
    let table = format!("static OF_DASHBOARD: Site = {dashboard};\nstatic OF_GRAPHIQL: Site = {graphiql};\n");
    fs::write(out.join("table.rs"), table)?;
    Ok(())
}

/// A site as an expression: its page and its other files, by their paths below `folder`.
fn site(folder: &Path, paths: &[&PathBuf], out: &Path) -> Result<String, Box<dyn Error>> {
    let (mut page, mut others) = (None, String::new());
    let of = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    for (number, path) in paths.iter().enumerate() {
        let name = path.strip_prefix(folder)?.to_str().ok_or("the name of a file in dist/ is not UTF-8")?;
        let entry = entry(path, name, &out.join(format!("{of}-{number}")))?;
        if name == PAGE {
            page = Some(entry);
        } else {
            others.push_str(&entry);
            others.push_str(",\n");
        }
    }
    let page = page.ok_or_else(|| format!("{} has no {PAGE}: `make dashboard` builds it", folder.display()))?;
    Ok(format!("Site {{ page: {page}, others: &[\n{others}] }}"))
}

/// Every file below a folder.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// A file as an expression. What it is packed into is written to files whose names begin with `packed`.
fn entry(path: &Path, name: &str, packed: &Path) -> Result<String, Box<dyn Error>> {
    let bytes = fs::read(path)?;
    let gzip = embedded(&gzip(&bytes)?, &bytes, &packed.with_extension("gz"))?;
    let brotli = embedded(&brotli(&bytes)?, &bytes, &packed.with_extension("br"))?;
    let media = mime_guess::from_path(name).first_or_octet_stream();
    let charset = if media.type_() == "text" { "; charset=utf-8" } else { "" };
    Ok(format!(
        "Asset {{ path: {name:?}, content_type: \"{media}{charset}\", etag: \"W/\\\"{:016x}\\\"\", is_immutable: {}, \
         plain: {}, gzip: {gzip}, brotli: {brotli} }}",
        xxh3_64(&bytes),
        is_hashed(name),
        included(path)?,
    ))
}

/// Whether the name holds a hash of the content, as `assets/index-Bq1z_2-x.js`: another content has another name.
fn is_hashed(name: &str) -> bool {
    let stem = name.strip_prefix("assets/").and_then(|name| name.split_once('.')).map_or("", |(stem, _)| stem);
    let hash = stem.len().checked_sub(9).and_then(|place| stem.get(place..)).and_then(|end| end.strip_prefix('-'));
    hash.is_some_and(|hash| hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')))
}

/// A packed form as an expression; `None` where it saves nothing.
fn embedded(packed: &[u8], plain: &[u8], path: &Path) -> Result<String, Box<dyn Error>> {
    if packed.len() >= plain.len() {
        return Ok("None".to_owned());
    }
    fs::write(path, packed)?;
    Ok(format!("Some({})", included(path)?))
}

/// A file's bytes as an expression.
fn included(path: &Path) -> Result<String, Box<dyn Error>> {
    let path = path.to_str().ok_or("the path of the build is not UTF-8")?;
    Ok(format!("include_bytes!({path:?})"))
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(mut bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut packed, &BrotliEncoderParams::default())?;
    Ok(packed)
}
