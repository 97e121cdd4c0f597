//! Entering a tree of organisations from a table: the whole table in one commit, or nothing of it.
//!
//! The table is laid over the tree as it stands, and what it says is judged by the tree that would
//! be: rows may come in any order, and a parent may be named by the name that the table gives it.
//! How cells are read is the business of [`super::import`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use protocol::id::{OrgCode, RegionCode};
use protocol::refusal::Refusal;
use protocol::refusal::{Code, Lang};

use crate::store::Change;
use crate::store::rows::OrgRow;

use super::import::fault::Objection;
use super::import::organisations::{self, OrganisationRow};
use super::import::sheet::Sheet;
use super::orgs::rename;
use super::register::report;
use super::{Office, Wake, view};

impl Office {
    /// Checks a table of organisations, and writes it if it has no fault: a code that is not known
    /// is added, one that is known is updated, and blanks erase nothing.
    ///
    /// # Errors
    /// Those of reading a table. Faults in cells are in the report, and keep every row out.
    pub fn import_orgs(&self, file: &Path, lang: Lang) -> Result<view::OrgImport, Refusal> {
        let sheet = Sheet::open(file)?;
        let mut rows = Vec::new();
        let mut checked = organisations::read(&sheet, &mut |row| {
            rows.push(row);
            Vec::new()
        })?;
        let (mut objections, _) = self.decide(|decision| {
            let orgs = decision.snapshot.orgs(None, u32::MAX)?;
            let tree = orgs.into_iter().map(|org| (org.code, org)).collect();
            let proposal = Proposal::new(self.me().region, &tree, &rows);
            let objections = proposal.objections();
            if checked.is_clean() && objections.is_empty() {
                let changes = proposal.changes();
                if !changes.is_empty() {
                    decision.count_revision()?;
                }
                for org in changes {
                    decision.batch.push(Change::Org(Box::new(org)));
                }
            }
            Ok(objections)
        })?;
        if !objections.is_empty() {
            checked = organisations::read(&sheet, &mut |row| {
                objections.remove(&row.row).unwrap_or_default()
            })?;
        }
        let committed = checked.is_clean();
        if committed {
            self.wake(Wake::Sweep);
        }
        Ok(view::OrgImport(report(&checked, committed, lang)))
    }
}

/// The tree as it would be with the rows of a table laid over it.
struct Proposal<'a> {
    region: RegionCode,
    /// Every organisation of the region, also those that were closed.
    tree: &'a BTreeMap<OrgCode, OrgRow>,
    rows: Vec<ProposedRow<'a>>,
    /// The organisation above each.
    parents: HashMap<OrgCode, OrgCode>,
}

struct ProposedRow<'a> {
    read: &'a OrganisationRow,
    /// The parent that the row gives, or why it cannot be found.
    parent: Result<Option<OrgCode>, Code>,
}

impl<'a> Proposal<'a> {
    fn new(
        region: RegionCode,
        tree: &'a BTreeMap<OrgCode, OrgRow>,
        rows: &'a [OrganisationRow],
    ) -> Proposal<'a> {
        let finder = Finder::new(region, tree, rows);
        let propose = |read: &'a OrganisationRow| {
            let parent = read.parent.as_deref().map_or(Ok(None), |text| finder.find(text));
            ProposedRow { read, parent }
        };
        let rows: Vec<ProposedRow<'a>> = rows.iter().map(propose).collect();
        let mut parents: HashMap<OrgCode, OrgCode> =
            tree.values().filter_map(|org| Some((org.code, org.parent?))).collect();
        for row in &rows {
            if let (Some(code), Ok(Some(parent))) = (row.read.code, row.parent) {
                parents.insert(code, parent);
            }
        }
        Proposal { region, tree, rows, parents }
    }

    /// What is wrong with the rows beyond their own cells, by row.
    fn objections(&self) -> HashMap<u32, Vec<Objection>> {
        let circling = circling(&self.parents);
        let mut found: HashMap<u32, Vec<Objection>> = HashMap::new();
        for ProposedRow { read, parent } in &self.rows {
            let mut object = |field, refused, subject: String| {
                let objection = Objection::fault(field, refused, subject);
                found.entry(read.row).or_default().push(objection);
            };
            if let Some(code) = read.code {
                if code.region != self.region {
                    object("code", Code::OrgForeign, code.to_string());
                } else if self.tree.get(&code).is_some_and(|org| org.closed) {
                    object("code", Code::OrgClosed, code.to_string());
                }
            }
            match (parent, read.code) {
                (Err(refused), _) => {
                    object("parent", *refused, read.parent.clone().unwrap_or_default());
                }
                (Ok(Some(_)), Some(code)) if circling.contains(&code) => {
                    object("parent", Code::OrgCircle, code.to_string());
                }
                _ => {}
            }
        }
        found
    }

    /// The organisations that are new or become different, parents before their parts, as the
    /// store wants them; only for a table without a fault.
    fn changes(&self) -> Vec<OrgRow> {
        let changed = |row: &ProposedRow<'_>| {
            let read = row.read;
            let (code, name, kind) = (read.code?, read.name.as_ref()?, read.kind?);
            let before = self.tree.get(&code);
            let mut org = before.cloned().unwrap_or_else(|| OrgRow {
                code,
                name: name.clone(),
                kind,
                parent: None,
                may_transfer: false,
                closed: false,
                successor: None,
                aliases: Vec::new(),
            });
            rename(&mut org, name);
            org.kind = kind;
            org.parent = row.parent.ok().flatten().or(org.parent);
            org.may_transfer = read.may_transfer.unwrap_or(org.may_transfer);
            (before != Some(&org)).then_some(org)
        };
        parents_first(self.rows.iter().filter_map(changed).collect())
    }
}

