//! Reads the header of a checkpoint file before the file is sent to a worker.
//!
//! A `.safetensors` file begins with the length of its header (8 bytes, little-endian) and the
//! header (JSON), whose `__metadata__` contains the run. Every value is checked.

use gan_protocol::{CHECKPOINT_FORMAT, HEADER_KEY, RunSpec};
use serde_json::Value;

use crate::model::refusal::Refusal;
use crate::model::wire::names;

/// Bytes before the header.
pub const PREFIX_BYTES: usize = 8;
const LARGEST_HEADER_BYTES: u64 = 4 << 20;

/// The length of the header in bytes, from the first bytes of a file of `file_bytes`.
///
/// # Errors
/// If the file cannot be a checkpoint.
pub fn header_bytes(prefix: &[u8], file_bytes: usize) -> Result<usize, Refusal> {
    let prefix: [u8; PREFIX_BYTES] = prefix
        .try_into()
        .map_err(|_| Refusal::checkpoint("the file is too short to be a checkpoint"))?;
    let length = u64::from_le_bytes(prefix);
    if length == 0 || length > LARGEST_HEADER_BYTES {
        return Err(Refusal::checkpoint("the file is not a .safetensors checkpoint"));
    }
    match usize::try_from(length) {
        Ok(length) if length <= file_bytes.saturating_sub(PREFIX_BYTES) => Ok(length),
        _ => Err(Refusal::checkpoint("the file is cut off")),
    }
}

/// Whether a header belongs to a file of this program.
pub fn is_own_header(header: &[u8]) -> bool {
    header.windows(HEADER_KEY.len()).any(|part| part == HEADER_KEY.as_bytes())
}

/// The facts in a checkpoint's header.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRun {
    /// The run, with the settings in force when the checkpoint was made.
    pub spec: RunSpec,
    /// Generator steps done.
    pub step: u64,
    /// Names of the user's files that it learned from, if they are recorded.
    pub files: Vec<String>,
}

/// Reads the header of a file that has `data_bytes` after it.
///
/// # Errors
/// If it is not the header of a checkpoint of this program, if its spec is refused, or if its
/// tensors are not complete.
pub fn read_header(header: &[u8], data_bytes: usize) -> Result<StoredRun, Refusal> {
    let foreign = || Refusal::checkpoint("the file holds no run of this program");
    // As text: reading bytes would bring a second reader of JSON into the page.
    let header = std::str::from_utf8(header).ok().and_then(|text| serde_json::from_str(text).ok());
    let header: Value =
        header.ok_or_else(|| Refusal::checkpoint("the file is not a .safetensors checkpoint"))?;
    let text = header["__metadata__"][HEADER_KEY].as_str().ok_or_else(foreign)?;
    let ends = header.as_object().into_iter().flatten();
    let ends = ends.filter_map(|(_, tensor)| tensor["data_offsets"][1].as_u64());
    if ends.max().unwrap_or(0) > data_bytes as u64 {
        return Err(Refusal::checkpoint("the file is cut off"));
    }
    let own: Value = serde_json::from_str(text).map_err(|_| foreign())?;
    match own["format"].as_str() {
        Some(CHECKPOINT_FORMAT) => {}
        Some(other) => {
            let message = format!("the file's format is `{other}`; known is {CHECKPOINT_FORMAT}");
            return Err(Refusal::checkpoint(message));
        }
        None => return Err(foreign()),
    }
    let spec = RunSpec::from_value(own["spec"].clone())
        .map_err(|error| Refusal::checkpoint(format!("the file's run: {error}")))?;
    let step = own["step"].as_u64().ok_or_else(foreign)?;
    let files = names(&own["data"]["files"]);
    Ok(StoredRun { spec, step, files })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::default_run;
    use serde_json::json;

    fn file(format: &str, batch_size: usize) -> Vec<u8> {
        let mut spec = default_run::<()>().spec;
        spec.batch_size = batch_size;
        let mut own = json!({"format": format, "spec": spec, "step": 12, "discriminator_step": 24});
        if batch_size == 16 {
            own["data"] = json!({"source": "idx_files", "files": ["a.idx", "b.idx"]});
        }
        let tensor = json!({"dtype": "F32", "shape": [2], "data_offsets": [0, 8]});
        let header = json!({"__metadata__": {"gan_playground": own.to_string()}, "w": tensor});
        header.to_string().into_bytes()
    }

    #[test]
    fn the_run_and_its_step_are_read() {
        let header = read_header(&file(CHECKPOINT_FORMAT, 32), 8).expect("valid");
        assert_eq!((header.step, header.spec.batch_size), (12, 32));
        assert!(header.files.is_empty(), "of an earlier version");
        let header = read_header(&file(CHECKPOINT_FORMAT, 16), 8).expect("valid");
        assert_eq!(header.files, ["a.idx", "b.idx"]);
    }

    #[test]
    fn a_file_without_its_last_tensors_is_cut_off() {
        let header = file(CHECKPOINT_FORMAT, 32);
        let refusal = read_header(&header, 7).expect_err("a byte is missing");
        assert!(refusal.message.contains("cut off"), "{refusal:?}");
    }

    #[test]
    fn foreign_files_are_told_apart() {
        let told = |bytes: &[u8]| read_header(bytes, 8).expect_err("foreign").message;
        assert!(told(b"PNG").contains("not a .safetensors"));
        assert!(told(b"{}").contains("no run"));
        assert!(told(&file("other-9", 32)).contains("`other-9`"));
        assert!(told(&file(CHECKPOINT_FORMAT, 0)).contains("batch_size: is 0"));
    }

    #[test]
    fn own_headers_are_told_from_others() {
        assert!(is_own_header(&file(CHECKPOINT_FORMAT, 32)));
        assert!(!is_own_header(br#"{"images":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#));
    }

    #[test]
    fn lengths_are_checked_before_anything_is_read() {
        assert_eq!(header_bytes(&100u64.to_le_bytes(), 108), Ok(100));
        assert!(header_bytes(&100u64.to_le_bytes(), 107).is_err());
        assert!(header_bytes(&u64::MAX.to_le_bytes(), 1_000).is_err());
        assert!(header_bytes(&[0; 8], 1_000).is_err());
        assert!(header_bytes(&[1, 2], 2).is_err());
    }
}
