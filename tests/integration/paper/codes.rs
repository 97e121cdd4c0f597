//! `letter qr` and `letter verify`: what is printed, what reads it, and what is not believed.

use std::path::Path;

use serde_json::Value;
use tests::command::{self, Environment, Reply};
use tests::federation::{Federation, PAIR, Plan};
use tests::region::{Mode, Region};
use tests::scratch::Scratch;

const ORIGIN: usize = 0;
const DESTINATION: usize = 1;

/// A letter of the first region, and its code.
pub fn coded(federation: &Federation) -> (String, Value) {
    let member = federation[ORIGIN].fresh_member();
    let letter = federation[ORIGIN].issue(&member, &federation[DESTINATION]);
    let code = federation[ORIGIN].ok(&["letter", "qr", &letter]);
    (letter, code)
}

fn text(code: &Value) -> &str {
    code["text"].as_str().unwrap()
}

fn node_id(region: &Region) -> &str {
    region.identity["node_id"].as_str().unwrap()
}

/// `letter verify` with no data directory at all.
fn alone(scratch: &Scratch, environment: &Environment, code: &str, key: &str) -> Reply {
    let nowhere = scratch.path("nowhere");
    command::run(scratch, Some(&nowhere), environment, &["letter", "verify", code, "--key", key])
}

#[track_caller]
fn assert_verdict(reply: &Reply, word: &str, reason: Option<&str>) {
    let exit = if matches!(word, "tampered" | "unknown_key") { 9 } else { 0 };
    let data = reply.data();
    assert_eq!((&data["verdict"], reply.exit()), (&word.into(), exit), "{reply:?}");
    assert_eq!(data["reason"].as_str(), reason, "{reply:?}");
}

/// Reads a picture with nothing of the product.
fn read_png(path: &Path) -> String {
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(path).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    let dimensions = reader.info().pixel_dims.unwrap();
    let millimetres = width as f64 * 1000.0 / f64::from(dimensions.xppu);
    assert!((millimetres - 45.0).abs() < 0.1, "printed at {millimetres} mm");
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let grey = |x: usize, y: usize| pixels[y * width + x];
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code");
    grids[0].decode().unwrap().1
}

#[test]
fn a_code_is_read_by_an_independent_reader_and_verifies_with_the_node_id_alone() {
    let federation = Federation::shared();
    let (origin, scratch) = (&federation[ORIGIN], &federation.scratch);
    let (letter, code) = coded(&federation);
    let (png, svg) = (origin.file(&format!("{letter}.png")), origin.file("code.svg"));
    let drawn = origin.ok(&["letter", "qr", &letter[..12], "--png", &png, "--svg", &svg]);
    assert_eq!(drawn["text"], code["text"], "a code is the same however often it is shown");
    assert_eq!(read_png(Path::new(&png)), text(&code));
    assert!(std::fs::read_to_string(&svg).unwrap().contains("45mm"));

    let (nobody, key) = (Environment::default(), node_id(origin));
    for given in [text(&code), &png] {
        let reply = alone(scratch, &nobody, given, key);
        assert_verdict(&reply, "valid", None);
        let data = reply.data();
        assert_eq!(data["letter"]["id"], letter.as_str());
        assert_eq!(data["confirmed_with_origin"], false, "nobody was asked");
        assert_eq!(
            (&data["letter"]["rehearsal"], &data["letter"]["state"]),
            (&true.into(), &Value::Null)
        );
    }
    let upper = key.to_ascii_uppercase();
    assert_verdict(&alone(scratch, &nobody, text(&code), &upper), "valid", None);
    let other = node_id(&federation[DESTINATION]);
    assert_verdict(
        &alone(scratch, &nobody, text(&code), other),
        "unknown_key",
        Some("peer.unknown"),
    );
    assert!(!scratch.path("nowhere").exists(), "nothing is made");
}

#[test]
fn a_code_goes_through_a_pipe() {
    let federation = Federation::shared();
    let (origin, destination) = (&federation[ORIGIN], &federation[DESTINATION]);
    let (letter, code) = coded(&federation);
    let file = origin.file("code.txt");
    // As a scanner types it into a terminal.
    std::fs::write(&file, format!("{}\r\n", text(&code))).unwrap();
    for (verb, field) in [("verify", "verdict"), ("scan", "id")] {
        let environment = Environment::default();
        let mut command = command::command(Some(&destination.data), &environment);
        let stdin = std::fs::File::open(&file).unwrap();
        let output = command.args(["letter", verb, "-"]).stdin(stdin).output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let expected = if verb == "scan" { &letter } else { "valid" };
        assert_eq!(answer["data"][field], *expected, "{answer:#}");
    }
    destination.ok(&["letter", "verify", &file]);
}

