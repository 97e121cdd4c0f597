//! Configuration files as people write them: whole, faulty, and kept through a rewrite.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use super::*;

fn region() -> RegionCode {
    RegionCode::new(610_922).unwrap()
}

fn example() -> Config {
    Config {
        listen: "0.0.0.0:7610".parse().unwrap(),
        http: "127.0.0.1:7611".parse().unwrap(),
        advertise: vec!["dukou.shiquan.example.cn:7610".to_owned()],
        ..Config::new(region(), "石泉县").unwrap()
    }
}

/// The faults of the required keys with `lines` below them.
fn faults(lines: &str) -> Vec<String> {
    let text = format!("region.code = \"610922\"\nregion.name = \"石泉县\"\n{lines}\n");
    let faults = Config::parse(&text).unwrap_err();
    faults.iter().map(ToString::to_string).collect()
}

fn fault(line: &str) -> String {
    let mut found = faults(line);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn the_example_is_generated_from_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/node.example.toml");
    if std::env::var_os("DUKOU_BLESS").is_some() {
        fs::write(&path, example().to_toml()).unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text, example().to_toml(), "run this test with DUKOU_BLESS=1");
    assert_eq!(Config::parse(&text), Ok(example()));
    assert!(text.lines().all(|line| line.chars().count() <= 100));
}

#[test]
fn what_is_written_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let config = Config {
        name: "汉滨区 \"旧\"".to_owned(),
        rehearsal: true,
        listen: "[::1]:0".parse().unwrap(),
        log_format: LogFormat::Json,
        store_readers: 9,
        undecided_offers_bytes: 2 << 20,
        database_bytes: 1 << 30,
        answers_matchings: false,
        passphrase_file: Some("/etc/dukou/口令".into()),
        ..example()
    };
    config.write(&path).unwrap();
    assert_eq!(Config::load(&path), Ok(config));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let lacking = folder.path().join("none.toml");
    assert_eq!(Config::load(&lacking).unwrap_err().code, Code::NodeFile);
}

#[test]
fn every_fault_is_found_at_once_with_its_place() {
    let text = "\
region.code = 610922
regoin.name = \"石泉县\"
lisen = \"0.0.0.0:1\"
http = \"127.0.0.1:99999\"
 advertise = [\"a.cn:1\", \"石泉:7\"]
http = \"127.0.0.1:2\"
store.readers = \"4\"
[keys]
passphrase_file = \"~/secret\"
";
    let faults = Config::parse(text).unwrap_err();
    let found: Vec<_> = faults.iter().map(|f| (f.line, f.column, f.key.as_str())).collect();
    assert_eq!(
        found,
        [
            (1, 1, "region.name"),
            (1, 15, "region.code"),
            (2, 1, "regoin"),
            (3, 1, "lisen"),
            (4, 8, "http"),
            (5, 25, "advertise"),
            (6, 1, "http"),
            (7, 17, "store.readers"),
            (9, 19, "keys.passphrase_file"),
        ]
    );
    let refusal = faults_refusal(Path::new("/data/config.toml"), &faults);
    assert_eq!(refusal.code, Code::ConfigInvalid);
    let lines: Vec<&str> = refusal.subject.lines().collect();
    assert_eq!(lines.len(), faults.len());
    assert_eq!(lines[3], "/data/config.toml:3:1: lisen: unknown key; did you mean `listen`?");
}

#[test]
fn an_unknown_key_names_the_nearest() {
    for (line, meant) in [
        ("lsiten = \"\"", "`listen`"),
        ("Listen = \"\"", "`listen`"),
        ("readers = 4", "`store.readers`"),
        ("log.fliter = \"info\"", "`log.filter`"),
        ("quota.database_byte = 1", "`quota.database_bytes`"),
        ("[qouta]\ndatabase_bytes = 1", "`quota`"),
    ] {
        let fault = fault(line);
        assert!(fault.contains("unknown key") && fault.contains(meant), "{line}: {fault}");
    }
    assert!(fault("colour = 1").contains("the keys are region.code, region.name, "));
}

#[test]
fn addresses_say_which_part_is_wrong() {
    for (line, told) in [
        ("listen = \"0.0.0.0:99999\"", "port 99999 is out of range; use a port from 0 to 65535"),
        ("listen = \"0.0.0.0\"", "no port"),
        ("listen = \"[::1]\"", "no port"),
        ("listen = \"0.0.0.0:\"", "the port is not a number"),
        ("listen = \"0.0.0.0:-1\"", "the port is not a number"),
        ("listen = \"localhost:1\"", "not an IP address and a port"),
        ("http = \"0.0.0.0:80\"", "not a loopback address"),
        ("advertise = [\"a.cn:0\"]", "port 0 is out of range; use a port from 1 to 65535"),
        ("advertise = [\"0.0.0.0:7\"]", "nobody can dial this address"),
        ("advertise = [\"1.2.3.256:7\"]", "not a host name or IP address"),
        ("advertise = [\"http://a.cn:7\"]", "not a host name or IP address"),
        ("advertise = [\"a.cn:1\", 7]", "expected a text, found integer"),
        ("advertise = \"a.cn:1\"", "expected a list of texts, found string"),
    ] {
        let fault = fault(line);
        assert!(fault.contains(told), "{line}: {fault}");
    }
    let text = "region.code=\"610922\"\nregion.name=\"石泉县\"\n\
                advertise=[\"a.cn:1\",\"192.0.2.1:2\",\"[2001:db8::1]:3\"]";
    assert_eq!(Config::parse(text).unwrap().advertise.len(), 3);
}

#[test]
fn types_ranges_and_paths_are_checked() {
    for (line, told) in [
        ("rehearsal = \"true\"", "expected true or false, found string"),
        ("store.readers = 0", "0 is out of range; write a whole number from 1 to 64"),
        ("store.readers = -1", "-1 is out of range"),
        ("store.readers = 4.0", "expected a whole number, found float"),
        ("quota.database_bytes = 99999999999999999999", "out of range"),
        ("log.filter = \"dukou=loud\"", "write a level such as"),
        ("log.format = \"xml\"", "write \"compact\" or \"json\""),
        ("keys.passphrase_file = \"secret\"", "a relative path depends on where"),
        ("keys.passphrase_file = \"~/secret\"", "`~` means nothing to a service"),
        ("log = \"info\"", "write log.filter, log.format"),
        ("[[store]]\nreaders = 1", "this is a group of keys, not a key"),
    ] {
        let fault = fault(line);
        assert!(fault.contains(told), "{line}: {fault}");
    }
    let name = Config::parse("region.code = \"61092\"\nregion.name = \" 石泉\"").unwrap_err();
    assert_eq!((name.len(), name[0].line, name[1].line), (2, 1, 2));
    assert_eq!(Config::new(region(), " ").unwrap_err().code, Code::FieldInvalid);
}

#[test]
fn a_syntax_error_hides_no_other_fault_and_invents_none() {
    assert_eq!(faults("listen = \nhttp = \"127.0.0.1:1\"").len(), 1);
    let found = faults("listen = 0.0.0.0:1\nstore.readers = 0");
    assert!(found.iter().any(|fault| fault.contains("store.readers")), "{found:?}");
    assert!(found.iter().all(|fault| fault.starts_with("3:") || fault.starts_with("4:")));
    let twice = faults("[log]\nfilter = \"info\"\n[log]\nfilter = \"info\"");
    assert!(twice.iter().any(|fault| fault.starts_with("5:2: log: given twice")), "{twice:?}");
}

#[test]
fn no_text_makes_the_reader_fail_otherwise() {
    let sound = example().to_toml();
    for at in 0..sound.len() {
        let Some((before, rest)) = sound.split_at_checked(at) else { continue };
        let after = rest.char_indices().nth(1).map_or("", |(next, _)| &rest[next..]);
        for put in ["", "\"", "[", "=", "\n", "渡", "\0", "{"] {
            let text = format!("{before}{put}{after}");
            let lines = text.lines().count() + 1;
            let faults = Config::parse(&text).err().unwrap_or_default();
            assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line)), "{text}");
        }
        let _ = Config::parse(before);
    }
}

