//! A node of the tests that holds its own keys and seals whatever it likes.

use std::net::SocketAddr;
use std::sync::Arc;

use data_encoding::BASE64;
use dukou::clock::Clock;
use dukou::link::endpoint::Endpoint;
use dukou::link::pair;
use dukou::link::tls::{Identity, TlsKey};
use protocol::codec;
use protocol::envelope::{Entry, Group, Head, Header, SignedHead, Tip};
use protocol::exchange::frame::{Channel, Frame, Hello, HelloBody};
use protocol::id::{Incarnation, NodeId, OrgCode, RegionCode};
use protocol::limits::VERSIONS;
use protocol::pairing::{Introduction, Invitation, SignedPairing};
use protocol::refusal::Code;
use protocol::seal::{self, Domain, PublicKey, Seal, Signer};
use protocol::statement::attachment::Attachment;
use protocol::statement::directory::{OrgDirectory, OrgKind, OrgListing};
use protocol::statement::keys::{CertifiedKeys, KeyCert};
use protocol::statement::kind::Kind;
use protocol::statement::notice::Unusable;
use protocol::statement::{Draft, Fields, Parties, Stated, Statement};
use protocol::time::Timestamp;
use serde_json::Value;
use tests::waiting::until;
use tokio::runtime::Runtime;

use super::stage::Stage;
use super::wire::{Wire, soon};

/// The federation of all attacks.
pub const REHEARSAL: Domain = Domain::Rehearsal;

/// What is known of the node from its invitation.
#[derive(Clone)]
pub struct Target {
    pub keys: CertifiedKeys,
    pub address: SocketAddr,
    pub secret: [u8; 32],
}

impl Target {
    /// Has the node write an invitation, and reads it.
    pub fn invited(stage: &Stage, guest: &str) -> Target {
        let file = stage.region.file(&format!("for-{guest}.invitation"));
        stage.region.ok(&["peer", "invite", "--out", &file]);
        let json: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let data = BASE64.decode(json["data"].as_str().unwrap().as_bytes()).unwrap();
        let (invitation, keys) = SignedPairing::<Invitation>::read(&data).unwrap();
        let listen = stage.region.ready()["listen"].as_str().unwrap();
        Target { keys, address: listen.parse().unwrap(), secret: invitation.secret }
    }

    pub fn tls(&self) -> TlsKey {
        TlsKey::from_bytes(*self.keys.tls.as_bytes())
    }
}

pub struct Evil {
    pub stage: Arc<Stage>,
    pub runtime: Runtime,
    pub endpoint: Endpoint,
    pub node: Target,
    pub id: NodeId,
    pub region: RegionCode,
    pub signing: Signer,
    pub tls_seed: [u8; 32],
    pub cert: KeyCert,
    /// Where the feed ends that the node took.
    pub tip: Tip,
    /// The last entry of it.
    pub last: Option<Entry>,
    /// The node's feed so far.
    pub heard: Vec<Entry>,
    pub wire: Option<Wire>,
}

impl Evil {
    /// Pairs with the shared node, as honest as any, and lets its directory be known.
    pub fn guest() -> Evil {
        Evil::of(Stage::shared())
    }

    pub fn of(stage: Arc<Stage>) -> Evil {
        let mut evil = Evil::stranger(stage);
        assert_eq!(evil.introduce(evil.introduction()), None);
        let code = evil.region.to_string();
        let fingerprint = evil.id.fingerprint();
        evil.stage.region.ok(&["peer", "approve", &code, "--fingerprint", &fingerprint]);
        // An approval rings a bell for the link; whoever dials faster is told to come again.
        until("let in", &[], || {
            let not_yet = [Code::PeerUnknown, Code::PeerPending];
            match evil.try_open() {
                Ok(()) => Some(()),
                Err(code) => {
                    assert!(not_yet.contains(&code), "{}", code.text());
                    None
                }
            }
        });
        let cert = evil.state(Draft::new(&evil.cert));
        evil.say(cert);
        let directory = OrgDirectory { revision: 1, part: 0, parts: 1, orgs: vec![evil.listing()] };
        let directory = evil.state(Draft::new(&directory));
        evil.say(directory);
        evil.hear(|statement| statement.kind() == Some(Kind::OrgDirectory));
        evil
    }

