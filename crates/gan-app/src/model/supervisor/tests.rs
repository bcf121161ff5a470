//! Tests the supervisor against simulated workers, without a browser.

mod changes;
mod leaving;
mod other_data;

use gan_protocol::{
    Backend, Command, Event, Fault, FrameKind, Objective, Phase, Reply, SampleSet, Tuning,
};

use super::*;
use crate::model::notice::Notice;
use crate::model::settings::{default_run, patched, preset_named};

type Bytes = &'static str;

/// Drives a supervisor and collects its effects.
struct Bench {
    supervisor: Supervisor<Bytes>,
    now_ms: f64,
    effects: Vec<Effect<Bytes>>,
}

impl Bench {
    fn new(preference: Preference) -> Self {
        let supervisor = Supervisor::new(default_run(), preference, false);
        let mut bench = Self { supervisor, now_ms: 0.0, effects: Vec::new() };
        bench.effects = bench.supervisor.begin(0.0);
        bench
    }

    /// With a live worker on the CPU.
    fn on_cpu(preference: Preference) -> Self {
        let mut bench = Self::new(preference);
        bench.boot(1);
        bench.answer(1, Reply::Done, &[]);
        bench
    }

    /// With a WebGPU worker whose trial has succeeded, and which waits for the CPU's last
    /// checkpoint.
    fn taking_over(running: bool) -> Self {
        let mut bench = Self::on_cpu(Preference::Auto);
        bench.event(1, Event::State { phase: Phase::Ready, step: 0 }, &[]);
        if running {
            bench.ask(None, Ask::Start);
            bench.answer(1, Reply::Done, &[]);
        }
        bench.signal(Signal::Adapter(AdapterAnswer::Fit));
        bench.signal(Signal::GpuBuildReady);
        bench.boot(2);
        bench.event(2, ready(Backend::Webgpu, "A card"), &[]);
        bench.answer(1, Reply::Checkpoint { step: 3 }, &["first"]);
        bench.answer(2, Reply::Done, &[]);
        bench.answer(1, Reply::Probe { step_ms: 20.0 }, &["before", "after"]);
        bench
    }

    fn signal(&mut self, signal: Signal<Bytes>) {
        self.effects.extend(self.supervisor.signal(self.now_ms, signal));
    }

    fn event(&mut self, worker: WorkerId, event: Event, attachments: &[Bytes]) {
        self.signal(Signal::Event { worker, event, attachments: attachments.to_vec() });
    }

    fn boot(&mut self, worker: WorkerId) {
        self.event(worker, Event::Booted, &[]);
    }

    fn ask(&mut self, ticket: Option<Ticket>, ask: Ask<Bytes>) {
        self.effects.extend(self.supervisor.ask(self.now_ms, ticket, ask));
    }

    /// Settles the oldest open request to `worker`.
    fn settle(&mut self, worker: WorkerId, result: Result<Reply, Fault>, attachments: &[Bytes]) {
        let position = self.effects.iter().position(|effect| {
            matches!(effect, Effect::Send { worker: to, request, .. }
                if *to == worker && request.command != Command::FrameDrawn)
        });
        let position = position.unwrap_or_else(|| panic!("nothing was asked of worker {worker}"));
        let Effect::Send { request, .. } = self.effects.remove(position) else { return };
        let (reply, fault) = (result.as_ref().ok().cloned(), result.err());
        self.event(worker, Event::Settled { id: request.id, reply, fault }, attachments);
    }

    fn answer(&mut self, worker: WorkerId, reply: Reply, attachments: &[Bytes]) {
        self.settle(worker, Ok(reply), attachments);
    }

    fn die(&mut self, worker: WorkerId) {
        self.signal(Signal::Died { worker, message: "gone".to_string() });
    }

    fn tick_after(&mut self, duration_ms: f64) {
        self.now_ms += duration_ms;
        self.signal(Signal::Tick);
    }

    /// The commands sent to `worker` with their attachments.
    fn sent(&self, worker: WorkerId) -> Vec<(&Command, &[Bytes])> {
        let sent = self.effects.iter().filter_map(move |effect| match effect {
            Effect::Send { worker: to, request, attachments } if *to == worker => {
                Some((&request.command, attachments.as_slice()))
            }
            _ => None,
        });
        sent.collect()
    }

    fn has(&self, wanted: &Effect<Bytes>) -> bool {
        self.effects.contains(wanted)
    }

