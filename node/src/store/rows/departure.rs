//! Rows of departures.

use protocol::id::{MemberRef, OrgCode};
use protocol::time::Day;

use super::{StayRowId, Version};

/// The row number of a departure; numbered together with letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DepartureRowId(pub i64);

/// How a departure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DepartureWord {
    /// 已报告,待备案.
    Reported,
    /// 已备案.
    Filed,
    /// 已返回.
    Returned,
    /// 已开具活动证: it went on as a stay.
    Stay,
    /// The membership left this region, or ended.
    Left,
}

impl DepartureWord {
    /// Every word, in the order of the stored numbers.
    pub const ALL: &'static [DepartureWord] = &[
        DepartureWord::Reported,
        DepartureWord::Filed,
        DepartureWord::Returned,
        DepartureWord::Stay,
        DepartureWord::Left,
    ];

    /// The stable name in `--json`.
    pub fn name(self) -> &'static str {
        match self {
            DepartureWord::Reported => "reported",
            DepartureWord::Filed => "filed",
            DepartureWord::Returned => "returned",
            DepartureWord::Stay => "stay",
            DepartureWord::Left => "left",
        }
    }

    /// The word with that name.
    pub fn from_name(name: &str) -> Option<DepartureWord> {
        Self::ALL.iter().copied().find(|word| word.name() == name)
    }

    /// Whether the member is away by it.
    pub fn is_open(self) -> bool {
        matches!(self, DepartureWord::Reported | DepartureWord::Filed)
    }
}

/// A member told the branch of going away.
#[derive(Clone, Debug)]
pub struct DepartureRow {
    /// The row.
    pub id: DepartureRowId,
    /// Its name outside, by chance.
    pub hash: [u8; 32],
    /// How often it was written.
    pub version: Version,
    /// How it stands.
    pub word: DepartureWord,
    /// Who.
    pub member: MemberRef,
    /// When it was reported.
    pub reported_on: Day,
    /// The first day away.
    pub from: Day,
    /// The last day away, if it is known.
    pub until: Option<Day>,
    /// Who filed it, and when.
    pub filed: Option<(OrgCode, Day)>,
    /// When it ended.
    pub ended_on: Option<Day>,
    /// The stay that it became.
    pub stay: Option<StayRowId>,
    /// What the member told, sealed.
    pub told: Vec<u8>,
}
