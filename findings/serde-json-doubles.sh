#!/usr/bin/env bash
# Software:   serde_json 1.0.154 (Rust).
# Behaviour:  one f64 in ten that it has written reads back as the neighbouring number; f32 reads back exactly.
# One would guess: it writes the shortest text that names the number, so reading is exact, as in JavaScript, Python and
#             Rust's own `parse`.
# Found in:   serde_json's Cargo.toml: exact reading is a feature, `float_roundtrip`, off by default.
# Meets us:   a run's settings and figures that travel as JSON between page, worker and command line, where the same
#             number is to give the same run.
# Seen:       28 November 2026.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

cargo_packages serde_json@1.0.154

seen=$(rust <<'RUST'
fn main() {
    let number = 0.38914557534791805_f64;
    let text = serde_json::to_string(&number).unwrap();
    println!("written: {text}");
    println!("read by str::parse: {}", text.parse::<f64>().unwrap());
    println!("read by serde_json: {}", serde_json::from_str::<f64>(&text).unwrap());

    let (mut state, mut doubles, mut singles) = (1_u64, 0, 0);
    for _ in 0..100_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let double = (state >> 11) as f64 / (1_u64 << 53) as f64;
        let single = (state >> 40) as f32 / (1_u32 << 24) as f32;
        let double_text = serde_json::to_string(&double).unwrap();
        let single_text = serde_json::to_string(&single).unwrap();
        doubles += u32::from(serde_json::from_str::<f64>(&double_text).unwrap() != double);
        singles += u32::from(serde_json::from_str::<f32>(&single_text).unwrap() != single);
    }
    println!("of 100000 changed: {doubles} f64, {singles} f32");
}
RUST
)
as_stated "$seen" <<'STATED'
written: 0.38914557534791805
read by str::parse: 0.38914557534791805
read by serde_json: 0.3891455753479181
of 100000 changed: 10375 f64, 0 f32
STATED
