//! Writes a generator that is only sampled.

use gan_protocol::{
    DataSource, Feed, GeneratorHeader, LatentDistribution, LayerSpec, RunSpec, Shape, preset,
};

use crate::layers;
use crate::lines::{Lines, listed, program, quoted};
use crate::nets;
use crate::run::Run;

/// A program that makes samples: the generator of `header`, which has no stages of growth and no spectral normalisation, with the state
/// dict in the `.safetensors` file `weights` beside it. Samples lie between -1 and 1.
///
/// # Panics
/// If the net's shapes do not fit; [`GeneratorHeader::from_value`] refuses such headers.
pub fn pytorch_sampler(header: &GeneratorHeader, weights: &str) -> String {
    let spec = run_of(header);
    let run = Run::new(&spec, None);
    let mut blocks = layers::blocks(&run);
    blocks.push(nets::generator(&run));
    let mut lines = Lines::default();
    lines.add(0, &format!("G.load_state_dict(load_file({}))", quoted(weights)));
    lines.add(0, "G.eval()");
    blocks.push(lines.block());
    blocks.push(sampling(header, &run));
    blocks.extend(example(header, &run));
    let words = format!(
        "\"\"\"A generator after {} steps, as the GAN playground wrote it.\n\nIts numbers are in {weights}.\n\"\"\"\n",
        header.step
    );
    program(&words, &blocks)
}

/// A run whose generator is that of `header`: nothing else of it is written.
fn run_of(header: &GeneratorHeader) -> RunSpec {
    let mut spec = preset("ring").expect("the preset is there").spec;
    let sample = header.data.shape();
    spec.generator = header.generator.clone();
    spec.latent = header.latent;
    spec.labels = header.labels;
    spec.codes = header.codes.clone();
    spec.mixture = header.mixture;
    spec.condition = header.condition;
    if header.translates {
        spec.translation = preset("digits-restyled").expect("the preset is there").spec.translation;
    }
    let judged = LayerSpec::Linear { units: 1, bias: true };
    spec.discriminator.layers = vec![judged.clone()];
    if let Shape::Image { channels, height, width } = sample {
        spec.data.points = None;
        spec.data.source = DataSource::IdxFiles;
        (spec.data.channels, spec.data.height, spec.data.width) = (channels, height, width);
        spec.discriminator.layers = vec![LayerSpec::Flatten {}, judged];
    }
    spec
}

/// What `sample` is given: names, and what each holds.
fn arguments(header: &GeneratorHeader, run: &Run<'_>) -> Vec<(&'static str, String)> {
    let feed = Feed::from(header);
    let mut arguments = Vec::new();
    if let Some(Shape::Image { channels, height, width }) = feed.picture {
        arguments.push((
            "x",
            format!("pictures x, [count, {channels}, {height}, {width}] between -1 and 1"),
        ));
    }
    if feed.numbers() > 0 {
        arguments.push(("z", format!("latents z, [count, {}]", feed.numbers())));
    }
    for name in run.told() {
        arguments.push(match name {
            "y" => ("y", "classes y, [count]".to_owned()),
            _ => ("k", "numbers k of the generators asked, [count]".to_owned()),
        });
    }
    arguments
}

fn sampling(header: &GeneratorHeader, run: &Run<'_>) -> String {
    let arguments = arguments(header, run);
    let names: Vec<&str> = arguments.iter().map(|(name, _)| *name).collect();
    let told: Vec<&str> = arguments.iter().map(|(_, what)| what.as_str()).collect();
    let mut lines = Lines::default();
    lines.add(0, "@torch.no_grad()");
    lines.add(0, &format!("def sample({}):", listed(&names)));
    lines.add(
        1,
        &format!("\"\"\"Samples of {}: [count, {}].\"\"\"", told.join(" and "), run.sample()),
    );
    let mut given = names.clone();
    if names.starts_with(&["x", "z"]) {
        lines.add(1, "planes = z[:, :, None, None].expand(-1, -1, *x.shape[2:])");
        lines.add(1, "x = torch.cat([x, planes], 1)");
        given.remove(1);
    }
    lines.add(1, &format!("return G({})", listed(&given)));
    lines.block()
}

/// Samples of drawn latents, as a picture or as numbers; none of a generator that is given pictures.
fn example(header: &GeneratorHeader, run: &Run<'_>) -> Option<String> {
    let feed = Feed::from(header);
    if feed.picture.is_some() {
        return None;
    }
    let mut lines = Lines::default();
    lines.add(0, "if __name__ == \"__main__\":");
    let draw = match header.latent.distribution {
        LatentDistribution::Normal => "torch.randn(64, SIZE)",
        LatentDistribution::Uniform => "2 * torch.rand(64, SIZE) - 1",
    };
    let mut drawn = vec![draw.replace("SIZE", &header.latent.size.to_string())];
    if let Some(codes) = &header.codes {
        let categories = codes.categorical.iter();
        drawn.extend(
            categories.map(|count| format!("F.one_hot(torch.randint({count}, (64,)), {count})")),
        );
        if codes.continuous > 0 {
            drawn.push(format!("2 * torch.rand(64, {}) - 1", codes.continuous));
        }
    }
    match &drawn[..] {
        [one] => lines.add(1, &format!("z = {one}")),
        several => {
            lines.add(1, "z = torch.cat([");
            several.iter().for_each(|part| lines.add(2, &format!("{part},")));
            lines.add(1, "], 1)");
        }
    }
    let mut given = vec!["z"];
    for name in run.told() {
        let count = match name {
            "y" => header.labels.map_or(1, |labels| labels.classes()),
            _ => header.mixture.map_or(1, |mixture| mixture.generators),
        };
        lines.add(1, &format!("{name} = torch.arange(64) % {count}"));
        given.push(name);
    }
    let samples = format!("sample({})", listed(&given));
    match header.data.shape() {
        Shape::Flat { .. } => lines.add(1, &format!("print({samples})")),
        Shape::Image { .. } => {
            let options = "nrow=8, normalize=True, value_range=(-1, 1)";
            lines.add(1, &format!("save_image({samples}, \"samples.png\", {options})"));
        }
    }
    Some(lines.block())
}
