//! The reference: what one node should say, worked out from the statements that it durably has and
//! from nothing else. It reads statements and knows who may write which; the rules are written
//! here a second time, as sets and words, without `protocol::transfer`.

use std::collections::{BTreeMap, BTreeSet};

use protocol::id::{LetterId, MemberRef, OrgCode};
use protocol::statement::Statement;
use protocol::statement::custody::{Offer, Receipt, Refusal, Void, VoidReason};
use protocol::statement::kind::Kind;
use protocol::time::{Day, Timestamp};

use crate::disk::{EntrySeen, RowsSeen};
use crate::sights::{Sight, Sights};

/// How far ahead an Offer may be dated.
const AHEAD_MS_MAX: u64 = 24 * 60 * 60 * 1_000;

/// What broke, in words for people.
#[derive(Debug)]
pub struct Violation(pub String);

/// Gives up with a [`Violation`] unless the condition holds.
macro_rules! hold {
    ($condition:expr, $($words:tt)*) => {
        if !$condition {
            return Err($crate::ledger::Violation(format!($($words)*)));
        }
    };
}
pub(crate) use hold;

/// A letter, as the statements that one node has tell it.
#[derive(Clone)]
pub struct Case {
    pub origin: usize,
    pub destination: usize,
    pub member: MemberRef,
    pub generation: u32,
    pub from_org: OrgCode,
    pub valid_until: Day,
    pub branch: Option<OrgCode>,
    pub void: Option<VoidReason>,
    pub has: BTreeSet<Kind>,
}

impl Case {
    ///
    pub fn word(&self) -> &'static str {
        word(&self.has)
    }

    /// Whether the destination holds the member by this letter.
    pub fn is_handed_over(&self) -> bool {
        matches!(self.word(), "received" | "closed")
    }

    ///
    pub fn custody_org(&self) -> OrgCode {
        if self.is_handed_over() { self.branch.unwrap_or(self.from_org) } else { self.from_org }
    }
}

/// R-42, of any set.
pub fn word(has: &BTreeSet<Kind>) -> &'static str {
    let order = [
        (Kind::Void, "voided"),
        (Kind::Refusal, "refused"),
        (Kind::Ack, "closed"),
        (Kind::Receipt, "received"),
        (Kind::Release, "released"),
        (Kind::Accept, "accepted"),
    ];
    order.iter().find(|(kind, _)| has.contains(kind)).map_or("issued", |(_, word)| word)
}

/// What one node durably has.
#[derive(Default)]
pub struct Ledger {
    pub node: usize,
    /// By author and audience: the hash of every entry, in order.
    pub feeds: BTreeMap<(usize, usize), Vec<[u8; 32]>>,
    pub letters: BTreeMap<LetterId, Case>,
    pub ended: BTreeSet<MemberRef>,
    pub minted: BTreeSet<MemberRef>,
    /// Somebody was faster in the step that is looked at.
    pub raced: bool,
}

impl Ledger {
    pub fn feed(&self, author: usize, audience: usize) -> &[[u8; 32]] {
        self.feeds.get(&(author, audience)).map_or(&[], Vec::as_slice)
    }

    /// Takes one more entry of the feed from `author` to `audience`, one of whom is this node;
    /// gives the letter that it is about.
    pub fn absorb(
        &mut self,
        (author, audience): (usize, usize),
        entry: &EntrySeen,
        now: Timestamp,
        sights: &mut Sights,
    ) -> Result<Option<LetterId>, Violation> {
        let node = self.node;
        let feed = self.feeds.entry((author, audience)).or_default();
        let next = feed.len() as u64 + 1;
        hold!(entry.seq == next, "node {node}: entry {} of {author}→{audience}", entry.seq);
        feed.push(entry.hash);
        let statement = Statement::read(&entry.statement)
            .map_err(|_| Violation(format!("node {node}: an entry that is no statement")))?;
        let Some(kind) = statement.kind() else {
            return Err(Violation(format!("node {node}: a statement of unknown kind")));
        };
        let parties = (author, audience);
        let expected = self.judge(kind, &statement, parties, (now, entry.unusable), sights)?;
        let place = format!("node {node}: {} {} of {author}→{audience}", kind.name(), entry.seq);
        hold!(entry.unusable != expected, "{place}: usable should be {expected}");
        Ok(statement.letter())
    }

