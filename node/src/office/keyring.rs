//! The keys under which members' private data rests, as one decision needs them.

use std::collections::HashMap;

use protocol::codec;
use protocol::id::MemberRef;
use protocol::member::IdNumber;
use protocol::private::Private;
use protocol::refusal::{Code, Refusal};

use crate::store::rows::MemberRow;
use crate::store::{Change, Snapshot};
use crate::vault::{MemberCipher, WrappedKey};

use super::Office;
use super::decide::{Decision, Stop};

/// Ciphers that were unwrapped for one decision.
#[derive(Default)]
pub(super) struct Keyring {
    ciphers: HashMap<MemberRef, MemberCipher>,
}

/// What rests sealed in a member's row.
#[derive(Clone, Default)]
pub(super) struct MemberSecrets {
    /// 公民身份号码.
    pub(super) id_number: Private<String>,
    /// 联系电话, may be empty.
    pub(super) phone: Private<String>,
    /// 现居住地, may be empty.
    pub(super) residence: Private<String>,
    /// 工作单位, may be empty.
    pub(super) unit: Private<String>,
}

impl Decision<'_> {
    /// Seals `plain` under the member's key, which is made if there is none yet.
    pub(super) fn seal(
        &mut self,
        member: MemberRef,
        context: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, Stop> {
        let office = self.office;
        if self.cipher(member)?.is_none() {
            let key = office.shared.vault.new_member_key(office.entropy());
            self.batch.push(Change::MemberKey(member, key.as_bytes().to_vec()));
            self.keyring.ciphers.insert(member, office.shared.vault.unwrap_key(&key)?);
        }
        let cipher = &self.keyring.ciphers[&member];
        Ok(cipher.seal(context, plain, office.entropy()))
    }

    /// Opens what was sealed under a member's key; none if the key was erased.
    pub(super) fn unseal(
        &mut self,
        member: MemberRef,
        context: &[u8],
        sealed: &[u8],
    ) -> Result<Option<Private<Vec<u8>>>, Stop> {
        let Some(cipher) = self.cipher(member)? else { return Ok(None) };
        Ok(Some(cipher.open(context, sealed)?))
    }

    /// The member's cipher, unwrapped once for this decision.
    fn cipher(&mut self, member: MemberRef) -> Result<Option<&MemberCipher>, Stop> {
        if !self.keyring.ciphers.contains_key(&member)
            && let Some(wrapped) = self.snapshot.member_key(member)?
        {
            let wrapped = WrappedKey::try_from(wrapped.as_slice())?;
            let cipher = self.office.shared.vault.unwrap_key(&wrapped)?;
            self.keyring.ciphers.insert(member, cipher);
        }
        Ok(self.keyring.ciphers.get(&member))
    }

    /// The secrets of a member's row; empty after erasure.
    pub(super) fn secrets(&mut self, row: &MemberRow) -> Result<MemberSecrets, Stop> {
        let plain = self.unseal(row.member, row.member.as_bytes(), &row.sealed)?;
        read_secrets(row, plain)
    }

    /// Seals the secrets of a member's row.
    pub(super) fn seal_secrets(
        &mut self,
        member: MemberRef,
        secrets: &MemberSecrets,
    ) -> Result<Vec<u8>, Stop> {
        let MemberSecrets { id_number, phone, residence, unit } = secrets.clone();
        let plain = codec::encode(&(id_number, phone, residence, unit));
        self.seal(member, member.as_bytes(), &plain)
    }
}

impl Office {
    /// What a person is found by without holding the number.
    pub(super) fn id_hmac(&self, id: &IdNumber) -> [u8; 16] {
        let whole = self.shared.vault.id_hmac(id);
        std::array::from_fn(|place| whole[place])
    }

    /// Seals a secret of the node itself: the secret of a pair, or of an invitation.
    pub(super) fn seal_secret(&self, secret: &[u8; 32]) -> Vec<u8> {
        self.shared.vault.seal_secret(secret, &self.shared.entropy)
    }

    /// Opens what [`Office::seal_secret`] sealed.
    pub(super) fn open_secret(&self, sealed: &[u8]) -> Result<[u8; 32], Refusal> {
        let plain = self.shared.vault.open_secret(sealed)?;
        let bytes = plain.reveal().as_slice().try_into();
        bytes.map_err(|_| Refusal::about(Code::NodeVault, "a secret"))
    }

    /// Opens what was sealed under a member's key; none if the key was erased.
    pub(super) fn unseal(
        &self,
        snapshot: &Snapshot<'_>,
        member: MemberRef,
        context: &[u8],
        sealed: &[u8],
    ) -> Result<Option<Private<Vec<u8>>>, Stop> {
        let Some(wrapped) = snapshot.member_key(member)? else { return Ok(None) };
        let key = WrappedKey::try_from(wrapped.as_slice())?;
        Ok(Some(self.shared.vault.open(&key, context, sealed)?))
    }

    /// The secrets of a member's row; empty after erasure.
    pub(super) fn secrets(
        &self,
        snapshot: &Snapshot<'_>,
        row: &MemberRow,
    ) -> Result<MemberSecrets, Stop> {
        let context = row.member.as_bytes();
        read_secrets(row, self.unseal(snapshot, row.member, context, &row.sealed)?)
    }
}

fn read_secrets(row: &MemberRow, plain: Option<Private<Vec<u8>>>) -> Result<MemberSecrets, Stop> {
    let Some(plain) = plain else { return Ok(MemberSecrets::default()) };
    let bytes = plain.reveal();
    if let Ok((id_number, phone, residence, unit)) = codec::decode(bytes) {
        return Ok(MemberSecrets { id_number, phone, residence, unit });
    }
    // As rows were sealed before residence and unit were kept.
    let (id_number, phone) =
        codec::decode(bytes).map_err(|_| Refusal::about(Code::NodeVault, row.member))?;
    Ok(MemberSecrets { id_number, phone, ..MemberSecrets::default() })
}
