//! Compares what every node durably has with the reference, after every step, and what all nodes
//! together have with the promises of the federation.

use std::collections::{BTreeMap, BTreeSet};

use protocol::id::{LetterId, MemberRef};
use protocol::statement::custody::VoidReason;
use protocol::statement::kind::Kind;
use protocol::time::Timestamp;

use crate::disk::{Disk, RowsSeen};
use crate::ledger::{Ledger, Violation, hold, word};
use crate::node::Node;
use crate::sights::{Sight, Sights};

pub struct Judge {
    pub ledgers: Vec<Ledger>,
    pub rows: Vec<RowsSeen>,
    disks: Vec<Option<Disk>>,
    /// Whom the use case that was cut short may have ended.
    pub may_end: Vec<Option<MemberRef>>,
    /// Nodes whose clock was ever set back.
    pub set_back: BTreeSet<usize>,
    /// Letters that their destination cannot prove any more.
    pub rotten: BTreeSet<LetterId>,
    /// Letters whose Release carries a proof with rotten evidence.
    unprovable: BTreeSet<LetterId>,
    /// Whether the node does by itself what is looked at next.
    pub by_itself: bool,
    /// What the clock showed when the power went.
    cut_at: Vec<Option<Timestamp>>,
    /// Everybody, with the node that minted them.
    everybody: BTreeMap<MemberRef, usize>,
}

impl Judge {
    pub fn new(nodes: &[Node]) -> Judge {
        let ledger = |node: &Node| Ledger { node: node.index, ..Ledger::default() };
        let mut judge = Judge {
            ledgers: nodes.iter().map(ledger).collect(),
            rows: nodes.iter().map(|_| RowsSeen::default()).collect(),
            disks: nodes.iter().map(|node| Some(Disk::open(&node.file()))).collect(),
            may_end: vec![None; nodes.len()],
            set_back: BTreeSet::new(),
            rotten: BTreeSet::new(),
            unprovable: BTreeSet::new(),
            by_itself: false,
            cut_at: vec![None; nodes.len()],
            everybody: BTreeMap::new(),
        };
        for node in 0..nodes.len() {
            judge.mint(node);
        }
        judge
    }

    /// Takes whoever stands on a roster without a letter as minted there.
    pub fn mint(&mut self, node: usize) {
        let rows = self.disks[node].as_ref().unwrap().rows();
        for row in rows.members {
            if self.everybody.contains_key(&row.member) {
                continue;
            }
            self.everybody.insert(row.member, node);
            self.ledgers[node].minted.insert(row.member);
        }
    }

    /// Lets go of the files of a node that is going down.
    pub fn forget(&mut self, node: &Node) {
        self.disks[node.index] = None;
        self.cut_at[node.index] = Some(node.clock.now());
    }

    /// A node that started has every entry that it ever had.
    pub fn remembers(&mut self, node: &Node) -> Result<(), Violation> {
        let disk = Disk::open(&node.file());
        let index = node.index;
        let mut lengths = BTreeMap::new();
        for feed in disk.feeds(|_, _| 0) {
            lengths.insert((feed.peer, feed.own), feed.entries);
        }
        // Whose feed it is becomes known by the look that follows; here only hashes are compared.
        for ((author, audience), held) in &self.ledgers[index].feeds {
            let own = *author == index;
            let found = lengths.values().any(|entries| {
                entries.len() >= held.len()
                    && entries.iter().zip(held).all(|(entry, hash)| entry.hash == *hash)
            });
            let side = if own { "own" } else { "peer's" };
            hold!(
                found,
                "node {index}: after its start the {side} feed {author}→{audience} differs"
            );
        }
        self.disks[index] = Some(disk);
        Ok(())
    }

    /// Takes what is new at a node, and judges it and the whole.
    pub fn look(
        &mut self,
        nodes: &[Node],
        node: usize,
        may_end: Option<MemberRef>,
        sights: &mut Sights,
    ) -> Result<(), Violation> {
        let disk = self.disks[node].as_ref().unwrap();
        let index = |id| nodes.iter().position(|node| node.id == id);
        let ledger = &self.ledgers[node];
        let feeds = disk.feeds(|peer, own| {
            let Some(peer) = index(peer) else { return u64::MAX >> 24 };
            let (author, audience) = if own { (node, peer) } else { (peer, node) };
            ledger.feed(author, audience).len() as u64
        });
        let now = self.cut_at[node].take().unwrap_or_else(|| nodes[node].clock.now());
        let mut touched = BTreeSet::new();
        for feed in feeds {
            let Some(peer) = index(feed.peer) else { continue };
            let parties = if feed.own { (node, peer) } else { (peer, node) };
            for entry in feed.entries {
                if !feed.own {
                    let signed = self.ledgers[peer].feed(peer, node).get(entry.seq as usize - 1);
                    let same = signed == Some(&entry.hash);
                    hold!(same, "node {node}: entry {} of {peer} is not what it has", entry.seq);
                }
                let letter = self.ledgers[node].absorb(parties, &entry, now, sights)?;
                touched.extend(letter);
                if let Some(letter) = letter.filter(|_| feed.own) {
                    self.check_expiry(node, letter)?;
                    self.check_proof(node, letter)?;
                }
            }
        }
        let rows = self.disks[node].as_ref().unwrap().rows();
        self.ledgers[node].check(&rows, may_end)?;
        self.see_members(node, &rows, sights);
        self.rows[node] = rows;
        self.check_views(&nodes[node], &touched)?;
        self.check_all()
    }

