//! What computes.

use burn::tensor::Device;

/// The processor, by Burn's Flex backend.
#[cfg(feature = "cpu")]
pub fn cpu() -> Device {
    Device::flex()
}

/// What `future` gives, where it asks nothing of any device but the processor: that answers at once.
///
/// # Panics
/// If it waits for something.
#[cfg(feature = "cpu")]
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    use std::task::{Context, Poll, Waker};

    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(found) => found,
        Poll::Pending => unreachable!("the processor's device answers at once"),
    }
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
