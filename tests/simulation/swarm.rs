//! How bad the world of one seed is: each fault has a rate of its own, and some are off, so that
//! runs differ in kind and not only in luck.

use crate::dice::Dice;

/// Rates in thousandths: of each frame, of each use case, or of each step.
#[derive(Clone, Copy, Default)]
pub struct Swarm {
    // Of each frame.
    pub drop: u64,
    pub duplicate: u64,
    pub reorder: u64,
    pub garble: u64,
    pub replay: u64,
    pub delay: u64,
    // Of each use case.
    pub cut: u64,
    pub rival: u64,
    // Of each step.
    pub partition: u64,
    pub swizzle: u64,
    pub session_loss: u64,
    pub machine: u64,
    pub clock: u64,
    pub rot: u64,
    pub pause: u64,
    /// Jobs that are done at once.
    pub eager: u64,
    /// Steps in which people act.
    pub people: u64,
    /// Steps in which hours or days pass.
    pub leaps: u64,
}

impl Swarm {
    pub fn of(dice: &mut Dice) -> Swarm {
        let mut rate = |most: u64| if dice.permille(350) { 0 } else { dice.within(0..most) + 1 };
        Swarm {
            drop: rate(60),
            duplicate: rate(120),
            reorder: rate(60),
            garble: rate(15),
            replay: rate(80),
            delay: rate(40),
            cut: rate(50),
            rival: rate(300),
            partition: rate(15),
            swizzle: rate(4),
            session_loss: rate(15),
            machine: rate(10),
            clock: rate(8),
            rot: rate(4),
            pause: rate(8),
            eager: dice.within(0..1_000),
            people: dice.within(15..110),
            leaps: dice.within(0..12),
        }
    }
}
