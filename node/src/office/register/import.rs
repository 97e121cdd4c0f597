//! A whole roster file: checked in one pass, written in a second.

use std::collections::HashMap;
use std::path::Path;

use protocol::id::OrgCode;
use protocol::refusal::{Code, Lang, Refusal};

use crate::store::rows::Custody;

use super::super::import::annotate::annotate;
use super::super::import::fault::{Checked, Objection};
use super::super::import::roster::{self, RosterRow, RosterSink};
use super::super::import::sheet::Sheet;
use super::super::{Office, view};
use super::{Fields, named_org};

/// Rows of a roster file that are written in one commit. Each commit writes most pages of the
/// indexes whose keys come in no order, so few large ones write less than many small ones.
const IMPORT_BATCH_ROWS: usize = 4_000;

impl Office {
    /// Checks a roster file, and with `commit` writes it if it has no fault. `progress` is told
    /// rows done, rows in all once known, and whether they are being written.
    ///
    /// # Errors
    /// Those of reading a table. Faults in cells are in the report, and keep every row out.
    pub fn import_members(
        &self,
        file: &Path,
        commit: bool,
        annotated: Option<&Path>,
        lang: Lang,
        progress: &mut dyn FnMut(u64, Option<u64>, bool),
    ) -> Result<view::ImportReport, Refusal> {
        let sheet = Sheet::open(file)?;
        let mut check = Sink {
            office: self,
            rows: None,
            orgs: HashMap::new(),
            progress: &mut |done| progress(done, None, false),
        };
        let checked = roster::read(&sheet, &mut check)?;
        if let Some(out) = annotated {
            annotate(&sheet, &checked, lang, out)?;
        }
        if commit && checked.is_clean() {
            let total = checked.rows;
            let mut write = Sink {
                office: self,
                rows: Some(Vec::with_capacity(IMPORT_BATCH_ROWS)),
                orgs: HashMap::new(),
                progress: &mut |done| progress(done, Some(total), true),
            };
            let written = roster::read(&sheet, &mut write)?;
            write.flush()?;
            // Rows that became faulty between the two passes were not written, and are told.
            return Ok(report(&written, true, lang));
        }
        Ok(report(&checked, false, lang))
    }
}

/// What one pass over a table found, for the clerk.
pub(in crate::office) fn report(
    checked: &Checked,
    committed: bool,
    lang: Lang,
) -> view::ImportReport {
    let faults = checked.faults.iter().map(|fault| view::CellFault {
        row: u64::from(fault.row),
        column: fault.column_letters(),
        field: fault.field.to_owned(),
        code: fault.code.text().to_owned(),
        value: fault.value.reveal().clone(),
        fix: fault.fix(lang),
    });
    let warnings = checked.warnings.iter().map(|warning| view::ImportWarning {
        code: warning.code().to_owned(),
        detail: warning.message(lang),
    });
    view::ImportReport {
        rows: checked.rows,
        ok: checked.ok,
        warnings: warnings.collect(),
        errors: faults.collect(),
        errors_not_listed: checked.faults_not_listed,
        committed,
    }
}

/// Takes the rows of a roster file: looks each up, and in the second pass writes them.
struct Sink<'a> {
    office: &'a Office,
    /// Rows waiting to be written; none while only checking.
    rows: Option<Vec<Fields>>,
    /// Organisations that were looked up, as the clerk wrote them.
    orgs: HashMap<String, OrgCode>,
    progress: &'a mut dyn FnMut(u64),
}

impl Sink<'_> {
    fn flush(&mut self) -> Result<(), Refusal> {
        let Some(rows) = self.rows.as_mut() else { return Ok(()) };
        let rows = std::mem::take(rows);
        self.office.decide(|decision| {
            decision.orgs_unchanged()?;
            for fields in &rows {
                match decision.held(fields)? {
                    Some(row) if matches!(row.custody, Custody::Here | Custody::InTransit) => {
                        decision.change(row, fields)?;
                    }
                    Some(row) => {
                        return Err(Refusal::about(Code::MemberNotFull, row.member).into());
                    }
                    None => {
                        decision.register(fields)?;
                    }
                }
            }
            Ok(())
        })?;
        Ok(())
    }
}

impl RosterSink for Sink<'_> {
    fn org(&mut self, text: &str) -> Result<OrgCode, Objection> {
        if let Some(code) = self.orgs.get(text) {
            return Ok(*code);
        }
        let found = self.office.look(|_, snapshot| named_org(snapshot, text));
        if let Ok(code) = &found {
            self.orgs.insert(text.to_owned(), *code);
        }
        found.map_err(|refusal| match refusal.code {
            Code::OrgUnknown | Code::OrgAmbiguous => Objection::fault("org", refusal.code, text),
            _ => Objection::Stop(refusal),
        })
    }

    fn row(&mut self, row: RosterRow) -> Result<(), Objection> {
        let fields = Fields {
            name: Some(row.name),
            id_number: Some(row.id_number),
            standing: Some(row.standing),
            org: Some(row.org),
            sex: row.sex,
            ethnicity: row.ethnicity,
            joined_on: row.joined_on,
            dues_paid_through: row.dues_paid_through,
            phone: row.phone,
            residence: None,
            unit: None,
        };
        if self.rows.is_none() {
            return match self.office.look(|office, snapshot| office.who_has(snapshot, &fields))? {
                None => Ok(()),
                Some(held) if matches!(held.custody, Custody::Here | Custody::InTransit) => Ok(()),
                Some(held) => {
                    let member = held.member.to_string();
                    Err(Objection::fault("id_number", Code::MemberNotFull, member))
                }
            };
        }
        let rows = self.rows.get_or_insert_default();
        rows.push(fields);
        if rows.len() >= IMPORT_BATCH_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    fn progress(&mut self, rows_done: u64) {
        (self.progress)(rows_done);
    }
}
