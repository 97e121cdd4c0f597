//! Organisations: our own tree, and the directories of peers.
//!
//! A code is stored as one number, region × 10⁶ + number.

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::id::{OrgCode, RegionCode};
use protocol::statement::directory::{OrgKind, OrgListing};

use super::rows::{OrgRow, PeerId, PeerOrgRow};
use super::{Snapshot, StoreFault};

pub(super) fn number_of(code: OrgCode) -> i64 {
    i64::from(code.region.number()) * 1_000_000 + i64::from(code.number.value())
}

pub(super) fn code_of(number: i64) -> Option<OrgCode> {
    let region = u32::try_from(number / 1_000_000).ok().and_then(RegionCode::new)?;
    OrgCode::new(region, u32::try_from(number % 1_000_000).ok()?)
}

pub(super) fn kind_number(kind: OrgKind) -> i64 {
    OrgKind::ALL.iter().position(|one| *one == kind).map_or(0, |index| index as i64)
}

fn kind_of(number: i64) -> Option<OrgKind> {
    usize::try_from(number).ok().and_then(|index| OrgKind::ALL.get(index)).copied()
}

fn aliases_of(text: String) -> Vec<String> {
    text.split('\n').filter(|alias| !alias.is_empty()).map(str::to_owned).collect()
}

pub(super) fn put(connection: &Connection, row: &OrgRow) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO org
                 (number, name, kind, parent, may_transfer, closed, successor, aliases)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (number) DO UPDATE SET
                 name = excluded.name, kind = excluded.kind, parent = excluded.parent,
                 may_transfer = excluded.may_transfer, closed = excluded.closed,
                 successor = excluded.successor, aliases = excluded.aliases",
        )?
        .execute(params![
            number_of(row.code),
            row.name,
            kind_number(row.kind),
            row.parent.map(number_of),
            row.may_transfer,
            row.closed,
            row.successor.map(number_of),
            row.aliases.join("\n")
        ])?;
    Ok(())
}

pub(super) fn put_peer(
    connection: &Connection,
    peer: PeerId,
    row: &PeerOrgRow,
    revision: u64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO peer_org
                 (peer, code, name, kind, parent, may_transfer, aliases, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (peer, code) DO UPDATE SET
                 name = excluded.name, kind = excluded.kind, parent = excluded.parent,
                 may_transfer = excluded.may_transfer, aliases = excluded.aliases,
                 revision = excluded.revision",
        )?
        .execute(params![
            peer.0,
            number_of(row.code),
            row.name,
            kind_number(row.kind),
            row.parent.map(number_of),
            row.may_transfer,
            row.aliases.join("\n"),
            revision as i64
        ])?;
    Ok(())
}

pub(super) fn drop_before(
    connection: &Connection,
    peer: PeerId,
    revision: u64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM peer_org WHERE peer = ?1 AND revision < ?2")?
        .execute(params![peer.0, revision as i64])?;
    connection
        .prepare_cached("UPDATE peer SET directory = ?2 WHERE id = ?1")?
        .execute(params![peer.0, revision as i64])?;
    Ok(())
}

fn org(row: &Row<'_>) -> rusqlite::Result<Option<OrgRow>> {
    let parent: Option<i64> = row.get("parent")?;
    let successor: Option<i64> = row.get("successor")?;
    let (Some(code), Some(kind)) = (code_of(row.get("number")?), kind_of(row.get("kind")?)) else {
        return Ok(None);
    };
    Ok(Some(OrgRow {
        code,
        name: row.get("name")?,
        kind,
        parent: parent.and_then(code_of),
        may_transfer: row.get("may_transfer")?,
        closed: row.get("closed")?,
        successor: successor.and_then(code_of),
        aliases: aliases_of(row.get("aliases")?),
    }))
}

fn peer_org(row: &Row<'_>) -> rusqlite::Result<Option<PeerOrgRow>> {
    let parent: Option<i64> = row.get("parent")?;
    let (Some(code), Some(kind)) = (code_of(row.get("code")?), kind_of(row.get("kind")?)) else {
        return Ok(None);
    };
    Ok(Some(PeerOrgRow {
        code,
        name: row.get("name")?,
        kind,
        parent: parent.and_then(code_of),
        may_transfer: row.get("may_transfer")?,
        aliases: aliases_of(row.get("aliases")?),
    }))
}

fn whole<T>(parts: Option<T>) -> Result<T, StoreFault> {
    parts.ok_or(StoreFault::Damaged("org"))
}

