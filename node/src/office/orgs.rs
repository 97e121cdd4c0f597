//! The region's own organisations, and what peers are told of them.

use protocol::codec;
use protocol::id::OrgCode;
use protocol::limits::{BODY_BYTES_MAX, INVITED_ORGS_MAX, ORG_ALIASES_MAX};
use protocol::member::is_name;
use protocol::refusal::{Code, Refusal};
use protocol::statement::Draft;
use protocol::statement::directory::{OrgDirectory, OrgKind, OrgListing};

use crate::store::rows::{MemberId, OrgRow, PeerState};
use crate::store::{Change, Expected, Snapshot};

use super::decide::{Decision, Stop};
use super::{Office, Wake, text, view};

/// The setting that counts changes of the organisation tree.
const REVISION: &str = "org_revision";

/// What a new organisation is.
#[derive(Debug, Clone)]
pub struct OrgRequest {
    /// `REGION-NNNN` of this region.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its level, by name.
    pub kind: String,
    /// The code of the one above it.
    pub parent: Option<String>,
    /// Whether it may transfer members.
    pub may_transfer: bool,
}

impl Office {
    /// Adds an organisation.
    ///
    /// # Errors
    /// `org.invalid`, `org.foreign`, `org.exists`, `org.unknown` (the parent).
    pub fn add_org(&self, request: &OrgRequest) -> Result<view::Organisation, Refusal> {
        let code = self.add_orgs(std::slice::from_ref(request))?;
        self.org(&code[0].to_string())
    }

    /// Adds several organisations in one commit, parents before their parts.
    ///
    /// # Errors
    /// Those of [`Office::add_org`], about the first that is faulty; nothing is added.
    pub fn add_orgs(&self, requests: &[OrgRequest]) -> Result<Vec<OrgCode>, Refusal> {
        let (codes, _) = self.decide(|decision| {
            let mut added = Vec::with_capacity(requests.len());
            for request in requests {
                added.push(decision.add_org(request, &added)?);
            }
            decision.count_revision()?;
            Ok(added)
        })?;
        self.wake(Wake::Sweep);
        Ok(codes)
    }

    /// One organisation of our own, or of a peer.
    ///
    /// # Errors
    /// `org.unknown`.
    pub fn org(&self, code: &str) -> Result<view::Organisation, Refusal> {
        let code = text::org_code(code)?;
        self.look(|_, snapshot| {
            let row = snapshot.org(code)?;
            Ok(org_view(row.ok_or_else(|| Refusal::about(Code::OrgUnknown, code))?))
        })
    }

