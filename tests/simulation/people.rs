//! What the people at the offices do: every use case about letters, chosen by the dice from what
//! their own node shows them, and now and then one that must be refused.

use std::fs;

use dukou::office::Office;
use dukou::office::batches::{BatchRequest, Outcome, RetryRequest};
use dukou::office::issue::IssueRequest;
use protocol::id::{LetterId, MemberRef};
use protocol::private::Private;
use protocol::refusal::{Code, Lang, Refusal};

use crate::commits::Plan;
use crate::disk::LetterSeen;
use crate::ledger::Violation;
use crate::sights::Sight;
use crate::template::{branch, committee, id_number, region};
use crate::world::World;

const GROUNDS: [&str; 10] = [
    "not_this_person",
    "details_differ",
    "expired",
    "out_of_area",
    "no_such_organisation",
    "already_member",
    "not_arrived",
    "deceased",
    "member_declines",
    "malformed",
];

const VALIDITY_DAYS: [i64; 8] = [1, 1, 1, 2, 7, 30, 90, 91];

/// Most people in a batch.
const BATCH_PEOPLE: usize = 4;

impl World {
    /// Somebody at some office does something.
    pub fn operate(&mut self) -> Result<(), Violation> {
        let up = self.up();
        let Some(&node) = self.dice.pick(&up) else { return Ok(()) };
        match self.dice.below(100) {
            0..28 => self.issue(node),
            28..58 => self.accept(node),
            58..66 => self.refuse(node),
            66..76 => self.void(node),
            76..80 => self.reroute(node),
            80..84 => self.reissue(node),
            84..86 => self.end_membership(node),
            86..90 => self.issue_batch(node),
            90..94 => self.accept_batch(node),
            94..97 => self.move_member(node),
            _ => self.sweep(node),
        }
    }

    fn other(&mut self, node: usize) -> usize {
        (node + 1 + self.dice.below(self.nodes.len() - 1)) % self.nodes.len()
    }

    /// Somebody on the node's roster, mostly with this custody.
    fn member(&mut self, node: usize, custody: &str) -> Option<MemberRef> {
        let anybody = self.dice.permille(80);
        let rows = self.judge.rows[node].members.iter();
        let fit: Vec<MemberRef> =
            rows.filter(|row| anybody || row.custody == custody).map(|row| row.member).collect();
        self.dice.pick(&fit).copied()
    }

    /// A letter of the node, in one of these words or now and then in any.
    fn letter(&mut self, node: usize, own: bool, words: &[&str]) -> Option<LetterSeen> {
        let any = self.dice.permille(60);
        let rows = self.judge.rows[node].letters.iter();
        let fit: Vec<&LetterSeen> =
            rows.filter(|row| row.own == own && (any || words.contains(&row.word))).collect();
        self.dice.pick(&fit).map(|row| (*row).clone())
    }

    pub fn issue(&mut self, node: usize) -> Result<(), Violation> {
        let Some(member) = self.member(node, "here") else { return Ok(()) };
        let to = self.other(node);
        let days = *self.dice.pick(&VALIDITY_DAYS).unwrap();
        self.issue_to(node, member, to, Some(days))
    }

    pub fn issue_to(
        &mut self,
        node: usize,
        member: MemberRef,
        to: usize,
        days: Option<i64>,
    ) -> Result<(), Violation> {
        let request = IssueRequest {
            member: member.to_string(),
            to: committee(to),
            reason: Private::new("工作调动".to_owned()),
            dues_paid_through: None,
            days,
            wait: None,
        };
        self.operation(node, &format!("issues {member} to {to}"), None, "issued", |office| {
            office.issue(&request).map(|issued| Some((issued.letter.id, issued.letter.state)))
        })
    }

    fn accept(&mut self, node: usize) -> Result<(), Violation> {
        let Some(letter) = self.letter(node, false, &["issued"]) else { return Ok(()) };
        self.accept_letter(node, letter.id)
    }

    pub fn accept_letter(&mut self, node: usize, letter: LetterId) -> Result<(), Violation> {
        let (id, org) = (letter.to_string(), branch(node, self.dice.below(2)));
        self.operation(node, &format!("accepts {letter}"), None, "accepted", |office| {
            office.accept(&id, &org, true, None).map(|letter| Some((letter.id, letter.state)))
        })
    }

    fn refuse(&mut self, node: usize) -> Result<(), Violation> {
        let words = ["issued", "accepted", "accepted", "released"];
        let Some(letter) = self.letter(node, false, &words) else { return Ok(()) };
        let ground = *self.dice.pick(&GROUNDS).unwrap();
        let redirect = committee(self.other(node));
        let redirect = (ground == "out_of_area").then_some(redirect);
        let (id, note) = (letter.id.to_string(), Private::new("查无此人".to_owned()));
        let what = format!("refuses {id} as {ground}");
        self.operation(node, &what, None, "refused", |office| {
            let refused = office.refuse(&id, ground, redirect.as_deref(), &note);
            refused.map(|letter| Some((letter.id, letter.state)))
        })
    }

