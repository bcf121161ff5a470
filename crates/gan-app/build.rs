//! The names of functions would be a third of what the browser downloads. Trunk has no switch
//! for wasm-bindgen's, so the linker leaves them out.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|architecture| architecture == "wasm32") {
        println!("cargo::rustc-link-arg-bins=--strip-all");
        // wasm-bindgen reads there which instructions it may use.
        println!("cargo::rustc-link-arg-bins=--keep-section=target_features");
    }
}
