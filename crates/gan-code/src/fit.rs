//! Writes the conversion of images to the size and channels of the nets, by the run's own rule
//! (`ImageSet::fitted` in `gan-data`).

use gan_protocol::DataSpec;

use crate::lines::Lines;

/// The channels of the images that a program reads.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Channels {
    /// Grey ones.
    Grey,
    /// Colour ones.
    Colour,
    /// Either, according to the user's files.
    OfFiles,
}

/// Computed as in the run: in parts of old pixels, which are whole numbers.
const BOX: &str = r#"def box(old, new):
    """A matrix: along a side, each of the new pixels as the mean of the old ones that it covers."""
    start, pixel = old * torch.arange(new)[:, None], new * torch.arange(old)
    covered = torch.minimum(start + old, pixel + new) - torch.maximum(start, pixel)
    return covered.clamp(min=0) / old"#;

/// `{unless}` is replaced by a branch for images that are grey already.
const GREY: &str = r#"def grey(images):
    """Luma by ITU-R BT.601."""{unless}
    weights = torch.tensor([299.0, 587, 114])[:, None, None]
    return ((weights * images).sum(-3, keepdim=True) + 500) // 1000"#;

const UNLESS_GREY: &str = "
    if images.shape[-3] == 1:
        return images";

const FITTED: &str = r#"def fitted(images):
    """Images of {height} x {width}. All are moved to the middle, if they are nearly large enough and
    nothing but blank margins is cut off, else scaled until one side fits."""
    height, width = images.shape[-2:]
    border, margin = torch.ones(2, height, width, dtype=torch.bool)
    border[1:-1, 1:-1] = False
    top, left = max(0, height - {height}) // 2, max(0, width - {width}) // 2
    margin[top : top + {height}, left : left + {width}] = False
    # What is left free takes the colour that half of all borders have, or black.
    counts = [plane[:, border].flatten().bincount(minlength=256) for plane in images.unbind(1)]
    most, fill = torch.stack(counts).max(1)
    fill = torch.where(2 * most >= len(images) * border.sum(), fill, 0)[:, None, None]
    cut = images[..., margin]
    is_large = 3 * height >= 2 * {height} or 3 * width >= 2 * {width}
    if not is_large or (cut != cut[:1, :, :1]).any():
        new, old = min(({height}, height), ({width}, width), key=lambda side: side[0] / side[1])
        height, width = (max(1, (2 * side * new + old) // (2 * old)) for side in (height, width))
    rows, columns = box(images.shape[2], height), box(images.shape[3], width).T
    parts = images.split(1000)
    images = torch.cat([(rows @ {part}.float() @ columns + 0.5).byte() for part in parts])
    above, left = int(({height} - height) / 2), int(({width} - width) / 2)
    room = (left, {width} - width - left, above, {height} - height - above)
    fill = {fill}.byte()
    return F.pad(images - fill, room) + fill  # bytes wrap around, there and back"#;

/// The blocks that define `fitted`, for images with `channels`.
pub(crate) fn blocks(data: &DataSpec, channels: Channels) -> Vec<String> {
    let is_greyed = data.channels == 1 && channels != Channels::Grey;
    let mut blocks = vec![BOX.to_owned()];
    if is_greyed {
        let unless = if channels == Channels::OfFiles { UNLESS_GREY } else { "" };
        blocks.push(GREY.replace("{unless}", unless));
    }
    let (part, fill) = if is_greyed { ("grey(part)", "grey(fill)") } else { ("part", "fill") };
    let sides = [("{height}", data.height), ("{width}", data.width)];
    let text = FITTED.replace("{part}", part).replace("{fill}", fill);
    blocks
        .push(sides.iter().fold(text, |text, (name, side)| text.replace(name, &side.to_string())));
    blocks
}

/// Adds the lines that convert `images` to the nets' size and channels.
pub(crate) fn add_call(lines: &mut Lines, data: &DataSpec, channels: Channels) {
    lines.add(0, "images = fitted(images)");
    add_colour(lines, data, channels);
}

/// Adds the line that makes colour images of grey ones, if the nets need colour.
pub(crate) fn add_colour(lines: &mut Lines, data: &DataSpec, channels: Channels) {
    if data.channels > 1 && channels != Channels::Colour {
        lines.add(0, &format!("images = images.expand(-1, {}, -1, -1)", data.channels));
    }
}
