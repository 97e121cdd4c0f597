//! Reading the sheet of a batch against the roster and the peers' directories.

use std::collections::HashMap;
use std::path::Path;

use protocol::id::{MemberRef, OrgCode};
use protocol::member::IdNumber;
use protocol::private::Private;
use protocol::refusal::{Code, Lang, Refusal};
use protocol::time::Month;

use crate::store::Snapshot;
use crate::store::rows::Custody;

use super::super::decide::Stop;
use super::super::import::annotate::annotate;
use super::super::import::columns::ColumnChoice;
use super::super::import::fault::{Checked, Objection};
use super::super::import::letters::{self, LettersRow, LettersSink};
use super::super::import::sheet::{Sheet, column_letters};
use super::super::import::template;
use super::super::register::report;
use super::super::{Office, view};
use super::ends_all;

/// A row for which a letter can be issued.
pub(super) struct Wanted {
    pub(super) member: MemberRef,
    pub(super) to_org: OrgCode,
    pub(super) dues: Option<Month>,
    pub(super) reason: Option<Private<String>>,
}

impl Office {
    /// Checks the sheet of a batch, with columns as the clerk matched them; writes nothing but the
    /// annotated table. `progress` is told rows done.
    ///
    /// # Errors
    /// Those of reading a table. Faults in cells are in the report.
    pub fn check_batch(
        &self,
        file: &Path,
        annotated: Option<&Path>,
        columns: &[ColumnChoice],
        lang: Lang,
        progress: &mut dyn FnMut(u64),
    ) -> Result<view::BatchCheck, Refusal> {
        let sheet = Sheet::open(file)?;
        let (checked, _) = self.wanted(&sheet, columns, progress)?;
        if let Some(out) = annotated {
            annotate(&sheet, &checked, lang, out)?;
        }
        Ok(check_view(&checked, lang))
    }

    /// Writes an empty sheet with the columns of a batch to `out`.
    ///
    /// # Errors
    /// `file.write`.
    pub fn batch_template(&self, out: &Path, lang: Lang) -> Result<view::BatchTemplate, Refusal> {
        template::write(letters::COLUMNS, lang, out)?;
        Ok(view::BatchTemplate { file: out.display().to_string() })
    }

    /// What the sheet asks for, beside what is wrong with it.
    pub(super) fn wanted(
        &self,
        sheet: &Sheet,
        columns: &[ColumnChoice],
        progress: &mut dyn FnMut(u64),
    ) -> Result<(Checked, Vec<Wanted>), Refusal> {
        let mut sink =
            Sink { office: self, person: None, orgs: HashMap::new(), wanted: Vec::new(), progress };
        let checked = letters::read(sheet, columns, &mut sink)?;
        Ok((checked, sink.wanted))
    }
}

pub(super) fn check_view(checked: &Checked, lang: Lang) -> view::BatchCheck {
    let report = report(checked, false, lang);
    let columns = checked.columns.iter().map(|(place, header, field)| view::ColumnMatch {
        column: column_letters(*place),
        header: header.clone(),
        field: (*field).to_owned(),
    });
    view::BatchCheck {
        rows: report.rows,
        issuable: report.ok,
        warnings: report.warnings,
        errors: report.errors,
        errors_not_listed: report.errors_not_listed,
        columns: columns.collect(),
    }
}

struct Sink<'a> {
    office: &'a Office,
    /// Whom the row that is being read is about.
    person: Option<MemberRef>,
    /// Organisations that were looked up, as the clerk wrote them.
    orgs: HashMap<String, OrgCode>,
    wanted: Vec<Wanted>,
    progress: &'a mut dyn FnMut(u64),
}

impl LettersSink for Sink<'_> {
    fn to_org(&mut self, text: &str) -> Result<OrgCode, Objection> {
        if let Some(code) = self.orgs.get(text) {
            return Ok(*code);
        }
        let found = self.office.decide(|decision| {
            let code = peer_org(decision.snapshot, text)?;
            Ok(decision.addressee(code)?.1.code)
        });
        let (code, _) = found.map_err(|refusal| objection("to_org", refusal))?;
        self.orgs.insert(text.to_owned(), code);
        Ok(code)
    }

    fn person(&mut self, id: &IdNumber, name: &Private<String>) -> Result<(), Objection> {
        let hmac = self.office.id_hmac(id);
        let found = self.office.decide(|decision| {
            let rows = decision.snapshot.members_by_id(&hmac)?;
            let row = rows.into_iter().find(|row| row.custody != Custody::Ended);
            let row = row.ok_or_else(|| Refusal::about(Code::MemberUnknown, id.masked()))?;
            if row.name != *name {
                return Err(Refusal::about(Code::MemberDetailsDiffer, "name").into());
            }
            decision.may_offer(&row)?;
            Ok(row.member)
        });
        let found = found.map_err(|refusal| {
            let differs = refusal.code == Code::MemberDetailsDiffer;
            objection(if differs { "name" } else { "id_number" }, refusal)
        });
        self.person = Some(found?.0);
        Ok(())
    }

    fn row(&mut self, row: LettersRow) -> Result<(), Objection> {
        let person = self.person.take();
        let member = person.ok_or_else(|| Refusal::about(Code::Internal, "a row of nobody"))?;
        self.wanted.push(Wanted {
            member,
            to_org: row.to_org,
            dues: row.dues_paid_through,
            reason: row.reason,
        });
        Ok(())
    }

    fn progress(&mut self, rows_done: u64) {
        (self.progress)(rows_done);
    }
}

/// The cell at fault; what is wrong with the node ends the pass.
fn objection(field: &'static str, refusal: Refusal) -> Objection {
    if ends_all(refusal.code) {
        return Objection::Stop(refusal);
    }
    Objection::fault(field, refusal.code, refusal.subject)
}

/// An organisation of a peer, by code or unique name.
fn peer_org(snapshot: &Snapshot<'_>, text: &str) -> Result<OrgCode, Stop> {
    if let Ok(code) = text.parse() {
        return Ok(code);
    }
    let mut found = snapshot.peer_orgs_named(text)?;
    match (found.pop(), found.pop()) {
        (Some(one), None) => Ok(one.code),
        (None, _) => Err(Refusal::about(Code::OrgUnknown, text).into()),
        _ => Err(Refusal::about(Code::OrgAmbiguous, text).into()),
    }
}
