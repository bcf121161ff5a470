//! The backends: the worker's two builds, the user's choice between them, and the state of WebGPU.

/// The two builds of the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Burn's Flex backend.
    Cpu,
    /// Burn's wgpu backend.
    Gpu,
}

/// The user's choice of the backend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preference {
    /// The CPU at once, WebGPU as soon as its trial has succeeded.
    #[default]
    Auto,
    /// The CPU only.
    Cpu,
    /// WebGPU, with any adapter.
    Webgpu,
}

/// The browser's answer about WebGPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdapterAnswer {
    /// There is no WebGPU, or no adapter.
    Absent {
        /// The browser's reason.
        message: String,
    },
    /// There is an adapter that the page would not choose automatically: software, or one that
    /// lacks a feature.
    Unfit {
        /// Its name and the reason.
        message: String,
    },
    /// There is a suitable adapter.
    Fit,
}

/// The state of WebGPU on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gpu {
    /// Not queried yet.
    Unasked,
    /// The browser has been queried.
    Asked,
    /// There is an adapter; the build is being looked for.
    AwaitingBuild,
    /// There is an adapter; the build does not exist yet.
    WithoutBuild,
    /// A WebGPU worker can be tried.
    Usable,
    /// WebGPU cannot be used, or has failed.
    Unusable,
}
