//! What a stranger or a peer can do with connections alone: 33 to 37 and 40 to 42 of the plan.

use std::net::UdpSocket;
use std::time::Duration;

use dukou::link::endpoint::Endpoint;
use dukou::link::tls::{Identity, Purpose};
use protocol::exchange::frame::{Channel, Frame};
use protocol::refusal::Code;
use quinn::{ConnectionError, TransportErrorCode};
use tests::waiting::until;

use super::evil::{Evil, frame_of};
use super::letters::{case_of, offer};
use super::raw::{self, Shown};
use super::stage::Stage;
use super::wire::{Wire, code_of, soon};

#[test]
fn attack_33_partial_frame_then_silence() {
    let mut evil = Evil::guest();
    // Inside the Hello, and before it.
    let hello = Frame::Hello(Box::new(evil.hello())).to_bytes();
    for silent in [&hello[..0], &hello[..10]] {
        evil.hang_up();
        let to = (evil.node.address, evil.node.tls());
        let wire = evil.runtime.block_on(async {
            let mut wire = Wire::connect(&evil.endpoint, to).await;
            let length = u32::try_from(hello.len()).unwrap();
            wire.write_bytes(Channel::Control, &length.to_le_bytes()).await;
            wire.write_bytes(Channel::Control, silent).await;
            wire
        });
        evil.wire = Some(wire);
        assert_eq!(evil.closed(), Code::SessionTimeout);
    }
    // A stranger who only connects.
    let stranger = Evil::stranger(Stage::shared());
    let code = stranger.runtime.block_on(async {
        let (to, expected) = (stranger.node.address, [stranger.node.tls()]);
        let connecting = stranger.endpoint.connect(to, Purpose::Pairing, &expected);
        let connection = soon(connecting).await.unwrap();
        let (mut send, _receive) = soon(connection.open_bi()).await.unwrap();
        send.write_all(&[9, 0, 0]).await.unwrap();
        code_of(&soon(connection.closed()).await)
    });
    assert_eq!(code, Code::SessionTimeout);
    evil.still_heard();
}

#[test]
fn attack_34_one_byte_a_second() {
    let mut evil = Evil::guest();
    let offer = offer(&evil, 1);
    let frame = frame_of(vec![evil.sealed(&offer)]);
    evil.open();
    let length = u32::try_from(frame.len()).unwrap();
    evil.send_bytes(Channel::Data, &length.to_le_bytes());
    let mut wire = evil.wire.take().unwrap();
    let code = evil.runtime.block_on(async {
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        let ended = wire.connection.clone();
        for byte in &frame[..frame.len() - 1] {
            tokio::select! {
                _ = tick.tick() => wire.write_bytes(Channel::Data, &[*byte]).await,
                _ = ended.closed() => break,
            }
        }
        wire.closed().await
    });
    assert_eq!(code, Code::SessionTimeout);
    assert_eq!(evil.state_of(&case_of(&offer)), None);
    evil.say(offer);
    evil.still_heard();
}

#[test]
fn attack_35_ten_thousand_streams() {
    let mut evil = Evil::guest();
    for bidirectional in [false, true] {
        evil.open();
        let wire = evil.wire.as_ref().unwrap();
        let connection = wire.connection.clone();
        let opened = evil.runtime.block_on(async {
            let mut streams = Vec::new();
            for _ in 0..10_000 {
                let stream = if bidirectional {
                    soon(connection.open_bi()).await.map(|(send, _receive)| send)
                } else {
                    soon(connection.open_uni()).await
                };
                let Ok(mut stream) = stream else { break };
                let _ = stream.write_all(&[2]).await;
                streams.push(stream);
            }
            streams.len()
        });
        assert!(opened < 32, "{opened} streams were granted");
        assert_eq!(evil.closed(), Code::SessionFrame);
    }
    evil.still_heard();
}

#[test]
fn attack_36_37_garbage_datagrams() {
    let mut evil = Evil::guest();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    for round in 0..2_000_usize {
        let length = 1 + round % 1_400;
        let mut datagram: Vec<u8> = (0..length).map(|_| next().to_le_bytes()[0]).collect();
        // Every other one begins as an Initial of version 1 does, with connection ids of any
        // length and the rest at random: the header is read before anything is proven.
        if round % 2 == 0 && length > 7 {
            datagram[0] = 0xc0 | (datagram[0] & 0x0f);
            datagram[1..5].copy_from_slice(&1u32.to_be_bytes());
            datagram[5] %= 24;
        }
        socket.send_to(&datagram, evil.node.address).unwrap();
    }
    evil.still_heard();
    assert_eq!(evil.stage.mode(), "normal");
}

