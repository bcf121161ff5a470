//! Starts the worker: sets up the module, acquires the device, and runs the session's loop of
//! requests and training.

use gan_protocol::{Backend, Event, Fault};
use gan_session::Session;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::gunzip::gunzipped;
#[cfg(feature = "cpu")]
use crate::helpers;
use crate::mnist::Fetcher;
use crate::turn::Turns;
use crate::wire::{self, IntoOutgoing as _};

unsafe extern "C" {
    fn __wasm_call_ctors();
}

/// Runs once when the module is instantiated, before anything else.
#[wasm_bindgen(start)]
pub fn start() {
    // CubeCL registers its operations by static constructors. The linker takes a module that does
    // not call them itself for a command, and wraps every export so that each call from JavaScript
    // runs all constructors again.
    // SAFETY: called exactly once, before any other code of this module.
    unsafe { __wasm_call_ctors() };
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        wire::post(Event::Fault(Fault::Panic { message: info.to_string() }).into_outgoing());
    }));
    #[cfg(feature = "cpu")]
    {
        if helpers::is_helper() {
            return;
        }
        helpers::enlist();
    }
    spawn_local(serve());
}

async fn serve() {
    let inbox = wire::listen();
    wire::post(Event::Booted.into_outgoing());
    let (device, backend, adapter) = match device().await {
        Ok(found) => found,
        Err(fault) => return wire::post(Event::Fault(fault).into_outgoing()),
    };
    let sink = Box::new(wire::post);
    let clock = Box::new(wire::now_ms);
    let mut session = Session::new(device, backend, adapter, Fetcher, clock, sink);
    let turns = Turns::new();
    loop {
        while let Ok((request, attachments)) = inbox.try_recv() {
            session.handle(request, decoded(attachments).await).await;
        }
        if session.is_running() {
            session.advance().await;
            // Lets messages that have arrived in the meantime reach the inbox.
            turns.next().await;
        } else if let Ok((request, attachments)) = inbox.recv().await {
            session.handle(request, decoded(attachments).await).await;
        }
    }
}

/// The attachments of a request, decompressed if they are gzip.
async fn decoded(attachments: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut decoded = Vec::with_capacity(attachments.len());
    for bytes in attachments {
        decoded.push(gunzipped(bytes).await.into_owned());
    }
    decoded
}

#[cfg(all(feature = "cpu", not(feature = "gpu")))]
async fn device() -> Result<(gan_core::Device, Backend, String), Fault> {
    Ok((gan_core::cpu(), Backend::Cpu, "CPU".to_owned()))
}

#[cfg(feature = "gpu")]
async fn device() -> Result<(gan_core::Device, Backend, String), Fault> {
    let task = |done, total| {
        let task = gan_protocol::Task { name: "device".to_owned(), done, total };
        wire::post(Event::Progress(task).into_outgoing());
    };
    task(0.0, None);
    let device = gan_core::gpu().await;
    task(1.0, Some(1.0));
    match device {
        Ok((device, adapter)) => {
            let seen = js_sys::Reflect::get(&wire::scope(), &"ganAdapter".into());
            let seen = seen.ok().and_then(|name| name.as_string()).unwrap_or_default();
            let names = [adapter, seen, "WebGPU".to_owned()];
            let adapter = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
            Ok((device, Backend::Webgpu, adapter))
        }
        Err(error) => Err(Fault::Device { message: error.to_string() }),
    }
}