    fn notices(&self) -> Vec<&Notice> {
        let notices = self.effects.iter().filter_map(|effect| match effect {
            Effect::Notify(notice) => Some(notice),
            _ => None,
        });
        notices.collect()
    }

    fn result_of(&self, wanted: Ticket) -> Option<&Result<Outcome<Bytes>, Refusal>> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Settle { ticket, result } if *ticket == wanted => Some(result),
            _ => None,
        })
    }
}

fn ready(backend: Backend, adapter: &str) -> Event {
    Event::Ready { backend, adapter: adapter.to_string() }
}

fn panic() -> Fault {
    Fault::Panic { message: "unreachable".to_string() }
}

fn run_with_batch(batch_size: usize) -> Box<Run<Bytes>> {
    let patch = serde_json::json!({ "batch_size": batch_size });
    Box::new(patched(preset_named("mnist-mlp").expect("known"), &patch).expect("valid"))
}

fn load(batch_size: usize, then_run: bool) -> Ask<Bytes> {
    Ask::Load { run: run_with_batch(batch_size), then_run }
}

fn proof(difference: f64) -> Reply {
    Reply::Proof { largest_relative_difference: difference, parameter: "g.0".to_string() }
}

#[test]
fn nothing_is_sent_before_the_worker_has_booted() {
    let mut bench = Bench::new(Preference::Auto);
    assert!(bench.has(&Effect::Spawn { worker: 1, variant: Variant::Cpu }));
    bench.ask(Some(7), Ask::Start);
    assert!(bench.sent(1).is_empty());
    bench.boot(1);
    assert!(matches!(bench.sent(1)[..], [(Command::Load { checkpoint: false, .. }, [])]));
    bench.answer(1, Reply::Done, &[]);
    // Once on its own, once for the caller.
    assert_eq!(bench.sent(1).iter().filter(|(command, _)| **command == Command::Start).count(), 2);
    bench.answer(1, Reply::Done, &[]);
    bench.answer(1, Reply::Done, &[]);
    assert_eq!(bench.result_of(7), Some(&Ok(Outcome::Done)));
}

#[test]
fn the_cpu_alone_never_asks_for_an_adapter() {
    let bench = Bench::on_cpu(Preference::Cpu);
    assert!(!bench.has(&Effect::FindAdapter));
    assert!(Bench::on_cpu(Preference::Auto).has(&Effect::FindAdapter));
}

#[test]
fn a_proved_gpu_takes_over_with_checkpoint_settings_and_intent() {
    let mut bench = Bench::taking_over(true);
    let tuning = Tuning { objective: Some(Objective::LeastSquares), ..Tuning::default() };
    bench.ask(None, Ask::Tune(tuning));
    bench.answer(1, Reply::Done, &[]);
    assert!(matches!(bench.sent(2)[..], [(Command::Prove, ["before", "after"])]));
    bench.answer(2, proof(9e-4), &[]);
    assert!(matches!(bench.sent(1)[..], [(Command::Pause, [])]));
    // Requests in between wait for the new worker.
    bench.ask(Some(4), Ask::Sample { count: 1, seed: 1, label: None });
    bench.event(1, Event::State { phase: Phase::Paused, step: 40 }, &[]);
    assert_ne!(bench.supervisor.state.phase, Phase::Paused, "the user has not paused");
    bench.answer(1, Reply::Done, &[]);
    bench.answer(1, Reply::Checkpoint { step: 40 }, &["last"]);
    assert!(bench.has(&Effect::Terminate { worker: 1 }));
    let sent = bench.sent(2);
    let [(Command::Load { spec, checkpoint: true, .. }, ["last"])] = sent[..] else {
        panic!("{sent:?}")
    };
    assert_eq!(spec.objective, Objective::LeastSquares);
    bench.answer(2, Reply::Done, &[]);
    let sent: Vec<_> = bench.sent(2).into_iter().map(|(command, _)| command.clone()).collect();
    assert_eq!(sent, [Command::Start, Command::Sample { count: 1, seed: 1, label: None }]);
    assert_eq!(bench.supervisor.state.backend, Some(Backend::Webgpu));
    assert!(bench.notices().contains(&&Notice::MovedToGpu { adapter: "A card".to_string() }));
}

