//! Carries out the effects that the supervisor returns.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{Page, deliver};
use crate::effects::scripts::left;
use crate::effects::worker::WorkerClient;
use crate::effects::{adapter, manifest};
use crate::model::listed::taken;
use crate::model::notice::AT_RUN;
use crate::model::supervisor::{Effect, Signal};

impl Page {
    pub(super) fn carry_out(&mut self, effects: Vec<Effect<Uint8Array>>) {
        for effect in effects {
            self.carry_out_one(effect);
        }
        self.request_frame();
    }

    pub(super) fn carry_out_one(&mut self, effect: Effect<Uint8Array>) {
        match effect {
            Effect::Spawn { worker, variant } => {
                match WorkerClient::start(worker, variant, deliver) {
                    Ok(client) => self.workers.push((worker, client)),
                    Err(message) => later(Signal::Died { worker, message }),
                }
            }
            Effect::Terminate { worker } => drop(taken(&mut self.workers, worker)),
            Effect::Send { worker, request, attachments } => {
                if let Some((_, client)) = self.workers.iter().find(|(id, _)| *id == worker)
                    && let Err(message) = client.send(&request, &attachments)
                {
                    later(Signal::Died { worker, message });
                }
            }
            Effect::Settle { ticket, result } => {
                if let Some(callback) = taken(&mut self.callbacks, ticket) {
                    spawn_local(async move { callback(result) });
                }
            }
            Effect::FindAdapter => spawn_local(async {
                let answer = adapter::find().await;
                deliver(Signal::Adapter(answer));
            }),
            Effect::AwaitGpuBuild => spawn_local(async {
                manifest::gpu_build_is_there(|| deliver(Signal::GpuBuildMissing)).await;
                deliver(Signal::GpuBuildReady);
            }),
            Effect::Notify(notice) => self.notify(AT_RUN, notice),
            Effect::Show { sheet, step, set, pixels } => {
                self.frames.sheet_came(sheet, step, set, pixels);
            }
            Effect::Plane { step, set, numbers } => self.frames.plane_came(step, set, numbers),
            Effect::Leave { number, run, samples } => {
                if let Some(keeper) = self.keeper.clone() {
                    let left = left(number, &run, samples);
                    // After this call, because the callback may use the page.
                    spawn_local(async move { drop(keeper.call1(&JsValue::NULL, &left)) });
                }
            }
            Effect::RunChanged => self.write_address(),
        }
    }
}

/// Delivers a signal that arose while the page was in use.
fn later(signal: Signal<Uint8Array>) {
    spawn_local(async move { deliver(signal) });
}