#[test]
fn attack_40_wrong_alpn() {
    let mut evil = Evil::guest();
    let shown = || Shown::Key { public: evil.tls_seed, secret: evil.tls_seed };
    for alpn in [&b"h3"[..], b"dukou/2", b"dukou", b""] {
        let connecting = raw::connect(evil.node.address, alpn, shown());
        let error = evil.runtime.block_on(connecting);
        assert_alert(&error, rustls::AlertDescription::NoApplicationProtocol);
    }
    // The ALPN of pairing opens no session: a frame there is no introduction.
    let hello = Frame::Hello(Box::new(evil.hello())).to_bytes();
    assert_eq!(evil.introduce(hello), Some(Code::InvitationInvalid));
    evil.still_heard();
}

#[test]
fn attack_41_no_client_certificate() {
    let mut evil = Evil::guest();
    for alpn in [Purpose::Session.alpn(), Purpose::Pairing.alpn()] {
        let connecting = raw::connect(evil.node.address, alpn, Shown::Nothing);
        let error = evil.runtime.block_on(connecting);
        assert_refused_in_tls(&error);
    }
    evil.still_heard();
}

#[test]
fn attack_42_unknown_and_swapped_keys() {
    let mut evil = Evil::guest();
    let mut stranger = Evil::stranger(Stage::shared());
    // A key that nobody knows, one that waits for approval, and one that was revoked.
    stranger.open_with(&[0]);
    assert_eq!(stranger.closed(), Code::PeerUnknown);
    assert_eq!(stranger.introduce(stranger.introduction()), None);
    until_refused(&mut stranger, Code::PeerPending);
    let code = stranger.region.to_string();
    stranger.stage.region.ok(&["--yes", "peer", "revoke", &code]);
    until_refused(&mut stranger, Code::PeerRevoked);
    // The pinned key of a peer, shown by somebody who does not hold it.
    for alpn in [Purpose::Session.alpn(), Purpose::Pairing.alpn()] {
        let swapped = Shown::Key { public: evil.tls_seed, secret: stranger.tls_seed };
        let connecting = raw::connect(evil.node.address, alpn, swapped);
        assert_refused_in_tls(&evil.runtime.block_on(connecting));
        let garbage = Shown::Certificate(vec![0x30, 0x03, 1, 2, 3]);
        let connecting = raw::connect(evil.node.address, alpn, garbage);
        assert_refused_in_tls(&evil.runtime.block_on(connecting));
    }
    // Somebody at the node's address with another key is not taken for it.
    let mirror = evil.runtime.block_on(async {
        let listen = "127.0.0.1:0".parse().unwrap();
        let mirror = Endpoint::bind(listen, Identity::from_seed(&stranger.tls_seed)).unwrap();
        let to = evil.node.address;
        let expected = [evil.endpoint.key()];
        soon(mirror.connect(to, Purpose::Session, &expected)).await.unwrap_err().code
    });
    assert_eq!(mirror, Code::PeerFingerprint);
    evil.still_heard();
}

#[test]
fn a_pending_peer_is_not_read() {
    let mut stranger = Evil::stranger(Stage::shared());
    assert_eq!(stranger.introduce(stranger.introduction()), None);
    until_refused(&mut stranger, Code::PeerPending);
    let hello = Frame::Hello(Box::new(stranger.hello())).to_bytes();
    stranger.open_with(&hello);
    let offer = offer(&stranger, 1);
    let frame = frame_of(vec![stranger.sealed(&offer)]);
    stranger.send(Channel::Data, frame);
    assert_eq!(stranger.closed(), Code::PeerPending);
    assert_eq!(stranger.state_of(&case_of(&offer)), None);
}

/// Dials until the link has heard the bell that the office rang, and refuses with this code.
fn until_refused(stranger: &mut Evil, code: Code) {
    until(code.text(), &[], || {
        stranger.open_with(&[0]);
        (stranger.closed() == code).then_some(())
    });
}

fn assert_alert(error: &ConnectionError, alert: rustls::AlertDescription) {
    let code = match error {
        ConnectionError::ConnectionClosed(close) => close.error_code,
        other => panic!("refused otherwise: {other}"),
    };
    assert_eq!(code, TransportErrorCode::crypto(u8::from(alert)), "{error}");
}

/// Refused by TLS: nothing of the client was read.
fn assert_refused_in_tls(error: &ConnectionError) {
    let ConnectionError::ConnectionClosed(close) = error else {
        panic!("refused otherwise: {error}");
    };
    let code = u64::from(close.error_code);
    assert!((0x100..0x200).contains(&code), "no TLS alert: {error}");
}