#[test]
fn a_gpu_that_computes_something_else_is_sent_away() {
    for difference in [2e-3, f64::NAN, f64::INFINITY] {
        let mut bench = Bench::taking_over(true);
        bench.answer(2, proof(difference), &[]);
        assert!(bench.has(&Effect::Terminate { worker: 2 }), "{difference}");
        assert!(matches!(bench.notices()[..], [Notice::GpuRejected { .. }]));
        assert!(bench.sent(1).is_empty(), "the CPU goes on undisturbed");
        assert_eq!(bench.supervisor.gpu(), Gpu::Unusable);
    }
}

#[test]
fn a_run_loaded_during_the_trial_starts_the_trial_again() {
    let mut bench = Bench::taking_over(false);
    bench.ask(None, load(32, false));
    bench.answer(1, Reply::Done, &[]);
    bench.answer(2, proof(1e-6), &[]);
    assert!(!bench.has(&Effect::Terminate { worker: 1 }), "it proved another run");
    assert!(matches!(bench.sent(1)[..], [(Command::Checkpoint, [])]));
    bench.answer(1, Reply::Checkpoint { step: 0 }, &["second"]);
    assert!(matches!(bench.sent(2)[..], [(Command::Load { .. }, ["second"])]));
}

#[test]
fn the_candidates_pictures_are_acknowledged_but_not_shown() {
    let mut bench = Bench::taking_over(false);
    let set = SampleSet { count: 1, width: 1, height: 1, channels: 1, parts: 1 };
    let frame = Event::Frame { sheet: FrameKind::Fixed, step: 0, set };
    bench.event(2, frame.clone(), &["pixel"]);
    assert!(bench.sent(2).iter().any(|(command, _)| **command == Command::FrameDrawn));
    assert!(!bench.effects.iter().any(|effect| matches!(effect, Effect::Show { .. })));
    bench.event(1, frame, &["pixel"]);
    assert!(bench.effects.iter().any(|effect| matches!(effect, Effect::Show { .. })));
}

#[test]
fn software_and_missing_adapters_leave_the_run_on_the_cpu_in_silence() {
    for answer in [
        AdapterAnswer::Unfit { message: "llvmpipe".to_string() },
        AdapterAnswer::Absent { message: "none".to_string() },
    ] {
        let mut bench = Bench::on_cpu(Preference::Auto);
        bench.signal(Signal::Adapter(answer));
        assert!(bench.notices().is_empty());
        assert!(!bench.has(&Effect::AwaitGpuBuild));
    }
}

#[test]
fn webgpu_on_demand_takes_any_adapter_and_falls_back_with_a_notice() {
    let mut bench = Bench::new(Preference::Webgpu);
    assert!(!bench.effects.iter().any(|effect| matches!(effect, Effect::Spawn { .. })));
    bench.signal(Signal::Adapter(AdapterAnswer::Unfit { message: "llvmpipe".to_string() }));
    bench.signal(Signal::GpuBuildReady);
    assert!(bench.has(&Effect::Spawn { worker: 1, variant: Variant::Gpu }));

    let mut bench = Bench::new(Preference::Webgpu);
    bench.signal(Signal::Adapter(AdapterAnswer::Absent { message: "none".to_string() }));
    assert!(bench.has(&Effect::Spawn { worker: 1, variant: Variant::Cpu }));
    assert!(matches!(bench.notices()[..], [Notice::GpuMissing { .. }]));
}

#[test]
fn a_dead_worker_is_replaced_from_the_last_checkpoint_and_goes_on() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    bench.ask(None, Ask::Start);
    bench.answer(1, Reply::Done, &[]);
    bench.event(1, Event::Autosave { step: 20 }, &["saved"]);
    bench.ask(Some(5), Ask::Sample { count: 1, seed: 0, label: None });
    bench.die(1);
    let lost = bench.result_of(5).expect("promises are not left open");
    assert_eq!(lost.as_ref().expect_err("the worker is gone").code, "worker_lost");
    assert!(bench.has(&Effect::Spawn { worker: 2, variant: Variant::Cpu }));
    assert!(bench.notices().is_empty(), "it has not started again yet");
    assert_eq!(bench.supervisor.state.phase, Phase::Loading);
    bench.boot(2);
    assert!(matches!(bench.sent(2)[..], [(Command::Load { checkpoint: true, .. }, ["saved"])]));
    bench.answer(2, Reply::Done, &[]);
    assert!(matches!(bench.notices()[..], [Notice::Restarted { step: Some(20), .. }]));
    assert!(matches!(bench.sent(2)[..], [(Command::Start, [])]));
}

