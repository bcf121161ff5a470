//! Trains a preset natively and draws its sheet: how presets are looked at while they are made.
//!
//! ```text
//! GAN_DATA_DIR=… cargo run --release -p gan-session --example train -- mnist-dcgan-small 1000 sheet.png [seed] [idx-file]
//! ```
//!
//! With `idx-file`, 1,000 samples are written there as well, for scoring elsewhere.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use gan_data::ImageSet;
use gan_protocol::{Backend, Command, Event, FrameKind, Reply, Request, SampleSet, preset};
use gan_session::{DataLoader, Outgoing, Progress, Session};
use pollster::block_on;

struct Folder;

impl DataLoader for Folder {
    async fn mnist(&self, _: Progress<'_>) -> Result<ImageSet, String> {
        let folder = std::env::var("GAN_DATA_DIR").map_err(|_| "GAN_DATA_DIR is not set")?;
        let read = |name: &str| {
            std::fs::read(format!("{folder}/mnist/{name}")).map_err(|e| format!("{name}: {e}"))
        };
        let (images, labels) = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz");
        ImageSet::from_idx((images, &read(images)?), Some((labels, &read(labels)?)))
            .map_err(|error| error.to_string())
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, steps, out, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: train PRESET STEPS SHEET.png [SEED] [SAMPLES.idx]");
        std::process::exit(2);
    };
    let mut spec = preset(name).expect("a preset's name").spec;
    if let Some(seed) = rest.first() {
        spec.seed = seed.parse().expect("a whole number");
    }
    let count: u32 = steps.parse().expect("a whole number");
    let begin = Instant::now();
    let events: Rc<RefCell<Vec<Outgoing>>> = Rc::default();
    let sink = events.clone();
    let mut session = Session::new(
        gan_core::cpu(),
        Backend::Cpu,
        "native".to_owned(),
        Folder,
        Box::new(move || begin.elapsed().as_secs_f64() * 1_000.0),
        Box::new(move |outgoing| sink.borrow_mut().push(outgoing)),
    );
    let load = Command::Load { spec: Box::new(spec), checkpoint: false, files: Vec::new() };
    block_on(session.handle(Request { id: 1, command: load }, Vec::new()));
    block_on(session.handle(Request { id: 2, command: Command::Step { count } }, Vec::new()));
    let training = Instant::now();
    while session.is_running() {
        block_on(session.advance());
    }
    println!("{:.2} steps a second", f64::from(count) / training.elapsed().as_secs_f64());
    for outgoing in events.borrow().iter() {
        match &outgoing.event {
            Event::Metrics { points, .. } => {
                for point in points.iter().filter(|point| point.step % 100 == 0) {
                    println!("{point:?}");
                }
            }
            Event::Fault(fault) => println!("{fault}"),
            _ => {}
        }
    }
    for outgoing in events.borrow().iter().rev() {
        if let Event::Frame { sheet: FrameKind::Fixed, set, .. } = &outgoing.event {
            save_sheet(out, *set, &outgoing.attachments[0]);
            break;
        }
    }
    if let Some(path) = rest.get(1) {
        let sample = Command::Sample { count: 1_000, seed: 1 };
        block_on(session.handle(Request { id: 3, command: sample }, Vec::new()));
        let events = events.borrow();
        let last = events.last().expect("the request was settled");
        let Event::Settled { reply: Some(Reply::Samples { set }), .. } = &last.event else {
            panic!("{:?}", last.event);
        };
        let mut idx = vec![0, 0, 8, 3];
        for size in [set.count, set.height, set.width] {
            idx.extend(u32::try_from(size).expect("small").to_be_bytes());
        }
        idx.extend(&last.attachments[0]);
        std::fs::write(path, idx).expect("the file can be written");
    }
}

fn save_sheet(path: &str, set: SampleSet, bytes: &[u8]) {
    let (columns, scale) = (8, 2);
    let side = |size: usize| (size * columns * scale) as u32;
    let sheet = image::GrayImage::from_fn(side(set.width), side(set.height), |x, y| {
        let (x, y) = (x as usize / scale, y as usize / scale);
        let index = y / set.height * columns + x / set.width;
        let pixel = (y % set.height) * set.width + x % set.width;
        image::Luma([bytes[(index * set.width * set.height + pixel) * set.channels]])
    });
    sheet.save(path).expect("the sheet can be written");
}