    /// One that the node does not know.
    pub fn stranger(stage: Arc<Stage>) -> Evil {
        let region = stage.guest_code();
        let seed = |purpose: u8| {
            let mut seed = [purpose; 32];
            seed[..4].copy_from_slice(&region.number().to_le_bytes());
            seed
        };
        let (identity, signing) = (Signer::from_seed(&seed(1)), Signer::from_seed(&seed(2)));
        let id = NodeId::from_bytes(*identity.public().as_bytes());
        let keys = CertifiedKeys {
            domain: REHEARSAL,
            node: id,
            region,
            region_name: format!("恶邻{region}"),
            signing: signing.public(),
            tls: Signer::from_seed(&seed(3)).public(),
            agreement: seed(4),
            valid_from: now(),
        };
        let cert = KeyCert::issue(keys, &identity);
        let node = Target::invited(&stage, &region.to_string());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let tls_seed = seed(3);
        let endpoint = runtime.block_on(async {
            Endpoint::bind("127.0.0.1:0".parse().unwrap(), Identity::from_seed(&tls_seed)).unwrap()
        });
        let tip = Tip::start(Incarnation { counter: 1, random: 0x0bad });
        Evil {
            stage,
            runtime,
            endpoint,
            node,
            id,
            region,
            signing,
            tls_seed,
            cert,
            tip,
            last: None,
            heard: Vec::new(),
            wire: None,
        }
    }

    /// What an honest guest would present.
    pub fn introduction(&self) -> Vec<u8> {
        let keys = self.cert.verified().unwrap();
        let content = Introduction {
            cert: self.cert.clone(),
            addresses: Vec::new(),
            secret: self.node.secret,
            orgs: Vec::new(),
        };
        SignedPairing::sign(content, keys, &self.signing)
    }

    /// Presents bytes for pairing; the code of the refusal, if it is one.
    pub fn introduce(&self, request: Vec<u8>) -> Option<Code> {
        let expected = [self.node.tls()];
        let asked = pair::present(&self.endpoint, self.node.address, &expected, request);
        let answer = self.runtime.block_on(soon(asked)).unwrap();
        let number = u16::from_le_bytes(answer.try_into().unwrap());
        (number > 0).then(|| Code::from_number(number).unwrap())
    }

    /// The code of its one organisation.
    pub fn org(&self) -> OrgCode {
        OrgCode::new(self.region, 1).unwrap()
    }

    pub fn listing(&self) -> OrgListing {
        OrgListing {
            code: self.org(),
            name: format!("恶邻{}党委", self.region),
            kind: OrgKind::Committee,
            parent: None,
            may_transfer: true,
            aliases: Vec::new(),
        }
    }

    pub fn parties(&self) -> Parties {
        Parties { domain: REHEARSAL, author: self.id, audience: self.node.keys.node }
    }

    /// The draft as a statement to the node.
    pub fn state(&self, draft: Draft) -> Stated {
        draft.finish(&self.parties(), now(), [7; 16])
    }

    // ---- sealing

    /// Where the next entry belongs.
    pub fn place(&self) -> Header {
        Header {
            author: self.id,
            audience: self.node.keys.node,
            key: self.signing.public().id(),
            incarnation: self.tip.incarnation,
            seq: self.tip.seq + 1,
            prev: self.tip.hash,
        }
    }

    /// Seals any bytes at any place.
    pub fn seal(&self, header: Header, bytes: Vec<u8>, attachment: Attachment) -> Entry {
        seal_with(&self.signing, REHEARSAL, header, bytes, attachment)
    }

    /// The statement at its proper place.
    pub fn sealed(&self, stated: &Stated) -> Entry {
        let bytes = stated.statement.bytes().to_vec();
        self.seal(self.place(), bytes, stated.attachment.clone())
    }

