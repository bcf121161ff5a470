//! Puts the page up; see the library.

fn main() {
    gan_app::open();
}
