//! What may compute: the worker's two builds, the user's choice between them, and what is known of WebGPU.

/// The two builds of the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Burn's Flex backend.
    Cpu,
    /// Burn's wgpu backend.
    Gpu,
}

/// What the user wants to compute on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preference {
    /// The CPU at once, WebGPU as soon as it has proved itself.
    #[default]
    Auto,
    /// The CPU only.
    Cpu,
    /// WebGPU, whatever adapter there is.
    Webgpu,
}

/// What the browser says about WebGPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdapterAnswer {
    /// There is no WebGPU, or it gives no adapter.
    Absent {
        /// What the browser says.
        message: String,
    },
    /// There is an adapter that the page would not choose by itself: software, or it lacks a
    /// feature.
    Unfit {
        /// Its name and what is wrong.
        message: String,
    },
    /// There is an adapter that should do.
    Fit,
}

/// What is known of WebGPU on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gpu {
    /// Nobody has asked.
    Unasked,
    /// The browser has been asked.
    Asked,
    /// There is an adapter; the build is looked for.
    AwaitingBuild,
    /// There is an adapter; the build is not there yet.
    WithoutBuild,
    /// It may be tried.
    Usable,
    /// It cannot be used, or failed.
    Unusable,
}
