//! Every guard of the rules, and for each the search that finds what goes wrong without it. Those
//! that no search of this size can tell missing are in [`UNSEEN`], with the reason.

use crate::moves::Size;
use crate::promises::{
    CUSTODY, HEALS, IN_TIME, IN_TRANSIT, NO_ACCEPT_AFTER_REFUSAL, NO_MACHINE_REFUSAL, ONE_DECISION,
    ONE_HOLDER, ONE_LETTER, OWN_RELEASE, PROMISES, SAME_WORD,
};
use crate::sizes;

macro_rules! guards {
    ($($(#[$doc:meta])* $guard:ident,)*) => {
        /// Something that the rules ask for and a mutant leaves out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Guard {
            $($(#[$doc])* $guard,)*
        }

        impl Guard {
            /// Every guard.
            pub const ALL: &'static [Guard] = &[$(Guard::$guard),*];
        }
    };
}

guards! {
    /// not while a letter of the membership is open.
    OneOpenLetter,
    /// only what is held in full.
    OfferByHolder,
    /// onward only after the Ack.
    OnwardAfterAck,
    /// after a Release there is no Void.
    NoVoidAfterRelease,
    /// after a Void there is no Release.
    NoReleaseAfterVoid,
    /// after the Receipt there is no Refusal.
    NoRefusalAfterReceipt,
    /// after a Refusal there is no Receipt.
    NoReceiptAfterRefusal,
    /// one's own Refusal is stored before it leaves (the tombstone).
    RefusalKept,
    /// one's own Void is stored before it leaves.
    VoidKept,
    /// no Release before the Accept.
    ReleaseAfterAccept,
    /// no Release of what one does not hold.
    ReleaseByHolder,
    /// no Receipt before the Release.
    ReceiptAfterRelease,
    /// no Ack before the Receipt.
    AckAfterReceipt,
    /// no Accept of what one refused.
    NoAcceptAfterRefusal,
    /// no Accept of a member who is on one's roster.
    AcceptOnce,
    /// no Void for expiry before the other side was heard past the last day.
    ExpiryHeard,
    /// no Release of an Accept dated after the last day.
    NoReleaseOfLateAccept,
    /// no generation that one held before.
    NoOldGeneration,
    /// no Receipt without proof.
    Proof,
    /// of two decisions the first counts.
    FirstDecision,
    /// the word is that of the set, not of the last arrival.
    WordOfSet,
    /// a statement answers one that is in the set.
    Antecedents,
    /// a Release by itself.
    Releases,
    /// a Receipt by itself.
    Receives,
    /// an Ack by itself.
    Acknowledges,
    /// What is sent is on disk first.
    PersistBeforeSend,
    /// after the Succession the predecessor's word does not count.
    PredecessorSilent,
    /// no proof by the successor of a node that one trusts still.
    NobodyTrustedSucceeded,
}

/// Rules with something missing, and what a search then finds broken.
pub struct Mutant {
    pub name: &'static str,
    pub missing: &'static [Guard],
    pub size: Size,
    pub broken: &'static str,
}

const fn mutant(
    name: &'static str,
    missing: &'static [Guard],
    size: Size,
    broken: &'static str,
) -> Mutant {
    Mutant { name, missing, size, broken }
}

/// Each is caught.
pub const MUTANTS: &[Mutant] = &[
    mutant("void after release", &[Guard::NoVoidAfterRelease], sizes::PAIR_ONE, ONE_DECISION),
    mutant("release after void", &[Guard::NoReleaseAfterVoid], sizes::PAIR_ONE, ONE_DECISION),
    mutant("refuse after receipt", &[Guard::NoRefusalAfterReceipt], sizes::PAIR_ONE, ONE_DECISION),
    mutant("receipt after refusal", &[Guard::NoReceiptAfterRefusal], sizes::PAIR_ONE, ONE_DECISION),
    mutant("refusal not stored", &[Guard::RefusalKept], sizes::PAIR_ONE, ONE_DECISION),
    mutant("void not stored", &[Guard::VoidKept], sizes::PAIR_ONE, ONE_DECISION),
    mutant("issue while a letter is open", &[Guard::OneOpenLetter], sizes::PAIR_TWO, ONE_LETTER),
    mutant(
        "issue while a letter is open, and release although not holder",
        &[Guard::OneOpenLetter, Guard::ReleaseByHolder],
        sizes::TRIO_TWO,
        ONE_HOLDER,
    ),
    mutant("issue what was given away", &[Guard::OfferByHolder], sizes::TRIO_TWO, ONE_LETTER),
    mutant(
        "issue what was given away, and release although not holder",
        &[Guard::OfferByHolder, Guard::ReleaseByHolder],
        sizes::TRIO_TWO,
        ONE_HOLDER,
    ),
    mutant("onward without Ack", &[Guard::OnwardAfterAck], sizes::TRIO_TWO, NO_MACHINE_REFUSAL),
    mutant("release before accept", &[Guard::ReleaseAfterAccept], sizes::PAIR_ONE, HEALS),
    mutant("receipt before release", &[Guard::ReceiptAfterRelease], sizes::PAIR_ONE, ONE_HOLDER),
    mutant("ack without receipt", &[Guard::AckAfterReceipt], sizes::PAIR_ONE, IN_TRANSIT),
    mutant("ack without receipt, custody", &[Guard::AckAfterReceipt], sizes::PAIR_ONE, CUSTODY),
    mutant(
        "accept after own refusal",
        &[Guard::NoAcceptAfterRefusal],
        sizes::PAIR_ONE,
        NO_ACCEPT_AFTER_REFUSAL,
    ),
    mutant("expiry without hearing", &[Guard::ExpiryHeard], sizes::PAIR_ONE, IN_TIME),
    mutant("late accept released", &[Guard::NoReleaseOfLateAccept], sizes::MALICE_PAIR, IN_TIME),
    mutant("old generation accepted", &[Guard::NoOldGeneration], sizes::MALICE_AGAIN, ONE_HOLDER),
    mutant(
        "old generation accepted, and accept twice",
        &[Guard::NoOldGeneration, Guard::AcceptOnce],
        sizes::MALICE_TWICE,
        ONE_HOLDER,
    ),
    mutant("release without proof", &[Guard::Proof], sizes::MALICE_TWO, ONE_HOLDER),
    mutant("last decision counts", &[Guard::FirstDecision], sizes::MALICE_ONWARD, ONE_HOLDER),
    mutant("word of the last arrival", &[Guard::WordOfSet], sizes::PAIR_ONE, SAME_WORD),
    mutant("antecedents not asked for", &[Guard::Antecedents], sizes::MALICE_PAIR, OWN_RELEASE),
    mutant("no release by itself", &[Guard::Releases], sizes::PAIR_ONE, HEALS),
    mutant("no receipt by itself", &[Guard::Receives], sizes::PAIR_ONE, HEALS),
    mutant("no ack by itself", &[Guard::Acknowledges], sizes::PAIR_ONE, HEALS),
    mutant("send before persist", &[Guard::PersistBeforeSend], sizes::PAIR_ONE, ONE_DECISION),
    mutant("send before persist, twice", &[Guard::PersistBeforeSend], sizes::TRIO_TWO, ONE_HOLDER),
    mutant(
        "proof by a living node's successor",
        &[Guard::NobodyTrustedSucceeded],
        sizes::PUPPET,
        ONE_HOLDER,
    ),
    mutant(
        "a predecessor's late Refusal counts",
        &[Guard::PredecessorSilent],
        sizes::NEW_DESTINATION,
        ONE_HOLDER,
    ),
    mutant(
        "a predecessor's late Receipt counts",
        &[Guard::PredecessorSilent],
        sizes::NEW_DESTINATION,
        IN_TRANSIT,
    ),
];

/// Guards that no search of this size misses when they alone are gone, searched to the end to show
/// it. They stand for depth, behind another guard that keeps the same promise.
pub const UNSEEN: &[Mutant] = &[
    // Only what is held in full is offered, once, so whoever gets the Accept still holds it.
    mutant("release although not holder", &[Guard::ReleaseByHolder], sizes::TRIO_TWO, ""),
    // The second Receipt would be of an old generation; the guard is for the roster.
    mutant("accept twice", &[Guard::AcceptOnce], sizes::TRIO_TWO, ""),
    mutant("accept twice, of malice", &[Guard::AcceptOnce], sizes::MALICE_TWICE, ""),
];

/// Guards without a mutant of their own, and promises that no mutant is known to break.
pub fn untested() -> Vec<String> {
    let mutants = || MUTANTS.iter().chain(UNSEEN);
    let alone = |guard: &Guard| mutants().any(|mutant| mutant.missing == [*guard]);
    let guards = Guard::ALL.iter().filter(|guard| !alone(guard)).map(|guard| format!("{guard:?}"));
    let broken = |promise: &str| mutants().any(|mutant| mutant.broken == promise);
    let promises = PROMISES.iter().map(|promise| promise.name).filter(|name| !broken(name));
    guards.chain(promises.map(str::to_owned)).collect()
}
