//! Carries out commands over the office, the same whether a node runs or not.

use std::time::Duration;

use protocol::id::NodeId;
use protocol::limits::RECONCILE_WAIT_MS;
use protocol::private::Private;
use protocol::refusal::{Code, Lang, Refusal};
use tokio::runtime::Handle;

use crate::control::command::{
    Command, LetterCommand, MemberCommand, MemberFields, OrgCommand, Paging, PeerCommand,
    PersonalText,
};
use crate::control::execute::{Context, Execute, Failure, Progress, Reply};
use crate::link::Link;
use crate::link::tls::{Purpose, TlsKey};
use crate::office::Office;
use crate::office::issue::IssueRequest;
use crate::office::orgs::OrgRequest;
use crate::office::people::Actor;
use crate::office::register::MemberRequest;
use crate::office::view::{self, Page};

use super::introduce::introduce;
use super::open::Opened;
use super::paper::verdict;

/// How long a comparison or a matching waits for a session with the peer.
pub(super) const SESSION_WAIT: Duration = Duration::from_secs(10);
/// How long one waits that was cut short, until it is tried again: peers want a pause between two.
const RECONCILE_AGAIN_PAUSE: Duration = Duration::from_millis(1_500);
/// How long it may take in all.
const RECONCILE_WAIT: Duration = Duration::from_millis(RECONCILE_WAIT_MS);
/// How long accepting an invitation waits for the inviter to hear of it.
const INTRODUCE_WAIT: Duration = Duration::from_secs(5);

/// The office with, if a node runs, its link.
pub(super) struct Executor {
    pub(super) office: Office,
    running: Option<Running>,
    /// Keeps the directory locked while no node runs.
    opened: Option<Opened>,
}

/// What only a running node has.
#[derive(Clone)]
pub(super) struct Running {
    pub(super) handle: Handle,
    pub(super) link: Link,
    pub(super) listen: String,
    pub(super) http: String,
}

impl Executor {
    /// Commands on a directory that no node serves.
    pub(super) fn local(opened: Opened) -> Executor {
        Executor { office: opened.office.clone(), running: None, opened: Some(opened) }
    }

    /// Commands on a running node.
    pub(super) fn running(office: Office, running: Running) -> Executor {
        Executor { office, running: Some(running), opened: None }
    }

    /// Does the housekeeping that lists rest on, where no node does it.
    pub(super) fn catch_up(&self) -> Result<(), Refusal> {
        match self.running {
            Some(_) => Ok(()),
            None => self.office.follow_members(),
        }
    }

    pub(super) fn needs_node(&self, what: &str) -> Result<&Running, Refusal> {
        self.running.as_ref().ok_or_else(|| Refusal::about(Code::NodeNotRunning, what))
    }
}

impl Drop for Executor {
    /// A local executor closes its store; a node closes it itself, later.
    fn drop(&mut self) {
        if self.opened.is_some()
            && let Err(refusal) = self.office.close()
        {
            tracing::warn!(code = refusal.code.text(), "the store did not close in order");
        }
    }
}

impl Execute for Executor {
    /// Leaves a line in the audit log for what is changed, and for full ID numbers before they are
    /// shown.
    fn execute(
        &self,
        command: Command,
        context: &Context,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Reply, Failure> {
        let actor = Actor::owner(context.uid);
        let reply = match command.act() {
            None => self.carry_out(command, context, progress)?,
            Some(what) => {
                let office = self.office.acting(&actor, what);
                let running = self.running.clone();
                let acting = Executor { office, running, opened: None };
                let reply = acting.carry_out(command, context, progress)?;
                acting.office.acted(&reply.data)?;
                reply
            }
        };
        if context.reveal {
            self.office.revealing(&actor, &reply.data)?;
        }
        Ok(reply)
    }
}

impl Executor {
    fn carry_out(
        &self,
        command: Command,
        context: &Context,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Reply, Failure> {
        match command {
            Command::Status => {
                let running = self.running.as_ref();
                let listen = running.map(|node| node.listen.clone());
                let http = running.map(|node| node.http.clone());
                Reply::of(&self.office.status(listen, http)?)
            }
            Command::RehearsalNow { time } => self.move_clock(&time),
            Command::Peer(command) => self.peer(command, context),
            Command::Org(command) => self.org(command, context),
            Command::Member(command) => self.member(command, context, progress),
            Command::Letter(command) => self.letter(command, context.lang),
            Command::Batch(command) => self.batch(command, context, progress),
            Command::Reconcile { region } => self.reconcile(&region),
            Command::Match(command) => self.matching(command, context),
            Command::Departure(command) => self.departure(command, context.reveal),
            Command::Stay(command) => self.stay(command, context.reveal),
            Command::Residence(command) => self.residence(command, context.reveal),
            Command::Attach(command) => self.attach(command),
            Command::Rule(command) => self.rule(command, context.lang),
            Command::Report(command) => self.report(&command),
            Command::Finding(command) => self.finding(command, context.lang),
            Command::User(command) => self.user(command),
            Command::Token(command) => self.token(command, context),
            Command::Audit(command) => self.audit(&command),
        }
    }
}

pub(super) fn text(personal: Option<PersonalText>) -> Option<Private<String>> {
    personal.map(|text| text.0)
}

/// A list that the store gives whole, cut to the asked part.
pub(super) fn part<T>(items: Vec<T>, paging: &Paging) -> Result<Page<T>, Refusal> {
    let skip = paging.after.as_deref().map_or(Ok(0), str::parse::<usize>);
    let skip = skip.map_err(|_| Refusal::about(Code::FieldInvalid, "after"))?;
    let total = items.len();
    let items: Vec<T> = items.into_iter().skip(skip).take(paging.limit as usize).collect();
    let end = skip.saturating_add(items.len());
    Ok(Page { items, next: (end < total).then(|| end.to_string()) })
}

impl Executor {
    fn move_clock(&self, time: &str) -> Result<Reply, Failure> {
        self.needs_node("rehearsal now")?;
        let time = time.parse().map_err(|_| Refusal::about(Code::DateInvalid, time))?;
        self.office.clock().set(time)?;
        let now = self.office.now().to_string();
        Reply::of(&view::RehearsalClock { now })
    }

