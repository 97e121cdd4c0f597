//! What two nodes say to each other in a session: the frames and their bytes.
//!
//! A frame is one byte for its kind and then one value in its one encoding, at most
//! [`FRAME_BYTES_MAX`] long. How frames are told apart on a stream is the carrier's
//! business, and what they do to a session is [`super::session`]'s.

use crate::codec::{self, Decode, Encode};
use crate::envelope::{Group, SignedHead, Tip};
use crate::limits::{CODE_CHARS_MAX, FRAME_BYTES_MAX, HELLO_FLOATING_MAX, HELLO_RECORDS_MAX};
use crate::refusal::{Code, Refusal};
use crate::time::Timestamp;

/// The streams of a session: what is short and urgent never waits behind what is long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Hello, acknowledgements, heads.
    Control,
    /// Groups of entries.
    Data,
}

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The first of each side.
    Hello(Box<Hello>),
    /// Entries of the sender's feed, as they were sealed together.
    Group(Group),
    /// The sender durably holds the receiver's feed up to here.
    Ack(Tip),
    /// The sender's feed ends here, said now.
    Head(SignedHead),
    /// A message of a comparison, which [`super::reconcile`] reads.
    Reconcile(Vec<u8>),
    /// A message of a matching, which [`super::matching`] reads.
    Match(Vec<u8>),
}

/// How each side introduces itself: where both feeds stand, as it sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The lowest and the highest protocol version that the sender speaks.
    pub versions: (u16, u16),
    /// What else it says, in the first version.
    pub body: HelloBody,
}

/// The Hello of version 1.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct HelloBody {
    /// Random: nobody answers us with our own Hello.
    pub nonce: [u8; 16],
    /// The head of the sender's feed to the receiver.
    pub head: SignedHead,
    /// The last entry of the receiver's feed that the sender durably holds, without its private
    /// part: evidence, with the receiver's own seal, that the receiver wrote it.
    pub seen: Option<Vec<u8>>,
    /// The newest head of the receiver's feed that the sender holds.
    pub seen_head: Option<SignedHead>,
    /// Places in the receiver's feed above `seen` that the sender knows from paper.
    pub floating: Vec<Tip>,
    /// The entry at the highest of these places, without its private part: evidence as `seen` is.
    pub highest_floating: Option<Vec<u8>>,
    /// Which life of its feeds each peer that both know says it is in: heads that those peers
    /// addressed to themselves.
    pub records: Vec<SignedHead>,
    /// The sender's clock.
    pub clock: Timestamp,
}

const HELLO: u8 = 0;
const GROUP: u8 = 1;
const ACK: u8 = 2;
const HEAD: u8 = 3;
const RECONCILE: u8 = 4;
const MATCH: u8 = 5;

impl Frame {
    /// Which stream it travels on.
    pub fn channel(&self) -> Channel {
        match self {
            Frame::Group(_) => Channel::Data,
            Frame::Hello(_)
            | Frame::Ack(_)
            | Frame::Head(_)
            | Frame::Reconcile(_)
            | Frame::Match(_) => Channel::Control,
        }
    }

    /// The frame as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Frame::Hello(hello) => {
                // Two fixed numbers lead, so that every version can read them in every Hello.
                let (lowest, highest) = hello.versions;
                let mut bytes = vec![HELLO];
                bytes.extend_from_slice(&lowest.to_le_bytes());
                bytes.extend_from_slice(&highest.to_le_bytes());
                bytes.extend(codec::encode(&hello.body));
                bytes
            }
            Frame::Group(group) => with_kind(GROUP, codec::encode(group)),
            Frame::Ack(tip) => with_kind(ACK, codec::encode(tip)),
            Frame::Head(head) => with_kind(HEAD, codec::encode(head)),
            Frame::Reconcile(message) => with_kind(RECONCILE, message.clone()),
            Frame::Match(message) => with_kind(MATCH, message.clone()),
        }
    }

    /// Reads what [`Frame::to_bytes`] wrote, for a receiver that speaks `versions`. Nothing in it
    /// is verified yet.
    pub fn read(bytes: &[u8], versions: (u16, u16)) -> Result<Frame, Refusal> {
        if bytes.len() > FRAME_BYTES_MAX {
            return Err(broken("length"));
        }
        let (kind, body) = bytes.split_first().ok_or_else(|| broken("empty"))?;
        match *kind {
            HELLO => Hello::read(body, versions).map(|hello| Frame::Hello(Box::new(hello))),
            GROUP => decode(body, "group").map(Frame::Group),
            ACK => decode(body, "ack").map(Frame::Ack),
            HEAD => decode(body, "head").map(Frame::Head),
            RECONCILE => Ok(Frame::Reconcile(body.to_vec())),
            MATCH => Ok(Frame::Match(body.to_vec())),
            _ => Err(broken("kind")),
        }
    }
}

impl Hello {
    fn read(bytes: &[u8], (lowest, highest): (u16, u16)) -> Result<Hello, Refusal> {
        let (numbers, body) = bytes.split_first_chunk::<4>().ok_or_else(|| broken("hello"))?;
        let [a, b, c, d] = *numbers;
        let versions = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        if versions.0 == 0 || versions.0 > versions.1 {
            return Err(broken("hello"));
        }
        if versions.0 > highest || versions.1 < lowest {
            let spoken = format_args!("{}–{}", versions.0, versions.1);
            return Err(Refusal::about(Code::SessionVersion, spoken));
        }
        let body: HelloBody = decode(body, "hello")?;
        let paper = body.highest_floating.as_ref().map_or(0, Vec::len);
        if body.floating.len() > HELLO_FLOATING_MAX
            || body.records.len() > HELLO_RECORDS_MAX
            || paper > CODE_CHARS_MAX
        {
            return Err(broken("hello"));
        }
        Ok(Hello { versions, body })
    }
}

fn with_kind(kind: u8, mut body: Vec<u8>) -> Vec<u8> {
    body.insert(0, kind);
    body
}

fn decode<T: Encode + Decode<()>>(bytes: &[u8], what: &str) -> Result<T, Refusal> {
    codec::decode(bytes).map_err(|_| broken(what))
}

fn broken(what: &str) -> Refusal {
    Refusal::about(Code::SessionFrame, what)
}