    // ---- a session

    pub fn hello(&self) -> Hello {
        let body = HelloBody {
            nonce: self.tip.hash.as_bytes()[..16].try_into().unwrap(),
            head: self.head(self.tip),
            seen: self.heard.last().map(without_block),
            seen_head: None,
            floating: Vec::new(),
            highest_floating: None,
            records: Vec::new(),
            clock: now(),
        };
        Hello { versions: VERSIONS, body }
    }

    pub fn head(&self, tip: Tip) -> SignedHead {
        let Parties { domain, author, audience } = self.parties();
        SignedHead::sign(Head { domain, author, audience, tip, time: now() }, &self.signing)
    }

    /// Opens an honest session, and asserts that the node holds exactly what it took before.
    pub fn open(&mut self) {
        self.try_open().expect("an honest session is let in");
    }

    fn try_open(&mut self) -> Result<(), Code> {
        let hello = Frame::Hello(Box::new(self.hello())).to_bytes();
        self.open_with(&hello);
        // The streams are apart: something of the other may be here before the Hello.
        let mut early = Vec::new();
        let hello = loop {
            match self.next()? {
                Frame::Hello(hello) => break hello,
                frame => early.push(frame),
            }
        };
        let held = hello.body.seen.map(|bytes| Entry::read(&bytes).unwrap());
        let held = held.map(|entry| (entry.header.seq, entry.hash()));
        let took = (self.tip.seq > 0).then_some((self.tip.seq, self.tip.hash));
        assert_eq!(held, took, "the node holds what it acknowledged, and nothing else");
        early.into_iter().for_each(|frame| self.note(frame));
        Ok(())
    }

    /// Connects and says this instead of a Hello.
    pub fn open_with(&mut self, hello: &[u8]) {
        self.hang_up();
        let to = (self.node.address, self.node.tls());
        let wire = self.runtime.block_on(async {
            let mut wire = Wire::connect(&self.endpoint, to).await;
            wire.write(Channel::Control, &[hello.to_vec()]).await;
            wire
        });
        self.wire = Some(wire);
    }

    pub fn hang_up(&mut self) {
        if let Some(wire) = self.wire.take() {
            wire.connection.close(0u32.into(), b"");
        }
    }

    /// Sends a frame, whatever the node makes of it.
    pub fn send(&mut self, channel: Channel, frame: Vec<u8>) {
        let wire = self.wire.as_mut().expect("opened before");
        self.runtime.block_on(wire.write(channel, &[frame]));
    }

    pub fn send_bytes(&mut self, channel: Channel, bytes: &[u8]) {
        let wire = self.wire.as_mut().expect("opened before");
        self.runtime.block_on(wire.write_bytes(channel, bytes));
    }

    pub fn next(&mut self) -> Result<Frame, Code> {
        let wire = self.wire.as_mut().expect("opened before");
        self.runtime.block_on(wire.next())
    }

    /// Why the node ended the session.
    pub fn closed(&mut self) -> Code {
        let mut wire = self.wire.take().expect("opened before");
        self.runtime.block_on(wire.closed())
    }

    /// Sends a data frame in a session of its own, and says why the node ended it.
    pub fn refused(&mut self, frame: Vec<u8>) -> Code {
        if self.wire.is_none() {
            self.open();
        }
        self.send(Channel::Data, frame);
        self.closed()
    }

    /// The same, for an entry sealed alone.
    pub fn refused_entry(&mut self, entry: Entry) -> Code {
        self.refused(frame_of(vec![entry]))
    }

    // ---- the feeds

    /// States something in an open session, and waits until the node holds it durably.
    pub fn say(&mut self, stated: Stated) -> Entry {
        let entry = self.sealed(&stated);
        self.take(vec![entry.clone()]);
        entry
    }

