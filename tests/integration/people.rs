//! Users, tokens and the audit log, by the command line.

use dukou::demo::people::Crowd;
use dukou::demo::regions::SHIQUAN;
use rusqlite::Connection;
use serde_json::Value;
use tests::region::{Mode, Region};
use tests::scratch::Scratch;

const GOOD: &str = "correct horse battery";

struct Office {
    region: Region,
    scratch: std::sync::Arc<Scratch>,
}

fn office() -> Office {
    let scratch = Scratch::new();
    let region = Region::init(&scratch, &SHIQUAN, Mode::Rehearsal);
    region.enter_orgs();
    Office { region, scratch }
}

impl Office {
    fn password(&self, text: &str) -> String {
        let path = self.scratch.path("password.txt");
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn add(&self, name: &str, role: &str, more: &[&str]) -> Value {
        let file = self.password(GOOD);
        let words = ["user", "add", name, "--role", role, "--password-file", &file];
        self.region.ok(&[&words, more].concat())
    }
}

#[test]
fn users_have_a_role_within_a_branch_or_the_region_and_can_be_turned_away() {
    let office = office();
    let (region, branch) = (&office.region, office.region.branch());
    let clerk = office.add("wang.sw", "clerk", &["--org", &branch]);
    assert_eq!((&clerk["role"], &clerk["org"]), (&"clerk".into(), &Value::from(branch.as_str())));
    assert!(!clerk.to_string().contains("argon2"), "{clerk}");
    office.add("赵主任", "admin", &[]);
    let file = office.password(GOOD);
    let add = |name: &str, role: &str| {
        [&["user", "add", name, "--role", role, "--password-file", &file][..]]
            .concat()
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    let refused = |words: Vec<String>, code: &str, exit: i32| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        region.refused(&words, code, exit)
    };
    refused(add("wang.sw", "viewer"), "user.exists", 5);
    refused(add("a b", "viewer"), "user.name", 6);
    region.refused(
        &["user", "role", "wang.sw", "--role", "admin", "--org", &branch],
        "user.scope",
        6,
    );
    region.refused(&["user", "role", "nobody", "--role", "admin"], "user.unknown", 4);
    region.refused(&["user", "disable", "赵主任"], "user.last_admin", 5);
    region.refused(&["user", "role", "赵主任", "--role", "clerk"], "user.last_admin", 5);
    let weak = office.password("123456789012");
    let weak = ["user", "password", "wang.sw", "--password-file", &weak];
    region.refused(&weak, "password.weak", 6);
    assert_eq!(region.ok(&["user", "role", "wang.sw", "--role", "approver"])["org"], Value::Null);
    assert_eq!(region.ok(&["user", "disable", "wang.sw"])["disabled"], true);
    assert_eq!(region.ok(&["user", "enable", "wang.sw"])["disabled"], false);
    let names: Vec<Value> =
        region.list(&["user", "list"]).iter().map(|user| user["name"].clone()).collect();
    assert_eq!(names, ["wang.sw", "赵主任"]);
}

#[test]
fn a_token_is_shown_once_and_the_database_has_only_its_hash() {
    let office = office();
    let made = office.region.ok(&["token", "create", "--role", "viewer", "--expires", "90"]);
    let token = made["token"].as_str().unwrap();
    assert!(token.len() >= 43, "256 bits: {made}");
    let listed = office.region.list(&["token", "list"]);
    assert_eq!(listed[0]["id"], made["id"]);
    assert!(!listed[0].to_string().contains(token));
    let revoked = office.region.ok(&["token", "revoke", made["id"].as_str().unwrap()]);
    assert_eq!(revoked["revoked"], true);
    office.region.refused(&["token", "revoke", "99"], "token.unknown", 4);
    for file in ["dukou.db", "dukou.db-wal"] {
        let bytes = std::fs::read(office.region.data.join(file)).unwrap_or_default();
        let found = bytes.windows(token.len()).any(|window| window == token.as_bytes());
        assert!(!found, "{file} has the token itself");
    }
}

#[test]
fn every_change_and_every_full_id_number_leaves_a_line_without_a_name() {
    let mut office = office();
    office.region.start();
    office.region.enter_people(Crowd::new(7, 40).of(&SHIQUAN).take(3));
    let region = &office.region;
    let member = region.fresh_member();
    region.ok(&["member", "met", &member]);
    region.ok(&["member", "show", &member]);
    region.ok(&["member", "show", &member, "--reveal"]);
    let out = region.file("export.json");
    region.ok(&["member", "export", &member, "--out", &out]);
    region.ok(&["rule", "set", "contact_months", "2"]);
    office.add("wang.sw", "clerk", &[]);
    let lines = region.list(&["audit", "list"]);
    let acts: Vec<&str> = lines.iter().map(|line| line["what"].as_str().unwrap()).collect();
    let expected =
        ["user.add", "rule.set", "member.export", "member.reveal", "member.met", "member.import"];
    assert_eq!(acts[..expected.len()], expected);
    let of = |what: &str| lines.iter().find(|line| line["what"] == what).unwrap();
    let object = Value::from(format!("member:{member}"));
    for what in ["member.reveal", "member.met", "member.export"] {
        assert_eq!(of(what)["objects"], Value::from(vec![object.clone()]), "{what}");
        assert!(of(what)["who"].as_str().unwrap().starts_with("uid:"), "{what}");
    }
    assert_eq!(of("member.import")["objects"].as_array().unwrap().len(), 3);
    assert_eq!(of("user.add")["objects"], Value::from(vec!["user:wang.sw"]));
    // The harness searches every file called *.log for the people of this test.
    let out = office.scratch.path("audit.log");
    let export = region.ok(&["audit", "export", "--out", out.to_str().unwrap()]);
    let text = std::fs::read_to_string(&out).unwrap();
    assert_eq!(text.lines().count() as u64, export["lines"].as_u64().unwrap());
    assert!(text.lines().last().unwrap().contains(export["head"].as_str().unwrap()));
    // The export itself is one more.
    let verified = region.ok(&["audit", "verify"]);
    assert_eq!(verified["lines"].as_u64(), export["lines"].as_u64().map(|lines| lines + 1));
}

#[test]
fn a_line_that_was_changed_or_taken_out_is_found() {
    for (tampering, broken) in [
        ("UPDATE audit SET who = 'uid:9' WHERE seq = 2", 2),
        ("UPDATE audit SET objects = '' WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 2", 2),
    ] {
        let office = office();
        assert!(office.region.ok(&["audit", "verify"])["lines"].as_u64().unwrap() >= 4);
        let database = Connection::open(office.region.data.join("dukou.db")).unwrap();
        database.execute(tampering, []).unwrap();
        drop(database);
        let error = office.region.refused(&["audit", "verify"], "audit.broken", 9);
        let line = format!("line {broken}");
        assert!(error["detail"].as_str().unwrap().contains(&line), "{error}");
    }
}

#[test]
fn a_node_without_users_prints_a_set_up_address_once_and_one_with_users_does_not() {
    let mut office = office();
    office.region.start();
    let line: Value = serde_json::from_str(&office.region.next_line()).unwrap();
    assert_eq!(line["schema"], "dukou.setup/1");
    let url = line["data"]["url"].as_str().unwrap();
    let pages = office.region.ready()["http"].as_str().unwrap();
    assert!(url.starts_with(&format!("{pages}/setup/")), "{url}");
    let log = office.region.log_tail();
    assert!(log.contains("dukou user add"), "{log}");
    office.region.stop();
    office.add("wang.sw", "admin", &[]);
    office.region.start();
    assert!(!office.region.log_tail().contains("dukou user add"));
}
