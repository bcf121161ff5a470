//! The devices that compute.

use burn::tensor::Device;

/// The processor, by Burn's Flex backend.
#[cfg(feature = "cpu")]
pub fn cpu() -> Device {
    Device::flex()
}

/// The result of a `future` that uses no device but the processor, and so never waits.
///
/// # Panics
/// If the future waits for something.
#[cfg(feature = "cpu")]
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    use std::task::{Context, Poll, Waker};

    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(found) => found,
        Poll::Pending => unreachable!("the processor's device answers at once"),
    }
}

/// The graphics processor, by Burn's wgpu backend, and the name that its driver gives.
///
/// Call it once per process or worker: the runtime cannot be initialised twice.
///
/// # Errors
/// The runtime's error when there is no adapter or device.
#[cfg(feature = "gpu")]
pub async fn gpu() -> Result<(Device, String), crate::CoreError> {
    let (device, setup) = Device::wgpu_options()
        // Fewer, larger submits shorten the processor's share of a step.
        .tasks_max(32)
        .init_with_setup_async()
        .await
        .map_err(|error| crate::CoreError::Device(error.to_string()))?;
    let info = setup.adapter.get_info();
    let name = if info.name.is_empty() { info.driver } else { info.name };
    Ok((device, name))
}
