//! What computes.

use burn::tensor::Device;

/// The processor, by Burn's Flex backend.
#[cfg(feature = "cpu")]
pub fn cpu() -> Device {
    Device::flex()
}

/// The graphics processor, by Burn's wgpu backend, and the name its driver gives.
///
/// Call it once per process or worker: the runtime cannot be initialised twice.
///
/// # Errors
/// What the runtime says when there is no adapter or device.
#[cfg(feature = "gpu")]
pub async fn gpu() -> Result<(Device, String), crate::CoreError> {
    let (device, setup) = Device::wgpu_options()
        // Fewer, larger submits keep the processor's side of a step short.
        .tasks_max(32)
        .init_with_setup_async()
        .await
        .map_err(|error| crate::CoreError::Device(error.to_string()))?;
    let info = setup.adapter.get_info();
    let name = if info.name.is_empty() { info.driver } else { info.name };
    Ok((device, name))
}
