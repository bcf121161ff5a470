//! Copies the page's link.

use gan_browser::copied;

use crate::effects::browser::href;
use crate::effects::page::with;
use crate::model::address::Address;
use crate::model::notice::{AT_FILES, Link, Notice};

/// Length beyond which some programs cut addresses.
const LONG_LINK: usize = 8_000;

/// The page's address without the panel that is shown: a link leads to the run.
fn link() -> String {
    let all = href();
    let (page, hash) = all.split_once('#').unwrap_or((&all, ""));
    let address = Address::parse(hash).0.without_panel();
    [page, &address.to_hash()].concat()
}

/// Copies the page's link to the clipboard.
pub async fn copy_link() {
    let address = link();
    let is_copied = copied(&address).await;
    with(|page| {
        let link = if page.shared_run().spec.data.source.is_users_files() {
            Link::WithoutFiles
        } else if address.len() > LONG_LINK {
            Link::Long
        } else {
            Link::Whole
        };
        let notice = if is_copied {
            Notice::LinkCopied(link)
        } else {
            Notice::LinkNotCopied { link: address }
        };
        page.notify(AT_FILES, notice);
    });
}
