//! The wire, frozen: every kind of bytes that leaves a node, made from fixed seeds and compared
//! with the files in `tests/fixtures/golden/v1`, to the byte.
//!
//! A second reader below decodes some of them by hand from the text of `SPEC.md`, without the codec
//! and without the types, so that the text can be trusted by another team. Running with
//! `DUKOU_BLESS=1` rewrites the files; a change of one that was released is a new version.
#![allow(clippy::unwrap_used)]
#![expect(clippy::disallowed_methods, reason = "fixtures are files, and blessing them is a switch")]

#[path = "world/comparison.rs"]
mod comparison;
#[path = "world/matching.rs"]
mod matching;
mod world;

use std::fmt::Write as _;
use std::path::PathBuf;

use protocol::codec;
use protocol::envelope::{Entry, Group, Head, SignedHead};
use protocol::id::{Incarnation, LetterId};
use protocol::limits::FRAME_BYTES_MAX;
use protocol::paper::PaperCode;
use protocol::refusal::Code;
use protocol::seal::{Domain, PublicKey, Purpose};
use protocol::statement::custody::{Ground, Refusal, VoidReason};
use protocol::statement::directory::{OrgDirectory, OrgKind, OrgListing};
use protocol::statement::keys::KeyCert;
use protocol::statement::kind::Kind;
use protocol::statement::notice::Unusable;
use protocol::statement::summary::{FindingCount, Summary};
use protocol::statement::{Draft, Parties, Stated, Statement};
use protocol::transfer::proof::HandOverProof;
use protocol::transfer::{destination, origin};
use sha2::{Digest, Sha256};
use world::residences::Resident;
use world::stays::Away;
use world::{
    HandOver, Membership, Node, by_new_destination, case_file, hand_over, issue, opened, start,
    succeed, take,
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/golden/v1")
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

/// Every fixture by file name.
fn made() -> Vec<(String, Vec<u8>)> {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let b2 = Node::new_hanbin();
    let mut files = Vec::new();
    for (author, audience, stated) in statements(&a, &b, &b2) {
        let name = stated.statement.kind().unwrap().name().to_lowercase();
        files.push((format!("{name}.statement.bin"), stated.statement.bytes().to_vec()));
        let entry = author.feed(audience).seal_one(stated);
        files.push((format!("{name}.entry.bin"), entry.to_bytes()));
    }
    let mut feed = a.feed(&b);
    let three = feed.seal(three(&a, &b));
    let code = PaperCode::of(three[2].clone(), a.cert.clone()).unwrap();
    files.push(("group_of_three.bin".into(), codec::encode(&Group::of(three))));
    let Parties { domain, author, audience } = feed.parties;
    let head = Head { domain, author, audience, tip: feed.tip, time: start() };
    files.push(("head.bin".into(), codec::encode(&SignedHead::sign(head, &a.signing))));
    files.push(("keycert.bin".into(), codec::encode(&a.cert)));
    files.push(("paper_code.txt".into(), code.to_text().into_bytes()));
    let (_, back) = two_hops(&a, &b);
    files.push(("proof_of_two_hops.bin".into(), back.membership.proof.to_block()));
    let succeeded = by_new_destination(&a, &b, &b2, &Membership::minted(&a));
    let proof = succeeded.membership.proof.to_block();
    files.push(("proof_with_a_succession.bin".into(), proof));
    let (messages, _) = comparison::transcript();
    for (message, name) in messages.into_iter().zip(["open", "answer", "differs"]) {
        files.push((format!("reconcile_{name}.bin"), message));
    }
    let (messages, _) = matching::transcript();
    for (message, name) in messages.into_iter().zip(MATCH_MESSAGES) {
        files.push((format!("match_{name}.bin"), message));
    }
    files
}

/// What is said in a matching, in order.
const MATCH_MESSAGES: [&str; 8] = [
    "open",
    "answer",
    "points_of_asked",
    "points_of_asker",
    "raised_by_asker",
    "raised_by_asked",
    "found_by_asked",
    "found_by_asker",
];

/// One statement of each kind, with its author and audience.
fn statements<'a>(a: &'a Node, b: &'a Node, b2: &'a Node) -> Vec<(&'a Node, &'a Node, Stated)> {
    let done = hand_over(a, b, &Membership::minted(a));
    let letter = opened(&done.stated[0].statement);
    let entry = a.feed(b).seal_one(done.stated[0].clone()).hash();
    let unusable = Draft::new(&Unusable { entry, code: Code::StatementProof.number() });
    let refusal = destination::refuse(&letter, Ground::OutOfArea, Some(a.org(3)), "住在石泉县");
    let void = origin::void(&letter, VoidReason::Rerouted).unwrap();
    let mut released = letter.clone();
    done.stated[1..3].iter().for_each(|stated| take(&mut released, stated));
    let file = case_file(&[a, b], &done.entries.each_ref()[..3]);
    let [offer, accept, release, receipt, ack] = done.stated.clone();
    let result = Draft::new(&comparison::result());
    vec![
        (a, b, a.state(b, Draft::new(&a.cert), start())),
        (b, a, b.state(a, unusable, start())),
        (a, b, a.state(b, Draft::new(&directory(a)), start())),
        (a, b, a.state(b, result, start())),
        (a, b, a.state(b, Draft::new(&summary()), start())),
        (a, b, offer),
        (b, a, accept),
        (a, b, release),
        (b, a, receipt),
        (a, b, ack),
        (b, a, b.state(a, refusal.unwrap(), start())),
        (a, b, a.state(b, void, start())),
        (b, a, b.state(a, destination::ask_reissue(&letter), start())),
        (a, b2, succeed(a, b2, &released, &file)),
    ]
    .into_iter()
    .chain(of_a_stay(a, b))
    .chain(of_a_residence(a, b))
    .collect()
}

