//! What computes.

use anyhow::Result;
use clap::ValueEnum;
use gan_core::Device;

/// `--device`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeviceName {
    /// The processor.
    Cpu,
    /// The graphics processor; needs a build with `--features gpu`.
    Gpu,
}

impl DeviceName {
    /// The device.
    pub(crate) fn open(self) -> Result<Device> {
        match self {
            Self::Cpu => Ok(gan_core::cpu()),
            Self::Gpu => gpu(),
        }
    }
}

#[cfg(feature = "gpu")]
fn gpu() -> Result<Device> {
    let (device, name) = pollster::block_on(gan_core::gpu())?;
    eprintln!("computing on {name}");
    Ok(device)
}

#[cfg(not(feature = "gpu"))]
fn gpu() -> Result<Device> {
    anyhow::bail!(
        "this build computes on the processor only: \
         run `cargo run --release -p gan-cli --features gpu -- … --device gpu`"
    )
}
