//! What two sides say in a matching, and the bytes of it.

use crate::codec::{self, Decode, Encode};
use crate::limits::POINTS_IN_FRAME_MAX;
use crate::refusal::{Code, Refusal};

use super::group::Point;

/// Which list the asker lays beside the other's. It says which list the other answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Source {
    /// Any sheet: against everybody whom the other lists for the asker's region.
    Sheet,
    /// Who went there (流出): against whom the other has as come from the asker's region.
    Outflow,
    /// Who came from there (流入): against whom the other has as gone to the asker's region.
    Inflow,
}

/// What a side is to a person on its list. The other learns it of people whom both have listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Holds {
    /// The full holder of the membership.
    Full,
    /// It helps to manage them, or has accepted them: the membership is elsewhere.
    Guest,
    /// The membership was here and went on.
    Gone,
    /// They stand on a sheet, and nowhere else.
    Named,
}

/// Some points of the sender.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Points {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// Whether these are the last ones.
    pub last: bool,
}

/// What the sender found.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Found {
    /// The name of the result: of the run, and of whom both have listed.
    pub name: [u8; 32],
    /// What the sender is to each of them, in the order of the points under both exponents.
    pub holds: Vec<Holds>,
}

/// What one side says to the other.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Message {
    /// Asks for a matching of a list with so many people.
    Open {
        /// Which list it is.
        source: Source,
        /// How many people are on it.
        rows: u32,
    },
    /// The asked side's list.
    Answer {
        /// Random: the other half of what makes this run unlike any other.
        nonce: [u8; 16],
        /// How many people are on it.
        rows: u32,
    },
    /// The sender's list, hidden and in the order of its bytes.
    Points(Points),
    /// The receiver's points under the sender's exponent as well, in the order in which they came.
    Raised(Points),
    /// The sender has compared.
    Found(Found),
    /// The sender goes no further, with the number of a code.
    Stop(u16),
}

/// A message, whose it is and of which run.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Said {
    /// Whether the sender is the one who asked for this matching.
    pub by_asker: bool,
    /// The asker's nonce: what is still on its way of a run that ended is told from the next.
    pub run: [u8; 16],
    /// What it says.
    pub message: Message,
}

impl Said {
    /// Reads what a peer sent.
    pub fn read(bytes: &[u8]) -> Result<Said, Refusal> {
        codec::decode(bytes).map_err(|_| broken("message"))
    }

    /// The message as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }
}

impl Points {
    /// Points as messages, each as long as may be; none for none.
    pub(super) fn split(points: &[Point]) -> impl Iterator<Item = Points> {
        let count = points.chunks(POINTS_IN_FRAME_MAX).len();
        points.chunks(POINTS_IN_FRAME_MAX).enumerate().map(move |(number, chunk)| Points {
            bytes: chunk.iter().flat_map(|point| point.0).collect(),
            last: number + 1 == count,
        })
    }

    /// The points, of which so many are still to come: never more, and fewer than fit into a
    /// message only in the last one.
    pub(super) fn read(&self, to_come: usize) -> Result<Vec<Point>, Refusal> {
        let (points, rest) = self.bytes.as_chunks::<{ Point::BYTES }>();
        let full = points.len() == to_come.min(POINTS_IN_FRAME_MAX);
        if !rest.is_empty() || !full || self.last != (points.len() == to_come) {
            return Err(broken("points"));
        }
        Ok(points.iter().copied().map(Point).collect())
    }
}

pub(super) fn broken(what: &str) -> Refusal {
    Refusal::about(Code::MatchFrame, what)
}