/// The first statement of each kind of a year's stay, and the ReportIn that opens another.
fn of_a_stay<'a>(a: &'a Node, b: &'a Node) -> Vec<(&'a Node, &'a Node, Stated)> {
    let (year, reported) = (Away::noticed(a, b).year(), Away::reported(a, b));
    let kinds = Kind::ALL.iter().filter(|kind| kind.is_of_stay());
    let first = kinds.map(|kind| {
        let stated = [year.of_kind(*kind), reported.of_kind(*kind)].concat()[0].clone();
        let by_origin = stated.statement.fields().author == a.id;
        if by_origin { (a, b, stated) } else { (b, a, stated) }
    });
    first.collect()
}

/// The first statement of each kind that belongs to a residence alone.
fn of_a_residence<'a>(a: &'a Node, b: &'a Node) -> Vec<(&'a Node, &'a Node, Stated)> {
    let year = Resident::introduced(a, b).year();
    let kinds = Kind::ALL.iter().filter(|kind| kind.is_of_residence() && !kind.is_attached());
    let first = kinds.map(|kind| {
        let mut said = year.said.iter();
        let stated = said.find(|one| one.statement.kind() == Some(*kind)).unwrap().clone();
        let by_unit = stated.statement.fields().author == a.id;
        if by_unit { (a, b, stated) } else { (b, a, stated) }
    });
    first.collect()
}

fn directory(node: &Node) -> OrgDirectory {
    let listing = |number, name: &str, kind, parent, may_transfer| OrgListing {
        code: node.org(number),
        name: name.into(),
        kind,
        parent,
        may_transfer,
        aliases: Vec::new(),
    };
    let mut orgs = vec![
        listing(1, "城关镇党委", OrgKind::Committee, None, true),
        listing(7, "滨河社区党支部", OrgKind::Branch, Some(node.org(1)), false),
    ];
    orgs[1].aliases.push("滨河村党支部".into());
    OrgDirectory { revision: 2, part: 0, parts: 1, orgs }
}

fn summary() -> Summary {
    let findings = vec![
        FindingCount { kind: 1, count: 2, oldest_days: 400 },
        FindingCount { kind: 17, count: 1, oldest_days: 3 },
    ];
    Summary { full: 579, provisional: 1, in_transit: 2, letters_out: 3, letters_in: 1, findings }
}

/// What a node commits together: its certificate, its directory, an Offer.
fn three(a: &Node, b: &Node) -> Vec<Stated> {
    let offer = issue(a, b, &Membership::minted(a));
    let directory = a.state(b, Draft::new(&directory(a)), start());
    vec![a.state(b, Draft::new(&a.cert), start()), directory, offer]
}

