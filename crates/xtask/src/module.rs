//! Reads the names that a WebAssembly module exports, and removes what no browser needs.
//!
//! One kind of export is watched for. When the linker takes a module for a command, it wraps each
//! export into `NAME.command_export`, which runs all constructors and destructors at every call;
//! a training step through such a wrapper took thirty times as long.

use anyhow::{Context as _, Result, ensure};

/// The names that `module` exports, in the module's order.
///
/// # Errors
/// If `module` is not a WebAssembly module.
pub fn names(module: &[u8]) -> Result<Vec<&str>> {
    const EXPORT_SECTION: u8 = 7;
    let mut reader = Reader(module.strip_prefix(HEAD).context(NO_MODULE)?);
    while !reader.0.is_empty() {
        let id = reader.byte()?;
        let length = reader.number()?;
        let mut section = Reader(reader.take(length)?);
        if id != EXPORT_SECTION {
            continue;
        }
        let count = section.number()?;
        let mut names = Vec::new();
        for _ in 0..count {
            let length = section.number()?;
            names.push(std::str::from_utf8(section.take(length)?)?);
            section.byte()?; // what is exported: a function, table, memory or global
            section.number()?; // which one
        }
        return Ok(names);
    }
    Ok(Vec::new())
}

/// Fails if `module` exports a command wrapper.
///
/// # Errors
/// If it does, or is not a WebAssembly module.
pub fn check(module: &[u8]) -> Result<()> {
    let names = names(module)?;
    let wrapper = names.iter().find(|name| name.ends_with(".command_export"));
    ensure!(
        wrapper.is_none(),
        "it exports `{}`: the linker made a command of it, which is some 30 times slower",
        wrapper.unwrap_or(&"")
    );
    Ok(())
}

/// Sections that say things to tools alone: names of functions, and what made the module.
const FOR_TOOLS: [&[u8]; 2] = [b"name", b"producers"];

/// `module` without what says things to tools alone.
///
/// # Errors
/// If it is not a WebAssembly module.
pub fn stripped(module: &[u8]) -> Result<Vec<u8>> {
    const CUSTOM_SECTION: u8 = 0;
    let mut reader = Reader(module.strip_prefix(HEAD).context(NO_MODULE)?);
    let mut kept = HEAD.to_vec();
    while !reader.0.is_empty() {
        let whole = reader.0;
        let id = reader.byte()?;
        let length = reader.number()?;
        let mut section = Reader(reader.take(length)?);
        if id == CUSTOM_SECTION {
            let length = section.number()?;
            if FOR_TOOLS.contains(&section.take(length)?) {
                continue;
            }
        }
        kept.extend(&whole[..whole.len() - reader.0.len()]);
    }
    Ok(kept)
}

const HEAD: &[u8] = b"\0asm\x01\0\0\0";
const NO_MODULE: &str = "not a WebAssembly module of version 1";

/// What is left to read. Lengths are checked, so that a damaged module is an error.
struct Reader<'module>(&'module [u8]);

impl<'module> Reader<'module> {
    fn byte(&mut self) -> Result<u8> {
        let (&byte, rest) = self.0.split_first().context("the module ends early")?;
        self.0 = rest;
        Ok(byte)
    }

    /// An unsigned 32-bit number in LEB128, as all of the format's counts are.
    fn number(&mut self) -> Result<u32> {
        let mut number = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(u32::try_from(number)?);
            }
        }
        anyhow::bail!("a number is longer than 32 bits")
    }

    fn take(&mut self, length: u32) -> Result<&'module [u8]> {
        let (taken, rest) =
            self.0.split_at_checked(length as usize).context("the module ends early")?;
        self.0 = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with a custom section, then the exports of function 0 under `names`.
    fn module(names: &[&str]) -> Vec<u8> {
        let mut exports = vec![names.len() as u8];
        for name in names {
            exports.push(name.len() as u8);
            exports.extend(name.as_bytes());
            exports.extend([0, 0]);
        }
        let mut module = b"\0asm\x01\0\0\0\0\x02\x01x".to_vec();
        // The section's length in two bytes of LEB128, padded as linkers do.
        module.extend([7, exports.len() as u8 | 0x80, 0]);
        module.extend(exports);
        module
    }

    #[test]
    fn exports_are_listed() {
        let module = module(&["memory", "train"]);
        assert_eq!(names(&module).expect("a module"), ["memory", "train"]);
        check(&module).expect("no wrapper");
    }

    #[test]
    fn a_module_without_exports_has_none() {
        assert!(names(b"\0asm\x01\0\0\0").expect("a module").is_empty());
    }

    #[test]
    fn a_command_wrapper_is_refused() {
        let error = check(&module(&["memory", "train.command_export"])).expect_err("a wrapper");
        assert!(error.to_string().contains("train.command_export"));
    }

    #[test]
    fn what_is_for_tools_is_removed_and_nothing_else() {
        let plain = module(&["memory"]);
        let mut named = plain.clone();
        named.extend(b"\0\x06\x04name\x07");
        named.extend(b"\0\x0b\x09producers\x01");
        assert_eq!(stripped(&named).expect("a module"), plain);
        assert_eq!(stripped(&plain).expect("a module"), plain);
        stripped(&plain[..plain.len() - 1]).expect_err("cut off");
    }

    #[test]
    fn what_is_no_module_is_refused() {
        names(b"<!doctype html>").expect_err("HTML");
        let module = module(&["memory"]);
        names(&module[..module.len() - 1]).expect_err("cut off");
        names(b"\0asm\x01\0\0\0\x07\xff\xff\xff\xff\xff\x01").expect_err("an endless number");
    }
}
