//! What introduces two nodes is read only as signed and inside its bounds.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::statement::directory::OrgKind;
use crate::transfer::world::{Node, start};

fn listing(node: &Node, number: u32) -> OrgListing {
    OrgListing {
        code: node.org(number),
        name: "城关镇党委".into(),
        kind: OrgKind::Committee,
        parent: None,
        may_transfer: true,
        aliases: Vec::new(),
    }
}

fn invitation(node: &Node) -> Invitation {
    Invitation {
        cert: node.cert.clone(),
        addresses: vec!["192.0.2.1:4433".into()],
        secret: [9; 32],
        expires: start(),
        orgs: vec![listing(node, 1)],
    }
}

fn signed(node: &Node, content: Invitation) -> Vec<u8> {
    SignedPairing::sign(content, node.cert.verified().unwrap(), &node.signing)
}

/// what is signed is read, and no bit of it may change.
#[test]
fn an_invitation_is_read_only_as_signed() {
    let node = Node::shiquan();
    let bytes = signed(&node, invitation(&node));
    let (content, keys) = SignedPairing::<Invitation>::read(&bytes).unwrap();
    assert_eq!((content, keys.node), (invitation(&node), node.id));
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(SignedPairing::<Invitation>::read(&flipped).is_err(), "bit {bit}");
    }
    let refused = SignedPairing::<Introduction>::read(&bytes).unwrap_err();
    assert_eq!(refused, Code::InvitationInvalid, "an invitation is no introduction");
}

/// signed by the certified key, inside every bound, about the signer's own region.
#[test]
fn an_invitation_outside_its_bounds_is_refused() {
    let (node, other) = (Node::shiquan(), Node::hanbin());
    let refused = |change: &dyn Fn(&mut Invitation)| {
        let mut content = invitation(&node);
        change(&mut content);
        SignedPairing::<Invitation>::read(&signed(&node, content)).is_err()
    };
    assert!(!refused(&|_| {}));
    assert!(refused(&|content| content.cert = other.cert.clone()));
    assert!(refused(&|content| content.orgs.push(listing(&other, 1))));
    assert!(refused(&|content| content.orgs[0].name.push('\u{202e}')));
    assert!(refused(&|content| content.addresses[0] = "a".repeat(65)));
    let addresses = INVITED_ADDRESSES_MAX + 1;
    assert!(refused(&|content| content.addresses = vec!["[::1]:1".into(); addresses]));
}

/// how many organisations with names of thirty characters an invitation really carries.
#[test]
fn an_invitation_with_the_most_organisations_is_read() {
    let node = Node::shiquan();
    let mut content = invitation(&node);
    let orgs = u32::try_from(INVITED_ORGS_MAX).unwrap();
    content.orgs = (0..orgs).map(|number| listing(&node, number)).collect();
    for org in &mut content.orgs {
        org.name = "石".repeat(30);
        org.parent = Some(node.org(1));
    }
    assert!(SignedPairing::<Invitation>::read(&signed(&node, content)).is_ok());
}
