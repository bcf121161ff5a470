//! Published sets of settings shared by several runs, experiments and remedies, as JSON merge
//! patches of a run. A recipe is not a run: it changes neither nets nor data.

/// Relativistic pairing with R1 and R2, and Adam without momentum (R3GAN, Huang et al. 2024), with the
/// weights and rates that suit small images here.
pub const R3GAN_IMAGES: &str = include_str!("../recipes/r3gan-images.json");

/// As [`R3GAN_IMAGES`], with the weights and rates that suit points in the plane.
pub const R3GAN_POINTS: &str = include_str!("../recipes/r3gan-points.json");

/// The recipe called `name`, as JSON; `None` if there is none.
pub fn recipe(name: &str) -> Option<&'static str> {
    match name {
        "r3gan-images" => Some(R3GAN_IMAGES),
        "r3gan-points" => Some(R3GAN_POINTS),
        _ => None,
    }
}