fn two_hops(a: &Node, b: &Node) -> (HandOver, HandOver) {
    let there = hand_over(a, b, &Membership::minted(a));
    let back = hand_over(b, a, &there.membership);
    (there, back)
}

/// The index of the folder.
fn index(files: &[(String, Vec<u8>)]) -> String {
    let mut text = String::from(
        "# Golden bytes, version 1\n\nEvery kind of bytes that leaves a node, by \
         `protocol/SPEC.md`. Made by `protocol/tests/golden.rs`\nfrom fixed seeds (the identity \
         key of 610922 is the Ed25519 seed of thirty-two bytes 1, its signing\nkey of \
         thirty-two bytes 101; 610902: 2 and 102); \
         `DUKOU_BLESS=1 cargo test --workspace golden`\nrewrites them. The person is \
         invented.\n\n| File | Bytes | SHA-256 |\n|---|---|---|\n",
    );
    for (name, bytes) in files {
        let hash: String = Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        writeln!(text, "| `{name}` | {} | `{hash}` |", bytes.len()).unwrap();
    }
    text
}

/// what is made today is what was made when the version was frozen.
#[test]
fn golden_bytes_are_made_again() {
    let files = made();
    let mut listed: Vec<(String, Vec<u8>)> = files.clone();
    listed.push(("README.md".into(), index(&files).into_bytes()));
    if std::env::var_os("DUKOU_BLESS").is_some() {
        for (name, bytes) in &listed {
            std::fs::write(folder().join(name), bytes).unwrap();
        }
    }
    for (name, bytes) in &listed {
        assert!(fixture(name) == *bytes, "{name} differs from what was frozen");
    }
    let stored = std::fs::read_dir(folder()).unwrap().count();
    assert_eq!(stored, listed.len(), "every file of the folder is made here");
}

/// what was frozen is read, verifies, and encodes to the same
/// bytes.
#[test]
fn golden_bytes_are_read_and_verify() {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    for kind in Kind::ALL {
        let name = kind.name().to_lowercase();
        let bytes = fixture(&format!("{name}.statement.bin"));
        let statement = Statement::read(&bytes).unwrap();
        assert_eq!((statement.kind(), statement.bytes()), (Some(*kind), &bytes[..]));
        let bytes = fixture(&format!("{name}.entry.bin"));
        let entry = Entry::read(&bytes).unwrap();
        let author = if entry.header.author == a.id { &a } else { &b };
        assert_eq!(entry.verifies(Domain::Real, &author.signing.public()), Ok(()));
        assert_eq!(entry.usable(Domain::Real), Ok(&statement));
        assert_eq!(entry.to_bytes(), bytes);
    }
    let bytes = fixture("group_of_three.bin");
    let group: Group = codec::decode(&bytes).unwrap();
    let entries = group.open(Domain::Real, &a.signing.public()).unwrap();
    assert_eq!(entries.len(), 3);
    assert_eq!(codec::encode(&Group::of(entries.clone())), bytes);
    let head: SignedHead = codec::decode(&fixture("head.bin")).unwrap();
    let head = head.verified(&a.signing.public()).unwrap();
    assert_eq!((head.tip.seq, head.tip.hash), (3, entries[2].hash()));
    let cert: KeyCert = codec::decode(&fixture("keycert.bin")).unwrap();
    assert_eq!(cert.verified().unwrap().node, a.id);
    let proof = HandOverProof::from_block(&fixture("proof_of_two_hops.bin")).unwrap();
    assert_eq!(proof.verify(&two_hops(&a, &b).1.membership.claim(&a)), Ok(()));
    let proof = HandOverProof::from_block(&fixture("proof_with_a_succession.bin")).unwrap();
    let b2 = Node::new_hanbin();
    let succeeded = by_new_destination(&a, &b, &b2, &Membership::minted(&a));
    assert_eq!(proof.verify(&succeeded.membership.claim(&b2)), Ok(()));
    assert_eq!(proof.predecessors().collect::<Vec<_>>(), [b.id]);
}

/// Reads by the rules of R-01 alone.
struct SecondReader<'a>(&'a [u8]);

