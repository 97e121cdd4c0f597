//! What a command does, as the audit log calls it.

use super::departure::DepartureCommand;
use super::residence::{AttachCommand, ResidenceCommand};
use super::stay::StayCommand;
use super::{
    AuditCommand, BatchCommand, Command, FindingCommand, LetterCommand, MatchCommand,
    MemberCommand, OrgCommand, PeerCommand, ReportCommand, RuleCommand, TokenCommand, UserCommand,
};

impl Command {
    /// The name of the act; none for a command that only looks.
    pub fn act(&self) -> Option<&'static str> {
        match self {
            Command::Status | Command::Finding(FindingCommand::List { .. }) => None,
            Command::Finding(FindingCommand::Tasks { .. }) => None,
            Command::RehearsalNow { .. } => Some("rehearsal.now"),
            Command::Peer(command) => peer(command),
            Command::Org(command) => org(command),
            Command::Member(command) => member(command),
            Command::Letter(command) => letter(command),
            Command::Batch(command) => batch(command),
            Command::Reconcile { .. } => Some("reconcile"),
            Command::Match(MatchCommand::With { .. }) => Some("match"),
            Command::Match(_) => None,
            Command::Stay(command) => stay(command),
            Command::Residence(command) => residence(command),
            Command::Departure(command) => departure(command),
            Command::Attach(AttachCommand { .. }) => Some("attach"),
            Command::Rule(RuleCommand::Set { .. }) => Some("rule.set"),
            Command::Rule(_) => None,
            Command::Report(ReportCommand::Submit { .. }) => Some("report.submit"),
            Command::Report(ReportCommand::Summary | ReportCommand::Meeting { .. }) => None,
            Command::User(command) => user(command),
            Command::Token(TokenCommand::Create { .. }) => Some("token.create"),
            Command::Token(TokenCommand::Revoke { .. }) => Some("token.revoke"),
            Command::Token(TokenCommand::List(_)) => None,
            Command::Audit(AuditCommand::Export { .. }) => Some("audit.export"),
            Command::Audit(_) => None,
        }
    }
}

fn peer(command: &PeerCommand) -> Option<&'static str> {
    Some(match command {
        PeerCommand::Invite { .. } => "peer.invite",
        PeerCommand::Accept { .. } => "peer.accept",
        PeerCommand::Approve { .. } | PeerCommand::ApproveReply { .. } => "peer.approve",
        PeerCommand::Pause { .. } => "peer.pause",
        PeerCommand::Resume { .. } => "peer.resume",
        PeerCommand::Replace { .. } => "peer.replace",
        PeerCommand::Revoke { .. } => "peer.revoke",
        PeerCommand::List(_) | PeerCommand::Show { .. } | PeerCommand::Test { .. } => return None,
    })
}

fn org(command: &OrgCommand) -> Option<&'static str> {
    Some(match command {
        OrgCommand::Add { .. } => "org.add",
        OrgCommand::Import { .. } => "org.import",
        OrgCommand::Rename { .. } => "org.rename",
        OrgCommand::Merge { .. } => "org.merge",
        OrgCommand::Close { .. } => "org.close",
        OrgCommand::List { .. } => return None,
    })
}

fn member(command: &MemberCommand) -> Option<&'static str> {
    Some(match command {
        MemberCommand::Import { commit: true, .. } => "member.import",
        MemberCommand::Add(_) => "member.add",
        MemberCommand::Set { .. } => "member.set",
        MemberCommand::Move { .. } => "member.move",
        MemberCommand::End { .. } => "member.end",
        MemberCommand::Met { .. } => "member.met",
        MemberCommand::Export { .. } => "member.export",
        MemberCommand::Ledger { .. } => "member.ledger",
        MemberCommand::Import { commit: false, .. }
        | MemberCommand::List { .. }
        | MemberCommand::Show { .. }
        | MemberCommand::Search { .. }
        | MemberCommand::File { .. }
        | MemberCommand::SeenBy { .. }
        | MemberCommand::History { .. } => return None,
    })
}

