//! What one decision looks up again and again: peers, addressees, our own organisations.
//!
//! A decision reads one state from beginning to end, so what was found once stays true for it. A
//! decision about many letters would ask for the same few rows for each of them.

use std::collections::HashMap;
use std::rc::Rc;

use protocol::id::OrgCode;
use protocol::refusal::{Code, Refusal};

use crate::store::rows::{LetterRow, PeerId, PeerOrgRow, PeerRow};

use super::decide::{Decision, Stop};
use super::peers::writable;

/// An organisation deeper in the tree than this lies in a loop, which no command can make.
const LEVELS_MAX: usize = 32;

/// What was found so far.
#[derive(Default)]
pub(super) struct Lookups {
    peers: HashMap<PeerId, Rc<PeerRow>>,
    addressees: HashMap<OrgCode, Rc<(PeerRow, PeerOrgRow)>>,
    transferring: HashMap<OrgCode, Rc<(OrgCode, String)>>,
    own: HashMap<OrgCode, OrgCode>,
}

impl Decision<'_> {
    /// The other side of a letter.
    pub(super) fn peer_of(&mut self, letter: &LetterRow) -> Result<Rc<PeerRow>, Stop> {
        if let Some(peer) = self.lookups.peers.get(&letter.peer) {
            return Ok(Rc::clone(peer));
        }
        let peer = self.snapshot.peer(letter.peer)?;
        let peer = peer.ok_or_else(|| Refusal::about(Code::PeerUnknown, letter.peer.0))?;
        let peer = Rc::new(peer);
        self.lookups.peers.insert(letter.peer, Rc::clone(&peer));
        Ok(peer)
    }

    /// The peer and organisation that a letter to `code` goes to; a former code still finds it.
    pub(super) fn addressee(&mut self, code: OrgCode) -> Result<Rc<(PeerRow, PeerOrgRow)>, Stop> {
        if let Some(found) = self.lookups.addressees.get(&code) {
            return Ok(Rc::clone(found));
        }
        let unknown = || Refusal::about(Code::OrgUnknown, code);
        let peer = self.snapshot.peer_by_region(code.region)?.ok_or_else(unknown)?;
        writable(&peer)?;
        let target = match self.snapshot.peer_org(peer.id, code)? {
            Some(target) => target,
            None => {
                self.snapshot.peer_org_by_alias(peer.id, &code.to_string())?.ok_or_else(unknown)?
            }
        };
        let found = Rc::new((peer, target));
        self.lookups.addressees.insert(code, Rc::clone(&found));
        Ok(found)
    }

    /// The organisation that may transfer members of `org`, with its name: itself or the nearest
    /// above.
    pub(super) fn transferring_org(&mut self, org: OrgCode) -> Result<Rc<(OrgCode, String)>, Stop> {
        if let Some(found) = self.lookups.transferring.get(&org) {
            return Ok(Rc::clone(found));
        }
        let mut next = Some(org);
        for _ in 0..LEVELS_MAX {
            let Some(code) = next else { break };
            let Some(row) = self.snapshot.org(code)? else { break };
            if row.may_transfer {
                let found = Rc::new((row.code, row.name));
                self.lookups.transferring.insert(org, Rc::clone(&found));
                return Ok(found);
            }
            next = row.parent;
        }
        Err(Refusal::about(Code::OrgNoTransferRight, org).into())
    }

    /// A living organisation of our own, to place somebody in: the named one, or the one that took
    /// over.
    pub(super) fn own_org(&mut self, code: OrgCode) -> Result<OrgCode, Stop> {
        if let Some(found) = self.lookups.own.get(&code) {
            return Ok(*found);
        }
        self.orgs_unchanged()?;
        let mut next = Some(code);
        for _ in 0..LEVELS_MAX {
            let Some(org) = next.map(|code| self.snapshot.org(code)).transpose()?.flatten() else {
                break;
            };
            if !org.closed {
                self.lookups.own.insert(code, org.code);
                return Ok(org.code);
            }
            next = org.successor;
        }
        Err(Refusal::about(Code::OrgUnknown, code).into())
    }
}
