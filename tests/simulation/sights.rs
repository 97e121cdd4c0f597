//! What happened in the runs, counted: faults, so that none is silently off, and the rare states
//! that a simulation is for (`sometimes` in other harnesses).

macro_rules! sights {
    ($($(#[$attribute:meta])* $name:ident $text:literal $least:literal;)*) => {
        /// One thing that a run may meet.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Sight {
            $($(#[$attribute])* $name,)*
        }

        impl Sight {
            pub const ALL: &'static [Sight] = &[$(Sight::$name),*];

            pub fn text(self) -> &'static str {
                match self { $(Sight::$name => $text,)* }
            }

            /// How often at least it is met in every thousand seeds.
            pub fn least(self) -> u64 {
                match self { $(Sight::$name => $least,)* }
            }
        }
    };
}

sights! {
    // Faults of the network.
    Dropped "frames dropped" 1;
    Duplicated "frames duplicated" 1;
    Reordered "frames out of order" 1;
    Delayed "frames delayed by an hour or more" 1;
    DelayedByMonths "frames delayed by 30 days or more" 1;
    Garbled "frames garbled" 1;
    Replayed "groups of earlier sessions replayed" 1;
    PartitionedOneWay "partitions in one direction" 1;
    Partitioned "partitions in both directions" 1;
    Swizzled "swizzle-clogs" 1;
    SessionLost "sessions lost at one end" 1;
    SessionFault "sessions ended by a fault" 1;
    Gap "groups beyond a gap" 1;
    // Faults of the machines.
    CutBefore "power cuts before a commit" 1;
    CutAfter "power cuts after a commit" 1;
    CutIdle "power cuts between use cases" 1;
    TornLog "power cuts with a torn log" 1;
    OldCount "power cuts that lost the count beside the database" 1;
    Stopped "orderly restarts" 1;
    ClockForward "clocks jumped forward" 1;
    ClockBack "clocks jumped back" 1;
    BitRot "evidence rotten on the disk" 1;
    Paused "peers paused" 1;
    // What people and offices met.
    Rival "decisions with a rival" 1;
    Stale "stale decisions, taken again" 1;
    Refused "use cases refused" 1;
    VoidWon "withdrawals that won against an accept" 1;
    AcceptWon "accepts that won against a withdrawal" 1;
    VoidAfterAccept "Voids that reached somebody provisional" 1;
    Expired "letters expired" 1;
    ReissueAsked "re-issue requests" 1;
    RefusedAfterAccept "refusals after Accept" 1;
    RefusedAfterRelease "refusals after Release" 1;
    MalformedRefused "Releases refused as malformed" 1;
    OfferFromTheFuture "Offers dated too far ahead" 1;
    Onward "onward transfers offered" 1;
    Returned "members back where they had been" 1;
    Replaced "letters that stand for others" 1;
    EndedWithLetter "memberships ended with an open letter" 1;
    Ended "memberships ended" 1;
    BatchLetter "letters of batches" 1;
    BatchAccepted "letters accepted as a batch" 1;
    Closed "letters closed" 1;
}

/// The counts of some runs.
#[derive(Clone, PartialEq, Eq)]
pub struct Sights([u64; Sight::ALL.len()]);

impl Default for Sights {
    fn default() -> Sights {
        Sights([0; Sight::ALL.len()])
    }
}

impl Sights {
    pub fn see(&mut self, sight: Sight) {
        self.0[sight as usize] += 1;
    }

    pub fn see_if(&mut self, seen: bool, sight: Sight) {
        self.0[sight as usize] += u64::from(seen);
    }

    pub fn add(&mut self, sight: Sight, count: u64) {
        self.0[sight as usize] += count;
    }

    pub fn count(&self, sight: Sight) -> u64 {
        self.0[sight as usize]
    }

    pub fn merge(&mut self, other: &Sights) {
        self.0.iter_mut().zip(other.0).for_each(|(all, one)| *all += one);
    }

    /// What was met too rarely in `seeds` seeds, with the least that is asked for.
    pub fn missing(&self, seeds: u64) -> Vec<String> {
        let least = |sight: Sight| sight.least() * seeds / 1_000;
        let missing = Sight::ALL.iter().filter(|sight| self.count(**sight) < least(**sight));
        missing
            .map(|sight| format!("{}: {} < {}", sight.text(), self.count(*sight), least(*sight)))
            .collect()
    }
}
