//! Brings the regions to where an office's day begins: nodes that serve, rosters, trust.
//!
//! What happens then is in `story`.

use std::panic::resume_unwind;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread;

use protocol::id::MemberRef;
use protocol::refusal::{Code, Lang, Refusal};

use super::audit::Audit;
use super::children::Children;
use super::node::{Mishap, Node};
use super::people::Crowd;
use super::regions::REGIONS;
use super::roster::{self, Encoding};
use super::words::Words;
use crate::control::command::{
    Command, MemberCommand, OrgCommand, PAGE_ROWS_MAX, Paging, PeerCommand,
};
use crate::control::execute::Progress;
use crate::office::view::{ImportReport, Invited, Member, Organisation, Page, Peer};

/// Everybody is somebody else in another demonstration, and the same in the next run of this one.
const SEED: u64 = 610_900;
/// Progress that waits to be shown; more is skipped.
const PROGRESS_MAX: usize = 16;

/// Three nodes that serve.
pub(super) fn nodes<'a>(
    home: &Path,
    children: &'a Children,
    lang: Lang,
) -> Result<[Node<'a>; 3], Mishap> {
    let made = each(&REGIONS, |region| Node::init(region, home, children, lang))?;
    let mut nodes: [Node<'a>; 3] =
        made.try_into().ok().expect("as many nodes as there are regions");
    let started: Vec<_> = nodes.iter_mut().map(Node::start).collect::<Result<_, _>>()?;
    started.into_iter().try_for_each(|node| node.ready())?;
    Ok(nodes)
}

/// Enters every region's organisations and imports its roster from a file.
pub(super) fn rosters(
    nodes: &[Node<'_>; 3],
    members: u32,
    words: &Words,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Mishap> {
    let crowd = Crowd::new(SEED, members as usize);
    let (tell, told) = sync_channel::<(usize, u64)>(PROGRESS_MAX);
    thread::scope(|scope| {
        let imports: Vec<_> = (0..nodes.len())
            .map(|i| {
                let tell = tell.clone();
                scope.spawn(move || {
                    enter_orgs(&nodes[i])?;
                    import(&nodes[i], &crowd, &mut |done| {
                        let _ = tell.try_send((i, done));
                    })
                })
            })
            .collect();
        drop(tell);
        let mut done = [0; 3];
        for (i, rows) in told {
            done[i] = rows;
            let (done, total) = (done.iter().sum(), Some(u64::from(members)));
            progress(Progress { done, total, what: words.importing() });
        }
        imports.into_iter().try_for_each(joined)
    })
}

fn enter_orgs(node: &Node<'_>) -> Result<(), Mishap> {
    for org in node.region.orgs {
        let _: Organisation = node.ask(Command::Org(OrgCommand::Add {
            code: node.region.org_code(org).to_string(),
            name: org.name.to_owned(),
            kind: org.kind.to_owned(),
            parent: node.region.parent_code(org).map(|parent| parent.to_string()),
            may_transfer: org.may_transfer,
        }))?;
    }
    Ok(())
}

/// The first region keeps its roster as xlsx, the others in what older programs write.
fn import(node: &Node<'_>, crowd: &Crowd, done: &mut dyn FnMut(u64)) -> Result<(), Mishap> {
    let people = crowd.of(node.region);
    let xlsx = node.region == &REGIONS[0];
    let file = node.data.with_extension(if xlsx { "xlsx" } else { "csv" });
    let written = if xlsx {
        roster::write_xlsx(&file, people)
    } else {
        roster::write_csv(&file, Encoding::Gb18030, people)
    };
    written.map_err(|fault| node.mishap(Refusal::about(Code::NodeFile, fault)))?;
    let import = MemberCommand::Import { file, commit: true, annotated: None };
    let report: ImportReport =
        node.ask_telling(Command::Member(import), &mut |progress| done(progress.done))?;
    match report.errors.first() {
        _ if report.committed && report.ok == crowd.count(node.region.code()) as u64 => Ok(()),
        Some(fault) => {
            let place = format!("{}{} {}", fault.column, fault.row, fault.code);
            Err(node.mishap(Refusal::about(Code::Internal, place)))
        }
        None => Err(node.mishap(Refusal::about(Code::Internal, "member import"))),
    }
}

/// Pairs every region with every other.
pub(super) fn pairs(nodes: &[Node<'_>; 3]) -> Result<(), Mishap> {
    let [first, second, third] = nodes;
    each(&[(first, second), (first, third), (second, third)], |&(inviter, guest)| {
        pair(inviter, guest)
    })
    .map(drop)
}

/// Each side knows the other's fingerprint from the other's own `init`, as over the phone.
fn pair(inviter: &Node<'_>, guest: &Node<'_>) -> Result<(), Mishap> {
    let out = inviter.data.with_extension(format!("for-{}", guest.code()));
    let invite = PeerCommand::Invite { out: out.clone(), expires_days: None };
    let _: Invited = inviter.ask(Command::Peer(invite))?;
    let _: Peer = guest.ask(Command::Peer(PeerCommand::Accept {
        file: out,
        fingerprint: inviter.identity.fingerprint.clone(),
        out: None,
    }))?;
    inviter.until(guest.region.name, || peer_state(inviter, guest))?;
    let _: Peer = inviter.ask(Command::Peer(PeerCommand::Approve {
        region: guest.code(),
        fingerprint: guest.identity.fingerprint.clone(),
    }))?;
    for (here, there) in [(inviter, guest), (guest, inviter)] {
        here.until(there.region.name, || {
            let active = peer_state(here, there)?.is_some_and(|state| state == "active");
            Ok((active && knows_orgs(here, there)?).then_some(()))
        })?;
    }
    Ok(())
}

fn peer_state(here: &Node<'_>, there: &Node<'_>) -> Result<Option<String>, Mishap> {
    let show = Command::Peer(PeerCommand::Show { region: there.code() });
    match here.ask::<Peer>(show) {
        Ok(peer) => Ok(Some(peer.state)),
        Err(mishap) if mishap.is(Code::PeerUnknown) => Ok(None),
        Err(mishap) => Err(mishap),
    }
}

/// Whether letters from `here` can be addressed to `there`.
fn knows_orgs(here: &Node<'_>, there: &Node<'_>) -> Result<bool, Mishap> {
    let paging = Paging { limit: PAGE_ROWS_MAX, after: None };
    let region = Some(there.code());
    let orgs: Page<Organisation> = here.ask(Command::Org(OrgCommand::List { region, paging }))?;
    Ok(orgs.items.iter().any(|org| org.code == there.committee()))
}

/// Counts every row of every roster into `audit`, each node's pages one after the other.
pub(super) fn count(nodes: &[Node<'_>; 3], mut audit: Audit) -> Result<Audit, Mishap> {
    let rosters = each(nodes, |node| {
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let (page, next) = page(node, None, after)?;
            for member in page {
                let invalid = |_| node.mishap(Refusal::about(Code::Internal, "ref"));
                let named: MemberRef = member.member.parse().map_err(invalid)?;
                rows.push((named, member.custody));
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(rows),
            }
        }
    })?;
    for (member, custody) in rosters.into_iter().flatten() {
        audit.count(member, &custody);
    }
    Ok(audit)
}

/// Some of a node's members, and the cursor for more.
pub(super) fn page(
    node: &Node<'_>,
    custody: Option<&str>,
    after: Option<String>,
) -> Result<(Vec<Member>, Option<String>), Mishap> {
    let paging = Paging { limit: PAGE_ROWS_MAX, after };
    let custody = custody.map(str::to_owned);
    let list = MemberCommand::List { org: None, custody, paging };
    let page: Page<Member> = node.ask(Command::Member(list))?;
    Ok((page.items, page.next))
}

/// Does the same with each of `items`, side by side; the first mishap in their order counts.
pub(super) fn each<'i, I: Sync, T: Send>(
    items: &'i [I],
    work: impl Fn(&'i I) -> Result<T, Mishap> + Sync,
) -> Result<Vec<T>, Mishap> {
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> = items.iter().map(|item| scope.spawn(move || work(item))).collect();
        threads.into_iter().map(joined).collect()
    })
}

/// What a thread found; its panic goes on here.
pub(super) fn joined<T>(
    thread: thread::ScopedJoinHandle<'_, Result<T, Mishap>>,
) -> Result<T, Mishap> {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