impl<'a> SecondReader<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (head, tail) = self.0.split_at(count);
        self.0 = tail;
        head
    }

    fn byte(&mut self) -> u8 {
        self.bytes(1)[0]
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.bytes(N).try_into().unwrap()
    }

    fn varint(&mut self) -> u64 {
        match self.byte() {
            251 => u16::from_le_bytes(self.array()).into(),
            252 => u32::from_le_bytes(self.array()).into(),
            253 => u64::from_le_bytes(self.array()),
            short => short.into(),
        }
    }

    fn signed(&mut self) -> i64 {
        let zigzag = self.varint();
        (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64)
    }

    fn list(&mut self) -> &'a [u8] {
        let count = usize::try_from(self.varint()).unwrap();
        self.bytes(count)
    }

    fn text(&mut self) -> &'a str {
        std::str::from_utf8(self.list()).unwrap()
    }

    fn option<T>(&mut self, read: impl Fn(&mut Self) -> T) -> Option<T> {
        match self.byte() {
            0 => None,
            1 => Some(read(self)),
            other => panic!("{other} is no option"),
        }
    }

    fn org(&mut self) -> (u64, u64) {
        (self.varint(), self.varint())
    }
}

/// the Offer, by hand.
#[test]
fn a_second_reader_understands_an_offer() {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let bytes = fixture("offer.statement.bin");
    let mut reader = SecondReader(&bytes);
    assert_eq!((reader.text(), reader.varint()), ("dukou/1", 16));
    assert_eq!((&reader.array(), &reader.array()), (a.id.as_bytes(), b.id.as_bytes()));
    assert_eq!(reader.varint(), 1_795_334_400_000, "2026-11-22T08:00:00Z");
    assert_eq!(reader.option(|r| r.array::<32>()), None, "letter");
    let member: [u8; 16] = reader.option(SecondReader::array).unwrap();
    let minted = Sha256::digest([&a.id.as_bytes()[..], &[5; 16]].concat());
    assert_eq!(member, minted[..16]);
    assert_eq!(reader.option(SecondReader::varint), Some(0), "generation");
    assert_eq!(reader.varint(), 0, "answers");
    let mut body = SecondReader(reader.list());
    let commitment: [u8; 32] = reader.array();
    assert!(reader.0.is_empty());

    assert_eq!((body.org(), body.org()), ((610_922, 1), (610_902, 31)));
    assert_eq!((body.varint(), body.varint(), body.varint()), (610_922, 2026, 418), "serial");
    assert_eq!(body.signed(), 20_809, "2026-12-22");
    assert_eq!(body.option(SecondReader::varint), Some(2026 * 12 + 9), "2026-10");
    assert_eq!(body.varint(), 0, "full standing");
    assert_eq!(body.option(SecondReader::varint), None, "batch");
    assert_eq!((body.varint(), body.array()), (0, [5; 16]), "minted, by this nonce");
    assert_eq!(body.option(|r| r.array::<32>()), None, "replaces");
    assert!(body.0.is_empty());

    let entry = fixture("offer.entry.bin");
    let at = entry.windows(bytes.len()).position(|window| window == bytes).unwrap();
    let mut beside = SecondReader(&entry[at + bytes.len()..]);
    let salt: [u8; 16] = beside.array();
    assert_eq!(beside.varint(), 0, "the block is present");
    let block = beside.list();
    assert_eq!(commitment, *Sha256::digest([&salt[..], block].concat()));
    let mut block = SecondReader(block);
    assert_eq!((block.text(), block.text()), ("赵以刚", "11010519491231002X"));
    assert_eq!((block.option(SecondReader::varint), block.text()), (Some(0), "汉"));
    assert_eq!((block.byte(), block.text()), (76, "13900000000"));
    assert_eq!(block.text(), "随子女居住");
    assert_eq!(block.text(), "汉滨区新城街道党工委");
    assert_eq!(block.text(), "石泉县城关镇党委 滨河路1号");
    assert!(block.0.is_empty());
}