    fn void(&mut self, node: usize) -> Result<(), Violation> {
        let words = ["issued", "issued", "released"];
        let Some(letter) = self.letter(node, true, &words) else { return Ok(()) };
        self.withdraw(node, letter.id)
    }

    pub fn withdraw(&mut self, node: usize, letter: LetterId) -> Result<(), Violation> {
        let reason = *self.dice.pick(&["withdrawn", "withdrawn", "lost", "ended"]).unwrap();
        let id = letter.to_string();
        self.operation(node, &format!("voids {letter} as {reason}"), None, "voided", |office| {
            office.void(&id, reason, None).map(|letter| Some((letter.id, letter.state)))
        })?;
        let won = self.judge.ledgers[node].letters.get(&letter);
        let won = won.is_some_and(|case| matches!(case.word(), "released" | "closed"));
        self.sights.see_if(won, Sight::AcceptWon);
        Ok(())
    }

    fn reroute(&mut self, node: usize) -> Result<(), Violation> {
        let Some(letter) = self.letter(node, true, &["issued"]) else { return Ok(()) };
        let (id, to) = (letter.id.to_string(), committee(self.other(node)));
        self.operation(node, &format!("re-routes {id}"), None, "issued", |office| {
            let new = office.void(&id, "rerouted", Some(&to));
            new.map(|letter| Some((letter.id, letter.state)))
        })
    }

    fn reissue(&mut self, node: usize) -> Result<(), Violation> {
        let Some(letter) = self.letter(node, true, &["issued", "refused", "voided"]) else {
            return Ok(());
        };
        let id = letter.id.to_string();
        self.operation(node, &format!("re-issues {id}"), None, "issued", |office| {
            office.reissue(&id).map(|letter| Some((letter.id, letter.state)))
        })
    }

    fn end_membership(&mut self, node: usize) -> Result<(), Violation> {
        let Some(member) = self.member(node, "here") else { return Ok(()) };
        let on = self.nodes[node].clock.now().day().to_string();
        let what = format!("ends {member}");
        self.operation(node, &what, Some(member), "", |office| {
            office.end_member(&member.to_string(), "deceased", &on).map(|_| None)
        })?;
        Ok(())
    }

    fn move_member(&mut self, node: usize) -> Result<(), Violation> {
        let custody = if self.dice.permille(500) { "provisional" } else { "here" };
        let Some(member) = self.member(node, custody) else { return Ok(()) };
        let org = branch(node, self.dice.below(2));
        self.operation(node, &format!("moves {member}"), None, "", |office| {
            office.move_member(&member.to_string(), &org).map(|_| None)
        })
    }

    fn issue_batch(&mut self, node: usize) -> Result<(), Violation> {
        let failed = self.judge.rows[node].failed_batches.clone();
        if let Some(batch) = self.dice.pick(&failed).copied().filter(|_| self.dice.permille(300)) {
            let id = hex(&batch);
            return self.operation(node, &format!("retries batch {id}"), None, "", |office| {
                // Half of the time whatever ended without a hand-over is issued again, too.
                let again = id.ends_with(|last: char| last.is_ascii_digit());
                let request = RetryRequest { batch: &id, refused: again, voided: again };
                office.retry_batch(&request, &mut |_, _| {}).map(|_| None)
            });
        }
        let to = committee(self.other(node));
        let mut rows = "公民身份号码,姓名,转往组织\n".to_owned();
        let mut count = 0;
        for _ in 0..BATCH_PEOPLE {
            let (minter, number) = (self.dice.below(self.nodes.len()), self.dice.below(3));
            let line = format!("{},甲乙{number},{to}\n", id_number(minter, number));
            if !rows.contains(&line) {
                rows.push_str(&line);
                count += 1;
            }
        }
        let file = self.dir.path().join("batch.csv");
        fs::write(&file, rows).unwrap();
        // Between the approval and the letters, and between the letters, there are commits too.
        if self.swarm.cut > 0 && self.dice.permille(250) {
            self.cut_next = Some(1 + self.dice.below(4) as u32);
        }
        let what = format!("issues a batch of at most {count}");
        self.operation(node, &what, None, "", |office| issue_sheet(office, &file))
    }