#[test]
fn whoever_watches_the_plane_watches_the_next_worker_too() {
    let mut bench = Bench::new(Preference::Cpu);
    // There is no worker yet to get the command.
    bench.effects.extend(bench.supervisor.watch(true));
    assert!(bench.sent(1).is_empty());
    bench.boot(1);
    bench.answer(1, Reply::Done, &[]);
    assert!(bench.sent(1).contains(&(&Command::Watch { plane: true }, &[][..])));
    bench.die(1);
    bench.boot(2);
    bench.answer(2, Reply::Done, &[]);
    assert!(bench.sent(2).contains(&(&Command::Watch { plane: true }, &[][..])));
    bench.effects.extend(bench.supervisor.watch(false));
    bench.die(2);
    bench.boot(3);
    bench.answer(3, Reply::Done, &[]);
    assert!(bench.sent(3).is_empty());
}

#[test]
fn a_gpu_that_dies_leaves_the_run_to_the_cpu() {
    let mut bench = Bench::taking_over(true);
    bench.answer(2, proof(0.0), &[]);
    bench.answer(1, Reply::Done, &[]);
    bench.answer(1, Reply::Checkpoint { step: 9 }, &["last"]);
    bench.answer(2, Reply::Done, &[]);
    bench.event(2, Event::Fault(Fault::Device { message: "lost".to_string() }), &[]);
    assert!(bench.has(&Effect::Terminate { worker: 2 }));
    assert!(bench.has(&Effect::Spawn { worker: 3, variant: Variant::Cpu }));
    bench.boot(3);
    assert!(matches!(bench.sent(3)[..], [(Command::Load { .. }, ["last"])]));
    bench.answer(3, Reply::Done, &[]);
    assert_eq!(bench.sent(3)[0].0, &Command::Start);
    assert!(!bench.effects.iter().any(|e| matches!(e, Effect::Spawn { worker: 4, .. })));
}

#[test]
fn the_fourth_death_within_a_minute_is_the_end_until_the_user_retries() {
    let mut bench = Bench::new(Preference::Cpu);
    for worker in 1..=4 {
        bench.now_ms += 1_000.0;
        bench.boot(worker);
        bench.settle(worker, Err(panic()), &[]);
    }
    assert_eq!(bench.supervisor.state.phase, Phase::Failed);
    assert!(bench.notices().is_empty(), "nothing has started again: {:?}", bench.notices());
    assert!(!bench.has(&Effect::Spawn { worker: 5, variant: Variant::Cpu }));
    bench.ask(Some(1), Ask::Start);
    assert!(bench.result_of(1).expect("settled").is_err());
    let effects = bench.supervisor.retry(bench.now_ms);
    assert!(effects.contains(&Effect::Spawn { worker: 5, variant: Variant::Cpu }));
    assert_eq!(bench.supervisor.state.error, None);
}

#[test]
fn rare_deaths_are_forgotten() {
    let mut bench = Bench::new(Preference::Cpu);
    for worker in 1..=8 {
        bench.now_ms += 25_000.0;
        bench.die(worker);
        assert!(bench.has(&Effect::Spawn { worker: worker + 1, variant: Variant::Cpu }));
    }
}

#[test]
fn a_silent_worker_is_replaced_after_thirty_seconds() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    bench.event(1, Event::State { phase: Phase::Running, step: 1 }, &[]);
    for _ in 0..30 {
        bench.tick_after(1_000.0);
    }
    assert!(!bench.has(&Effect::Terminate { worker: 1 }));
    for _ in 0..8 {
        bench.tick_after(1_000.0);
    }
    assert!(bench.has(&Effect::Terminate { worker: 1 }));
    assert!(bench.has(&Effect::Spawn { worker: 2, variant: Variant::Cpu }));
}

#[test]
fn a_worker_that_answers_is_left_alone_and_so_is_one_after_the_page_slept() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    bench.event(1, Event::State { phase: Phase::Running, step: 1 }, &[]);
    for second in 0..120 {
        bench.tick_after(1_000.0);
        if second % 5 == 4 {
            bench.answer(1, Reply::Done, &[]);
        }
    }
    for _ in 0..12 {
        bench.tick_after(1_000.0);
    }
    bench.tick_after(3_600_000.0);
    bench.tick_after(1_000.0);
    assert!(!bench.has(&Effect::Terminate { worker: 1 }));
}

