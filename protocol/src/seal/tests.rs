//! Seals, to the bit.

use super::*;

fn leaves(count: u8) -> Vec<EntryHash> {
    (0..count).map(|i| leaf(&[i], b"statement")).collect()
}

#[test]
fn every_entry_of_a_group_verifies_alone() {
    let signer = Signer::from_seed(&[3; 32]);
    for size in [1, 2, 3, 5, 7, 8, 63, 64] {
        let leaves = leaves(size);
        let signature = signer.seal_group(Domain::Real, &leaves);
        assert!(verify_group(&signer.public(), Domain::Real, &leaves, &signature));
        let seals = Seal::of_group(signature, &leaves);
        for (seal, leaf) in seals.iter().zip(&leaves) {
            assert!(seal.verifies(&signer.public(), Domain::Real, leaf), "{size}");
            assert!(!seal.verifies(&signer.public(), Domain::Rehearsal, leaf));
        }
        assert!(seals.iter().all(|seal| !seal.verifies(
            &signer.public(),
            Domain::Real,
            &leaves[0]
        ) || seal.index == 0));
    }
}

/// no bit of a seal may change.
#[test]
fn a_seal_with_any_bit_flipped_is_refused() {
    let signer = Signer::from_seed(&[3; 32]);
    let leaves = leaves(5);
    let seal = Seal::of_group(signer.seal_group(Domain::Real, &leaves), &leaves).remove(2);
    let bytes = crate::codec::encode(&seal);
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(other) = crate::codec::decode::<Seal>(&flipped) {
            assert!(!other.verifies(&signer.public(), Domain::Real, &leaves[2]), "bit {bit}");
        }
    }
}

/// a non-canonical S (S + group order) is not accepted, and weak keys do not exist.
#[test]
fn malleable_signatures_and_weak_keys_are_refused() {
    let signer = Signer::from_seed(&[3; 32]);
    let signature = signer.sign(Domain::Real, Purpose::Head, b"message");
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut bytes = signature.0;
    let mut carry = 0u16;
    for (byte, add) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    let public = signer.public();
    assert!(public.verifies(Domain::Real, Purpose::Head, b"message", &signature));
    assert!(!public.verifies(Domain::Real, Purpose::Seal, b"message", &signature));
    assert!(!public.verifies(Domain::Real, Purpose::Head, b"message", &Signature(bytes)));
    let mut identity = [0; 32];
    identity[0] = 1;
    assert!(PublicKey::from_bytes(&identity).is_none());
    assert!(PublicKey::from_bytes(&[0; 32]).is_none());
}