/// the notice of a stay and a report in it, by hand.
#[test]
fn a_second_reader_understands_a_stay() {
    let notice = fixture("staynotice.statement.bin");
    let opening = Sha256::digest(&notice);
    let mut reader = SecondReader(&notice);
    let header = |reader: &mut SecondReader<'_>| {
        let kind = (reader.text().len(), reader.varint()).1;
        reader.bytes(64);
        reader.varint();
        assert_eq!(reader.option(|r| r.array::<32>()), None, "letter");
        let member: [u8; 16] = reader.option(SecondReader::array).unwrap();
        (kind, member, reader.option(SecondReader::varint))
    };
    let (kind, member, generation) = header(&mut reader);
    assert_eq!((kind, generation, reader.varint()), (32, Some(0), 0), "it answers nothing");
    let mut body = SecondReader(reader.list());
    assert_eq!((body.varint(), body.org(), body.org()), (0, (610_922, 7), (610_902, 31)));
    assert_eq!((body.varint(), body.option(SecondReader::varint)), (0, Some(2026 * 12 + 9)));
    assert_eq!(body.signed(), 20_779, "from 2026-11-22");
    assert_eq!(body.option(SecondReader::signed), Some(21_144), "until 2027-11-22");
    assert!(body.0.is_empty());

    let report = fixture("participationreport.statement.bin");
    let mut reader = SecondReader(&report);
    assert_eq!(header(&mut reader), (35, member, None));
    assert_eq!((reader.varint(), reader.bytes(32)), (1, &opening[..]), "it answers the opening");
    let mut body = SecondReader(reader.list());
    assert_eq!((body.varint(), body.varint()), (1, 2026 * 4 + 3), "revision, 2026-Q4");
    assert_eq!((body.varint(), body.varint()), (3, 4), "attended, held");
    assert_eq!(body.option(SecondReader::varint), Some(2026 * 12 + 11), "2026-12");
    assert!(body.0.is_empty());
}

/// a comparison of five positions with four, by hand.
#[test]
fn a_second_reader_follows_a_comparison() {
    let (symbols, fingerprint) = comparison::answer_by_hand();
    let summary = |bytes: &mut SecondReader, own: u64, applied: u64, positions: u64| {
        for seq in [own, applied] {
            assert_eq!((bytes.varint(), bytes.varint(), bytes.varint()), (0, 77, seq));
        }
        assert_eq!(bytes.varint(), positions);
        bytes.array::<16>()
    };
    let open = fixture("reconcile_open.bin");
    let mut open = SecondReader(&open);
    assert_eq!((open.byte(), open.varint()), (1, 0), "by the asker: open");
    assert_ne!(summary(&mut open, 300, 20, 5), fingerprint);
    assert!(open.0.is_empty());

    let answer = fixture("reconcile_answer.bin");
    let mut answer = SecondReader(&answer);
    assert_eq!((answer.byte(), answer.varint()), (0, 1), "by the other: answer");
    assert_eq!(summary(&mut answer, 20, 300, 4), fingerprint);
    assert_eq!((answer.list(), answer.0), (&symbols[..], &[][..]));

    let differs = fixture("reconcile_differs.bin");
    let mut differs = SecondReader(&differs);
    assert_eq!((differs.byte(), differs.varint()), (1, 4), "by the asker: differs");
    summary(&mut differs, 300, 20, 5);
    assert_eq!((differs.list(), differs.byte()), (&comparison::differing()[..], 1));
    assert!(differs.0.is_empty());
    assert_eq!(comparison::transcript().1.rounds, 2);
}

