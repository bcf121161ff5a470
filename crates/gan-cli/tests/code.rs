//! `gan code`: its arguments, and the refusals of wrong ones.

use std::process::{Command, Output};

use gan_core::Trainer;
use gan_protocol::preset;
use pollster::block_on;

fn gan(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gan")).args(arguments).output().expect("the command runs")
}

fn refused(arguments: &[&str], code: i32) -> String {
    let output = gan(arguments);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn a_checkpoint_takes_the_place_of_a_run() {
    let name = format!("gan-code-{}.safetensors", std::process::id());
    let path = std::env::temp_dir().join(name);
    let path = path.to_str().expect("a plain name");
    let spec = preset("ring").expect("a preset").spec;
    let trainer = Trainer::new(&spec, &gan_core::cpu()).expect("a run");
    let snapshot = block_on(trainer.snapshot()).expect("a checkpoint");

    std::fs::write(path, snapshot.to_bytes()).expect("written");
    let output = gan(&["code", "--weights", path]);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains(&format!("load_file(\"{path}\"")), "{text}");
    assert!(text.contains("DONE = 0  # steps of the run before"), "{text}");

    for more in [&["ring"][..], &["--seed", "2"], &["--patch", "{}"]] {
        let told = refused(&[&["code", "--weights", path], more].concat(), 2);
        assert!(told.contains("cannot be used with"), "{told}");
    }
    assert!(refused(&["code"], 2).contains("--weights"));
    let generator = snapshot.generator_file(gan_core::Precision::Bits16).expect("its generator");
    std::fs::write(path, generator).expect("written");
    let told = refused(&["code", "--weights", path], 1);
    assert!(told.contains(path), "{told}");
    std::fs::remove_file(path).expect("removed");
}
