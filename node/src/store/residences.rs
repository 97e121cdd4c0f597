//! Residences at rest.

use rusqlite::{Connection, OptionalExtension, Row, params};

use protocol::codec;
use protocol::id::{MemberRef, ResidenceId};
use protocol::refusal::Code;
use protocol::residence::state::Word;
use protocol::statement::kind::{Kind, KindNumber};

use super::entries::{case_statements, last_own_seq};
use super::rows::{
    LetterStatementRow, LocalStatementRow, PeerId, ResidenceRow, ResidenceRowId, Version,
};
use super::{Snapshot, StoreFault, prefix_range, written_once};

fn word_number(word: Word) -> i64 {
    Word::ALL.iter().position(|one| *one == word).map_or(0, |index| index as i64)
}

fn opinion_number(row: &ResidenceRow) -> i64 {
    match (row.core.opinion(), row.core.open_opinion()) {
        (None, _) => 0,
        (Some(_), Some(_)) => 1,
        (Some(_), None) => 2,
    }
}

pub(super) fn version(connection: &Connection, id: ResidenceRowId) -> Result<Version, StoreFault> {
    let version = connection
        .prepare_cached("SELECT version FROM residence WHERE id = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    Ok(version.map_or(Version::ABSENT, Version))
}

/// Writes the row under the version with which it was read.
pub(super) fn put(connection: &Connection, row: &ResidenceRow) -> rusqlite::Result<()> {
    let core = &row.core;
    let (word, opinion) = (word_number(core.word()), opinion_number(row));
    let (encoded, rejected) = (codec::encode(core), row.rejected.map(Code::number));
    if row.version == Version::ABSENT {
        connection
            .prepare_cached(
                "INSERT INTO residence
                     (id, hash, version, own, peer, word, opinion, member, core, card, rejected)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                row.id.0,
                core.id.as_bytes(),
                row.version.0 + 1,
                row.own,
                row.peer.map(|peer| peer.0),
                word,
                opinion,
                core.member.as_bytes(),
                encoded,
                row.card,
                rejected
            ])?;
        return Ok(());
    }
    let updated = connection
        .prepare_cached(
            "UPDATE residence SET version = ?2, word = ?3, opinion = ?4, core = ?5, card = ?6,
                 rejected = ?7
             WHERE id = ?1 AND version = ?2 - 1",
        )?
        .execute(params![
            row.id.0,
            row.version.0 + 1,
            word,
            opinion,
            encoded,
            row.card,
            rejected
        ])?;
    written_once(updated)
}

/// Keeps what was said between two organisations of ours.
pub(super) fn put_local(connection: &Connection, row: &LocalStatementRow) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO local_statement (residence, kind, statement, block)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![row.residence.0, row.kind.number().0, row.statement, row.sealed_block])?;
    Ok(())
}

fn residence(row: &Row<'_>) -> Result<ResidenceRow, StoreFault> {
    let core: Vec<u8> = row.get("core")?;
    Ok(ResidenceRow {
        id: ResidenceRowId(row.get("id")?),
        version: Version(row.get("version")?),
        own: row.get("own")?,
        peer: row.get::<_, Option<i64>>("peer")?.map(PeerId),
        core: codec::decode(&core).map_err(|_| StoreFault::Damaged("residence"))?,
        card: row.get("card")?,
        rejected: row.get::<_, Option<u16>>("rejected")?.and_then(Code::from_number),
    })
}

/// Which residences a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResidenceFilter {
    /// Only of our own members (`true`), or of those who live here.
    pub own: Option<bool>,
    /// Only with this word.
    pub word: Option<Word>,
    /// Only those in which an opinion was asked for; waiting for it, or given.
    pub opinion: Option<OpinionFilter>,
}

/// Which opinions a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpinionFilter {
    /// All that were asked for.
    Asked,
    /// Those that wait for an answer.
    Open,
}

