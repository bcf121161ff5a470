//! Lets the linker strip the names of functions, which would be a third of the download. Trunk has
//! no switch for wasm-bindgen's own removal of names.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|architecture| architecture == "wasm32") {
        println!("cargo::rustc-link-arg-bins=--strip-all");
        // wasm-bindgen reads from this section which instructions it may use.
        println!("cargo::rustc-link-arg-bins=--keep-section=target_features");
    }
}