/// Finds organisations of the table and of the tree by what a clerk calls them.
struct Finder<'a> {
    region: RegionCode,
    tree: &'a BTreeMap<OrgCode, OrgRow>,
    codes: HashSet<OrgCode>,
    /// Who bears a name when the table is written; none for a row whose code is at fault.
    bearers: HashMap<&'a str, BTreeSet<Option<OrgCode>>>,
}

impl<'a> Finder<'a> {
    fn new(
        region: RegionCode,
        tree: &'a BTreeMap<OrgCode, OrgRow>,
        rows: &'a [OrganisationRow],
    ) -> Finder<'a> {
        let codes: HashSet<OrgCode> = rows.iter().filter_map(|row| row.code).collect();
        let listed = rows.iter().filter_map(|row| Some((row.name.as_deref()?, row.code)));
        let kept = tree.values().filter(|org| !org.closed && !codes.contains(&org.code));
        let mut bearers: HashMap<&str, BTreeSet<Option<OrgCode>>> = HashMap::new();
        for (name, code) in listed.chain(kept.map(|org| (org.name.as_str(), Some(org.code)))) {
            bearers.entry(name).or_default().insert(code);
        }
        Finder { region, tree, codes, bearers }
    }

    /// The organisation with that code or unique name; none if it is a row of the table whose code
    /// is at fault, which is reported there.
    fn find(&self, text: &str) -> Result<Option<OrgCode>, Code> {
        if let Ok(code) = text.parse::<OrgCode>() {
            let living = || self.tree.get(&code).is_some_and(|org| !org.closed);
            return match code {
                _ if self.codes.contains(&code) || living() => Ok(Some(code)),
                _ if code.region != self.region => Err(Code::OrgForeign),
                _ => Err(Code::OrgUnknown),
            };
        }
        let bearers = self.bearers.get(text).ok_or(Code::OrgUnknown)?;
        match (bearers.first(), bearers.len()) {
            (Some(None), _) => Ok(None),
            (Some(one), 1) => Ok(*one),
            _ => Err(Code::OrgAmbiguous),
        }
    }
}

/// The same organisations, none before the one above it; there is no circle among them.
fn parents_first(orgs: Vec<OrgRow>) -> Vec<OrgRow> {
    let codes: Vec<OrgCode> = orgs.iter().map(|org| org.code).collect();
    let mut waiting: HashMap<OrgCode, OrgRow> =
        orgs.into_iter().map(|org| (org.code, org)).collect();
    let mut ordered = Vec::with_capacity(codes.len());
    for code in codes {
        let (mut upwards, mut next) = (Vec::new(), Some(code));
        while let Some(org) = next.and_then(|code| waiting.remove(&code)) {
            next = org.parent;
            upwards.push(org);
        }
        ordered.extend(upwards.into_iter().rev());
    }
    ordered
}

/// The organisations above which, step by step, they stand again themselves.
fn circling(parents: &HashMap<OrgCode, OrgCode>) -> HashSet<OrgCode> {
    let (mut seen, mut found) = (HashSet::new(), HashSet::new());
    for start in parents.keys() {
        let (mut path, mut next) = (Vec::new(), Some(*start));
        while let Some(code) = next.filter(|code| seen.insert(*code)) {
            path.push(code);
            next = parents.get(&code).copied();
        }
        // A path ends at the top, or where it or an earlier one has been.
        let place = next.and_then(|code| path.iter().position(|one| *one == code));
        found.extend(place.into_iter().flat_map(|place| path[place..].iter().copied()));
    }
    found
}

#[cfg(test)]
mod tests;
