//! Answers as text for people, one file per noun; what has no text of its own is shown as JSON.
//!
//! Nothing is computed here: every number and word came from the node.

use protocol::refusal::Lang;
use serde_json::Value;

use crate::control::execute::Reply;
use crate::office::view::View;

mod batch;
mod departure;
mod file;
mod finding;
mod import;
mod letter;
mod matching;
mod member;
mod node;
mod org;
mod paper;
mod peer;
mod people;
mod reconcile;
mod report;
mod residence;
mod stay;
mod table;
mod words;

/// A view that has a text for people.
trait Text: View {
    /// The text, without a line end.
    fn text(&self, lang: Lang) -> String;
}

/// `en` or `zh`.
pub(super) fn pick<'t>(lang: Lang, en: &'t str, zh: &'t str) -> &'t str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// The answer as text.
pub(super) fn reply(reply: &Reply, lang: Lang) -> String {
    use crate::office::view::{
        Batch, BatchAccepted, BatchCheck, BatchIssued, BatchRetried, BatchSummary, BatchTemplate,
        Demo, Departure, Finding, ImportReport, Initialised, Invited, Ledger, Letter, LetterCode,
        MatchCheck, Matching, MatchingSummary, Meeting, Member, MemberEvent, MemberExport,
        MemberFile, Opinion, OrgImport, Organisation, Page, Peer, PeerProbe, Recipient,
        Reconciliation, RegionReport, RehearsalClock, Replaced, ReportSummary, Residence, Rule,
        RuleExplained, Status, Stay, Tasks, Verdict,
    };
    let known = [
        text::<Initialised>,
        text::<Status>,
        text::<Demo>,
        text::<RehearsalClock>,
        text::<Invited>,
        text::<Peer>,
        text::<Page<Peer>>,
        text::<PeerProbe>,
        text::<Replaced>,
        text::<Reconciliation>,
        text::<Matching>,
        text::<Page<MatchingSummary>>,
        text::<MatchCheck>,
        text::<Organisation>,
        text::<Page<Organisation>>,
        text::<OrgImport>,
        text::<Member>,
        text::<Page<Member>>,
        text::<Page<MemberEvent>>,
        text::<ImportReport>,
        text::<Letter>,
        text::<Page<Letter>>,
        text::<LetterCode>,
        text::<Verdict>,
        text::<BatchCheck>,
        text::<BatchIssued>,
        text::<Batch>,
        text::<Page<BatchSummary>>,
        text::<BatchAccepted>,
        text::<BatchRetried>,
        text::<BatchTemplate>,
        text::<Departure>,
        text::<Page<Departure>>,
        text::<Stay>,
        text::<MemberFile>,
        text::<MemberExport>,
        text::<Page<Recipient>>,
        text::<Ledger>,
        text::<Page<Stay>>,
        text::<Residence>,
        text::<Page<Residence>>,
        text::<Page<Opinion>>,
        text::<Rule>,
        text::<Page<Rule>>,
        text::<RuleExplained>,
        text::<Page<Finding>>,
        text::<Tasks>,
        text::<RegionReport>,
        text::<ReportSummary>,
        text::<Meeting>,
    ];
    let text = known.into_iter().find_map(|text| text(reply, lang));
    text.or_else(|| people::text_of(reply, lang)).unwrap_or_else(|| {
        serde_json::to_string_pretty(&reply.data).unwrap_or_else(|_| reply.data.to_string())
    })
}

fn text<V: Text>(reply: &Reply, lang: Lang) -> Option<String> {
    if reply.schema != V::SCHEMA {
        return None;
    }
    V::deserialize(&reply.data).ok().map(|view| view.text(lang))
}

/// One of a fault's `errors` on a line: its values, in their order.
pub(super) fn plain_error(error: &Value) -> String {
    match error {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name} {}", table::clean(&plain(value))))
            .collect::<Vec<_>>()
            .join(" · "),
        other => plain(other),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The line under a list that goes on.
fn more(next: Option<&str>, lang: Lang) -> String {
    match next {
        Some(cursor) => format!("\n{}: --after {cursor}", pick(lang, "More", "还有")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
