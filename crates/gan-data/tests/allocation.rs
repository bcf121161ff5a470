//! Tests that a header alone never makes the reader allocate. A program of its own with a single
//! test, because it counts all allocations.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use flate2::{Compression, write::GzEncoder};
use gan_data::{DataError, cifar10, idx};

struct LargestAllocation;

static LARGEST_BYTES: AtomicUsize = AtomicUsize::new(0);

// SAFETY: passes every call on to the system's allocator unchanged. `realloc` and `alloc_zeroed`
// keep their provided forms, which call `alloc`.
unsafe impl GlobalAlloc for LargestAllocation {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST_BYTES.fetch_max(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: LargestAllocation = LargestAllocation;

fn largest_bytes_while_refusing(bytes: &[u8]) -> (DataError, usize) {
    LARGEST_BYTES.store(0, Ordering::Relaxed);
    let error = idx::parse("a", bytes).unwrap_err();
    (error, LARGEST_BYTES.load(Ordering::Relaxed))
}

#[test]
fn headers_are_checked_before_memory_is_reserved() {
    let header = |length: u32| [&[0, 0, 8, 1][..], &length.to_be_bytes(), &[0; 100]].concat();
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    // The decoder's own buffers take less than this.
    let modest_bytes = 256 << 10;

    let (error, largest) = largest_bytes_while_refusing(&header(u32::MAX));
    assert!(matches!(error, DataError::TooLarge { .. }) && largest < modest_bytes, "{largest}");
    let (error, largest) = largest_bytes_while_refusing(&header(500 << 20));
    assert!(
        matches!(error, DataError::BodyTruncated { .. }) && largest < modest_bytes,
        "{largest}"
    );
    let (error, largest) = largest_bytes_while_refusing(&gzip(&header(u32::MAX)));
    assert!(matches!(error, DataError::TooLarge { .. }) && largest < modest_bytes, "{largest}");
    let (error, largest) = largest_bytes_while_refusing(&gzip(&header(500 << 20)));
    assert!(matches!(error, DataError::Implausible { .. }) && largest < modest_bytes, "{largest}");

    // A bomb: 64 MiB behind a header of 1,000 bytes.
    let mut bomb = header(1000);
    bomb.resize(64 << 20, 0);
    let bomb = gzip(&bomb);
    let (error, largest) = largest_bytes_while_refusing(&bomb);
    assert!(
        matches!(error, DataError::TrailingBytes { .. }) && largest < modest_bytes,
        "{largest}"
    );

    // Records have no header; a bomb is refused at the first wrong record.
    let mut records = vec![255; 64 << 20];
    records[0] = 0;
    let files = [("a".to_owned(), gzip(&records))];
    LARGEST_BYTES.store(0, Ordering::Relaxed);
    let error = cifar10::read(&files).unwrap_err();
    let largest = LARGEST_BYTES.load(Ordering::Relaxed);
    assert!(
        matches!(error, DataError::LabelTooLarge { index: 1, .. }) && largest < modest_bytes,
        "{largest}"
    );
}
