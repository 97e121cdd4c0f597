//! Key files on a real disk: written, refused, encrypted.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use protocol::private::Private;
use tempfile::TempDir;

use super::*;

const FILES: [&str; 5] = ["identity.key", "signing.key", "tls.key", "agreement.key", "vault.key"];

struct Place {
    _folder: TempDir,
    keys: PathBuf,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        Place { _folder: folder, keys }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.keys.join(name)
    }

    fn refused(&self) -> String {
        let refusal = Keys::load(&self.keys, None).unwrap_err();
        assert_eq!(refusal.code, Code::NodeKeys);
        refusal.subject
    }
}

fn generated(seed: u64) -> (Place, Keys) {
    crate::telemetry::watch::watch();
    let place = Place::new();
    let keys = Keys::generate(&place.keys, &Entropy::seeded(seed), None).unwrap();
    (place, keys)
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn secrets(keys: &Keys) -> [[u8; 32]; 5] {
    Kind::ALL.map(|kind| *keys.secret(kind).reveal())
}

#[test]
fn keys_come_back_as_they_were_written() {
    let (place, keys) = generated(1);
    let loaded = Keys::load(&place.keys, None).unwrap();
    assert_eq!(secrets(&loaded), secrets(&keys));
    assert_eq!(loaded.node_id(), keys.node_id());
    let mut all = secrets(&keys).to_vec();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 5, "no key serves two ends");
    assert_eq!(fs::metadata(&place.keys).unwrap().permissions().mode() & 0o777, 0o700);
    for name in FILES {
        assert_eq!(fs::metadata(place.file(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(format!("{keys:?}"), format!("Keys({})", keys.node_id()));
}

#[test]
fn an_existing_node_is_never_written_over() {
    let (place, keys) = generated(1);
    let refusal = Keys::generate(&place.keys, &Entropy::seeded(2), None).unwrap_err();
    assert_eq!(refusal.code, Code::NodeExists);
    assert_eq!(secrets(&Keys::load(&place.keys, None).unwrap()), secrets(&keys));
    fs::remove_file(place.file("identity.key")).unwrap();
    let again = Keys::generate(&place.keys, &Entropy::seeded(2), None).unwrap();
    assert_eq!(secrets(&Keys::load(&place.keys, None).unwrap()), secrets(&again));
}

#[test]
fn a_file_or_folder_open_to_others_is_refused_with_the_command() {
    let (place, _) = generated(1);
    for name in FILES {
        let path = place.file(name);
        set_mode(&path, 0o644);
        let text = place.refused();
        assert!(text.contains("mode 0644"), "{text}");
        assert!(text.ends_with(&format!("run: chmod 600 '{}'", path.display())), "{text}");
        set_mode(&path, 0o400);
    }
    set_mode(&place.keys, 0o750);
    let text = place.refused();
    assert!(text.ends_with(&format!("run: chmod 700 '{}'", place.keys.display())), "{text}");
    assert_eq!(
        Keys::generate(&place.keys, &Entropy::seeded(2), None).unwrap_err().code,
        Code::NodeKeys
    );
    set_mode(&place.keys, 0o700);
    assert!(Keys::load(&place.keys, None).is_ok());
}

#[test]
fn links_pipes_folders_and_absent_files_are_refused() {
    let (place, _) = generated(1);
    let path = place.file("tls.key");
    let elsewhere = place.file("elsewhere");
    fs::rename(&path, &elsewhere).unwrap();
    assert!(place.refused().contains("tls.key"));
    symlink(&elsewhere, &path).unwrap();
    assert!(place.refused().ends_with("it is a symbolic link"));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(place.refused().ends_with("it is not a file"));
    fs::remove_dir(&path).unwrap();
    let fifo = std::process::Command::new("mkfifo").args(["-m", "600"]).arg(&path).status();
    assert!(fifo.unwrap().success());
    assert!(place.refused().ends_with("it is not a file"));

    let link = place.keys.with_file_name("link");
    symlink(&place.keys, &link).unwrap();
    let refusal = Keys::load(&link, None).unwrap_err();
    assert!(refusal.subject.ends_with("it is not a directory itself"), "{refusal}");
}

#[test]
fn a_key_of_another_node_or_kind_is_refused() {
    let (place, keys) = generated(1);
    let (other, theirs) = generated(2);
    for name in ["signing.key", "tls.key", "agreement.key", "vault.key"] {
        let own = fs::read(place.file(name)).unwrap();
        fs::copy(other.file(name), place.file(name)).unwrap();
        let text = place.refused();
        let told =
            format!("{name}: it belongs to node {}, not to {}", theirs.node_id(), keys.node_id());
        assert!(text.ends_with(&told), "{text}");
        fs::write(place.file(name), own).unwrap();
    }
    fs::copy(place.file("tls.key"), place.file("signing.key")).unwrap();
    assert!(place.refused().ends_with("it holds a key of kind tls, not signing"));
}

#[test]
fn damage_is_found_at_every_byte() {
    let (place, _) = generated(1);
    let path = place.file("identity.key");
    let sound = fs::read(&path).unwrap();
    for at in 0..sound.len() - 1 {
        let mut damaged = sound.clone();
        damaged[at] ^= 1;
        fs::write(&path, &damaged).unwrap();
        let text = place.refused();
        assert!(!text.contains(&String::from_utf8_lossy(&sound[sound.len() - 90..][..64])[..]));
        fs::write(&path, &sound[..at]).unwrap();
        place.refused();
    }
    fs::write(&path, vec![b'x'; 5000]).unwrap();
    assert!(place.refused().ends_with("it is not a short text"));
}

#[test]
fn a_passphrase_seals_the_secrets() {
    let place = Place::new();
    let entropy = Entropy::seeded(1);
    let right: Private<String> = "正确的马-battery-staple".into();
    let short: Private<String> = "eleven char".into();
    let refusal = Keys::generate(&place.keys, &entropy, Some(&short)).unwrap_err();
    assert!(refusal.subject.contains("at least 12"), "{refusal}");

    let keys = Keys::generate(&place.keys, &entropy, Some(&right)).unwrap();
    for (name, secret) in FILES.iter().zip([keys.identity.reveal(), keys.signing.reveal()]) {
        let text = fs::read_to_string(place.file(name)).unwrap();
        assert!(!text.contains(&data_encoding::HEXLOWER.encode(secret)));
    }
    let refused = |passphrase| Keys::load(&place.keys, passphrase).unwrap_err().subject;
    assert!(refused(None).ends_with("set keys.passphrase_file"));
    assert!(refused(Some(&"wrong horse battery".into())).ends_with("does not open it"));
    assert_eq!(secrets(&Keys::load(&place.keys, Some(&right)).unwrap()), secrets(&keys));

    let (plain, _) = generated(2);
    let refusal = Keys::load(&plain.keys, Some(&right)).unwrap_err();
    assert!(refusal.subject.contains("it is not encrypted"), "{refusal}");
}

#[test]
fn a_passphrase_file_is_private_and_one_line() {
    let (place, _) = generated(1);
    let path = place.file("passphrase");
    fs::write(&path, "十二个字的口令要够长才行呀\r\n").unwrap();
    set_mode(&path, 0o600);
    assert_eq!(read_passphrase(&path).unwrap().reveal(), "十二个字的口令要够长才行呀");
    set_mode(&path, 0o644);
    assert!(read_passphrase(&path).unwrap_err().subject.contains("chmod 600"));
    set_mode(&path, 0o600);
    fs::write(&path, "\n").unwrap();
    assert!(read_passphrase(&path).unwrap_err().subject.ends_with("is empty"));
}

#[test]
fn both_sides_of_a_pair_get_one_secret() {
    let ((_a, a), (_b, b), (_c, c)) = (generated(1), generated(2), generated(3));
    let of = |own: &Keys, peer: &Keys| {
        *own.pair_secret(&peer.agreement_public(), &peer.node_id()).unwrap().reveal()
    };
    assert_eq!(of(&a, &b), of(&b, &a));
    assert_ne!(of(&a, &b), of(&a, &c));
    // The same agreement under another identity is another secret.
    let other = a.pair_secret(&b.agreement_public(), &c.node_id()).unwrap();
    assert_ne!(of(&a, &b), *other.reveal());
    assert!(a.pair_secret(&[0; 32], &b.node_id()).is_none());
}