    /// Our own organisations, or a peer's as its directory says.
    ///
    /// # Errors
    /// `peer.unknown`, `org.unknown` (the cursor).
    pub fn orgs(
        &self,
        region: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<view::Page<view::Organisation>, Refusal> {
        let after = after.map(text::org_code).transpose()?;
        self.look(|office, snapshot| {
            let foreign = region.filter(|region| {
                *region != office.me().region.to_string() && *region != office.me().name
            });
            let items: Vec<view::Organisation> = match foreign {
                Some(region) => {
                    let peer = snapshot.named_peer(region)?;
                    let rows = snapshot.peer_orgs(peer.id, after, limit + 1)?;
                    rows.into_iter().map(peer_org_view).collect()
                }
                None => snapshot.orgs(after, limit + 1)?.into_iter().map(org_view).collect(),
            };
            Ok(view::Page::cut(items, limit, |org| org.code.clone()))
        })
    }

    /// Gives an organisation another name; the old one stays as an alias.
    ///
    /// # Errors
    /// `org.unknown`, `org.invalid`.
    pub fn rename_org(&self, code: &str, name: &str) -> Result<view::Organisation, Refusal> {
        let code = text::org_code(code)?;
        if !is_name(name) {
            return Err(Refusal::about(Code::OrgInvalid, "name"));
        }
        self.change_org(code, |org, _| {
            rename(org, name);
            Ok(())
        })
    }

    /// Closes an organisation on which nothing hangs any more.
    ///
    /// # Errors
    /// `org.unknown`, `org.in_use`.
    pub fn close_org(&self, code: &str) -> Result<view::Organisation, Refusal> {
        let code = text::org_code(code)?;
        self.change_org(code, |org, snapshot| {
            if snapshot.org_in_use(org.code)? {
                return Err(Refusal::about(Code::OrgInUse, org.code).into());
            }
            org.closed = true;
            Ok(())
        })
    }

    fn change_org(
        &self,
        code: OrgCode,
        mut change: impl FnMut(&mut OrgRow, &Snapshot<'_>) -> Result<(), Stop>,
    ) -> Result<view::Organisation, Refusal> {
        self.decide(|decision| {
            let mut org = decision.living_org(code)?;
            change(&mut org, decision.snapshot)?;
            decision.batch.push(Change::Org(Box::new(org)));
            decision.count_revision()
        })?;
        self.wake(Wake::Sweep);
        self.org(&code.to_string())
    }

    /// Ends one organisation in another: members and parts move over, and its code and name stay
    /// as aliases of the other, so that letters under way still find their place.
    ///
    /// # Errors
    /// `org.unknown`, `org.invalid` (into itself or into one of its own parts).
    pub fn merge_org(&self, code: &str, into: &str) -> Result<view::Organisation, Refusal> {
        let (code, into) = (text::org_code(code)?, text::org_code(into)?);
        self.decide(|decision| {
            let (mut ends, mut goes_on) = (decision.living_org(code)?, decision.living_org(into)?);
            if decision.is_part_of(into, code)? {
                return Err(Refusal::about(Code::OrgInvalid, into).into());
            }
            let (old_code, old_name) = (ends.code.to_string(), ends.name.clone());
            remember(&mut goes_on, old_code);
            remember(&mut goes_on, old_name);
            ends.closed = true;
            ends.successor = Some(into);
            decision.batch.push(Change::Org(Box::new(goes_on)));
            decision.batch.push(Change::Org(Box::new(ends)));
            decision.move_parts(code, into)?;
            decision.move_members(code, into)?;
            decision.batch.push(Change::MoveFindings(code, into));
            decision.count_revision()
        })?;
        self.wake(Wake::Sweep);
        self.org(&into.to_string())
    }

    /// What an invitation tells of our organisations: as many as fit, in the order of their codes;
    /// the feed brings all of them.
    pub(super) fn invited_listings(&self) -> Result<Vec<OrgListing>, Refusal> {
        let mut orgs = self.look(|_, snapshot| listings(snapshot, INVITED_ORGS_MAX))?;
        let mut room = BODY_BYTES_MAX;
        let fits = orgs.iter().take_while(|org| {
            let bytes = codec::encode(*org).len();
            room = room.saturating_sub(bytes);
            room > 0
        });
        let count = fits.count();
        orgs.truncate(count);
        Ok(orgs)
    }

    /// Tells every active peer of our organisations that has not been told of the newest ones
    ///
    pub(super) fn tell_directories(&self) -> Result<(), Refusal> {
        self.decide(|decision| {
            let revision = decision.orgs_unchanged()?.max(1).unsigned_abs();
            let behind: Vec<_> = decision
                .snapshot
                .peers()?
                .into_iter()
                .filter(|peer| peer.state == PeerState::Active && peer.directory_sent < revision)
                .collect();
            if behind.is_empty() {
                return Ok(());
            }
            let orgs = listings(decision.snapshot, usize::MAX)?;
            let parts = OrgDirectory::split(revision, orgs)
                .ok_or_else(|| Refusal::about(Code::OrgInvalid, "directory"))?;
            for mut peer in behind {
                for part in &parts {
                    decision.sign(&peer, Draft::new(part), None)?;
                }
                decision.batch.expect(Expected::Peer(peer.id, peer.state));
                peer.directory_sent = revision;
                decision.batch.push(Change::Peer(Box::new(peer)));
            }
            Ok(())
        })?;
        Ok(())
    }
}

fn listings(snapshot: &Snapshot<'_>, limit: usize) -> Result<Vec<OrgListing>, Stop> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let rows = snapshot.orgs(after, 1_000)?;
        let Some(last) = rows.last() else { break };
        after = Some(last.code);
        found.extend(rows.into_iter().filter(|org| !org.closed).map(|org| OrgListing {
            code: org.code,
            name: org.name,
            kind: org.kind,
            parent: org.parent,
            may_transfer: org.may_transfer,
            aliases: org.aliases,
        }));
        if found.len() >= limit {
            found.truncate(limit);
            break;
        }
    }
    Ok(found)
}

/// Gives an organisation another name; the old one stays as an alias.
pub(super) fn rename(org: &mut OrgRow, name: &str) {
    if org.name != name {
        let old = std::mem::replace(&mut org.name, name.to_owned());
        remember(org, old);
    }
}

fn remember(org: &mut OrgRow, alias: String) {
    if !org.aliases.contains(&alias) && org.aliases.len() < ORG_ALIASES_MAX {
        org.aliases.push(alias);
    }
}

fn org_view(row: OrgRow) -> view::Organisation {
    view::Organisation {
        code: row.code.to_string(),
        name: row.name,
        kind: row.kind.name().to_owned(),
        parent: row.parent.map(|code| code.to_string()),
        may_transfer: row.may_transfer,
        closed: row.closed,
        successor: row.successor.map(|code| code.to_string()),
    }
}

fn peer_org_view(row: crate::store::rows::PeerOrgRow) -> view::Organisation {
    view::Organisation {
        code: row.code.to_string(),
        name: row.name,
        kind: row.kind.name().to_owned(),
        parent: row.parent.map(|code| code.to_string()),
        may_transfer: row.may_transfer,
        closed: false,
        successor: None,
    }
}

impl Decision<'_> {
    fn add_org(&mut self, request: &OrgRequest, added: &[OrgCode]) -> Result<OrgCode, Stop> {
        let invalid = |what: &str| Refusal::about(Code::OrgInvalid, what);
        let code: OrgCode =
            request.code.parse().map_err(|_| Refusal::about(Code::OrgInvalid, &request.code))?;
        if code.region != self.office.me().region {
            return Err(Refusal::about(Code::OrgForeign, code).into());
        }
        if self.snapshot.org(code)?.is_some() || added.contains(&code) {
            return Err(Refusal::about(Code::OrgExists, code).into());
        }
        let parent = request.parent.as_deref().map(text::org_code).transpose()?;
        if let Some(parent) = parent.filter(|parent| !added.contains(parent)) {
            self.living_org(parent)?;
        }
        let name = request.name.trim();
        let org = OrgRow {
            code,
            name: Some(name).filter(|name| is_name(name)).ok_or_else(|| invalid("name"))?.into(),
            kind: OrgKind::from_name(&request.kind).ok_or_else(|| invalid("kind"))?,
            parent,
            may_transfer: request.may_transfer,
            closed: false,
            successor: None,
            aliases: Vec::new(),
        };
        self.batch.push(Change::Org(Box::new(org)));
        Ok(code)
    }

