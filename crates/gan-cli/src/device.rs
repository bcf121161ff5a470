//! Chooses the device that computes.

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
            Self::Gpu => gpu().map(|(device, _)| device),
        }
    }

    /// The device's name in output: for the graphics processor, its driver's name for it.
    pub(crate) fn told(self) -> String {
        match self {
            Self::Cpu => "flex".to_owned(),
            Self::Gpu => {
                gpu().map_or_else(|_| "no gpu".to_owned(), |(_, name)| format!("wgpu, {name}"))
            }
        }
    }
}

/// The graphics processor, opened once, because its runtime cannot be opened twice.
#[cfg(feature = "gpu")]
fn gpu() -> Result<(Device, String)> {
    use std::sync::Mutex;

    static OPENED: Mutex<Option<(Device, String)>> = Mutex::new(None);
    let mut opened = OPENED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(found) = &*opened {
        return Ok(found.clone());
    }
    let found = pollster::block_on(gan_core::gpu())?;
    eprintln!("computing on {}", found.1);
    Ok(opened.insert(found).clone())
}

#[cfg(not(feature = "gpu"))]
fn gpu() -> Result<(Device, String)> {
    anyhow::bail!(
        "this build computes on the processor only: \
         run `cargo run --release -p gan-cli --features gpu -- … --device gpu`"
    )
}