    /// Whether the statement counts here; if so it is added.
    fn judge(
        &mut self,
        kind: Kind,
        statement: &Statement,
        (author, audience): (usize, usize),
        (now, unusable): (Timestamp, bool),
        sights: &mut Sights,
    ) -> Result<bool, Violation> {
        let fields = statement.fields();
        match kind {
            Kind::KeyCert | Kind::Unusable | Kind::OrgDirectory | Kind::Summary => return Ok(true),
            Kind::Offer => {}
            _ => {
                let letter = fields.letter.filter(|letter| self.letters.contains_key(letter));
                let Some(letter) = letter else { return Ok(false) };
                if kind == Kind::ReissueRequest {
                    sights.see(Sight::ReissueAsked);
                    return Ok(true);
                }
                return self.add(letter, kind, statement, author, sights).map(|()| true);
            }
        }
        if author != self.node && fields.time.millis_since(now) > AHEAD_MS_MAX {
            sights.see(Sight::OfferFromTheFuture);
            return Ok(false);
        }
        let (member, generation) = (fields.member.unwrap(), fields.generation.unwrap().0);
        let held = self.held(member).any(|held| generation <= held);
        // Of two commits in one step, nothing says which was the first.
        let old = if self.raced { unusable } else { held };
        if author != self.node && old {
            // it was held here meanwhile, by another way.
            sights.see(Sight::OfferOfOldGeneration);
            return Ok(false);
        }
        let offer: Offer = statement
            .body()
            .map_err(|_| Violation(format!("node {}: an Offer that cannot be read", self.node)))?;
        let case = Case {
            origin: author,
            destination: audience,
            member,
            generation,
            from_org: offer.from_org,
            valid_until: offer.valid_until,
            branch: None,
            void: None,
            has: BTreeSet::new(),
        };
        let (onward, replaced) = (case.generation > 0, offer.replaces.is_some());
        self.letters.insert(LetterId::of_offer(statement.hash()), case);
        if author == self.node {
            sights.see_if(onward, Sight::Onward);
            sights.see_if(replaced, Sight::Replaced);
            sights.see_if(offer.batch.is_some(), Sight::BatchLetter);
        }
        Ok(true)
    }

    fn add(
        &mut self,
        letter: LetterId,
        kind: Kind,
        statement: &Statement,
        author: usize,
        sights: &mut Sights,
    ) -> Result<(), Violation> {
        let node = self.node;
        let case = self.letters.get_mut(&letter).unwrap();
        let by_origin = matches!(kind, Kind::Release | Kind::Ack | Kind::Void);
        let writer = if by_origin { case.origin } else { case.destination };
        hold!(author == writer, "node {node}: a {} by the wrong side", kind.name());
        case.see(node, kind, statement, sights);
        hold!(case.has.insert(kind), "node {node}: a second {} of {letter}", kind.name());
        for (one, other) in [(Kind::Void, Kind::Release), (Kind::Receipt, Kind::Refusal)] {
            let both = case.has.contains(&one) && case.has.contains(&other);
            hold!(!both, "node {node}: {letter} has {} and {}", one.name(), other.name());
        }
        if let (Kind::Receipt, Ok(receipt)) = (kind, statement.body::<Receipt>()) {
            case.branch = Some(receipt.branch);
        }
        if let (Kind::Void, Ok(void)) = (kind, statement.body::<Void>()) {
            case.void = Some(void.reason);
        }
        Ok(())
    }

    /// The generations at which this node ever was the full holder: it minted the member, or was
    /// handed it.
    fn held(&self, member: MemberRef) -> impl Iterator<Item = u32> {
        let minted = self.minted.contains(&member).then_some(0);
        let inbound = self.letters.values().filter(move |case| {
            case.member == member && case.destination == self.node && case.is_handed_over()
        });
        minted.into_iter().chain(inbound.map(|case| case.generation + 1))
    }

    /// Whether this node is the full holder by its own statements: it has not handed the member on
    /// from where it held them, and has not ended the membership.
    pub fn holds(&self, member: MemberRef) -> bool {
        let given = |generation: u32| {
            self.letters.values().any(|case| {
                case.member == member
                    && case.origin == self.node
                    && case.generation == generation
                    && (case.word() == "released" || case.is_handed_over())
            })
        };
        let kept = self.held(member).any(|generation| !given(generation));
        kept && !self.ended.contains(&member)
    }

    pub fn in_transit(&self, member: MemberRef) -> bool {
        self.letters.values().any(|case| {
            case.member == member && case.origin == self.node && case.word() == "released"
        })
    }

