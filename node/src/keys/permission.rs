//! Whether the system keeps a key file and its directory from everybody else.
//!
//! The answer for a wrong mode is the exact `chmod`; nothing is changed here, because whoever could
//! read the file until now may have done so.

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use protocol::private::Private;
use protocol::refusal::Refusal;
use rustix::fs::OFlags;
use zeroize::Zeroizing;

use super::key_refusal;

/// Refuses a key directory that is missing, a link, somebody else's, or open to others.
pub(super) fn check_folder(path: &Path) -> Result<(), Refusal> {
    let metadata = fs::symlink_metadata(path).map_err(|e| key_refusal(path, e.to_string()))?;
    if !metadata.is_dir() {
        return Err(key_refusal(path, "it is not a directory itself".to_owned()));
    }
    refuse_others(path, &metadata, 0o700)
}

/// Reads a text file that nobody but the node's user may read.
pub(super) fn read_private(path: &Path, bytes_max: u64) -> Result<Private<String>, Refusal> {
    let fault = |text: &dyn ToString| key_refusal(path, text.to_string());
    // NONBLOCK: opening a pipe would wait for its writer for ever.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let flags = i32::try_from(flags).expect("open flags fit the system's integer");
    let opened = File::options().read(true).custom_flags(flags).open(path);
    let mut file = opened.map_err(|error| match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => fault(&"it is a symbolic link"),
        _ => fault(&error),
    })?;
    let metadata = file.metadata().map_err(|error| fault(&error))?;
    if !metadata.is_file() {
        return Err(fault(&"it is not a file"));
    }
    refuse_others(path, &metadata, 0o600)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(bytes_max as usize + 1));
    let read = (&mut file).take(bytes_max + 1).read_to_end(&mut bytes);
    read.map_err(|error| fault(&error))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) if bytes.len() as u64 <= bytes_max => Ok(Private::new(text.to_owned())),
        _ => Err(fault(&"it is not a short text")),
    }
}

fn refuse_others(path: &Path, metadata: &Metadata, mode: u32) -> Result<(), Refusal> {
    let own = rustix::process::geteuid().as_raw();
    match fault(metadata.uid(), metadata.mode(), own, mode) {
        None => Ok(()),
        Some(Fault::Owner) => {
            let text = format!("it belongs to user {}, not to {own}", metadata.uid());
            Err(key_refusal(path, text))
        }
        Some(Fault::Mode(found)) => {
            let command = format!("chmod {mode:o} '{}'", path.display());
            Err(key_refusal(path, format!("others may use it (mode {found:04o}); run: {command}")))
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Fault {
    Owner,
    Mode(u32),
}

/// Stricter bits than `mode` are fine; more are not.
fn fault(owner: u32, found: u32, own: u32, mode: u32) -> Option<Fault> {
    let found = found & 0o777;
    if owner != own {
        Some(Fault::Owner)
    } else if found & !mode != 0 {
        Some(Fault::Mode(found))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_alone_is_accepted() {
        assert_eq!(fault(7, 0o100_600, 7, 0o600), None);
        assert_eq!(fault(7, 0o100_400, 7, 0o600), None);
        assert_eq!(fault(7, 0o100_600, 8, 0o600), Some(Fault::Owner));
        assert_eq!(fault(0, 0o100_600, 8, 0o600), Some(Fault::Owner));
        for mode in [0o644, 0o640, 0o604, 0o620, 0o602, 0o700] {
            assert_eq!(fault(7, mode, 7, 0o600), Some(Fault::Mode(mode)));
        }
        assert_eq!(fault(7, 0o40_700, 7, 0o700), None);
        assert_eq!(fault(7, 0o40_755, 7, 0o700), Some(Fault::Mode(0o755)));
    }
}
