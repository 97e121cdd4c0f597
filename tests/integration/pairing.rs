//! Two offices come to trust each other: by invitation over the network, and by files alone.

use std::sync::Arc;

use dukou::demo::regions::{HANBIN, SHIQUAN, ZIYANG};
use tests::federation::{pair, peer_state, until_paired};
use tests::region::{Mode, Region};
use tests::scratch::Scratch;
use tests::waiting::until;

/// Two regions that have never heard of each other; running if asked.
fn strangers(scratch: &Arc<Scratch>, mode: Mode, running: bool) -> (Region, Region) {
    let mut regions = [&SHIQUAN, &HANBIN].map(|spec| {
        let region = Region::init(scratch, spec, mode);
        region.enter_orgs();
        region
    });
    if running {
        regions.iter_mut().for_each(Region::start);
    }
    let [first, second] = regions;
    (first, second)
}

fn invitation(inviter: &Region) -> String {
    let file = inviter.file("invitation");
    let made = inviter.ok(&["peer", "invite", "--out", &file]);
    assert_eq!(made["file"], file.as_str());
    assert_eq!(made["fingerprint"], inviter.fingerprint());
    file
}

/// A fingerprint of the right form that is nobody's.
fn wrong(fingerprint: &str) -> String {
    let (head, last) = fingerprint.rsplit_once(' ').unwrap();
    let last = (last.parse::<u32>().unwrap() + 1) % 65_536;
    format!("{head} {last:05}")
}

fn peers(region: &Region) -> usize {
    region.list(&["peer", "list"]).len()
}

#[test]
fn real_regions_pair_by_invitation() {
    let scratch = Scratch::new();
    let (first, second) = strangers(&scratch, Mode::Real, true);
    pair(&first, &second);
    let peer = first.ok(&["peer", "show", &second.code()]);
    assert_eq!(peer["name"], second.name());
    assert_eq!(peer["node_id"], second.identity["node_id"]);
    // Knowing a region is not trusting those that it trusts.
    assert_eq!((peers(&first), peers(&second)), (1, 1));
}

#[test]
fn a_fingerprint_is_that_of_the_node_everywhere() {
    let scratch = Scratch::new();
    let (mut first, _) = strangers(&scratch, Mode::Rehearsal, false);
    let shown = first.fingerprint().to_owned();
    let groups: Vec<&str> = shown.split(' ').collect();
    assert_eq!(groups.len(), 6, "{shown}");
    assert!(groups.iter().all(|g| g.len() == 5 && g.bytes().all(|b| b.is_ascii_digit())));
    first.start();
    let made = first.ok(&["peer", "invite", "--out", &first.file("one")]);
    assert_eq!(made["fingerprint"], shown.as_str());
}

#[test]
fn a_wrong_fingerprint_stores_nothing_and_leaves_the_invitation_usable() {
    let scratch = Scratch::new();
    let (first, second) = strangers(&scratch, Mode::Rehearsal, true);
    let file = invitation(&first);
    let misread = wrong(first.fingerprint());
    let accept = ["peer", "accept", &file, "--fingerprint", &misread];
    second.refused(&accept, "peer.fingerprint", 9);
    assert_eq!((peers(&first), peers(&second)), (0, 0));

    second.ok(&["peer", "accept", &file, "--fingerprint", first.fingerprint()]);
    let guest = second.code();
    until("told of the guest", &[&first, &second], || peer_state(&first, &second));
    let misread = wrong(second.fingerprint());
    let approve = ["peer", "approve", &guest, "--fingerprint", &misread];
    first.refused(&approve, "peer.fingerprint", 9);
    assert_eq!(peer_state(&first, &second).as_deref(), Some("pending"));

    first.ok(&["peer", "approve", &guest, "--fingerprint", second.fingerprint()]);
    until_paired(&first, &second);
}

#[test]
fn a_peer_that_was_not_approved_can_send_nothing() {
    let scratch = Scratch::new();
    let (first, second) = strangers(&scratch, Mode::Rehearsal, true);
    let file = invitation(&first);
    second.ok(&["peer", "accept", &file, "--fingerprint", first.fingerprint()]);
    until("told of the guest", &[&first, &second], || peer_state(&first, &second));
    let orgs = first.run(&["org", "list", "--region", &second.code()]);
    assert!(orgs.exit() != 0 || orgs.expect_list().0.is_empty(), "{orgs:#?}");
}

