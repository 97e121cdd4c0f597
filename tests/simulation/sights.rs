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
    Dropped "frames dropped" 1_000;
    Duplicated "frames duplicated" 2_000;
    Reordered "frames out of order" 200;
    Delayed "frames delayed by an hour or more" 150;
    DelayedByMonths "frames delayed by 30 days or more" 250;
    Garbled "frames garbled" 200;
    Replayed "groups of earlier sessions replayed" 400;
    PartitionedOneWay "partitions in one direction" 1_000;
    Partitioned "partitions in both directions" 1_000;
    Swizzled "swizzle-clogs" 600;
    SessionLost "sessions lost at one end" 1_500;
    SessionFault "sessions ended by a fault" 800;
    Gap "groups beyond a gap" 250;
    // Faults of the machines.
    CutBefore "power cuts before a commit" 100;
    CutAfter "power cuts after a commit" 100;
    CutIdle "power cuts between use cases" 900;
    TornLog "power cuts with a torn log" 180;
    OldCount "power cuts that lost the count beside the database" 180;
    Stopped "orderly restarts" 400;
    ClockForward "clocks jumped forward" 300;
    ClockBack "clocks jumped back" 300;
    BitRot "evidence rotten on the disk" 200;
    Paused "peers paused" 400;
    // What people and offices met.
    Rival "decisions with a rival" 3_000;
    Stale "stale decisions, taken again" 400;
    Refused "use cases refused" 4_000;
    VoidWon "withdrawals that won against an accept" 600;
    AcceptWon "accepts that won against a withdrawal" 100;
    VoidAfterAccept "Voids that reached somebody provisional" 600;
    Expired "letters expired" 150;
    LateAccept "Accepts of letters that had expired" 1;
    ReissueAsked "re-issue requests" 40;
    RefusedAfterAccept "refusals after Accept" 300;
    RefusedAfterRelease "refusals after Release" 150;
    MalformedRefused "Releases refused as malformed" 50;
    OfferFromTheFuture "Offers dated too far ahead" 25;
    OfferOfOldGeneration "Offers of a generation held meanwhile" 1;
    Onward "onward transfers offered" 800;
    Returned "members back where they had been" 150;
    Replaced "letters that stand for others" 900;
    EndedWithLetter "memberships ended with an open letter" 400;
    Ended "memberships ended" 400;
    BatchLetter "letters of batches" 600;
    BatchAccepted "letters accepted as a batch" 30;
    Closed "letters closed" 1_000;
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