    fn peer(&self, command: PeerCommand, context: &Context) -> Result<Reply, Failure> {
        let office = &self.office;
        match command {
            PeerCommand::Invite { out, expires_days } => {
                let invited = office.invite(&out, expires_days)?;
                let next =
                    format!("dukou peer accept FILE --fingerprint \"{}\"", invited.fingerprint);
                Ok(Reply::of(&invited)?.next(next))
            }
            PeerCommand::Accept { file, fingerprint, out } => {
                let peer = office.accept_invitation(&file, &fingerprint, out.as_deref())?;
                let offline = out.is_some();
                self.accepted(peer, offline, context.lang)
            }
            PeerCommand::Approve { region, fingerprint } => {
                Reply::of(&office.approve(&region, &fingerprint)?)
            }
            PeerCommand::ApproveReply { file, fingerprint } => {
                Reply::of(&office.approve_reply(&file, &fingerprint)?)
            }
            PeerCommand::List(paging) => Reply::of(&part(office.peers()?, &paging)?),
            PeerCommand::Show { region } => Reply::of(&office.peer(&region)?),
            PeerCommand::Test { region } => self.test_peer(&region),
            PeerCommand::Pause { region } => Reply::of(&office.pause_peer(&region)?),
            PeerCommand::Resume { region } => Reply::of(&office.resume_peer(&region)?),
            PeerCommand::Replace { old, new, fingerprint, confirmed_by } => {
                let replaced = office.replace_peer(&old, &new, &fingerprint, &confirmed_by)?;
                let partly = !replaced.waiting.is_empty();
                let reply = Reply::of(&replaced)?;
                Ok(if partly { reply.exit(3) } else { reply })
            }
            PeerCommand::Revoke { region } => self.revoke(&region, context.lang),
        }
    }

    /// Tells the inviter at once if a node runs and it can be reached; otherwise the node keeps
    /// trying by itself.
    fn accepted(&self, peer: view::Peer, offline: bool, lang: Lang) -> Result<Reply, Failure> {
        let next = format!(
            "dukou peer approve {} --fingerprint \"{}\"",
            self.office.me().region,
            self.office.me().node.fingerprint()
        );
        let mut reply = Reply::of(&peer)?.next(next);
        let Some(running) = self.running.as_ref().filter(|_| !offline) else { return Ok(reply) };
        let node: NodeId =
            peer.node_id.parse().map_err(|_| Refusal::about(Code::Internal, "node id"))?;
        let neighbour = self.office.neighbours()?.into_iter().find(|one| one.node == node);
        let Some(neighbour) = neighbour else { return Ok(reply) };
        let told = running.handle.block_on(async {
            let told = introduce(&self.office, running.link.endpoint(), &neighbour);
            tokio::time::timeout(INTRODUCE_WAIT, told).await
        });
        match told {
            Ok(Ok(())) => {}
            Ok(Err(refusal)) => reply = reply.warning(refusal.detail(lang)),
            Err(_) => {
                let refusal = Refusal::about(Code::PeerUnreachable, &peer.region);
                reply = reply.warning(refusal.detail(lang));
            }
        }
        Ok(reply)
    }