#[test]
fn regions_pair_by_files_alone() {
    let scratch = Scratch::new();
    let (mut first, mut second) = strangers(&scratch, Mode::Rehearsal, true);
    // The addresses are known from the first start on. From here on no node runs.
    first.stop();
    second.stop();
    let (file, reply) = (invitation(&first), second.file("reply"));
    let misread = wrong(first.fingerprint());
    let accept = ["peer", "accept", &file, "--fingerprint", &misread, "--out", &reply];
    second.refused(&accept, "peer.fingerprint", 9);
    assert!(!std::path::Path::new(&reply).exists());

    second.ok(&["peer", "accept", &file, "--fingerprint", first.fingerprint(), "--out", &reply]);
    let misread = wrong(second.fingerprint());
    let approve = ["peer", "approve", "--from", &reply, "--fingerprint", &misread];
    first.refused(&approve, "peer.fingerprint", 9);
    assert_eq!(peers(&first), 0);

    first.ok(&["peer", "approve", "--from", &reply, "--fingerprint", second.fingerprint()]);
    assert_eq!(peer_state(&first, &second).as_deref(), Some("active"));
    first.start();
    second.start();
    until_paired(&first, &second);
}

#[test]
fn an_invitation_is_used_once() {
    let scratch = Scratch::new();
    let (first, second) = strangers(&scratch, Mode::Rehearsal, true);
    let mut third = Region::init(&scratch, &ZIYANG, Mode::Rehearsal);
    third.start();
    let file = invitation(&first);
    second.ok(&["peer", "accept", &file, "--fingerprint", first.fingerprint()]);
    until("told of the guest", &[&first, &second], || peer_state(&first, &second));

    // With no network the guest cannot know; the inviter must not be fooled.
    let reply = third.file("reply");
    let accept = ["peer", "accept", &file, "--fingerprint", first.fingerprint(), "--out", &reply];
    if third.run(&accept).exit() == 0 {
        let approve = ["peer", "approve", "--from", &reply, "--fingerprint", third.fingerprint()];
        first.refused(&approve, "invitation.used", 5);
    }
    assert_eq!(peer_state(&first, &third), None);
}

#[test]
fn an_expired_invitation_is_refused() {
    let scratch = Scratch::new();
    let (mut first, mut second) = strangers(&scratch, Mode::Rehearsal, false);
    first.set_now("2027-03-01T01:00:00Z");
    first.start();
    let file = first.file("invitation");
    first.ok(&["peer", "invite", "--out", &file, "--expires", "3"]);
    second.set_now("2027-03-05T01:00:00Z");
    second.start();
    let accept = ["peer", "accept", &file, "--fingerprint", first.fingerprint()];
    second.refused(&accept, "invitation.expired", 5);
    assert_eq!(peers(&second), 0);
}

#[test]
fn a_node_does_not_pair_with_itself() {
    let scratch = Scratch::new();
    let (first, _) = strangers(&scratch, Mode::Rehearsal, true);
    let file = invitation(&first);
    let accept = ["peer", "accept", &file, "--fingerprint", first.fingerprint()];
    first.refused(&accept, "peer.self", 6);
    assert_eq!(peers(&first), 0);
}

#[test]
fn a_rehearsal_never_pairs_with_a_real_node() {
    let scratch = Scratch::new();
    let mut real = Region::init(&scratch, &SHIQUAN, Mode::Real);
    let mut rehearsal = Region::init(&scratch, &HANBIN, Mode::Rehearsal);
    real.start();
    rehearsal.start();
    for (inviter, guest) in [(&real, &rehearsal), (&rehearsal, &real)] {
        let file = invitation(inviter);
        let accept = ["peer", "accept", &file, "--fingerprint", inviter.fingerprint()];
        guest.refused(&accept, "peer.rehearsal", 6);
        assert_eq!(peers(guest), 0);
    }
}

#[test]
fn a_changed_invitation_is_refused() {
    let scratch = Scratch::new();
    let (first, second) = strangers(&scratch, Mode::Rehearsal, true);
    let file = invitation(&first);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let accept = ["peer", "accept", &file, "--fingerprint", first.fingerprint()];
    assert_eq!(second.run(&accept).exit(), 9);
    std::fs::write(&file, "not an invitation\n").unwrap();
    second.refused(&accept, "invitation.invalid", 9);
    assert_eq!(peers(&second), 0);
}

#[test]
fn a_revoked_peer_is_no_longer_addressed() {
    let scratch = Scratch::new();
    let (first, second) = strangers(&scratch, Mode::Rehearsal, true);
    pair(&first, &second);
    first.ok(&["peer", "pause", &second.code()]);
    assert_eq!(peer_state(&first, &second).as_deref(), Some("paused"));
    first.ok(&["peer", "resume", &second.code()]);
    until_paired(&first, &second);
    first.ok(&["--yes", "peer", "revoke", &second.code()]);
    assert_eq!(peer_state(&first, &second).as_deref(), Some("revoked"));
    first.refused(&["peer", "show", "610999"], "peer.unknown", 4);
}