    /// Sends authentic entries that were sealed together, and waits for the acknowledgement.
    pub fn take(&mut self, entries: Vec<Entry>) {
        if self.wire.is_none() {
            self.open();
        }
        let last = entries.last().unwrap().clone();
        self.send(Channel::Data, frame_of(entries));
        let header = &last.header;
        let tip = Tip { incarnation: header.incarnation, seq: header.seq, hash: last.hash() };
        loop {
            match self.next().expect("an authentic entry is taken") {
                Frame::Ack(acked) if acked.seq == tip.seq => {
                    assert_eq!(acked, tip);
                    break;
                }
                frame => self.note(frame),
            }
        }
        (self.tip, self.last) = (tip, Some(last));
    }

    /// The first statement of the node that fits, heard already or yet to come.
    pub fn hear(&mut self, fits: impl Fn(&Statement) -> bool) -> Entry {
        let mut place = 0;
        loop {
            let fitting = self.heard[place..]
                .iter()
                .find(|entry| entry.content.statement().is_some_and(&fits))
                .cloned();
            if let Some(entry) = fitting {
                return entry;
            }
            place = self.heard.len();
            if self.wire.is_none() {
                self.open();
            }
            let frame = self.next().expect("the session goes on");
            self.note(frame);
        }
    }

    /// States something that the node cannot use, and asserts the signed reason.
    pub fn complained(&mut self, stated: Stated, code: Code) -> Entry {
        let entry = self.say(stated);
        self.complained_of(&entry, code);
        entry
    }

    /// Asserts that the node's feed calls this entry unusable, for this reason.
    pub fn complained_of(&mut self, entry: &Entry, code: Code) {
        let hash = entry.hash();
        let notice = self.hear(|statement| {
            statement.body::<Unusable>().is_ok_and(|notice| notice.entry == hash)
        });
        let notice: Unusable = notice.content.statement().unwrap().body().unwrap();
        assert_eq!(notice.reason(), Some(code));
    }

    /// Keeps what a frame of the node's feed brings, which must come without gaps.
    pub fn note(&mut self, frame: Frame) {
        let Frame::Group(group) = frame else { return };
        for entry in group.open(REHEARSAL, &self.node_key()).unwrap() {
            let next = self.heard.len() as u64 + 1;
            if entry.header.seq == next {
                let prev = self.heard.last().map(Entry::hash);
                assert_eq!(
                    Some(entry.header.prev),
                    prev.or(Some(Tip::start(entry.header.incarnation).hash))
                );
                self.heard.push(entry);
            } else {
                assert!(entry.header.seq < next, "the node's feed has no gaps");
            }
        }
    }

    fn node_key(&self) -> PublicKey {
        self.node.keys.signing
    }
}

/// A data frame with entries that were sealed together.
pub fn frame_of(entries: Vec<Entry>) -> Vec<u8> {
    Frame::Group(Group::of(entries)).to_bytes()
}

/// Seals any bytes at any place, alone.
pub fn seal_with(
    signer: &Signer,
    domain: Domain,
    header: Header,
    bytes: Vec<u8>,
    attachment: Attachment,
) -> Entry {
    let leaves = [seal::leaf(&codec::encode(&header), &bytes)];
    let mut seals = Seal::of_group(signer.seal_group(domain, &leaves), &leaves);
    Entry::from_parts(header, bytes, attachment, seals.remove(0))
}

/// The statement with some fields changed; it is its author's own, so it can be signed.
pub fn changed(stated: &Stated, change: impl FnOnce(&mut Fields)) -> Stated {
    let mut fields = stated.statement.fields().clone();
    change(&mut fields);
    Stated { statement: Statement::new(fields), attachment: stated.attachment.clone() }
}

pub fn without_block(entry: &Entry) -> Vec<u8> {
    let erased = Attachment::erased(*entry.attachment.salt());
    let bytes = entry.content.bytes().to_vec();
    Entry::from_parts(entry.header, bytes, erased, entry.seal.clone()).to_bytes()
}

pub fn now() -> Timestamp {
    Clock::system().now()
}