    /// a node that voids an expired letter by itself has heard everything that the other
    /// side accepted in time, unless that side's clock was ever set back.
    fn check_expiry(&self, node: usize, letter: LetterId) -> Result<(), Violation> {
        let Some(case) = self.ledgers[node].letters.get(&letter) else { return Ok(()) };
        let expired = case.void == Some(VoidReason::Expired) && !case.has.contains(&Kind::Accept);
        if !self.by_itself || !expired || self.set_back.contains(&case.destination) {
            return Ok(());
        }
        let there = self.ledgers[case.destination].letters.get(&letter);
        let accepted = there.is_some_and(|there| there.has.contains(&Kind::Accept));
        hold!(!accepted, "node {node}: {letter} expired although it was accepted in time");
        Ok(())
    }

    /// a Release whose proof shows rotten evidence is never answered by a Receipt.
    fn check_proof(&mut self, node: usize, letter: LetterId) -> Result<(), Violation> {
        let Some(case) = self.ledgers[node].letters.get(&letter) else { return Ok(()) };
        let rotten = self.ledgers[node].letters.iter().any(|(hop, before)| {
            let brought = before.member == case.member
                && before.generation + 1 == case.generation
                && before.destination == node
                && before.is_handed_over();
            brought && self.rotten.contains(hop)
        });
        if case.origin == node && case.word() == "released" && rotten {
            self.unprovable.insert(letter);
        }
        let received = case.destination == node && case.is_handed_over();
        let unproven = received && self.unprovable.contains(&letter);
        hold!(!unproven, "node {node}: {letter} was received without a proof");
        Ok(())
    }

    fn see_members(&self, node: usize, rows: &RowsSeen, sights: &mut Sights) {
        let before: BTreeMap<MemberRef, &str> =
            self.rows[node].members.iter().map(|row| (row.member, row.custody)).collect();
        for row in &rows.members {
            let was = before.get(&row.member).copied();
            let returned = row.custody == "here" && row.generation >= 2 && was != Some("here");
            sights.see_if(returned && was.is_some() && was != Some("in_transit"), Sight::Returned);
            sights.see_if(row.custody == "ended" && was != Some("ended"), Sight::Ended);
        }
    }

    /// What people are shown of the letters that were touched.
    fn check_views(&self, node: &Node, touched: &BTreeSet<LetterId>) -> Result<(), Violation> {
        let Some(office) = node.office() else { return Ok(()) };
        for letter in touched {
            let Some(case) = self.ledgers[node.index].letters.get(letter) else { continue };
            let view = office.letter(&letter.to_string());
            let view = view.map_err(|why| Violation(format!("node {}: {why}", node.index)))?;
            let (shown, due) = (&view.custody_org, case.custody_org().to_string());
            hold!(*shown == due, "node {}: {letter} is with {shown} and not {due}", node.index);
            hold!(!due.is_empty(), "node {}: nobody answers for {letter}", node.index);
        }
        Ok(())
    }

    /// Over all nodes: nobody held twice, nobody lost, custody never empty.
    pub fn check_all(&self) -> Result<(), Violation> {
        for (member, minter) in &self.everybody {
            let full: Vec<usize> =
                self.ledgers.iter().filter(|one| one.holds(*member)).map(|one| one.node).collect();
            hold!(full.len() <= 1, "{member} is held by {full:?}");
            let held = self.ledgers.iter().any(|one| {
                one.holds(*member) || one.in_transit(*member) || one.ended.contains(member)
            });
            hold!(held, "{member} is lost");
            let custodian = self.custodian(*member, *minter)?;
            let one = &self.ledgers[custodian];
            let answers =
                one.holds(*member) || one.in_transit(*member) || one.ended.contains(member);
            hold!(answers, "{member}: node {custodian} does not answer for them");
            hold!(full.is_empty() || full == [custodian], "{member} is held past {custodian}");
        }
        Ok(())
    }

    /// The node that answers for somebody, by what all nodes together have.
    fn custodian(&self, member: MemberRef, minter: usize) -> Result<usize, Violation> {
        let mut together = BTreeMap::<LetterId, (u32, usize, BTreeSet<Kind>)>::new();
        for ledger in &self.ledgers {
            for (letter, case) in &ledger.letters {
                if case.member == member {
                    let fresh = (case.generation, case.destination, BTreeSet::new());
                    let (.., has) = together.entry(*letter).or_insert(fresh);
                    has.extend(&case.has);
                }
            }
        }
        let mut handed = BTreeMap::new();
        for (generation, destination, has) in together.values() {
            if matches!(word(has), "received" | "closed") {
                let second = handed.insert(*generation, *destination);
                hold!(second.is_none(), "{member} was handed over twice at {generation}");
            }
        }
        let mut custodian = minter;
        for (expected, (generation, destination)) in (0..).zip(handed) {
            hold!(expected == generation, "{member} lacks hand-over {expected}");
            custodian = destination;
        }
        Ok(custodian)
    }
}
