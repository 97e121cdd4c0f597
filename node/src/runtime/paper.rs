//! Carries out the commands about letters on paper.

use protocol::refusal::{Class, Code, Lang, Refusal};

use super::execute::{Executor, request, text};
use crate::control::command::{LetterCommand, PersonalText};
use crate::control::execute::{Failure, Reply};
use crate::office::paper::record::{PaperIn, PaperIssue};
use crate::office::view::Verdict;

/// The exit code where a signature does not hold.
const UNTRUSTED: u8 = 9;

/// A verdict with its exit code.
///
/// # Errors
/// `internal`.
pub fn verdict(verdict: &Verdict) -> Result<Reply, Failure> {
    let reply = Reply::of(verdict)?;
    let untrusted = matches!(verdict.verdict.as_str(), "tampered" | "unknown_key");
    Ok(if untrusted { reply.exit(UNTRUSTED) } else { reply })
}

impl Executor {
    pub(super) fn scan(&self, code: &PersonalText, lang: Lang) -> Result<Reply, Failure> {
        let scanned = self.office.scan(&code.0).map_err(unvouched)?;
        let letter = &scanned.letter;
        let mut reply = Reply::of(letter)?;
        if scanned.known {
            reply = reply.warning(match lang {
                Lang::Zh => "此信本节点早已收到,这是同一封".to_owned(),
                Lang::En => "this node had the letter already; it is the same one".to_owned(),
            });
        }
        if letter.floating {
            reply = reply.warning(match lang {
                Lang::Zh => {
                    "签名有效;尚未与签发方核对,无法得知是否已撤回。内容以二维码为准,与纸面逐项核对"
                }
                Lang::En => {
                    "the signature holds; whether the letter was withdrawn since cannot be known \
                     before the issuer is heard. What counts is the code: compare it with the paper"
                }
            });
        }
        if letter.next.iter().any(|act| act == "accept") {
            let next = format!("dukou letter accept {} --org BRANCH --met", &letter.id[..8]);
            reply = reply.next(next);
        }
        Ok(reply)
    }
}

impl Executor {
    /// Letters of neighbours without a node.
    pub(super) fn paper(&self, command: LetterCommand) -> Result<Reply, Failure> {
        let office = &self.office;
        match command {
            LetterCommand::IssueOnPaper { member, to_name, reason, dues_paid_through, days } => {
                let reason = text(reason).unwrap_or_default();
                let issue = PaperIssue { member, to_name, reason, dues_paid_through, days };
                let letter = office.issue_on_paper(&issue)?;
                let next = format!("dukou letter record-receipt {} --on DAY", &letter.id[..8]);
                Ok(Reply::of(&letter)?.next(next))
            }
            LetterCommand::RecordReceipt { letter, on, scan } => {
                Reply::of(&office.record_receipt(&letter, &on, scan.as_deref())?)
            }
            LetterCommand::RecordReturn { letter, on, ground, scan } => {
                Reply::of(&office.record_return(&letter, &on, &ground, scan.as_deref())?)
            }
            LetterCommand::RecordIn { from_name, serial, on, scan, member } => {
                let member = request(*member);
                Reply::of(&office.record_in(&PaperIn { from_name, serial, on, member, scan })?)
            }
            other => Err(Refusal::about(Code::Internal, format!("{other:?}")).into()),
        }
    }
}

/// Nobody here vouches for whoever signed it.
fn unvouched(refusal: Refusal) -> Failure {
    let class = (refusal.code == Code::PeerUnknown).then_some(Class::Trust);
    Failure { class, ..refusal.into() }
}
