//! Rebuilds when a migration is added: the migrations are embedded, and cargo does not look into their folders by
//! itself.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
