//! Passwords: which are refused, and how they are kept.

use std::sync::{Mutex, PoisonError};

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};

use crate::entropy::Entropy;

/// Fewest characters.
const CHARS_MIN: usize = 12;
/// Most bytes; more would only cost time.
const BYTES_MAX: usize = 512;
/// Fewest different characters.
const DIFFERENT_MIN: usize = 5;
/// Passwords of twelve characters or more that many people choose, in lower case.
const COMMON: &str = include_str!("common_passwords.txt");

/// One password at a time is stretched: each takes 19 MiB, and a crowd must not take them all.
static STRETCHING: Mutex<()> = Mutex::new(());

/// Argon2id with its recommended cost: 19 MiB, two passes, one lane.
fn argon() -> Argon2<'static> {
    Argon2::default()
}

/// Refuses what is guessed first; `names` are what stands around the user.
pub(super) fn check(password: &Private<String>, names: &[&str]) -> Result<(), Refusal> {
    let weak = |why: &str| Err(Refusal::about(Code::PasswordWeak, why));
    let text = password.reveal();
    let lower = text.to_lowercase();
    let characters: Vec<char> = lower.chars().collect();
    if characters.len() < CHARS_MIN {
        return weak("< 12");
    }
    if text.len() > BYTES_MAX {
        return weak("> 512 B");
    }
    let mut different = characters.clone();
    different.sort_unstable();
    different.dedup();
    if different.len() < DIFFERENT_MIN || is_a_row(&characters) {
        return weak("a row · 连续或重复");
    }
    if names.iter().any(|name| name.chars().count() > 1 && lower.contains(&name.to_lowercase())) {
        return weak("the name · 含名字");
    }
    if COMMON.lines().any(|common| common == lower) {
        return weak("common · 常见");
    }
    Ok(())
}

/// Whether nearly every character follows the one before it, up or down.
fn is_a_row(characters: &[char]) -> bool {
    let follows = |pair: &[char]| u32::from(pair[0]).abs_diff(u32::from(pair[1])) <= 1;
    let following = characters.windows(2).filter(|pair| follows(pair)).count();
    following * 10 >= (characters.len() - 1) * 8
}

/// The form in which a password is kept.
pub(super) fn stretch(
    password: &Private<String>,
    entropy: &Entropy,
) -> Result<Private<String>, Refusal> {
    let _one = STRETCHING.lock().unwrap_or_else(PoisonError::into_inner);
    let salt: [u8; 16] = entropy.bytes();
    let made = argon().hash_password_with_salt(password.reveal().as_bytes(), &salt);
    let made = made.map_err(|fault| Refusal::about(Code::Internal, format!("Argon2: {fault}")))?;
    Ok(Private::new(made.to_string()))
}

/// Whether the password is the one that was kept. Nobody's takes as long as somebody's.
pub(super) fn is_right(password: &Private<String>, kept: Option<&Private<String>>) -> bool {
    /// What no password stretches to.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA\
                          $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let _one = STRETCHING.lock().unwrap_or_else(PoisonError::into_inner);
    let hash = kept.map_or(NOBODY, |kept| kept.reveal().as_str());
    let cut = password.reveal().as_bytes();
    let cut = &cut[..cut.len().min(BYTES_MAX)];
    argon().verify_password(cut, hash).is_ok() && kept.is_some()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn private(text: &str) -> Private<String> {
        text.into()
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        let names = ["王善武", "shiquan"];
        for weak in [
            "short pass",
            "aaaaaaaaaaaa",
            "abababababab",
            "123456789012",
            "abcdefghijklm",
            "987654321098",
            "Password1234",
            "qwertyuiop123",
            "1qaz2wsx3edc",
            "Shiquan-2026-x",
            "王善武王善武王善武123",
        ] {
            let refused = check(&private(weak), &names).unwrap_err();
            assert_eq!(refused.code, Code::PasswordWeak, "{weak}");
            assert!(!refused.to_string().contains(weak), "{weak} is repeated");
        }
        for fine in ["correct horse battery", "西街的桂花树又开了三月", "x7#kd02m!qpv"] {
            let fine = format!("{fine}9");
            assert!(check(&private(&fine), &names).is_ok(), "{fine}");
        }
    }

    #[test]
    fn a_password_is_kept_stretched_and_only_itself_is_right() {
        let (password, entropy) = (private("correct horse battery"), Entropy::seeded(1));
        let kept = stretch(&password, &entropy).unwrap();
        assert!(kept.reveal().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(stretch(&password, &entropy).unwrap().reveal(), kept.reveal());
        assert!(is_right(&password, Some(&kept)));
        assert!(!is_right(&private("correct horse batterz"), Some(&kept)));
        assert!(!is_right(&password, None));
    }
}