#[test]
fn what_differs_from_what_was_issued_is_tampered() {
    let federation = Federation::shared();
    let (origin, destination) = (&federation[ORIGIN], &federation[DESTINATION]);
    let (_, code) = coded(&federation);
    let (code, key) = (text(&code), node_id(origin));
    let mut changed = Vec::new();
    for at in (0..code.len()).step_by(code.len() / 12) {
        let mut bytes = code.to_owned().into_bytes();
        bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
        changed.push(String::from_utf8(bytes).unwrap());
    }
    changed.extend([code[..code.len() - 3].to_owned(), format!("{code}00"), "DK1:".to_owned()]);
    for text in &changed {
        let reply = alone(&federation.scratch, &Environment::default(), text, key);
        assert_eq!((&reply.data()["verdict"], reply.exit()), (&"tampered".into(), 9), "{reply:?}");
        assert_eq!(reply.data()["letter"], Value::Null, "what it says is not repeated");
        let here = destination.run(&["letter", "verify", text]);
        assert_eq!((&here.data()["verdict"], here.exit()), (&"tampered".into(), 9));
        let scanned = destination.run(&["letter", "scan", text]);
        assert_eq!(scanned.exit(), 9, "{scanned:?}");
    }
    for (file, bytes) in [("no.png", &b"\x89PNG\r\n\x1a\nnothing"[..]), ("no.txt", b"hello")] {
        let path = origin.file(file);
        std::fs::write(&path, bytes).unwrap();
        let reply = alone(&federation.scratch, &Environment::default(), &path, key);
        match file {
            "no.png" => drop(reply.expect_refused("code.not_found", 6)),
            _ => assert_verdict(&reply, "tampered", Some("code.unreadable")),
        }
    }
}

#[test]
fn an_office_says_what_it_knows_of_a_code() {
    let federation = Federation::shared();
    let (origin, destination) = (&federation[ORIGIN], &federation[DESTINATION]);
    let (letter, code) = coded(&federation);
    let verify = ["letter", "verify", text(&code)];
    for end in [origin, destination] {
        let reply = end.run(&verify);
        assert_verdict(&reply, "valid", None);
        assert_eq!(reply.data()["confirmed_with_origin"], true, "{reply:?}");
        assert_eq!(reply.data()["letter"]["state"], "issued");
    }
    let before = destination.letter(&letter);
    destination.ok(&["letter", "scan", text(&code)]);
    assert_eq!(destination.letter(&letter), before, "the paper after the letter changes nothing");
    origin.ok(&["letter", "void", &letter, "--reason", "lost"]);
    federation.until_state(&letter, "voided", ORIGIN, DESTINATION);
    for end in [origin, destination] {
        assert_verdict(&end.run(&verify), "superseded", Some("letter.state"));
    }
    origin.refused(&["letter", "qr", &letter], "letter.state", 5);
    destination.refused(&["letter", "qr", &letter], "letter.not_own", 7);
    let again = origin.ok(&["letter", "reissue", &letter]);
    let again = again["id"].as_str().unwrap();
    assert_verdict(&origin.run(&verify), "superseded", Some("letter.state"));
    federation.until_state(again, "issued", ORIGIN, DESTINATION);
    let code = origin.ok(&["letter", "qr", again]);
    assert_verdict(&destination.run(&["letter", "verify", text(&code)]), "valid", None);
}

#[test]
fn a_stranger_and_a_third_region_say_what_they_can() {
    let federation = Federation::start(Plan { regions: 3, ..PAIR });
    let (_, code) = coded(&federation);
    let third = &federation[2];
    // Paired with the issuer, and not the addressee.
    assert_verdict(&third.run(&["letter", "verify", text(&code)]), "valid", None);
    third.refused(&["letter", "scan", text(&code)], "letter.not_addressee", 7);
    // Of our own letters nobody is to be taken in here.
    federation[ORIGIN].refused(&["letter", "scan", text(&code)], "letter.not_addressee", 7);
    third.ok(&["--yes", "peer", "revoke", &federation[ORIGIN].code()]);
    let revoked = third.run(&["letter", "verify", text(&code)]);
    assert_verdict(&revoked, "unknown_key", Some("peer.revoked"));

    let scratch = Scratch::new();
    let stranger = Region::init(&scratch, third.spec, Mode::Rehearsal);
    let reply = stranger.run(&["letter", "verify", text(&code)]);
    assert_verdict(&reply, "unknown_key", Some("peer.unknown"));
    stranger.refused(&["letter", "scan", text(&code)], "peer.unknown", 9);
    assert!(stranger.list(&["letter", "list"]).is_empty());
    let real = Region::init(&Scratch::new(), federation[1].spec, Mode::Real);
    real.refused(&["letter", "verify", text(&code)], "statement.domain", 6);
    real.refused(&["letter", "scan", text(&code)], "statement.domain", 6);
}

#[test]
fn a_code_runs_out_with_its_letter() {
    let now = Some("2027-03-02T01:00:00Z");
    let federation = Federation::start(Plan { now, ..PAIR });
    let (_, code) = coded(&federation);
    let key = node_id(&federation[ORIGIN]);
    let at = |time: &str| {
        let time = Environment::default().with("DUKOU_NOW", time);
        alone(&federation.scratch, &time, text(&code), key)
    };
    // 23:59 and 24:00 in Shanghai on the last day: ten days inside one prefecture.
    assert_verdict(&at("2027-03-12T15:59:00Z"), "valid", None);
    assert_verdict(&at("2027-03-12T16:00:00Z"), "expired", Some("letter.expired"));
}