impl Snapshot<'_> {
    /// One organisation of our own.
    pub fn org(&self, code: OrgCode) -> Result<Option<OrgRow>, StoreFault> {
        self.connection
            .prepare_cached("SELECT * FROM org WHERE number = ?1")?
            .query_row([number_of(code)], org)
            .optional()?
            .map(whole)
            .transpose()
    }

    /// Living organisations of our own with this name; more than one makes the name ambiguous.
    pub fn orgs_named(&self, name: &str) -> Result<Vec<OrgRow>, StoreFault> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM org WHERE name = ?1 AND closed = 0 LIMIT 2")?;
        let rows = statement.query_map([name], org)?;
        rows.map(|row| whole(row?)).collect()
    }

    /// Organisations of our own with codes after `after`, in the order of their codes.
    pub fn orgs(&self, after: Option<OrgCode>, limit: u32) -> Result<Vec<OrgRow>, StoreFault> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT * FROM org WHERE number > ?1 ORDER BY number LIMIT ?2")?;
        let rows = statement.query_map(params![after.map_or(0, number_of), limit], org)?;
        rows.map(|row| whole(row?)).collect()
    }

    /// An organisation and everything below it.
    pub fn orgs_under(&self, top: OrgCode) -> Result<Vec<OrgCode>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "WITH RECURSIVE part (number) AS (
                 VALUES (?1) UNION
                 SELECT org.number FROM org JOIN part ON org.parent = part.number)
             SELECT number FROM part ORDER BY number",
        )?;
        let rows = statement.query_map([number_of(top)], |row| row.get(0))?;
        rows.map(|number| whole(code_of(number?))).collect()
    }

    /// Whether anything still hangs on an organisation: members that live here, parts, letters.
    pub fn org_in_use(&self, code: OrgCode) -> Result<bool, StoreFault> {
        let used: bool = self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM member WHERE org = ?1 AND custody < 3)
                     OR EXISTS (SELECT 1 FROM org WHERE parent = ?1 AND closed = 0)
                     OR EXISTS (SELECT 1 FROM letter WHERE stands > 0
                                AND (from_org = ?1 OR to_org = ?1 OR branch = ?1))",
            )?
            .query_row([number_of(code)], |row| row.get(0))?;
        Ok(used)
    }

    /// One organisation of a peer.
    pub fn peer_org(&self, peer: PeerId, code: OrgCode) -> Result<Option<PeerOrgRow>, StoreFault> {
        self.connection
            .prepare_cached("SELECT * FROM peer_org WHERE peer = ?1 AND code = ?2")?
            .query_row(params![peer.0, number_of(code)], peer_org)
            .optional()?
            .map(whole)
            .transpose()
    }

    /// The organisation of a peer that had this code or name before.
    pub fn peer_org_by_alias(
        &self,
        peer: PeerId,
        alias: &str,
    ) -> Result<Option<PeerOrgRow>, StoreFault> {
        self.connection
            .prepare_cached(
                "SELECT * FROM peer_org
                 WHERE peer = ?1 AND instr(char(10) || aliases || char(10),
                                           char(10) || ?2 || char(10)) > 0 LIMIT 1",
            )?
            .query_row(params![peer.0, alias], peer_org)
            .optional()?
            .map(whole)
            .transpose()
    }

    /// Organisations of living peers with this name now, or else before; more than one makes the
    /// name ambiguous.
    pub fn peer_orgs_named(&self, name: &str) -> Result<Vec<PeerOrgRow>, StoreFault> {
        let conditions =
            ["name = ?1", "instr(char(10) || aliases || char(10), char(10) || ?1 || char(10)) > 0"];
        let mut found = Vec::new();
        for condition in conditions {
            let mut statement = self.connection.prepare_cached(&format!(
                "SELECT * FROM peer_org WHERE {condition}
                   AND peer IN (SELECT id FROM peer WHERE state IN (1, 2)) LIMIT 2"
            ))?;
            let rows = statement.query_map([name], peer_org)?;
            found = rows.map(|row| whole(row?)).collect::<Result<Vec<_>, _>>()?;
            if !found.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    /// Everything that a peer told of its organisations, as it told it.
    pub fn peer_listings(&self, peer: PeerId) -> Result<Vec<OrgListing>, StoreFault> {
        let rows = self.peer_orgs(peer, None, u32::MAX)?;
        let listing = |row: PeerOrgRow| OrgListing {
            code: row.code,
            name: row.name,
            kind: row.kind,
            parent: row.parent,
            may_transfer: row.may_transfer,
            aliases: row.aliases,
        };
        Ok(rows.into_iter().map(listing).collect())
    }

    /// Organisations of a peer with codes after `after`, in the order of their codes.
    pub fn peer_orgs(
        &self,
        peer: PeerId,
        after: Option<OrgCode>,
        limit: u32,
    ) -> Result<Vec<PeerOrgRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM peer_org WHERE peer = ?1 AND code > ?2 ORDER BY code LIMIT ?3",
        )?;
        let rows =
            statement.query_map(params![peer.0, after.map_or(0, number_of), limit], peer_org)?;
        rows.map(|row| whole(row?)).collect()
    }
}
