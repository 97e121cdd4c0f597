//! What others may ask of a stay without reading a statement: dates for findings, and the one
//! digest of what a side believes, for reconciliation.

use sha2::{Digest, Sha256};

use crate::codec::{self, Encode};
use crate::id::{Generation, MemberRef, OrgCode, StatementHash, StayId};
use crate::member::Standing;
use crate::statement::mobility::{
    EndProposal, ParticipationReport, ReportIn, StayEnded, StayNotice, StayPlaced,
};
use crate::time::{Day, Month};

use super::state::{Side, Stay, Word};

impl Stay {
    /// The membership that the origin certified to be away; none before it did.
    pub fn membership(&self) -> Option<(MemberRef, Generation)> {
        self.notice.as_ref().map(|held| (held.said.member, held.said.generation))
    }

    /// The notice that stands.
    pub fn notice(&self) -> Option<&StayNotice> {
        self.notice.as_ref().map(|held| &held.said.notice)
    }

    /// The statement by which that notice was given.
    pub fn notice_statement(&self) -> Option<StatementHash> {
        self.notice.as_ref().map(|held| held.statement)
    }

    /// The ReportIn that opened it, if one did.
    pub fn report_in(&self) -> Option<&ReportIn> {
        self.report_in.as_ref()
    }

    /// The placement that stands.
    pub fn placed(&self) -> Option<&StayPlaced> {
        self.placed.as_ref().map(|held| &held.said)
    }

    /// The statement by which that placement was made.
    pub fn placed_statement(&self) -> Option<StatementHash> {
        self.placed.as_ref().map(|held| held.statement)
    }

    /// The report of the latest quarter that was reported.
    pub fn last_report(&self) -> Option<&ParticipationReport> {
        self.report.as_ref().map(|held| &held.said)
    }

    /// What the destination proposes, while the stay goes on.
    pub fn proposal(&self) -> Option<&EndProposal> {
        self.proposal.as_ref().filter(|_| self.ended.is_none()).map(|held| &held.said)
    }

    /// How and when it ended.
    pub fn ended(&self) -> Option<&StayEnded> {
        self.ended.as_ref().map(|held| &held.said)
    }

    /// The organisation of the origin that the member belongs to.
    pub fn origin_org(&self) -> Option<OrgCode> {
        self.notice().map(|notice| notice.from_org)
    }

    /// The organisation of the destination that must act: where the member was placed, else where
    /// the member reported, else the addressee of the notice.
    pub fn destination_org(&self) -> Option<OrgCode> {
        let placed = self.placed().map(|placed| placed.org);
        let reported = self.report_in.map(|report| report.org);
        placed.or(reported).or(self.notice().map(|notice| notice.to_org))
    }

    /// Full or on probation, as the notice says.
    pub fn standing(&self) -> Option<Standing> {
        self.notice().map(|notice| notice.standing)
    }

    /// The first day away: that of the notice, else the day of reporting.
    pub fn from_day(&self) -> Day {
        let reported = self.report_in.map(|report| report.on);
        self.notice().map(|notice| notice.from).or(reported).unwrap_or(self.opened_on)
    }

    /// The last day away that was foreseen.
    pub fn until_day(&self) -> Option<Day> {
        self.notice().and_then(|notice| notice.until)
    }

    /// Since when the member is placed where they are.
    pub fn placed_on(&self) -> Option<Day> {
        self.placed().map(|placed| placed.on)
    }

    /// When the contact person last had contact.
    pub fn last_contact_on(&self) -> Option<Day> {
        self.last.contact
    }

    /// When news of the home organisation was last sent.
    pub fn last_bulletin_on(&self) -> Option<Day> {
        self.last.bulletin
    }

    /// When the certificate was last checked.
    pub fn last_review_on(&self) -> Option<Day> {
        self.last.review
    }

    /// The last day of the stay, once it ended.
    pub fn ended_on(&self) -> Option<Day> {
        self.ended().map(|ended| ended.on)
    }

    /// The last month paid for: by the destination's reports, else by the notice.
    pub fn dues_paid_through(&self) -> Option<Month> {
        let reported = self.dues.map(|held| held.said.month);
        reported.or(self.notice().and_then(|notice| notice.dues_paid_through))
    }

    /// What that side asked of the other and is not answered yet, and since when.
    pub fn open_request(&self, asker: Side) -> Option<(StatementHash, Day)> {
        let other = match asker {
            Side::Origin => Side::Destination,
            Side::Destination => Side::Origin,
        };
        let asked = self.side(asker).asked?;
        let answered = self.side(other).answered.is_some_and(|held| held.said == asked.statement);
        (!answered).then_some((asked.statement, asked.said))
    }

    /// SHA-256 over everything that both sides must agree on of this stay, and nothing that
    /// depends on today: word, membership, dates, places, dues. Equal sets of statements
    /// give equal digests; so does nothing else.
    pub fn digest(&self) -> [u8; 32] {
        let belief = Belief {
            stay: self.id,
            word: self.word(),
            membership: self.membership(),
            orgs: (self.origin_org(), self.destination_org()),
            away: (self.from_day(), self.until_day()),
            placed_on: self.placed_on(),
            last: [self.last_contact_on(), self.last_bulletin_on(), self.last_review_on()],
            report: self.last_report().copied(),
            dues_paid_through: self.dues_paid_through(),
            help: [self.by_origin, self.by_destination].map(|side| {
                (side.asked.map(|held| held.statement), side.answered.map(|held| held.said))
            }),
            proposal: self.proposal().copied(),
            ended: self.ended().copied(),
        };
        let mut hash = Sha256::new();
        hash.update(b"dukou/1 stay");
        hash.update(codec::encode(&belief));
        hash.finalize().into()
    }
}

/// What a digest covers.
#[derive(Encode)]
struct Belief {
    stay: StayId,
    word: Word,
    membership: Option<(MemberRef, Generation)>,
    orgs: (Option<OrgCode>, Option<OrgCode>),
    away: (Day, Option<Day>),
    placed_on: Option<Day>,
    last: [Option<Day>; 3],
    report: Option<ParticipationReport>,
    dues_paid_through: Option<Month>,
    help: [(Option<StatementHash>, Option<StatementHash>); 2],
    proposal: Option<EndProposal>,
    ended: Option<StayEnded>,
}