/// a matching of three people with four, by hand.
#[test]
fn a_second_reader_follows_a_matching() {
    let expected = matching::by_hand();
    let files = MATCH_MESSAGES.map(|name| fixture(&format!("match_{name}.bin")));
    let mut readers = files.each_ref().map(|bytes| SecondReader(bytes));
    let heads = readers.each_mut().map(|reader| {
        let by_asker = reader.byte();
        assert_eq!(reader.bytes(16), [7; 16], "the run");
        (by_asker, reader.varint())
    });
    let told = [(1, 0), (0, 1), (0, 2), (1, 2), (1, 3), (0, 3), (0, 4), (1, 4)];
    assert_eq!(heads, told, "by whom, and what");
    let [open, answer, rest @ ..] = &mut readers;
    assert_eq!((open.varint(), open.varint(), open.0), (1, 3, &[][..]), "outflow, three people");
    assert_eq!((answer.bytes(16), answer.varint(), answer.0), (&[9; 16][..], 4, &[][..]));
    let [points_of_asked, points_of_asker, by_asker, by_asked, found @ ..] = rest;
    for (reader, points) in [
        (points_of_asked, &expected.asked_points),
        (points_of_asker, &expected.asker_points),
        (by_asker, &expected.asked_raised),
        (by_asked, &expected.asker_raised),
    ] {
        assert_eq!((reader.list(), reader.byte(), reader.0), (&points[..], 1, &[][..]));
    }
    for (found, holds) in found.iter_mut().zip([1, 0]) {
        assert_eq!(found.bytes(32), expected.name);
        assert_eq!(found.list(), [holds; 2], "guests there, full here");
        assert!(found.0.is_empty());
    }
    assert_eq!(matching::transcript().1.matched.len(), 2);
}

fn key(bytes: &[u8; 32]) -> PublicKey {
    PublicKey::from_bytes(bytes).unwrap()
}

/// The curve is the library's; what is signed is put together by hand.
fn holds(key: &PublicKey, purpose: Purpose, message: &[u8], signature: [u8; 64]) {
    let signature = codec::decode(&signature).unwrap();
    assert!(key.verifies(Domain::Real, purpose, message, &signature), "{purpose:?}");
}

/// certificate, chain, tree, seal and head, by hand.
#[test]
fn a_second_reader_verifies_a_group_and_its_head() {
    let bytes = fixture("keycert.bin");
    let mut cert = SecondReader(&bytes);
    assert_eq!(cert.text(), "dukou/1");
    let identity = key(&cert.array());
    assert_eq!((cert.varint(), cert.text()), (610_922, "石泉县"));
    let signing_bytes: [u8; 32] = cert.array();
    let (signing, _tls, _agreement) = (key(&signing_bytes), cert.bytes(32), cert.bytes(32));
    cert.varint();
    let certified = &bytes[..bytes.len() - 64];
    holds(&identity, Purpose::KeyCert, certified, cert.array());
    assert!(cert.0.is_empty());

    let bytes = fixture("group_of_three.bin");
    let mut group = SecondReader(&bytes);
    let parties_and_key = group.bytes(32 + 32 + 16);
    assert_eq!(parties_and_key[64..], Sha256::digest(signing_bytes)[..16]);
    let incarnation = bytes.len() - group.0.len();
    let (counter, random) = (group.varint(), group.varint());
    let incarnation = &bytes[incarnation..bytes.len() - group.0.len()];
    assert_eq!((counter, random, group.varint()), (1, 0x0bad_cafe, 1), "incarnation, seq");
    let mut prev: [u8; 32] = group.array();
    assert_eq!(prev, [0; 32]);
    let signature: [u8; 64] = group.array();
    assert_eq!(group.varint(), 3, "items");
    let mut leaves = Vec::new();
    for seq in 1..=3_u8 {
        let statement = group.list();
        let _salt = group.bytes(16);
        assert_eq!(group.varint(), 0, "present");
        let _block = group.list();
        let header = [parties_and_key, incarnation, &[seq], &prev].concat();
        prev = Sha256::digest([&[0][..], &header, statement].concat()).into();
        leaves.push(prev);
    }
    assert!(group.0.is_empty());
    let node = |left: &[u8], right: &[u8]| Sha256::digest([&[1][..], left, right].concat());
    let root = node(&node(&leaves[0], &leaves[1]), &leaves[2]);
    holds(&signing, Purpose::Seal, &[&3_u64.to_be_bytes()[..], &root].concat(), signature);

    let bytes = fixture("head.bin");
    let head = &bytes[..bytes.len() - 16 - 64];
    let mut reader = SecondReader(head);
    assert_eq!((reader.text(), reader.bytes(64)), ("dukou/1", &parties_and_key[..64]));
    assert_eq!((reader.varint(), reader.varint(), reader.varint()), (1, 0x0bad_cafe, 3));
    assert_eq!((reader.array(), reader.varint()), (leaves[2], 1_795_334_400_000));
    assert!(reader.0.is_empty());
    let signature = bytes[head.len() + 16..].try_into().unwrap();
    holds(&signing, Purpose::Head, head, signature);
}

