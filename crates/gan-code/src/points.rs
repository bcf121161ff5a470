//! Writes the drawing of points in the plane.

use gan_protocol::{GaussianSpec, PointsSpec};

use crate::lines::{Lines, number, tensor};

/// A function that draws points, with their classes if `labelled`, and the tensors that it draws
/// from.
pub(crate) fn blocks(points: &PointsSpec, labelled: bool) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = Lines::default();
    lines.add(0, "def points(n):");
    let mut sd = None;
    match points {
        PointsSpec::Ring { modes, radius, sd: spread } => {
            lines.add(1, &format!("y = torch.randint({modes}, (n,))"));
            lines.add(1, &format!("angle = 2 * math.pi * y / {modes}"));
            lines.add(1, &format!("x = {} * {AROUND}", number(*radius)));
            sd = Some(*spread);
        }
        PointsSpec::Grid { side, spacing, sd: spread } => {
            lines.add(1, &format!("y = torch.randint({side} * {side}, (n,))"));
            lines.add(1, &format!("place = torch.stack([y % {side}, y // {side}], 1)"));
            lines.add(1, &format!("x = {} * (place - ({side} - 1) / 2)", number(*spacing)));
            sd = Some(*spread);
        }
        PointsSpec::Line { length, sd: spread } => {
            lines.add(1, "along = (torch.rand(n, 1) - 0.5).expand(n, 2)");
            lines.add(1, &format!("x = {} / math.sqrt(2) * along", number(*length)));
            sd = Some(*spread);
        }
        PointsSpec::Spiral { arms, turns, radius, sd: spread } => {
            lines.add(1, &format!("y = torch.randint({arms}, (n,))"));
            lines.add(1, "# The root makes points about equally dense all along an arm.");
            lines.add(1, "out = torch.rand(n).sqrt()");
            let turns = number(*turns);
            lines.add(1, &format!("angle = 2 * math.pi * ({turns} * out + y / {arms})"));
            lines.add(1, &format!("x = {} * out[:, None] * {AROUND}", number(*radius)));
            sd = Some(*spread);
        }
        PointsSpec::Moons { sd: spread } => {
            lines.add(1, "y = torch.randint(2, (n,))");
            lines.add(1, "angle = math.pi * torch.rand(n)");
            lines.add(1, &format!("upper = {AROUND}"));
            lines.add(1, "lower = torch.tensor([1, 0.5]) - upper");
            lines.add(1, "x = torch.where(y[:, None] == 0, upper, lower)");
            lines.add(1, "x = x - torch.tensor([0.5, 0.25])");
            sd = Some(*spread);
        }
        PointsSpec::SwissRoll { sd: spread, scale } => {
            lines.add(1, "angle = 1.5 * math.pi * (1 + 2 * torch.rand(n))");
            lines.add(1, &format!("x = angle[:, None] * {AROUND} / {}", number(*scale)));
            sd = Some(*spread);
        }
        PointsSpec::Mixture { components } => {
            blocks.push(gaussians(components));
            lines.add(1, "y = torch.multinomial(weights, n, replacement=True)");
            lines.add(1, "x = means[y] + (factors[y] @ torch.randn(n, 2, 1)).squeeze(2)");
        }
        PointsSpec::Drawn { points, sd: spread, frame: _ } => {
            blocks.push(floats("drawn", points.iter().map(|point| pair(*point))));
            lines.add(1, "x = drawn[torch.randint(len(drawn), (n,))]");
            sd = Some(*spread);
        }
    }
    let noise = match sd {
        Some(sd) if sd > 0.0 => format!(" + {} * torch.randn(n, 2)", number(sd)),
        _ => String::new(),
    };
    let class = match (labelled, points.classes().is_some()) {
        (false, _) => "",
        (true, true) => ", y",
        (true, false) => ", torch.zeros(n, dtype=torch.long)",
    };
    lines.add(1, &format!("return x{noise}{class}"));
    blocks.push(lines.block());
    blocks
}

/// Places on the unit circle.
const AROUND: &str = "torch.stack([angle.cos(), angle.sin()], 1)";

fn gaussians(components: &[GaussianSpec]) -> String {
    let means = floats("means", components.iter().map(|one| pair(one.mean)));
    let covariance = |one: &GaussianSpec| {
        let [first, second] = one.covariance;
        format!("[{}, {}]", pair(first), pair(second))
    };
    let covariances = floats("covariances", components.iter().map(covariance));
    let weights = floats("weights", components.iter().map(|one| number(one.weight)));
    let mut lines = Lines::default();
    lines.text(&means);
    lines.text(&covariances);
    lines.text(&weights);
    lines.add(0, "# A square root of each covariance; of a singular one too.");
    lines.add(0, "values, vectors = torch.linalg.eigh(covariances)");
    lines.add(0, "factors = vectors * values.clamp(min=0).sqrt()[:, None]");
    lines.block()
}

fn pair([x, y]: [f32; 2]) -> String {
    format!("[{}, {}]", number(x), number(y))
}

/// A tensor of floats, even if all items are whole numbers.
fn floats(name: &str, items: impl Iterator<Item = String>) -> String {
    tensor(name, items) + ".float()"
}