impl Snapshot<'_> {
    /// The residence with this id.
    pub fn residence(&self, id: ResidenceId) -> Result<Option<ResidenceRow>, StoreFault> {
        Ok(self.residence_rows("hash = ?1", &[id.as_bytes()])?.into_iter().next())
    }

    /// The residence in this row.
    pub fn residence_by_row(&self, id: ResidenceRowId) -> Result<Option<ResidenceRow>, StoreFault> {
        Ok(self.residence_rows("id = ?1", &[&id.0])?.into_iter().next())
    }

    /// Up to two residences whose id begins with this hexadecimal text.
    pub fn residences_by_prefix(&self, prefix: &str) -> Result<Vec<ResidenceRow>, StoreFault> {
        let Some((first, last)) = prefix_range(prefix) else { return Ok(Vec::new()) };
        self.residence_rows("hash BETWEEN ?1 AND ?2 LIMIT 2", &[&first, &last])
    }

    /// The residences of a member, oldest first.
    pub fn residences_of(&self, member: MemberRef) -> Result<Vec<ResidenceRow>, StoreFault> {
        self.residence_rows("member = ?1 ORDER BY id", &[member.as_bytes()])
    }

    /// Residences after `after`, in the order of their rows.
    pub fn residences_after(
        &self,
        after: ResidenceRowId,
        limit: u32,
    ) -> Result<Vec<ResidenceRow>, StoreFault> {
        self.residence_rows("id > ?1 ORDER BY id LIMIT ?2", &[&after.0, &limit])
    }

    /// Residences before `before`, newest first.
    pub fn residences(
        &self,
        filter: ResidenceFilter,
        before: Option<ResidenceRowId>,
        limit: u32,
    ) -> Result<Vec<ResidenceRow>, StoreFault> {
        let own = match filter.own {
            None => "",
            Some(true) => "AND own = 1",
            Some(false) => "AND (own = 0 OR peer IS NULL)",
        };
        let opinion = match filter.opinion {
            None => "",
            Some(OpinionFilter::Asked) => "AND opinion > 0",
            Some(OpinionFilter::Open) => "AND opinion = 1",
        };
        let condition = format!(
            "id < ?1 AND (?2 IS NULL OR word = ?2) {own} {opinion} ORDER BY id DESC LIMIT ?3"
        );
        let before = before.map_or(i64::MAX, |row| row.0);
        self.residence_rows(&condition, &[&before, &filter.word.map(word_number), &limit])
    }

    fn residence_rows(
        &self,
        condition: &str,
        params: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<ResidenceRow>, StoreFault> {
        let sql = format!("SELECT * FROM residence WHERE {condition}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(residence(row)?);
        }
        Ok(found)
    }

    /// Whether somebody who is on no roster of ours stays or lives here.
    pub fn is_guest(&self, member: MemberRef) -> Result<bool, StoreFault> {
        Ok(!self.stays_of(member)?.is_empty() || !self.residences_of(member)?.is_empty())
    }

    /// Whether a peer introduced so many residents who have not reported.
    pub fn has_introductions(&self, peer: PeerId, count: u32) -> Result<bool, StoreFault> {
        let found: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT 1 FROM residence WHERE peer = ?1 AND own = 0 AND word = 0
                 LIMIT 1 OFFSET ?2",
            )?
            .query_row(params![peer.0, count.saturating_sub(1)], |row| row.get(0))
            .optional()?;
        Ok(found.is_some())
    }

    /// The newest statements of a residence, of one kind or of any, at most `limit` of each side.
    pub fn residence_statements(
        &self,
        row: &ResidenceRow,
        kind: Option<Kind>,
        limit: u32,
    ) -> Result<Vec<LetterStatementRow>, StoreFault> {
        if row.peer.is_none() {
            return self.local_statements(row.id, kind, limit);
        }
        let mut said = case_statements(self.connection, row.id.0, kind, Some(true), limit)?;
        said.extend(case_statements(self.connection, row.id.0, kind, Some(false), limit)?);
        Ok(said)
    }

    fn local_statements(
        &self,
        residence: ResidenceRowId,
        kind: Option<Kind>,
        limit: u32,
    ) -> Result<Vec<LetterStatementRow>, StoreFault> {
        let mut statement = self.connection.prepare_cached(
            "SELECT kind, statement, block FROM local_statement
             WHERE residence = ?1 AND (?2 IS NULL OR kind = ?2) ORDER BY id DESC LIMIT ?3",
        )?;
        let kind = kind.map(|kind| kind.number().0);
        let rows = statement.query_map(params![residence.0, kind, limit], |row| {
            let kind: u16 = row.get(0)?;
            let (statement, sealed_block) = (row.get(1)?, row.get(2)?);
            Ok(Kind::from_number(KindNumber(kind)).map(|kind| LetterStatementRow {
                kind,
                statement,
                sealed_block,
                erased: false,
                own: true,
                seq: 0,
                unusable: None,
            }))
        })?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// The place in our feed of what we said last in a residence; 0 if we said nothing.
    pub fn last_said_in_residence(&self, residence: ResidenceRowId) -> Result<u64, StoreFault> {
        last_own_seq(self.connection, residence.0)
    }
}
