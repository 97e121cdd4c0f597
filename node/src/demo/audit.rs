//! Counts the holders of every member over all nodes: is anybody lost, is anybody held twice?
//!
//! It knows references and custody, not names, and trusts nothing but what each node's own roster
//! lists. The nodes are read one beside the other, not at one moment, so a hand-over between two
//! readings can look like a fault; whoever counts while letters move counts again.

use std::collections::BTreeMap;

use protocol::id::MemberRef;

/// Who is where, over all nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Audit {
    held: BTreeMap<MemberRef, Holders>,
}

/// How many nodes say what of one member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Holders {
    full: u32,
    in_transit: u32,
}

/// What was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Members who are full somewhere.
    pub full: u64,
    /// Members who are full nowhere and in transit somewhere.
    pub in_transit: u64,
    /// Members who are neither full nor in transit anywhere.
    pub lost: u64,
    /// Members who are full more than once.
    pub duplicated: u64,
}

impl Audit {
    /// Expects everybody who is known so far, and forgets where they were.
    pub(super) fn again(&self) -> Audit {
        let expected = self.held.keys().map(|&member| (member, Holders::default()));
        Audit { held: expected.collect() }
    }

    /// One row of one node's roster, with its custody as the node calls it.
    pub(super) fn count(&mut self, member: MemberRef, custody: &str) {
        let holders = self.held.entry(member).or_default();
        match custody {
            "here" | "away" => holders.full += 1,
            "in_transit" => holders.in_transit += 1,
            _ => {}
        }
    }

    /// How many members are known.
    pub(super) fn members(&self) -> usize {
        self.held.len()
    }

    /// What all rows together say.
    pub(super) fn verdict(&self) -> Verdict {
        let count = |fits: fn(&Holders) -> bool| {
            self.held.values().filter(|holders| fits(holders)).count() as u64
        };
        Verdict {
            full: count(|holders| holders.full > 0),
            in_transit: count(|holders| holders.full == 0 && holders.in_transit > 0),
            lost: count(|holders| holders.full == 0 && holders.in_transit == 0),
            duplicated: count(|holders| holders.full > 1),
        }
    }
}

impl Verdict {
    /// Whether nobody is lost and nobody is held twice.
    pub(super) fn whole(&self) -> bool {
        self.lost == 0 && self.duplicated == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit(rows: &[(u8, &str)]) -> Audit {
        // Three members were entered.
        let mut start = Audit::default();
        (1..=3).for_each(|i| start.count(member(i), "here"));
        let mut audit = start.again();
        rows.iter().for_each(|&(i, custody)| audit.count(member(i), custody));
        audit
    }

    fn member(i: u8) -> MemberRef {
        MemberRef::from_bytes([i; 16])
    }

    fn found(rows: &[(u8, &str)]) -> (u64, u64, u64, u64) {
        let Verdict { full, in_transit, lost, duplicated } = audit(rows).verdict();
        (full, in_transit, lost, duplicated)
    }

    #[test]
    fn everybody_held_once_is_whole() {
        let rows = [(1, "here"), (2, "away"), (3, "transferred"), (3, "here")];
        assert_eq!(found(&rows), (3, 0, 0, 0));
        assert!(audit(&rows).verdict().whole());
    }

    #[test]
    fn on_the_way_is_neither_lost_nor_held_twice() {
        let released = [(1, "here"), (2, "here"), (3, "in_transit"), (3, "provisional")];
        assert_eq!(found(&released), (2, 1, 0, 0));
        // The destination has signed its Receipt, which the origin has not seen yet.
        let received = [(1, "here"), (2, "here"), (3, "in_transit"), (3, "here")];
        assert_eq!(found(&received), (3, 0, 0, 0));
    }

    #[test]
    fn a_member_whom_nobody_answers_for_is_lost() {
        assert_eq!(found(&[(1, "here"), (2, "here")]), (2, 0, 1, 0));
        let rows = [(1, "here"), (2, "provisional"), (3, "transferred"), (3, "ended")];
        assert_eq!(found(&rows), (1, 0, 2, 0));
        assert!(!audit(&rows).verdict().whole());
    }

    #[test]
    fn a_member_whom_two_hold_is_held_twice_even_if_on_the_way() {
        let rows = [(1, "here"), (1, "here"), (2, "here"), (3, "here"), (3, "away")];
        assert_eq!(found(&rows), (3, 0, 0, 2));
        assert!(!audit(&rows).verdict().whole());
        // Whoever appears from nowhere is counted as well.
        assert_eq!(audit(&[(9, "here"), (9, "here")]).verdict().duplicated, 1);
        assert_eq!(audit(&[(9, "here")]).members(), 4);
    }
}
