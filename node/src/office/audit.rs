//! The audit log: whoever acts through [`Office::acting`] leaves a line with every commit, in the
//! same commit; who sees a full ID number leaves one before it is shown.
//!
//! A line names ids, never a member's name or number. What the node does by itself or for peers is
//! not here: that is in the feeds.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use data_encoding::HEXLOWER;
use protocol::refusal::{Code, Refusal};
use serde_json::Value;

use crate::directory::file_refusal;
use crate::durable;
use crate::store::Change;
use crate::store::rows::AuditRow;

use super::decide::Stop;
use super::people::Actor;
use super::{Office, view};

/// What somebody does now.
pub(super) struct Act {
    who: String,
    what: &'static str,
    written: AtomicBool,
}

impl Act {
    /// The line for what a batch changes.
    pub(super) fn line(&self, time: protocol::time::Timestamp, objects: &[String]) -> Change {
        Change::Audit(Box::new(AuditRow::new(time, &self.who, self.what, objects)))
    }

    /// Notes that the line is on disk.
    pub(super) fn is_written(&self) {
        self.written.store(true, Ordering::SeqCst);
    }
}

impl Office {
    /// The same office for one act of somebody, such as `letter.issue`.
    #[must_use]
    pub fn acting(&self, actor: &Actor, what: &'static str) -> Office {
        let act = Act { who: actor.who.clone(), what, written: AtomicBool::new(false) };
        Office { shared: Arc::clone(&self.shared), act: Some(Arc::new(act)) }
    }

    /// Leaves the line of an act that was done without a commit, such as one that writes a file.
    pub fn acted(&self, on: &Value) -> Result<(), Refusal> {
        let Some(act) = self.act.as_ref().filter(|act| !act.written.load(Ordering::SeqCst)) else {
            return Ok(());
        };
        self.write_line(&act.who, act.what, &objects_in(on))?;
        act.is_written();
        Ok(())
    }

    /// Leaves a line for every member whose ID number is about to be shown in full.
    pub fn revealing(&self, actor: &Actor, shown: &Value) -> Result<(), Refusal> {
        self.write_line(&actor.who, "member.reveal", &objects_in(shown))
    }

    fn write_line(&self, who: &str, what: &str, objects: &[String]) -> Result<(), Refusal> {
        let office = Office { act: None, ..self.clone() };
        office.decide(|decision| {
            let row = AuditRow::new(decision.now, who, what, objects);
            decision.batch.push(Change::Audit(Box::new(row)));
            Ok(())
        })?;
        Ok(())
    }

    /// Lines of the log, newest first.
    ///
    /// # Errors
    /// `field.invalid` (cursor).
    pub fn audit_lines(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<view::Page<view::AuditLine>, Refusal> {
        let before = match super::members::cursor(after)? {
            0 => i64::MAX,
            seq => seq,
        };
        self.look(|_, snapshot| {
            let rows = snapshot.audit_before(before, limit.saturating_add(1))?;
            let lines = rows.iter().map(line_view).collect();
            Ok(view::Page::cut(lines, limit, |line: &view::AuditLine| line.seq.to_string()))
        })
    }

    /// Walks along the whole log.
    ///
    /// # Errors
    /// `audit.broken` with the first line that does not follow the one before it.
    pub fn verify_audit(&self) -> Result<view::AuditVerified, Refusal> {
        let (lines, head) = self.walk_audit(|_| Ok(()))?;
        Ok(view::AuditVerified { lines, head })
    }

    /// Writes the whole log, a JSON object a line, into a file.
    ///
    /// # Errors
    /// `audit.broken`, `node.file`.
    pub fn export_audit(&self, out: &Path) -> Result<view::AuditExport, Refusal> {
        let mut text = Vec::new();
        let (lines, head) = self.walk_audit(|row| {
            let written = serde_json::to_writer(&mut text, &line_view(row));
            written.map_err(|fault| Refusal::about(Code::Internal, fault))?;
            text.write_all(b"\n").map_err(|fault| Refusal::about(Code::Internal, fault))
        })?;
        let refuse = |error| file_refusal(out, &error);
        durable::replace(out, &text, 0o600).map_err(refuse)?;
        Ok(view::AuditExport { file: out.display().to_string(), lines, head })
    }

    fn walk_audit(
        &self,
        mut visit: impl FnMut(&AuditRow) -> Result<(), Refusal>,
    ) -> Result<(i64, String), Refusal> {
        self.look(|_, snapshot| {
            let (mut seq, mut head) = (0, [0; 32]);
            snapshot.audit_lines(|row| -> Result<(), Stop> {
                if row.seq != seq + 1 || row.hash != row.hash_after(&head) {
                    return Err(Refusal::about(Code::AuditBroken, seq + 1).into());
                }
                (seq, head) = (row.seq, row.hash);
                Ok(visit(&row)?)
            })?;
            Ok((seq, HEXLOWER.encode(&head)))
        })
    }
}

fn line_view(row: &AuditRow) -> view::AuditLine {
    view::AuditLine {
        seq: row.seq,
        at: row.time.to_string(),
        who: row.who.clone(),
        what: row.what.clone(),
        objects: row.objects.split_whitespace().map(str::to_owned).collect(),
        hash: HEXLOWER.encode(&row.hash),
    }
}

/// The members, letters and cases that an answer shows.
fn objects_in(shown: &Value) -> Vec<String> {
    let mut objects = Vec::new();
    collect(shown, true, &mut objects);
    objects.sort_unstable();
    objects.dedup();
    objects
}

fn collect(shown: &Value, outermost: bool, objects: &mut Vec<String>) {
    match shown {
        Value::Array(items) => items.iter().for_each(|item| collect(item, false, objects)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value.as_str()) {
                    ("ref", Some(member)) => objects.push(format!("member:{member}")),
                    ("id", Some(id)) => objects.push(format!("id:{id}")),
                    ("code" | "region" | "key", Some(word)) if outermost => {
                        objects.push(format!("{name}:{word}"));
                    }
                    _ => collect(value, false, objects),
                }
            }
        }
        _ => {}
    }
}
