//! Opens the page; see the library.

fn main() {
    gan_app::open();
}