#[test]
fn a_refused_load_leaves_the_run_as_it_was() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    bench.ask(None, Ask::Start);
    bench.answer(1, Reply::Done, &[]);
    bench.ask(Some(3), load(32, true));
    let fault = Fault::File { message: "digits.idx: is cut off".to_string() };
    bench.settle(1, Err(fault.clone()), &[]);
    assert_eq!(bench.result_of(3).expect("settled").as_ref().expect_err("refused").code, "file");
    assert!(bench.notices().is_empty(), "who asked tells it where the ask was made");
    bench.ask(None, load(32, true));
    bench.settle(1, Err(fault), &[]);
    assert!(matches!(bench.notices()[..], [Notice::Refused(_)]), "nobody else would");
    assert_eq!(bench.supervisor.run(), &default_run());
    assert!(bench.supervisor.wants_running());
}

#[test]
fn a_new_run_is_not_started_unless_it_is_to_be() {
    for then_run in [false, true] {
        let mut bench = Bench::on_cpu(Preference::Cpu);
        bench.ask(None, Ask::Start);
        bench.answer(1, Reply::Done, &[]);
        bench.ask(Some(3), load(32, then_run));
        bench.answer(1, Reply::Done, &[]);
        assert_eq!(bench.supervisor.run().spec.batch_size, 32);
        assert_eq!(bench.sent(1).len(), usize::from(then_run));
        assert_eq!(bench.supervisor.wants_running(), then_run);
    }
}

#[test]
fn a_load_during_the_first_one_replaces_it() {
    let mut bench = Bench::new(Preference::Cpu);
    bench.boot(1);
    bench.ask(Some(2), load(32, false));
    assert!(bench.has(&Effect::Terminate { worker: 1 }), "MNIST may be stuck in the network");
    bench.boot(2);
    let fault = Fault::File { message: "no".to_string() };
    bench.settle(2, Err(fault), &[]);
    assert!(bench.result_of(2).expect("settled").is_err());
    assert_eq!(bench.supervisor.run(), &default_run(), "the first run is taken up again");
    bench.answer(2, Reply::Done, &[]);
    assert_eq!(bench.supervisor.state.error, None);
}

#[test]
fn a_run_that_begins_with_other_nets_has_them_until_it_has_its_own_and_after_a_reset() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    let initial = gan_protocol::InitialSpec {
        checkpoint: "0123456789abcdef".to_owned(),
        nets: gan_protocol::InitialNets::Both,
    };
    let begins = |batch_size, bytes| {
        let Ask::Load { mut run, then_run } = load(batch_size, false) else { unreachable!() };
        run.spec.initial = Some(initial.clone());
        run.initial = bytes;
        Ask::Load { run, then_run }
    };
    bench.ask(None, begins(32, Some("others")));
    assert!(matches!(bench.sent(1)[..], [(Command::Load { checkpoint: true, .. }, ["others"])]));
    bench.answer(1, Reply::Done, &[]);
    bench.event(1, Event::Autosave { step: 20 }, &["own"]);
    bench.ask(None, Ask::Reset);
    assert!(matches!(bench.sent(1)[..], [(Command::Load { checkpoint: true, .. }, ["others"])]));
    bench.answer(1, Reply::Done, &[]);
    // Other settings, the same nets.
    bench.ask(None, begins(16, None));
    assert!(matches!(bench.sent(1)[..], [(Command::Load { checkpoint: true, .. }, ["others"])]));
    bench.answer(1, Reply::Done, &[]);
    bench.ask(None, load(16, false));
    assert!(matches!(bench.sent(1)[..], [(Command::Load { checkpoint: false, .. }, [])]));
    bench.answer(1, Reply::Done, &[]);
    // What does not begin with other nets takes none over, and those are gone with their run.
    bench.ask(None, load(32, false));
    assert!(matches!(bench.sent(1)[..], [(Command::Load { checkpoint: false, .. }, [])]));
    bench.answer(1, Reply::Done, &[]);
    bench.ask(None, begins(32, None));
    assert!(matches!(bench.sent(1)[..], [(Command::Load { checkpoint: false, .. }, [])]));
    bench.answer(1, Reply::Done, &[]);
    // Two in a row, before the first is there.
    bench.ask(None, begins(32, Some("others")));
    bench.ask(None, begins(16, None));
    bench.answer(1, Reply::Done, &[]);
    assert!(matches!(bench.sent(1)[..], [(Command::Load { checkpoint: true, .. }, ["others"])]));
}

