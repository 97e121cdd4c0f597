//! The one function that says who may do what: [`Office::authorize`]. What no line here allows is
//! denied.
//!
//! It has two parts: the table of roles, and the organisation that bounds an actor. What lies
//! outside that bound does not exist for them, so that nobody learns by asking who is a member
//! elsewhere.

use protocol::id::OrgCode;
use protocol::refusal::{Code, Refusal};

use crate::store::Snapshot;
use crate::store::rows::{LetterRow, ResidenceRow, StayRow};

use super::super::decide::Stop;
use super::super::members::subtree;
use super::super::{Office, text};
use super::{Actor, Rights, Role};

/// What can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Reads what names no member: the node, its tree, its peers, its rules, counts.
    Look,
    /// Reads members, letters, cases and tasks.
    Read,
    /// Enters and changes members, and imports them.
    Enter,
    /// Keeps up what goes on: whom somebody met, contacts, reports, papers that came in.
    Keep,
    /// Decides: issues, accepts, refuses, voids, opens and ends; signs in the region's name.
    Decide,
    /// Manages users, organisations, peers and rules.
    Manage,
    /// Reads the audit log.
    Audit,
}

/// The table: which roles an action takes, viewer, clerk, approver, admin and auditor.
const TABLE: &[(Action, [bool; 5])] = &[
    (Action::Look, [true, true, true, true, true]),
    (Action::Read, [true, true, true, false, false]),
    (Action::Enter, [false, true, false, false, false]),
    (Action::Keep, [false, true, true, false, false]),
    (Action::Decide, [false, false, true, false, false]),
    (Action::Manage, [false, false, false, true, false]),
    (Action::Audit, [false, false, false, false, true]),
];

impl Action {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Action> {
        TABLE.iter().map(|(action, _)| *action)
    }

    /// Its word in the description of the API.
    pub fn name(self) -> &'static str {
        match self {
            Action::Look => "look",
            Action::Read => "read",
            Action::Enter => "enter",
            Action::Keep => "keep",
            Action::Decide => "decide",
            Action::Manage => "manage",
            Action::Audit => "audit",
        }
    }

    /// Whether a role may do it at all.
    pub fn allows(self, role: Role) -> bool {
        let line = TABLE.iter().find(|(action, _)| *action == self);
        line.is_some_and(|(_, roles)| roles[usize::from(role.number())])
    }
}

/// On what. Ids are the text that somebody typed, as everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object<'a> {
    /// Nobody's, or a list that keeps to the actor's scope itself.
    Nothing,
    /// The whole region's.
    Region,
    /// A member.
    Member(&'a str),
    /// A letter.
    Letter(&'a str),
    /// A stay.
    Stay(&'a str),
    /// A residence.
    Residence(&'a str),
    /// An organisation of this region, by code.
    Org(&'a str),
}

impl Office {
    /// Whether the actor may do that to the object.
    ///
    /// # Errors
    /// `role.denied`; the object's own "unknown" if it lies outside the actor's scope.
    pub fn authorize(
        &self,
        actor: &Actor,
        action: Action,
        object: Object<'_>,
    ) -> Result<(), Refusal> {
        match actor.rights {
            Rights::Owner => {}
            Rights::Role(role) if action.allows(role) => {}
            Rights::Role(_) | Rights::Nobody => {
                return Err(Refusal::about(Code::RoleDenied, action.name()));
            }
        }
        let Some(top) = actor.scope else { return Ok(()) };
        match object {
            Object::Nothing => Ok(()),
            Object::Region => Err(Refusal::about(Code::RoleDenied, top)),
            object => self.look(|_, snapshot| {
                let (orgs, unknown) = orgs_of(snapshot, object)?;
                let within = subtree(snapshot, top)?;
                if orgs.iter().any(|org| within.binary_search(org).is_ok()) {
                    return Ok(());
                }
                Err(unknown.into())
            }),
        }
    }
}

/// The organisations whose an object is, and what is said to those who may not see it.
fn orgs_of(snapshot: &Snapshot<'_>, object: Object<'_>) -> Result<(Vec<OrgCode>, Refusal), Stop> {
    let unknown = |code, typed: &str| Refusal::about(code, text::shown(typed));
    Ok(match object {
        Object::Nothing | Object::Region => (Vec::new(), Code::RoleDenied.into()),
        Object::Member(typed) => {
            let row = snapshot.named_member(typed)?;
            (vec![row.org], unknown(Code::MemberUnknown, typed))
        }
        Object::Letter(typed) => {
            let orgs = match snapshot.named_letter(typed) {
                Ok(row) => orgs_of_letter(&row),
                Err(stop) => match snapshot.named_paper(typed)? {
                    Some(row) => vec![row.org],
                    None => return Err(stop),
                },
            };
            (orgs, unknown(Code::LetterUnknown, typed))
        }
        Object::Stay(typed) => {
            let row = snapshot.named_stay(typed)?;
            (orgs_of_stay(&row), unknown(Code::StayUnknown, typed))
        }
        Object::Residence(typed) => {
            let row = snapshot.named_residence(typed)?;
            (orgs_of_residence(&row), unknown(Code::ResidenceUnknown, typed))
        }
        Object::Org(typed) => {
            let code = text::org_code(typed)?;
            (vec![code], Refusal::about(Code::OrgUnknown, code))
        }
    })
}

/// Our organisations in a letter.
pub(in crate::office) fn orgs_of_letter(row: &LetterRow) -> Vec<OrgCode> {
    if row.own {
        vec![row.from_org]
    } else {
        [Some(row.to_org), row.branch].into_iter().flatten().collect()
    }
}

/// Both sides' organisations in a stay: a foreign one is in nobody's scope.
pub(in crate::office) fn orgs_of_stay(row: &StayRow) -> Vec<OrgCode> {
    [row.core.origin_org(), row.core.destination_org()].into_iter().flatten().collect()
}

/// The same of a residence.
pub(in crate::office) fn orgs_of_residence(row: &ResidenceRow) -> Vec<OrgCode> {
    vec![row.core.introduction.from_org, row.core.community()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_one_line_and_no_role_does_everything() {
        for action in [
            Action::Look,
            Action::Read,
            Action::Enter,
            Action::Keep,
            Action::Decide,
            Action::Manage,
            Action::Audit,
        ] {
            assert_eq!(Action::all().filter(|one| *one == action).count(), 1, "{action:?}");
        }
        for role in Role::ALL {
            assert!(Action::all().any(|action| !action.allows(*role)), "{role:?}");
        }
    }

    #[test]
    fn whoever_manages_or_audits_reads_no_member_and_whoever_enters_does_not_decide() {
        let may =
            |role: Role| Action::all().filter(|action| action.allows(role)).collect::<Vec<_>>();
        assert_eq!(may(Role::Viewer), [Action::Look, Action::Read]);
        assert_eq!(may(Role::Clerk), [Action::Look, Action::Read, Action::Enter, Action::Keep]);
        assert_eq!(may(Role::Approver), [Action::Look, Action::Read, Action::Keep, Action::Decide]);
        assert_eq!(may(Role::Admin), [Action::Look, Action::Manage]);
        assert_eq!(may(Role::Auditor), [Action::Look, Action::Audit]);
    }
}