    fn custody(&self, member: MemberRef) -> &'static str {
        let provisional = self.letters.values().any(|case| {
            let open = matches!(case.word(), "accepted" | "released");
            case.member == member && case.destination == self.node && open
        });
        match () {
            () if self.holds(member) => "here",
            () if self.in_transit(member) => "in_transit",
            () if provisional => "provisional",
            () if self.ended.contains(&member) => "ended",
            () => "transferred",
        }
    }

    /// Compares the node's own rows with what its statements say. `may_end` is whom the use case
    /// of this step may have ended.
    pub fn check(&mut self, rows: &RowsSeen, may_end: Option<MemberRef>) -> Result<(), Violation> {
        let node = self.node;
        self.note_end(rows, may_end)?;
        hold!(rows.letters.len() == self.letters.len(), "node {node}: letters without statements");
        for row in &rows.letters {
            let case = self.letters.get(&row.id);
            let case = case.ok_or_else(|| Violation(format!("node {node}: lost {}", row.id)))?;
            let (word, letter) = (case.word(), row.id);
            hold!(row.word == word, "node {node}: {letter} is {} and not {word}", row.word);
            let own = case.origin == node;
            hold!(row.own == own, "node {node}: {letter} on the wrong side");
            // what a node answers by itself, it answers in the same commit.
            let unanswered = if own { &["accepted", "received"][..] } else { &["released"] };
            hold!(!unanswered.contains(&word), "node {node}: {letter} stays {word}");
        }
        let mut living = BTreeSet::new();
        for row in &rows.members {
            let expected = self.custody(row.member);
            let member = row.member;
            hold!(
                row.custody == expected,
                "node {node}: {member} is {} and not {expected}",
                row.custody
            );
            living.insert(member);
        }
        for member in self.letters.values().map(|case| case.member) {
            let known = living.contains(&member) || self.custody(member) == "transferred";
            hold!(known, "node {node}: {member} is not on the roster");
        }
        hold!(rows.faults == 0, "node {node}: an honest peer is blamed");
        self.check_offers()
    }

    /// of every Offer of this node.
    fn check_offers(&self) -> Result<(), Violation> {
        let node = self.node;
        let mut open = BTreeSet::new();
        for (letter, case) in self.letters.iter().filter(|(_, case)| case.origin == node) {
            let key = (case.member, case.generation);
            let ended = matches!(case.word(), "closed" | "refused" | "voided");
            hold!(ended || open.insert(key), "node {node}: {letter} is a second open letter");
            let source = self.letters.values().any(|inbound| {
                inbound.member == case.member
                    && inbound.destination == node
                    && inbound.generation + 1 == case.generation
                    && inbound.word() == "closed"
            });
            let minted = case.generation == 0 && self.minted.contains(&case.member);
            hold!(source || minted, "node {node}: {letter} offers what is not held");
        }
        Ok(())
    }

    fn note_end(&mut self, rows: &RowsSeen, may_end: Option<MemberRef>) -> Result<(), Violation> {
        let ended = rows.members.iter().filter(|row| row.custody == "ended");
        for row in ended {
            if !self.ended.contains(&row.member) {
                let asked = may_end == Some(row.member) && self.holds(row.member);
                hold!(asked, "node {}: {} ended by itself", self.node, row.member);
                self.ended.insert(row.member);
            }
        }
        Ok(())
    }
}

impl Case {
    /// Notes what is worth having been met, before `kind` is added.
    fn see(&self, node: usize, kind: Kind, statement: &Statement, sights: &mut Sights) {
        let had = |kind| self.has.contains(&kind);
        let at_origin = node == self.origin;
        match kind {
            Kind::Accept if at_origin && had(Kind::Void) => {
                sights.see(Sight::VoidWon);
                sights.see_if(self.void == Some(VoidReason::Expired), Sight::LateAccept);
            }
            Kind::Void => {
                let reason = statement.body::<Void>().map(|void| void.reason.name());
                sights.see_if(at_origin && reason == Ok("expired"), Sight::Expired);
                sights.see_if(at_origin && reason == Ok("ended"), Sight::EndedWithLetter);
                sights.see_if(!at_origin && had(Kind::Accept), Sight::VoidAfterAccept);
            }
            Kind::Refusal => {
                let ground = statement.body::<Refusal>().map(|refusal| refusal.ground.name());
                sights.see_if(ground == Ok("malformed"), Sight::MalformedRefused);
                sights.see_if(!at_origin && had(Kind::Accept), Sight::RefusedAfterAccept);
                sights.see_if(at_origin && had(Kind::Release), Sight::RefusedAfterRelease);
            }
            Kind::Ack if at_origin => sights.see(Sight::Closed),
            _ => {}
        }
    }
}