    fn revoke(&self, region: &str, lang: Lang) -> Result<Reply, Failure> {
        let peer = self.office.revoke_peer(region)?;
        let open = self.office.open_letters_with(region)?;
        let mut reply = Reply::of(&peer)?;
        for letter in open {
            let text = match lang {
                Lang::Zh => format!("与该地区还有未办结的信:{letter}"),
                Lang::En => format!("a letter with this region is still open: {letter}"),
            };
            reply = reply.warning(text);
        }
        Ok(reply)
    }

    fn test_peer(&self, region: &str) -> Result<Reply, Failure> {
        let running = self.needs_node("peer test")?;
        let peer = self.office.peer(region)?;
        let neighbours = self.office.neighbours()?;
        let neighbour = neighbours.into_iter().find(|one| one.node.to_string() == peer.node_id);
        let neighbour = neighbour.ok_or_else(|| Refusal::about(Code::PeerUnknown, region))?;
        let keys = [TlsKey::from_bytes(neighbour.tls_key)];
        let mut probe = view::PeerProbe {
            region: peer.region.clone(),
            reachable: running.link.is_open(neighbour.node),
            address: neighbour.addresses.first().cloned(),
            round_trip_ms: None,
            clock_skew_ms: peer.clock_skew_ms,
        };
        for address in &neighbour.addresses {
            let Ok(target) = address.parse() else { continue };
            let endpoint = running.link.endpoint().clone();
            let connected = running.handle.block_on(async move {
                let connection = endpoint.connect(target, Purpose::Session, &keys).await?;
                let round_trip = connection.rtt();
                connection.close(quinn::VarInt::from_u32(0), b"");
                Ok::<_, Refusal>(round_trip)
            });
            if let Ok(round_trip) = connected {
                probe.reachable = true;
                probe.address = Some(address.clone());
                probe.round_trip_ms = u64::try_from(round_trip.as_millis()).ok();
                break;
            }
        }
        let reachable = probe.reachable;
        let reply = Reply::of(&probe)?;
        Ok(if reachable { reply } else { reply.exit(8) })
    }

    fn reconcile(&self, region: &str) -> Result<Reply, Failure> {
        let running = self.needs_node("reconcile")?;
        let node = self.office.node_of(region)?;
        let once = || {
            let link = running.link.clone();
            let opened = running.handle.block_on(async move {
                tokio::time::timeout(SESSION_WAIT, link.opened(node)).await.is_ok()
            });
            if !opened {
                return Err(Refusal::about(Code::PeerUnreachable, region));
            }
            self.office.ask_peer(node)?;
            self.office.reconciled(region, RECONCILE_WAIT)
        };
        // Two nodes that dial each other replace one session by another; that costs one attempt.
        let reconciled = once().or_else(|refusal| match refusal.code {
            Code::PeerUnreachable => {
                running.handle.block_on(tokio::time::sleep(RECONCILE_AGAIN_PAUSE));
                once()
            }
            _ => Err(refusal),
        })?;
        let agreed = reconciled.agreed;
        let reply = Reply::of(&reconciled)?;
        Ok(if agreed { reply } else { reply.exit(3) })
    }

    fn org(&self, command: OrgCommand, context: &Context) -> Result<Reply, Failure> {
        let office = &self.office;
        match command {
            OrgCommand::Add { code, name, kind, parent, may_transfer } => {
                Reply::of(&office.add_org(&OrgRequest {
                    code,
                    name,
                    kind,
                    parent,
                    may_transfer,
                })?)
            }
            OrgCommand::Import { file } => {
                let report = office.import_orgs(&file, context.lang)?;
                let reply = Reply::of(&report)?;
                Ok(if report.0.committed { reply } else { reply.exit(6) })
            }
            OrgCommand::List { region, paging } => {
                let after = paging.after.as_deref();
                Reply::of(&office.orgs(region.as_deref(), after, paging.limit)?)
            }
            OrgCommand::Rename { code, name } => Reply::of(&office.rename_org(&code, &name)?),
            OrgCommand::Merge { code, into } => Reply::of(&office.merge_org(&code, &into)?),
            OrgCommand::Close { code } => Reply::of(&office.close_org(&code)?),
        }
    }