    fn accept_batch(&mut self, node: usize) -> Result<(), Violation> {
        let rows = self.judge.rows[node].letters.iter();
        let open = rows.filter(|row| !row.own && row.word == "issued");
        let batches: Vec<[u8; 16]> = open.filter_map(|row| row.batch).collect();
        let Some(batch) = self.dice.pick(&batches).map(|batch| hex(batch)) else {
            return Ok(());
        };
        let org = branch(node, self.dice.below(2));
        let mut accepted = 0;
        let what = format!("accepts batch {batch}");
        self.operation(node, &what, None, "", |office| {
            let done = office.accept_batch(&batch, &org, &[], &mut |_, _| {})?;
            accepted = done.accepted;
            Ok(None)
        })?;
        self.sights.add(Sight::BatchAccepted, accepted);
        Ok(())
    }

    /// Runs a use case. What it acknowledged (a letter and its word) is durable at once; a letter
    /// may have gone further than `word` only by a rival's hand.
    fn operation(
        &mut self,
        node: usize,
        what: &str,
        may_end: Option<MemberRef>,
        word: &str,
        body: impl FnOnce(&Office) -> Result<Option<(String, String)>, Refusal>,
    ) -> Result<(), Violation> {
        match self.act(node, what, may_end, body)? {
            Some(Ok(Some((letter, shown)))) => {
                let case = letter.parse().ok().and_then(|letter: LetterId| {
                    self.judge.ledgers[node].letters.get(&letter).cloned()
                });
                let durable = case.is_some_and(|case| case.word() == shown);
                if !durable || (shown != word && self.swarm.rival == 0) {
                    let text = format!("node {node} {what}: {letter} was acknowledged as {shown}");
                    return Err(Violation(text));
                }
            }
            Some(Ok(None)) | None => {}
            Some(Err(_)) => self.sights.see(Sight::Refused),
        }
        Ok(())
    }

    /// Somebody else at the same office, or the link, who commits while a decision is under way.
    pub fn rival(&mut self, node: usize) -> Plan {
        let Some(office) = self.nodes[node].office().cloned() else { return Plan::Nothing };
        let waiting: Vec<usize> = (0..self.nodes.len())
            .filter(|other| {
                let talk = self.talks.get(&(node, *other));
                talk.is_some_and(|talk| !talk.waiting().is_empty())
            })
            .collect();
        if let Some(&other) = self.dice.pick(&waiting) {
            let (groups, id) = (self.talks[&(node, other)].waiting().to_vec(), self.id(other));
            return Plan::Rival(Box::new(move || {
                // What it comes to shows in what is durable.
                let _ = office.peer_id(id).and_then(|peer| office.receive(peer, &groups));
            }));
        }
        let own = self.letter(node, true, &["issued"]);
        let incoming = self.letter(node, false, &["issued", "accepted"]);
        let (org, accept) = (branch(node, 0), self.dice.permille(500));
        match (own, incoming) {
            (Some(letter), None) => Plan::Rival(Box::new(move || {
                let _ = office.void(&letter.id.to_string(), "withdrawn", None);
            })),
            (_, Some(letter)) if accept => Plan::Rival(Box::new(move || {
                let _ = office.accept(&letter.id.to_string(), &org, true, None);
            })),
            (None, Some(letter)) => Plan::Rival(Box::new(move || {
                let (id, note) = (letter.id.to_string(), Private::default());
                let _ = office.refuse(&id, "not_arrived", None, &note);
            })),
            (Some(letter), Some(_)) => Plan::Rival(Box::new(move || {
                let _ = office.void(&letter.id.to_string(), "withdrawn", None);
            })),
            (None, None) => Plan::Rival(Box::new(move || {
                let _ = office.sweep();
            })),
        }
    }

    /// Stops or goes on with the exchange with a peer.
    pub fn pause_or_resume(&mut self, node: usize) -> Result<(), Violation> {
        let code = region(self.other(node)).to_string();
        if self.dice.permille(400) {
            self.sights.see(Sight::Paused);
            return self.operation(node, &format!("pauses {code}"), None, "", |office| {
                office.pause_peer(&code).map(|_| None)
            });
        }
        self.operation(node, &format!("resumes {code}"), None, "", |office| {
            office.resume_peer(&code).map(|_| None)
        })
    }
}

/// As a clerk does: looks how many there are, and confirms that many.
fn issue_sheet(
    office: &Office,
    file: &std::path::Path,
) -> Result<Option<(String, String)>, Refusal> {
    let (only_valid, columns, lang) = (true, &[][..], Lang::En);
    let request = |confirm| BatchRequest { file, confirm, only_valid, columns, lang };
    let check = office.check_batch(file, None, columns, lang, &mut |_| {})?;
    match office.issue_batch(&request(check.issuable), &mut |_, _| {})? {
        Outcome::Issued(_) => Ok(None),
        Outcome::Faulty(_) => Err(Code::BatchConfirm.into()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
