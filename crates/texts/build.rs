//! Tells cargo that the crate is made of `locales/` too, which a macro reads.

fn main() {
    println!("cargo:rerun-if-changed=locales");
}