#[test]
fn keeping_the_addresses_keeps_the_comments() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let (listen, http) = ("0.0.0.0:4433".parse().unwrap(), "127.0.0.1:8080".parse().unwrap());
    let text = "# 我的注释\nlisten = '0.0.0.0:0' # 端口\nregion.code = \"610922\"\n\n\
                [region.x]\n[log]\nfilter='info'\n";
    fs::write(&path, text).unwrap();
    assert_eq!(Config::keep_addresses(&path, listen, http).unwrap_err().code, Code::ConfigInvalid);
    assert_eq!(fs::read_to_string(&path).unwrap(), text, "a faulty file is left alone");

    let text = text.replace("\n[region.x]", "region.name = '石泉县'");
    fs::write(&path, &text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("link.toml");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    Config::keep_addresses(&link, listen, http).unwrap();
    let kept = text.replace("'0.0.0.0:0'", "\"0.0.0.0:4433\"");
    let kept = format!("http = \"127.0.0.1:8080\"\n{kept}");
    assert_eq!(fs::read_to_string(&path).unwrap(), kept);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let config = Config::load(&path).unwrap();
    assert_eq!((config.listen, config.http), (listen, http));
    Config::keep_addresses(&path, listen, http).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), kept);
}

#[test]
fn a_file_in_gb18030_is_told_by_its_first_impossible_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, b"region.code = \"610922\"\nregion.name = \"\xca\xaf\xc8\xaa\xcf\xd8\"\n")
        .unwrap();
    let refusal = Config::load(&path).unwrap_err();
    assert!(refusal.subject.contains("config.toml:2:18: not UTF-8 text"), "{refusal}");
}

#[test]
fn peers_dial_what_is_advertised_or_listened_on() {
    let dial = |listen: &str| {
        Config { listen: listen.parse().unwrap(), advertise: vec![], ..example() }.dial_addresses()
    };
    assert_eq!(dial("192.0.2.1:7"), ["192.0.2.1:7"]);
    assert_eq!(dial("0.0.0.0:7"), ["127.0.0.1:7"]);
    assert_eq!(dial("[::]:7"), ["[::1]:7"]);
    assert_eq!(example().dial_addresses(), example().advertise);
    let names: BTreeSet<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
    assert_eq!(names.len(), ENTRIES.len());
}
