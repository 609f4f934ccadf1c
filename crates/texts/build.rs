//! Tells cargo that the crate is made of `locales/` too, which a macro reads.

#[expect(clippy::print_stdout, reason = "a build script speaks to cargo so")]
fn main() {
    println!("cargo:rerun-if-changed=locales");
}