#[test]
fn a_reset_is_the_same_run_without_its_checkpoint() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    bench.event(1, Event::Autosave { step: 20 }, &["saved"]);
    bench.ask(Some(1), Ask::Reset);
    let sent = bench.sent(1);
    let [(Command::Load { spec, checkpoint: false, .. }, [])] = sent[..] else {
        panic!("{sent:?}")
    };
    assert_eq!(**spec, default_run::<()>().spec);
    // It may belong to the old run or to the new one.
    bench.event(1, Event::Autosave { step: 21 }, &["doubtful"]);
    bench.answer(1, Reply::Done, &[]);
    assert_eq!(bench.supervisor.run().checkpoint, None);
}

#[test]
fn a_wrong_tuning_is_refused_without_a_worker() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    let tuning = Tuning { label_smoothing: Some(0.9), ..Tuning::default() };
    bench.ask(None, Ask::Tune(tuning.clone()));
    assert!(matches!(bench.notices()[..], [Notice::Refused(_)]), "the user is told");
    bench.ask(Some(1), Ask::Tune(tuning));
    let refusal = bench.result_of(1).expect("settled").as_ref().expect_err("0.9 is too much");
    assert!(refusal.message.starts_with("label_smoothing: is 0.9"), "{}", refusal.message);
    assert!(bench.sent(1).is_empty());
}

#[test]
fn divergence_pauses_the_run_for_good() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    bench.ask(None, Ask::Start);
    bench.answer(1, Reply::Done, &[]);
    bench.event(1, Event::State { phase: Phase::Running, step: 29 }, &[]);
    bench.event(1, Event::Fault(Fault::Diverged { step: 30, restored_step: 20 }), &[]);
    assert!(!bench.supervisor.wants_running());
    assert_eq!(
        bench.supervisor.state.phase,
        Phase::Paused,
        "a notice of it ends when the run goes on"
    );
    assert!(matches!(bench.notices()[..], [Notice::Diverged { step: 30, restored_step: 20 }]));
}

#[test]
fn a_change_of_backend_takes_the_run_along() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    bench.ask(None, Ask::Start);
    bench.answer(1, Reply::Done, &[]);
    bench.effects.extend(bench.supervisor.prefer(0.0, Preference::Webgpu));
    bench.signal(Signal::Adapter(AdapterAnswer::Fit));
    assert!(bench.sent(1).is_empty(), "the CPU trains on until the build is there");
    bench.signal(Signal::GpuBuildReady);
    bench.answer(1, Reply::Done, &[]);
    bench.answer(1, Reply::Checkpoint { step: 8 }, &["last"]);
    assert!(bench.has(&Effect::Spawn { worker: 2, variant: Variant::Gpu }));
    bench.boot(2);
    assert!(matches!(bench.sent(2)[..], [(Command::Load { .. }, ["last"])]));
    bench.answer(2, Reply::Done, &[]);
    assert!(matches!(bench.sent(2)[..], [(Command::Start, [])]));
}

#[test]
fn an_unreadable_checkpoint_does_not_stop_the_run_for_good() {
    let mut bench = Bench::on_cpu(Preference::Cpu);
    bench.event(1, Event::Autosave { step: 20 }, &["broken"]);
    bench.die(1);
    bench.boot(2);
    bench.settle(2, Err(Fault::Checkpoint { message: "cut off".to_string() }), &[]);
    assert!(matches!(bench.sent(2)[..], [(Command::Load { checkpoint: false, .. }, [])]));
    assert!(bench.notices().iter().any(|n| matches!(n, Notice::StartedOver { .. })));
}

#[test]
fn webgpu_by_wish_starts_on_the_cpu_while_its_build_is_missing() {
    let mut bench = Bench::new(Preference::Webgpu);
    bench.signal(Signal::Adapter(AdapterAnswer::Fit));
    assert!(!bench.has(&Effect::Spawn { worker: 1, variant: Variant::Cpu }));
    bench.signal(Signal::GpuBuildMissing);
    assert!(bench.has(&Effect::Spawn { worker: 1, variant: Variant::Cpu }));
    let told = |effect: &Effect<Bytes>| matches!(effect, Effect::Notify(Notice::GpuMissing { .. }));
    assert!(bench.effects.iter().any(told));
    bench.boot(1);
    bench.answer(1, Reply::Done, &[]);
    bench.signal(Signal::GpuBuildReady);
    bench.answer(1, Reply::Done, &[]);
    bench.answer(1, Reply::Checkpoint { step: 0 }, &["last"]);
    assert!(bench.has(&Effect::Spawn { worker: 2, variant: Variant::Gpu }));
}
