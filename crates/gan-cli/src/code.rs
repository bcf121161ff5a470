//! `gan code`

use anyhow::Result;
use clap::Args;

use crate::Ending;
use crate::output::tell;
use crate::specs::SpecArguments;

/// Arguments of `gan code`.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    spec: SpecArguments,
}

/// Prints the run as a PyTorch program; what that does not have is told on the other channel too.
pub(crate) fn run(arguments: &Arguments) -> Result<Ending> {
    let program = gan_code::pytorch(&arguments.spec.spec()?);
    tell(format_args!("{}", program.text))?;
    for what in &program.left_out {
        eprintln!("not in the program: {what}");
    }
    Ok(Ending::Done)
}
