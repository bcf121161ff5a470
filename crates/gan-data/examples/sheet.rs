//! Saves a sheet of drawn digits as PNG, one row for each digit, to judge the handwriting by eye:
//! `cargo run -p gan-data --example sheet -- sheet.png [seed]`.

use gan_data::{DIGIT_SIDE_PX, DrawnDigits};
use image::{GrayImage, Luma, imageops};

const COLUMNS: usize = 24;
const ENLARGE: u32 = 2;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: sheet FILE.png [SEED]")?;
    let seed = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
    let side = DIGIT_SIDE_PX as u32;
    let mut sheet = GrayImage::new(COLUMNS as u32 * side, 10 * side);
    let mut filled = [0; 10];
    let digits = DrawnDigits { seed };
    for (label, pixels) in (0..).map(|index| digits.sample(index)) {
        let column = &mut filled[usize::from(label)];
        if *column < COLUMNS {
            let (left, top) = (*column as u32 * side, u32::from(label) * side);
            for (x, y) in (0..side).flat_map(|y| (0..side).map(move |x| (x, y))) {
                sheet.put_pixel(left + x, top + y, Luma([pixels[(y * side + x) as usize]]));
            }
            *column += 1;
        }
        if filled == [COLUMNS; 10] {
            break;
        }
    }
    let (width, height) = (sheet.width() * ENLARGE, sheet.height() * ENLARGE);
    imageops::resize(&sheet, width, height, imageops::FilterType::Nearest).save(path)?;
    Ok(())
}
