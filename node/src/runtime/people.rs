//! Carries out the commands about users, tokens and the audit log.

use super::execute::{Executor, part};
use crate::control::command::{AuditCommand, TokenCommand, UserCommand};
use crate::control::execute::{Context, Failure, Reply};
use crate::office::people::{Actor, UserRequest};

impl Executor {
    pub(super) fn user(&self, command: UserCommand) -> Result<Reply, Failure> {
        let office = &self.office;
        match command {
            UserCommand::Add { name, role, org, password } => {
                let request = UserRequest { name, role, org, password: password.0 };
                Reply::of(&office.add_user(&request)?)
            }
            UserCommand::List(paging) => Reply::of(&part(office.users()?, &paging)?),
            UserCommand::Role { name, role, org } => {
                Reply::of(&office.set_role(&name, &role, org.as_deref())?)
            }
            UserCommand::Password { name, password } => {
                Reply::of(&office.set_password(&name, &password.0)?)
            }
            UserCommand::Disable { name, disabled } => {
                Reply::of(&office.set_disabled(&name, disabled)?)
            }
        }
    }

    pub(super) fn token(&self, command: TokenCommand, context: &Context) -> Result<Reply, Failure> {
        let office = &self.office;
        match command {
            TokenCommand::Create { role, org, expires_days } => {
                let by = Actor::owner(context.uid).who;
                Reply::of(&office.create_token(&role, org.as_deref(), expires_days, &by)?)
            }
            TokenCommand::List(paging) => Reply::of(&part(office.tokens()?, &paging)?),
            TokenCommand::Revoke { id } => Reply::of(&office.revoke_token(&id)?),
        }
    }

    pub(super) fn audit(&self, command: &AuditCommand) -> Result<Reply, Failure> {
        let office = &self.office;
        match command {
            AuditCommand::List(paging) => {
                Reply::of(&office.audit_lines(paging.after.as_deref(), paging.limit)?)
            }
            AuditCommand::Verify => Reply::of(&office.verify_audit()?),
            AuditCommand::Export { out } => Reply::of(&office.export_audit(out)?),
        }
    }
}
