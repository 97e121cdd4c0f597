//! Points of ristretto255 and their exponents: the only file that names the curve.
//!
//! The group has prime order, so that no point is of small order, and one encoding of each point.
//! Whatever is secret (numbers, exponents) is worked on in constant time.

use std::fmt;

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use crate::member::IdNumber;

/// Random bytes from which an exponent is made.
pub const EXPONENT_BYTES: usize = 64;

/// An encoded point; as it comes from a peer, any bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Point(pub(super) [u8; Point::BYTES]);

impl Point {
    /// Its length.
    pub(super) const BYTES: usize = 32;
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Point(…)")
    }
}

/// One side's secret in one run. Kept halved, because points are encoded together by a way that
/// doubles them.
pub(super) struct Exponent(Zeroizing<Scalar>);

impl Exponent {
    pub(super) fn new(random: &[u8; EXPONENT_BYTES]) -> Exponent {
        let half = Scalar::from(2u8).invert();
        Exponent(Zeroizing::new(Scalar::from_bytes_mod_order_wide(random) * half))
    }

    /// Numbers as points of a run, under this exponent; `context` is what makes the run unlike any
    /// other.
    pub(super) fn hide<'a>(
        &self,
        context: &[u8],
        numbers: impl Iterator<Item = &'a IdNumber>,
    ) -> Vec<Point> {
        let begun = Sha512::new_with_prefix(context);
        self.raised(numbers.map(|number| {
            let digest: Zeroizing<[u8; 64]> =
                Zeroizing::new(begun.clone().chain_update(number.reveal()).finalize().into());
            RistrettoPoint::from_uniform_bytes(&digest)
        }))
    }

    /// The other side's points under this exponent as well; none if one of them is no point, or the
    /// one that every exponent leaves as it is.
    pub(super) fn raise(&self, points: &[Point]) -> Option<Vec<Point>> {
        let read = |point: &Point| {
            let point = CompressedRistretto(point.0).decompress()?;
            (!point.is_identity()).then_some(point)
        };
        let read: Vec<RistrettoPoint> = points.iter().map(read).collect::<Option<_>>()?;
        Some(self.raised(read.into_iter()))
    }

    fn raised(&self, points: impl Iterator<Item = RistrettoPoint>) -> Vec<Point> {
        let halves: Vec<RistrettoPoint> = points.map(|point| point * *self.0).collect();
        let encoded = RistrettoPoint::double_and_compress_batch(&halves);
        encoded.into_iter().map(|point| Point(point.to_bytes())).collect()
    }
}

impl fmt::Debug for Exponent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exponent(…)")
    }
}