    /// Counts a change of the tree. It was decided on the tree as it stands, so it is decided
    /// again if somebody else changes it first.
    pub(super) fn count_revision(&mut self) -> Result<(), Stop> {
        let held = self.orgs_unchanged()?;
        self.batch.push(Change::Meta(REVISION, held.max(1) + 1));
        Ok(())
    }

    /// The decision holds only if no organisation of our own changes meanwhile.
    pub(super) fn orgs_unchanged(&mut self) -> Result<i64, Stop> {
        let held = self.snapshot.meta(REVISION)?.unwrap_or(0);
        self.batch.expect(Expected::Meta(REVISION, held));
        Ok(held)
    }

    fn living_org(&self, code: OrgCode) -> Result<OrgRow, Stop> {
        let org = self.snapshot.org(code)?.filter(|org| !org.closed);
        Ok(org.ok_or_else(|| Refusal::about(Code::OrgUnknown, code))?)
    }

    /// Whether `code` is `of` or lies below it.
    fn is_part_of(&self, code: OrgCode, of: OrgCode) -> Result<bool, Stop> {
        let mut next = Some(code);
        while let Some(code) = next {
            if code == of {
                return Ok(true);
            }
            next = self.snapshot.org(code)?.and_then(|org| org.parent);
        }
        Ok(false)
    }

    fn move_parts(&mut self, from: OrgCode, to: OrgCode) -> Result<(), Stop> {
        let mut after = None;
        loop {
            let rows = self.snapshot.orgs(after, 1_000)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.code);
            for mut org in rows.into_iter().filter(|org| org.parent == Some(from)) {
                org.parent = Some(to);
                self.batch.push(Change::Org(Box::new(org)));
            }
        }
    }

    fn move_members(&mut self, from: OrgCode, to: OrgCode) -> Result<(), Stop> {
        let filter =
            crate::store::members::MemberFilter { orgs: Some(vec![from]), ..Default::default() };
        let mut after = MemberId(0);
        loop {
            let rows = self.snapshot.members(&filter, after, 1_000)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            for mut row in rows {
                row.org = to;
                self.batch.push(Change::Member(Box::new(row)));
            }
        }
    }
}
