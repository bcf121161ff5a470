//! The parts of the site, each of which can be built and replaced alone.

use std::slice;

use anyhow::Result;
use clap::ValueEnum;

use crate::context::Context;
use crate::module::{Module, Output};
use crate::scripts::Scripts;
use crate::tools::Tools;
use crate::worker::{self, Variant};
use crate::{lab, page, widget};

/// A part of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Part {
    /// The worker for the processor
    #[value(name = "cpu")]
    CpuWorker,
    /// The page
    Page,
    /// The lab, which the page loads once it works
    Lab,
    /// The worker for the processor, for browsers with relaxed SIMD
    #[value(name = "cpu-relaxed")]
    RelaxedWorker,
    /// The widget, its demo post and the pretrained generators
    Widget,
    /// The worker for WebGPU
    #[value(name = "gpu")]
    GpuWorker,
}

impl Part {
    /// All parts, in the order in which a waiting user needs them.
    pub const ALL: [Self; 6] = [
        Self::CpuWorker,
        Self::Page,
        Self::Lab,
        Self::RelaxedWorker,
        Self::Widget,
        Self::GpuWorker,
    ];
    /// The parts that a page needs for training: the site can be served with these.
    pub const FIRST: [Self; 2] = [Self::CpuWorker, Self::Page];

    /// The name in messages.
    pub fn title(self) -> &'static str {
        match self {
            Self::CpuWorker => "CPU worker",
            Self::Page => "page",
            Self::Lab => "lab",
            Self::RelaxedWorker => "CPU worker, relaxed SIMD",
            Self::Widget => "widget",
            Self::GpuWorker => "GPU worker",
        }
    }

    /// The modules of the part.
    pub fn modules(self) -> &'static [Module] {
        match self {
            Self::CpuWorker => slice::from_ref(Variant::Cpu.module()),
            Self::Page => slice::from_ref(&page::MODULE),
            Self::Lab => &lab::MODULES,
            Self::RelaxedWorker => slice::from_ref(Variant::CpuRelaxed.module()),
            Self::Widget => slice::from_ref(&widget::MODULE),
            Self::GpuWorker => slice::from_ref(Variant::Gpu.module()),
        }
    }

    /// Files and folders of the checkout that are copied into the site with the part.
    pub fn copied(self) -> &'static [&'static str] {
        match self {
            Self::CpuWorker | Self::RelaxedWorker | Self::GpuWorker => &[worker::SCRIPTS],
            Self::Page => &[page::HTML, page::STYLE],
            Self::Lab => &[lab::SCRIPTS, lab::WORKSHEETS],
            Self::Widget => &[widget::PACKAGE, widget::POST, widget::GENERATORS],
        }
    }

    /// Builds the part into the stage, unless a fresh one is there.
    ///
    /// # Errors
    /// If the part cannot be built.
    pub fn build(self, ctx: &Context, tools: &Tools, output: Output) -> Result<()> {
        match self {
            Self::Page => page::build(ctx, tools, output),
            _ => self.modules().iter().try_for_each(|module| module.build(ctx, tools, output)),
        }
    }

    /// Puts the built part into the site, in place of its earlier version.
    ///
    /// # Errors
    /// If the part is not built, or a file cannot be read or written.
    pub fn install(self, ctx: &Context, scripts: &Scripts) -> Result<()> {
        match self {
            Self::CpuWorker => worker::install(ctx, scripts, Variant::Cpu),
            Self::Page => page::install(ctx),
            Self::Lab => lab::install(ctx, scripts),
            Self::RelaxedWorker => worker::install(ctx, scripts, Variant::CpuRelaxed),
            Self::Widget => widget::install(ctx, scripts),
            Self::GpuWorker => worker::install(ctx, scripts, Variant::Gpu),
        }
    }
}