    fn member(
        &self,
        command: MemberCommand,
        context: &Context,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Reply, Failure> {
        let (office, reveal) = (&self.office, context.reveal);
        match command {
            MemberCommand::Import { file, commit, annotated } => {
                let lang = context.lang;
                let mut tell = |done, total, writing| {
                    let what = match (lang, writing) {
                        (Lang::Zh, false) => "核对",
                        (Lang::Zh, true) => "写入",
                        (Lang::En, false) => "checking",
                        (Lang::En, true) => "writing",
                    };
                    progress(Progress { done, total, what: what.to_owned() });
                };
                let annotated = annotated.as_deref();
                let report = office.import_members(&file, commit, annotated, lang, &mut tell)?;
                let faulty = !report.errors.is_empty();
                let reply = Reply::of(&report)?;
                Ok(if faulty { reply.exit(6) } else { reply })
            }
            MemberCommand::Add(fields) => Reply::of(&office.add_member(&request(fields))?),
            MemberCommand::Set { member, fields } => {
                Reply::of(&office.set_member(&member, &request(fields))?)
            }
            MemberCommand::Move { member, org } => Reply::of(&office.move_member(&member, &org)?),
            MemberCommand::End { member, reason, on } => {
                Reply::of(&office.end_member(&member, &reason, &on)?)
            }
            MemberCommand::List { org, custody, paging } => {
                let (org, custody) = (org.as_deref(), custody.as_deref());
                let after = paging.after.as_deref();
                Reply::of(&office.members(org, custody, after, paging.limit, reveal)?)
            }
            MemberCommand::Show { member } => Reply::of(&office.member(&member, reveal)?),
            MemberCommand::Search { query, paging } => {
                let after = paging.after.as_deref();
                Reply::of(&office.search_members(&query.0, after, paging.limit, reveal)?)
            }
            MemberCommand::File { member } => Reply::of(&office.member_file(&member, reveal)?),
            MemberCommand::Export { member, out } => {
                Reply::of(&office.export_member(&member, &out)?)
            }
            MemberCommand::SeenBy { member, paging } => {
                Reply::of(&part(office.seen_by(&member)?, &paging)?)
            }
            MemberCommand::Ledger { direction, out } => {
                Reply::of(&office.export_ledger(&direction, context.lang, &out)?)
            }
            MemberCommand::History { member, paging } => {
                let after = paging.after.as_deref();
                Reply::of(&office.member_history(&member, after, paging.limit)?)
            }
            MemberCommand::Met { member } => Reply::of(&office.met(&member)?),
        }
    }

    fn letter(&self, command: LetterCommand, lang: Lang) -> Result<Reply, Failure> {
        let office = &self.office;
        match command {
            LetterCommand::Issue { member, to, reason, dues_paid_through, days, wait_ms } => {
                if wait_ms.is_some() {
                    self.needs_node("--wait")?;
                }
                let issued = office.issue(&IssueRequest {
                    member,
                    to,
                    reason: text(reason).unwrap_or_default(),
                    dues_paid_through,
                    days,
                    wait: wait_ms.map(Duration::from_millis),
                })?;
                if issued.delivered == Some(false) {
                    return Err(
                        Refusal::about(Code::PeerUnreachable, &issued.letter.to_region).into()
                    );
                }
                let next = format!("dukou letter show {}", &issued.letter.id[..8]);
                Ok(Reply::of(&issued.letter)?.next(next))
            }
            LetterCommand::List { direction, state, paging } => {
                let (direction, state) = (direction.as_deref(), state.as_deref());
                let after = paging.after.as_deref();
                Reply::of(&office.letters(direction, state, after, paging.limit)?)
            }
            LetterCommand::Show { letter } => Reply::of(&office.letter(&letter)?),
            LetterCommand::Accept { letter, org, met, same_as } => {
                Reply::of(&office.accept(&letter, &org, met, same_as.as_deref())?)
            }
            LetterCommand::Refuse { letter, ground, redirect, note } => {
                let note = text(note).unwrap_or_default();
                Reply::of(&office.refuse(&letter, &ground, redirect.as_deref(), &note)?)
            }
            LetterCommand::Void { letter, reason, to } => {
                Reply::of(&office.void(&letter, &reason, to.as_deref())?)
            }
            LetterCommand::Qr { letter, png, svg } => {
                Reply::of(&office.letter_code(&letter, png.as_deref(), svg.as_deref())?)
            }
            LetterCommand::Verify { code } => verdict(&office.verify_code(&code.0)?),
            LetterCommand::IssueOnPaper { .. }
            | LetterCommand::RecordReceipt { .. }
            | LetterCommand::RecordReturn { .. }
            | LetterCommand::RecordIn { .. } => self.paper(command),
            LetterCommand::Scan { code } => self.scan(&code, lang),
            LetterCommand::Reissue { letter } => Reply::of(&office.reissue(&letter)?),
        }
    }
}

pub(super) fn request(fields: MemberFields) -> MemberRequest {
    MemberRequest {
        name: text(fields.name),
        id_number: text(fields.id_number),
        standing: fields.standing,
        org: fields.org,
        sex: text(fields.sex),
        ethnicity: text(fields.ethnicity),
        joined_on: fields.joined_on,
        dues_paid_through: fields.dues_paid_through,
        phone: text(fields.phone),
        residence: text(fields.residence),
        unit: text(fields.unit),
    }
}
