//! The data directory of one node: its paths, and the lock that keeps a second process out.
//!
//! It does not read what lies in there; `config`, `keys` and the store do.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use protocol::refusal::{Code, Refusal};

/// The path of a data directory, absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDirectory(PathBuf);

impl DataDirectory {
    /// The node that lives in `path`.
    ///
    /// # Errors
    /// `node.no_data` if there is no `config.toml`.
    pub fn existing(path: &Path) -> Result<DataDirectory, Refusal> {
        let directory = DataDirectory::at(path)?;
        if !directory.config_file().is_file() {
            return Err(Refusal::about(Code::NodeNoData, path.display()));
        }
        Ok(directory)
    }

    /// A place for a new node: creates the directory, 0700, unless it is there already, and takes
    /// its lock. The node exists from the moment that `config.toml` is written, which therefore
    /// comes last.
    ///
    /// # Errors
    /// `node.exists` if there is a `config.toml`, `node.locked`, `node.file`.
    pub fn create(path: &Path) -> Result<(DataDirectory, DirectoryLock), Refusal> {
        let directory = DataDirectory::at(path)?;
        let refuse = |error| file_refusal(&directory.0, &error);
        DirBuilder::new().recursive(true).mode(0o700).create(&directory.0).map_err(refuse)?;
        let lock = directory.lock()?;
        if fs::symlink_metadata(directory.config_file()).is_ok() {
            return Err(Refusal::about(Code::NodeExists, path.display()));
        }
        Ok((directory, lock))
    }

    fn at(path: &Path) -> Result<DataDirectory, Refusal> {
        std::path::absolute(path).map(DataDirectory).map_err(|error| file_refusal(path, &error))
    }

    /// Takes the directory for this process alone, until the lock is dropped or the process ends
    /// in whatever way.
    ///
    /// # Errors
    /// `node.locked` if another process holds it, `node.file`.
    pub fn lock(&self) -> Result<DirectoryLock, Refusal> {
        let path = self.0.join("lock");
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|error| file_refusal(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(DirectoryLock { _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(Refusal::about(Code::NodeLocked, self.0.display()))
            }
            Err(TryLockError::Error(error)) => Err(file_refusal(&path, &error)),
        }
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// `config.toml`.
    pub fn config_file(&self) -> PathBuf {
        self.0.join("config.toml")
    }

    /// `rules.toml`.
    pub fn rules_file(&self) -> PathBuf {
        self.0.join("rules.toml")
    }

    /// The directory of the secret keys.
    pub fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }
}

/// Holds the data directory for this process.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

/// The refusal for a file that the system would not let us use.
pub fn file_refusal(path: &Path, error: &io::Error) -> Refusal {
    Refusal::about(Code::NodeFile, format_args!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn code<T: std::fmt::Debug>(result: Result<T, Refusal>) -> Code {
        result.unwrap_err().code
    }

    #[test]
    fn a_new_directory_is_private_and_becomes_a_node_with_its_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        assert_eq!(code(DataDirectory::existing(&path)), Code::NodeNoData);
        let (directory, lock) = DataDirectory::create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(code(DataDirectory::existing(&path)), Code::NodeNoData);
        fs::write(directory.config_file(), "").unwrap();
        drop(lock);
        assert_eq!(DataDirectory::existing(&path), Ok(directory));
        assert_eq!(code(DataDirectory::create(&path)), Code::NodeExists);
    }

    #[test]
    fn only_one_holds_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let (directory, lock) = DataDirectory::create(folder.path()).unwrap();
        assert_eq!(code(directory.lock()), Code::NodeLocked);
        assert_eq!(code(DataDirectory::create(folder.path())), Code::NodeLocked);
        drop(lock);
        assert!(directory.lock().is_ok());
    }

    #[test]
    fn a_file_where_the_directory_should_be_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        let refusal = DataDirectory::create(&path).unwrap_err();
        assert_eq!(refusal.code, Code::NodeFile);
        assert!(refusal.subject.starts_with(path.to_str().unwrap()), "{refusal}");
    }
}
