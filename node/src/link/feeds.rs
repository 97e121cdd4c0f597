//! What the link asks of the rest of the node: where feeds stand, what to send, and where to put
//! what comes. The office answers; nothing is decided here.

use protocol::envelope::{Group, SignedHead, Tip};
use protocol::exchange::session::{Claim, SessionStart};
use protocol::id::NodeId;
use protocol::refusal::Refusal;

/// The feeds of this node and its copies of its peers'. [`Feeds::sent`] and [`Feeds::confirmed`]
/// must not block. Everything else may, and runs on a thread that may wait; [`Feeds::receive`] runs
/// once at a time for a peer. An error ends the session with its code; the peer is dialled again
/// later.
pub trait Feeds: Send + Sync + 'static {
    /// What a session with `peer` starts from, with a head signed now and a fresh nonce.
    fn start(&self, peer: NodeId) -> Result<SessionStart, Refusal>;

    /// The head of my feed to `peer`, signed now.
    fn head(&self, peer: NodeId) -> Result<SignedHead, Refusal>;

    /// Whole groups of my feed to `peer`, from the one that holds the entry behind `after_seq`,
    /// about `bytes_max` of them and at least one; none if there are none.
    fn load(&self, peer: NodeId, after_seq: u64, bytes_max: usize) -> Result<Vec<Group>, Refusal>;

    /// The first of `claims` that my feed to `peer` does not hold, by incarnation, number and hash.
    /// Whoever answers with a signed claim has found out that this node was rolled back.
    fn lacking(&self, peer: NodeId, claims: &[Claim]) -> Result<Option<Claim>, Refusal>;

    /// `peer` holds my feed durably up to `tip`, it says; earlier ones of the same session may have
    /// been skipped. `session.conflict` if my feed has no such entry.
    fn acknowledged(&self, peer: NodeId, tip: Tip) -> Result<(), Refusal>;

    /// `peer` holds my feed durably up to `tip`, where my feed ended once during this session.
    fn confirmed(&self, peer: NodeId, tip: Tip);

    /// My feed to `peer` is on its way up to the entry `seq`.
    fn sent(&self, peer: NodeId, seq: u64);

    /// Judges `groups`, in order, and makes what continues the copy durable, all in one commit.
    /// Answers where the copy ends now.
    fn receive(&self, peer: NodeId, groups: Vec<Group>) -> Result<Option<Tip>, Refusal>;

    /// `peer` says this in a comparison. What is wrong with it ends the comparison only; messages
    /// of one peer come one at a time, in order.
    fn reconcile(&self, peer: NodeId, message: Vec<u8>) -> Result<(), Refusal>;

    /// `peer` says this in a matching, in the same way.
    fn matching(&self, peer: NodeId, message: Vec<u8>) -> Result<(), Refusal>;

    /// `peer` signed that its feed ends here.
    fn heard(&self, peer: NodeId, head: SignedHead) -> Result<(), Refusal>;

    /// A session with `peer` opened.
    fn opened(&self, peer: NodeId, opened: Opened) -> Result<(), Refusal>;

    /// A session with `peer` ended, or none could be had. `session.ended` and `session.replaced`
    /// are no faults.
    fn ended(&self, peer: NodeId, why: &Refusal);
}

/// How a session opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The version that both speak.
    pub version: u16,
    /// How far the peer's clock is ahead of ours, in milliseconds.
    pub clock_skew_ms: i64,
    /// The lives of common peers, as those peers signed them; unverified.
    pub records: Vec<SignedHead>,
}