fn letter(command: &LetterCommand) -> Option<&'static str> {
    Some(match command {
        LetterCommand::Issue { .. } | LetterCommand::IssueOnPaper { .. } => "letter.issue",
        LetterCommand::RecordReceipt { .. } => "letter.record_receipt",
        LetterCommand::RecordReturn { .. } => "letter.record_return",
        LetterCommand::RecordIn { .. } => "letter.record_in",
        LetterCommand::Accept { .. } => "letter.accept",
        LetterCommand::Refuse { .. } => "letter.refuse",
        LetterCommand::Void { .. } => "letter.void",
        LetterCommand::Scan { .. } => "letter.scan",
        LetterCommand::Reissue { .. } => "letter.reissue",
        LetterCommand::List { .. }
        | LetterCommand::Show { .. }
        | LetterCommand::Qr { .. }
        | LetterCommand::Verify { .. } => return None,
    })
}

fn batch(command: &BatchCommand) -> Option<&'static str> {
    Some(match command {
        BatchCommand::Issue { .. } => "batch.issue",
        BatchCommand::Accept { .. } => "batch.accept",
        BatchCommand::Retry { .. } => "batch.retry",
        BatchCommand::Check { .. }
        | BatchCommand::Template { .. }
        | BatchCommand::List { .. }
        | BatchCommand::Show { .. } => return None,
    })
}

fn stay(command: &StayCommand) -> Option<&'static str> {
    Some(match command {
        StayCommand::Open { .. } => "stay.open",
        StayCommand::ReportIn { .. } => "stay.report_in",
        StayCommand::Confirm { .. } => "stay.confirm",
        StayCommand::Place { .. } => "stay.place",
        StayCommand::Settle { .. } => "stay.settle",
        StayCommand::Report { .. } => "stay.report",
        StayCommand::Contact { .. } => "stay.contact",
        StayCommand::Bulletin { .. } => "stay.bulletin",
        StayCommand::Review { .. } => "stay.review",
        StayCommand::Ask { .. } => "stay.ask",
        StayCommand::Answer { .. } => "stay.answer",
        StayCommand::End { .. } => "stay.end",
        StayCommand::Transfer { .. } => "stay.transfer",
        StayCommand::List { .. } | StayCommand::Show { .. } => return None,
    })
}

fn residence(command: &ResidenceCommand) -> Option<&'static str> {
    Some(match command {
        ResidenceCommand::Introduce { .. } => "residence.introduce",
        ResidenceCommand::Register { .. } => "residence.register",
        ResidenceCommand::Feedback { .. } => "residence.feedback",
        ResidenceCommand::Respond { .. } => "residence.respond",
        ResidenceCommand::End { .. } => "residence.end",
        ResidenceCommand::Ask { .. } => "opinion.ask",
        ResidenceCommand::Answer { .. } => "opinion.answer",
        ResidenceCommand::List { .. }
        | ResidenceCommand::Show { .. }
        | ResidenceCommand::Opinions { .. } => return None,
    })
}

fn departure(command: &DepartureCommand) -> Option<&'static str> {
    Some(match command {
        DepartureCommand::Report { .. } => "departure.report",
        DepartureCommand::File { .. } => "departure.file",
        DepartureCommand::Return { .. } => "departure.return",
        DepartureCommand::List { .. } | DepartureCommand::Show { .. } => return None,
    })
}

fn user(command: &UserCommand) -> Option<&'static str> {
    Some(match command {
        UserCommand::Add { .. } => "user.add",
        UserCommand::Role { .. } => "user.role",
        UserCommand::Password { .. } => "user.password",
        UserCommand::Disable { disabled: true, .. } => "user.disable",
        UserCommand::Disable { disabled: false, .. } => "user.enable",
        UserCommand::List(_) => return None,
    })
}
