//! Runs other programs, with their output shown, kept, or both; and ends them together with this
//! one.
//!
//! Each child leads a process group of its own, so that one signal ends it together with the
//! compilers or browsers that it started.

use std::collections::BTreeSet;
use std::env;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result, bail};

static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());
/// This program's exit code after a signal. The default is 130, which shells report for an
/// interrupt. It is 0 for commands that are meant to end by an interrupt.
static EXIT_CODE_ON_SIGNAL: AtomicI32 = AtomicI32::new(130);

/// From now on an interrupt or a termination signal also ends all children.
pub fn end_children_on_signal() {
    let handler = || {
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        for &id in running.iter() {
            end_group(id);
        }
        // The lock is held until the end, so that no other child can be started.
        std::process::exit(EXIT_CODE_ON_SIGNAL.load(Ordering::Relaxed));
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        eprintln!("warning: an interrupt will not end child processes: {error}");
    }
}

/// From now on an interrupt is the regular end of this program.
pub fn interrupt_is_success() {
    EXIT_CODE_ON_SIGNAL.store(0, Ordering::Relaxed);
}

#[cfg(unix)]
fn end_group(id: u32) {
    if let Ok(id) = libc::pid_t::try_from(id) {
        // SAFETY: kill(2) takes no pointers; the group is one that `start` made.
        unsafe { libc::kill(-id, libc::SIGTERM) };
    }
}

#[cfg(not(unix))]
fn end_group(_id: u32) {
    // The console passes an interrupt to the children.
}

/// A running child, registered so that a signal ends it.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start `{}`", line(command)))?;
        running.insert(child.id());
        Ok(Self(child))
    }

    fn wait(&mut self) -> Result<ExitStatus> {
        Ok(self.0.wait()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let id = self.0.id();
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

/// Runs `command` and shows its output.
///
/// # Errors
/// If the command cannot be started or fails; the error names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let status = Running::start(command)?.wait()?;
    check(command, status)
}

/// Runs `command` and appends its output to the file `log`.
///
/// # Errors
/// If the command cannot be started or fails; the error names the command and the file.
pub fn run_logged(command: &mut Command, log: &Path) -> Result<()> {
    let file = File::options()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("cannot write {}", log.display()))?;
    command.stdout(file.try_clone()?).stderr(file);
    let status = Running::start(command)?.wait()?;
    check(command, status).with_context(|| format!("see {}", log.display()))
}

/// Runs `command` silently and returns its standard output.
///
/// # Errors
/// If the command cannot be started or fails; the error holds the line with the reason.
pub fn output(command: &mut Command) -> Result<String> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let (status, out, err) = collect(Running::start(command)?, false)?;
    if !status.success() {
        let mut lines = err.lines().map(str::trim);
        let named = lines.clone().find(|line| line.starts_with("error"));
        let reason = named.or_else(|| lines.rfind(|line| !line.is_empty()));
        let reason = reason.unwrap_or("it said nothing");
        bail!("{} failed: {reason}", name(command));
    }
    Ok(out)
}

/// Runs `command`, shows its output and keeps it. Returns the exit status and the output.
///
/// # Errors
/// If the command cannot be started. A failing status is left to the caller.
pub fn run_kept(command: &mut Command) -> Result<(ExitStatus, String)> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let (status, out, err) = collect(Running::start(command)?, true)?;
    Ok((status, out + "\n" + &err))
}

fn collect(mut running: Running, echo: bool) -> Result<(ExitStatus, String, String)> {
    let out = running.0.stdout.take().context("no standard output")?;
    let err = running.0.stderr.take().context("no standard error")?;
    let (out, err) = thread::scope(|scope| {
        let err = scope.spawn(|| keep(err, echo.then(io::stderr)));
        (keep(out, echo.then(io::stdout)), err.join())
    });
    let err = err.map_err(|_| anyhow::anyhow!("the reader of standard error failed"))?;
    Ok((running.wait()?, out, err))
}

/// Reads to the end, line by line, and passes each line on to `echo`.
fn keep(from: impl Read, mut echo: Option<impl Write>) -> String {
    let mut reader = BufReader::new(from);
    let mut kept = Vec::new();
    loop {
        let start = kept.len();
        match reader.read_until(b'\n', &mut kept) {
            Ok(0) | Err(_) => return String::from_utf8_lossy(&kept).into_owned(),
            Ok(_) => {
                if let Some(echo) = &mut echo {
                    // If the terminal is closed, the child's output is still read.
                    let _ = echo.write_all(&kept[start..]);
                }
            }
        }
    }
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    bail!("`{}` ended with {status}", line(command))
}

/// The command as a user would type it, without its environment.
pub fn line(command: &Command) -> String {
    let mut line = name(command);
    for argument in command.get_args() {
        line.push(' ');
        let text = argument.to_string_lossy();
        match text.char_indices().nth(120) {
            Some((end, _)) => line.extend([&text[..end], "..."]),
            None => line.push_str(&text),
        }
    }
    line
}

/// The program's name without its folder.
fn name(command: &Command) -> String {
    let program = command.get_program();
    let name = Path::new(program).file_name().unwrap_or(program);
    name.to_string_lossy().into_owned()
}

/// The path of the program called `name` in one of PATH's folders.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_kept_and_failure_is_reported() {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let text = output(Command::new(&cargo).arg("--version")).expect("cargo runs");
        assert!(text.starts_with("cargo "), "{text}");

        let error = output(Command::new(&cargo).arg("--no-such-option")).expect_err("must fail");
        let error = error.to_string();
        assert!(error.contains("--no-such-option"), "{error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("no-such-program-here")).expect_err("must fail");
        assert!(error.to_string().contains("no-such-program-here"));
    }
}