/// a statement's hash, and the path of an entry inside its group, by hand.
#[test]
fn a_second_reader_follows_a_path() {
    let (a, b) = (Node::shiquan(), Node::hanbin());
    let entries = a.feed(&b).seal(three(&a, &b));
    let statement = entries[2].content.statement().unwrap();
    let hash: [u8; 32] = Sha256::digest(statement.bytes()).into();
    assert_eq!(statement.letter().map(|letter: LetterId| *letter.as_bytes()), Some(hash));
    let bytes = entries[1].to_bytes();
    let seal_at = bytes.len() - (64 + 1 + 1 + 1 + 2 * 32);
    let mut seal = SecondReader(&bytes[seal_at..]);
    let signature: [u8; 64] = seal.array();
    assert_eq!((seal.byte(), seal.byte(), seal.varint()), (3, 1, 2), "size, index, path");
    let [lower, upper]: [[u8; 32]; 2] = [seal.array(), seal.array()];
    assert_eq!((lower, upper), (*entries[0].hash().as_bytes(), *entries[2].hash().as_bytes()));
    let node = |left: &[u8], right: &[u8]| Sha256::digest([&[1][..], left, right].concat());
    let root = node(&node(&lower, entries[1].hash().as_bytes()), &upper);
    let message = [&3_u64.to_be_bytes()[..], &root].concat();
    holds(&key(a.signing.public().as_bytes()), Purpose::Seal, &message, signature);
}

/// the code of the third entry, by hand: Base45, then everything that the entry and the
/// certificate say, once.
#[test]
fn a_second_reader_understands_a_code() {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let text = String::from_utf8(fixture("paper_code.txt")).unwrap();
    let digits: Vec<usize> =
        text.strip_prefix("DK1:").unwrap().chars().map(|c| ALPHABET.find(c).unwrap()).collect();
    let mut bytes = Vec::new();
    for chunk in digits.chunks(3) {
        let number = chunk.iter().rev().fold(0, |number, digit| number * 45 + digit);
        let pair = u16::try_from(number).unwrap().to_be_bytes();
        bytes.extend_from_slice(if chunk.len() == 3 { &pair } else { &pair[1..] });
    }
    let group: Group = codec::decode(&fixture("group_of_three.bin")).unwrap();
    let (a, mut code) = (Node::shiquan(), SecondReader(&bytes));
    let entry = group.open(Domain::Real, &a.signing.public()).unwrap().remove(2);
    assert_eq!((code.varint(), code.varint(), code.varint()), (1, 0x0bad_cafe, 3), "life, seq");
    assert_eq!(&code.array(), entry.header.prev.as_bytes());
    assert_eq!(code.list(), entry.content.bytes());
    assert_eq!(
        (&code.array(), code.list()),
        (entry.attachment.salt(), entry.attachment.block().unwrap())
    );
    let _signature: [u8; 64] = code.array();
    assert_eq!((code.byte(), code.byte(), code.varint()), (3, 2, 1), "size, index, path");
    let [lower]: [[u8; 32]; 1] = [code.array()];
    assert_eq!(lower, entry.seal.path[0]);
    let cert = fixture("keycert.bin");
    let place = codec::encode(&Domain::Real).len() + 32;
    assert_eq!(code.0, &cert[place..], "region, name, keys, time, signature");
    let read = PaperCode::read(&text).unwrap();
    assert_eq!((read.entry(), read.issuer()), (&entry, a.id));
    assert!(read.verified().is_ok());
}

/// incarnations order by counter, then by their random part, and no fixture is longer
/// than a frame.
#[test]
fn golden_bytes_keep_their_bounds() {
    let of = |counter, random| Incarnation { counter, random };
    assert!(of(1, u32::MAX) < of(2, 0) && of(2, 0) < of(2, 1));
    assert!(made().iter().all(|(_, bytes)| bytes.len() <= FRAME_BYTES_MAX));
    let refusal: Refusal =
        Statement::read(&fixture("refusal.statement.bin")).unwrap().body().unwrap();
    assert_eq!(refusal.ground.name(), "out_of_area");
}
