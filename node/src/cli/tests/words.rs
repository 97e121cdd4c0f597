//! The words of the contract and the commands that they ask, by value.
#![allow(clippy::unwrap_used)]

use clap::Parser;
use protocol::refusal::Lang;

use super::super::arguments::Arguments;
use crate::control::command::residence::{AttachCase, AttachCommand, ResidenceCommand};
use crate::control::command::stay::{NoticeFields, StayCommand};
use crate::control::command::{
    BatchCommand, Command, FindingCommand, LetterCommand, MemberCommand, MemberFields, OrgCommand,
    Paging, PeerCommand, PersonalText, RuleCommand,
};

/// What the words ask; with "reveal" and whether it is confirmed first.
fn asked(words: &str) -> (Command, bool, bool) {
    let words = std::iter::once("dukou").chain(words.split(' '));
    let question = Arguments::try_parse_from(words).unwrap().noun.question();
    let question = question.unwrap_or_else(|problem| panic!("{}", problem.told(Lang::En).detail));
    let (command, reveal, confirmed) = question.parts();
    let crossed = serde_json::from_slice(&serde_json::to_vec(command).unwrap());
    assert_eq!(crossed.ok().as_ref(), Some(command), "it crosses the socket unchanged");
    (command.clone(), reveal, confirmed)
}

fn command(words: &str) -> Command {
    asked(words).0
}

fn whole() -> Paging {
    Paging { limit: 1000, after: None }
}

fn text(text: &str) -> Option<PersonalText> {
    Some(PersonalText::new(text.into()))
}

fn here(file: &str) -> std::path::PathBuf {
    std::env::current_dir().unwrap().join(file)
}

#[test]
fn the_words_of_the_contract_ask_about_peers() {
    let peer = |words: &str| match command(&format!("peer {words}")) {
        Command::Peer(command) => command,
        other => panic!("{other:?}"),
    };
    let (region, fingerprint) = (String::from("610902"), String::from("1"));
    assert_eq!(
        peer("invite --out a/b --expires 7"),
        PeerCommand::Invite { out: here("a/b"), expires_days: Some(7) }
    );
    assert_eq!(
        peer("accept f --fingerprint 1 --out r"),
        PeerCommand::Accept {
            file: here("f"),
            fingerprint: fingerprint.clone(),
            out: Some(here("r"))
        }
    );
    assert_eq!(
        peer("approve 610902 --fingerprint 1"),
        PeerCommand::Approve { region: region.clone(), fingerprint: fingerprint.clone() }
    );
    assert_eq!(
        peer("approve --from r --fingerprint 1"),
        PeerCommand::ApproveReply { file: here("r"), fingerprint }
    );
    assert_eq!(peer("list"), PeerCommand::List(whole()));
    assert_eq!(peer("show 610902"), PeerCommand::Show { region: region.clone() });
    assert_eq!(peer("test 610902"), PeerCommand::Test { region: region.clone() });
    assert_eq!(peer("pause 610902"), PeerCommand::Pause { region: region.clone() });
    assert_eq!(peer("resume 610902"), PeerCommand::Resume { region: region.clone() });
    assert_eq!(peer("revoke 610902"), PeerCommand::Revoke { region });
    assert!(asked("peer revoke 610902").2);
}

#[test]
fn the_words_of_the_contract_ask_about_organisations() {
    let org = |words: &str| match command(&format!("org {words}")) {
        Command::Org(command) => command,
        other => panic!("{other:?}"),
    };
    let code = || String::from("610922-0007");
    assert_eq!(
        org("add --code 610922-0007 --name 西街 --kind branch --parent 610922-0001 --may-transfer"),
        OrgCommand::Add {
            code: code(),
            name: "西街".into(),
            kind: "branch".into(),
            parent: Some("610922-0001".into()),
            may_transfer: true
        }
    );
    assert_eq!(org("import f.csv"), OrgCommand::Import { file: here("f.csv") });
    assert_eq!(org("list"), OrgCommand::List { region: None, paging: whole() });
    assert_eq!(
        org("list --region 610902 --limit 5 --after x"),
        OrgCommand::List {
            region: Some("610902".into()),
            paging: Paging { limit: 5, after: Some("x".into()) }
        }
    );
    assert_eq!(
        org("rename 610922-0007 --name 东街"),
        OrgCommand::Rename { code: code(), name: "东街".into() }
    );
    assert_eq!(
        org("merge 610922-0007 --into 610922-0008"),
        OrgCommand::Merge { code: code(), into: "610922-0008".into() }
    );
    assert_eq!(org("close 610922-0007"), OrgCommand::Close { code: code() });
}

#[test]
fn the_words_of_the_contract_ask_about_rules_and_findings() {
    let rule = |words: &str| asked(&format!("rule {words}")).0;
    assert_eq!(rule("list"), Command::Rule(RuleCommand::List));
    let explain = RuleCommand::Explain { kind: "Pocket".into() };
    assert_eq!(rule("explain Pocket"), Command::Rule(explain));
    let set = RuleCommand::Set { key: "contact_months".into(), value: 2 };
    assert_eq!(rule("set contact_months 2"), Command::Rule(set));
    let list = FindingCommand::List {
        kind: Some("Unmet".into()),
        org: Some("610922-0001".into()),
        paging: Paging { limit: 5, after: Some("17.0.3.0.0".into()) },
    };
    let words = "finding list --kind Unmet --org 610922-0001 --limit 5 --after 17.0.3.0.0";
    assert_eq!(asked(words).0, Command::Finding(list));
    let tasks = FindingCommand::Tasks { overdue: true, org: None, paging: whole() };
    assert_eq!(asked("task list --overdue").0, Command::Finding(tasks));
}

#[test]
fn the_words_of_the_contract_ask_about_members() {
    let member = |words: &str| match command(&format!("member {words}")) {
        Command::Member(command) => command,
        other => panic!("{other:?}"),
    };
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("id");
    std::fs::write(&file, "\u{feff}11010519491231002X\r\n").unwrap();
    let add = "add --name 赵以刚 --standing 正式党员 --org 西街支部 --id-number-file";
    let fields = MemberFields {
        name: text("赵以刚"),
        id_number: text("11010519491231002X"),
        standing: Some("正式党员".into()),
        org: Some("西街支部".into()),
        ..MemberFields::default()
    };
    assert_eq!(member(&format!("{add} {}", file.display())), MemberCommand::Add(fields));
    assert_eq!(
        member("import r.xlsx --commit --annotated o.xlsx"),
        MemberCommand::Import {
            file: here("r.xlsx"),
            commit: true,
            annotated: Some(here("o.xlsx"))
        }
    );
    let dues = Some("2026-10".to_owned());
    let fields = MemberFields { dues_paid_through: dues, ..MemberFields::default() };
    assert_eq!(
        member("set 7f --dues-through 2026-10"),
        MemberCommand::Set { member: "7f".into(), fields }
    );
    assert_eq!(
        member("move 7f --org 610922-0008"),
        MemberCommand::Move { member: "7f".into(), org: "610922-0008".into() }
    );
    let end = MemberCommand::End {
        member: "7f".into(),
        reason: "deceased".into(),
        on: "2026-11-20".into(),
    };
    assert_eq!(member("end 7f --reason deceased --on 2026-11-20"), end);
    let list = MemberCommand::List { org: None, custody: Some("away".into()), paging: whole() };
    assert_eq!(asked("member list --custody away --reveal"), (Command::Member(list), true, false));
    assert_eq!(member("show 7f"), MemberCommand::Show { member: "7f".into() });
    let query = PersonalText::new("zyg".into());
    assert_eq!(member("search zyg"), MemberCommand::Search { query, paging: whole() });
    let history = MemberCommand::History { member: "7f".into(), paging: whole() };
    assert_eq!(member("history 7f"), history);
}

#[test]
fn the_words_of_the_contract_ask_about_letters_and_the_node() {
    let letter = |words: &str| match command(&format!("letter {words}")) {
        Command::Letter(command) => command,
        other => panic!("{other:?}"),
    };
    let id = || String::from("1c0ffee0");
    let issue = |days, wait_ms| LetterCommand::Issue {
        member: "7f".into(),
        to: "610902-0004".into(),
        reason: text("工作调动"),
        dues_paid_through: None,
        days,
        wait_ms,
    };
    let words = "issue --member 7f --to 610902-0004 --reason 工作调动";
    assert_eq!(letter(words), issue(None, None));
    assert_eq!(letter(&format!("{words} --days -1 --wait")), issue(Some(-1), Some(30_000)));
    assert_eq!(letter(&format!("{words} --wait --timeout 5")), issue(None, Some(5_000)));
    let (direction, state) = (Some("in".into()), Some("issued".into()));
    assert_eq!(
        letter("list --direction in --state issued"),
        LetterCommand::List { direction, state, paging: whole() }
    );
    assert_eq!(letter("show 1c0ffee0"), LetterCommand::Show { letter: id() });
    assert_eq!(
        letter("accept 1c0ffee0 --org 610902-0012 --met --same-as 7f"),
        LetterCommand::Accept {
            letter: id(),
            org: "610902-0012".into(),
            met: true,
            same_as: Some("7f".into())
        }
    );
    let redirect = Some("610921-0003".into());
    assert_eq!(
        letter("refuse 1c0ffee0 --ground anything --redirect 610921-0003 --note 说明"),
        LetterCommand::Refuse {
            letter: id(),
            ground: "anything".into(),
            redirect,
            note: text("说明")
        }
    );
    let void = LetterCommand::Void { letter: id(), reason: "lost".into(), to: None };
    assert_eq!(letter("void 1c0ffee0 --reason lost"), void);
    let drawn = LetterCommand::Qr { letter: id(), png: Some(here("a.png")), svg: None };
    assert_eq!(letter("qr 1c0ffee0 --png a.png"), drawn);
    let code = || PersonalText::new("DK1:0".into());
    assert_eq!(letter("scan DK1:0"), LetterCommand::Scan { code: code() });
    assert_eq!(letter("verify DK1:0"), LetterCommand::Verify { code: code() });
    assert_eq!(letter("reissue 1c0ffee0"), LetterCommand::Reissue { letter: id() });
    assert_eq!(command("status"), Command::Status);
    let time = "2027-03-01T00:00:00Z";
    assert_eq!(
        command(&format!("rehearsal now {time}")),
        Command::RehearsalNow { time: time.into() }
    );
}

#[test]
fn the_words_of_the_contract_ask_about_letters_on_paper() {
    let letter = |words: &str| match command(&format!("letter {words}")) {
        Command::Letter(command) => command,
        other => panic!("{other:?}"),
    };
    let id = || String::from("1c0ffee0");
    assert_eq!(
        letter("issue --paper --to-name 某县 --member 7f --reason 工作调动 --days 30"),
        LetterCommand::IssueOnPaper {
            member: "7f".into(),
            to_name: "某县".into(),
            reason: text("工作调动"),
            dues_paid_through: None,
            days: Some(30)
        }
    );
    let on = || String::from("2026-11-20");
    assert_eq!(
        letter("record-receipt 1c0ffee0 --on 2026-11-20 --scan a.jpg"),
        LetterCommand::RecordReceipt { letter: id(), on: on(), scan: Some(here("a.jpg")) }
    );
    let ground = "not_arrived".to_owned();
    assert_eq!(
        letter("record-return 1c0ffee0 --on 2026-11-20 --ground not_arrived"),
        LetterCommand::RecordReturn { letter: id(), on: on(), ground, scan: None }
    );
    for words in [
        "letter issue --member 7f",
        "letter issue --member 7f --paper",
        "letter issue --member 7f --to-name 某县",
        "letter issue --member 7f --paper --to-name 某县 --to 610902-0004",
        "letter issue --member 7f --paper --to-name 某县 --wait",
    ] {
        let words = std::iter::once("dukou").chain(words.split(' '));
        assert!(Arguments::try_parse_from(words.clone()).is_err(), "{:?}", words.last());
    }
}

#[test]
fn a_command_tells_no_log_who_it_is_about() {
    for words in [
        "member search 赵以刚",
        "member set 7f --name 赵以刚 --ethnicity 赵以刚 --sex 赵以刚",
        "letter issue --member 7f --to 610902-0004 --reason 赵以刚",
        "letter refuse 1c0ffee0 --ground expired --note 赵以刚",
        "letter issue --paper --to-name 某县 --member 7f --reason 赵以刚",
        "letter scan DK1:赵以刚",
    ] {
        assert!(!format!("{:?}", command(words)).contains("赵以刚"), "{words}");
    }
}

#[test]
fn the_words_of_the_contract_ask_about_batches() {
    let batch = |words: &str| match command(&format!("batch {words}")) {
        Command::Batch(command) => command,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        batch("check a/b --annotated out.xlsx --columns id_number=C,to_org=去处"),
        BatchCommand::Check {
            file: here("a/b"),
            annotated: Some(here("out.xlsx")),
            columns: vec!["id_number=C".into(), "to_org=去处".into()]
        }
    );
    assert_eq!(batch("template --out b"), BatchCommand::Template { out: here("b") });
    assert_eq!(
        batch("issue a --confirm 340 --only-valid"),
        BatchCommand::Issue { file: here("a"), confirm: 340, only_valid: true, columns: vec![] }
    );
    assert_eq!(
        batch("list --direction in"),
        BatchCommand::List { direction: Some("in".into()), paging: whole() }
    );
    assert_eq!(batch("show 1"), BatchCommand::Show { batch: "1".into(), paging: whole() });
    assert_eq!(
        batch("accept 1 --org 610902-0012 --met a,b"),
        BatchCommand::Accept {
            batch: "1".into(),
            org: "610902-0012".into(),
            met: vec!["a".into(), "b".into()]
        }
    );
    let retry = |refused, voided| BatchCommand::Retry { batch: "1".into(), refused, voided };
    assert_eq!(batch("retry 1"), retry(false, false));
    assert_eq!(batch("retry 1 --refused --voided"), retry(true, true));
}

#[test]
fn the_words_of_the_contract_ask_about_residences_and_opinions() {
    let residence = |words: &str| match command(words) {
        Command::Residence(command) => command,
        other => panic!("{other:?}"),
    };
    let id = || String::from("1c0ffee0");
    assert_eq!(
        residence("residence introduce --member m --to 610902-0031 --address a --contact c"),
        ResidenceCommand::Introduce {
            member: "m".into(),
            to: "610902-0031".into(),
            address: text("a"),
            on: None,
            contact: PersonalText::new("c".into()),
            contact_phone: None,
        }
    );
    assert_eq!(
        residence("residence feedback 1c0ffee0 --year 2027 --attended 5 --of 6 --duties d"),
        ResidenceCommand::Feedback {
            residence: id(),
            year: 2027,
            attended: 5,
            held: 6,
            duties: text("d"),
            note: None,
        }
    );
    assert_eq!(
        residence("opinion ask 1c0ffee0 --matter award --text t"),
        ResidenceCommand::Ask {
            residence: id(),
            matter: "award".into(),
            text: PersonalText::new("t".into()),
        }
    );
    let open = ResidenceCommand::Opinions { direction: None, open: true, paging: whole() };
    assert_eq!(residence("opinion list --open"), open);
    let note = |case, correction| {
        let text = PersonalText::new("t".into());
        let (id, statement) = (id(), "5eed5eed".into());
        Command::Attach(AttachCommand { case, id, correction, statement, text })
    };
    let of = " 1c0ffee0 --statement 5eed5eed --text t";
    let filed = command(&format!("correction file --letter{of}"));
    assert_eq!(filed, note(AttachCase::Letter, true));
    let added = command(&format!("reply add --residence{of}"));
    assert_eq!(added, note(AttachCase::Residence, false));
    let both = format!("dukou reply add --stay 1c0ffee0 --letter{of}");
    assert!(Arguments::try_parse_from(both.split(' ')).is_err(), "of one case");
}

#[test]
fn the_words_of_the_contract_ask_about_stays() {
    let stay = |words: &str| match command(&format!("stay {words}")) {
        Command::Stay(command) => command,
        other => panic!("{other:?}"),
    };
    let id = || String::from("1c0ffee0");
    assert_eq!(
        stay("open --member m --to 610902-0001 --reason r --place p --from 2027-03-01 --contact c"),
        StayCommand::Open {
            member: Some("m".into()),
            departure: None,
            to: "610902-0001".into(),
            notice: NoticeFields {
                reason: text("r"),
                place: text("p"),
                from: Some("2027-03-01".into()),
                contact: text("c"),
                ..NoticeFields::default()
            },
        }
    );
    assert_eq!(
        stay("open --departure 0dd5eed5 --to 610902-0001"),
        StayCommand::Open {
            member: None,
            departure: Some("0dd5eed5".into()),
            to: "610902-0001".into(),
            notice: NoticeFields::default(),
        }
    );
    assert_eq!(
        stay(
            "report 1c0ffee0 --period 2027-Q1 --attended 3 --of 4 --dues-through 2027-03 --note n"
        ),
        StayCommand::Report {
            stay: id(),
            period: "2027-Q1".into(),
            attended: 3,
            held: 4,
            dues_paid_through: Some("2027-03".into()),
            duties: None,
            note: text("n"),
        }
    );
}

#[test]
fn the_words_of_the_contract_go_on_about_stays() {
    let stay = |words: &str| match command(&format!("stay {words}")) {
        Command::Stay(command) => command,
        other => panic!("{other:?}"),
    };
    let id = || String::from("1c0ffee0");
    assert_eq!(
        stay("place 1c0ffee0 --org 610902-0012 --contact c"),
        StayCommand::Place {
            stay: id(),
            org: "610902-0012".into(),
            contact: PersonalText::new("c".into()),
            contact_phone: None,
            intake: None,
            mode: None,
        }
    );
    assert_eq!(
        stay("settle 1c0ffee0 --on 2027-05-01"),
        StayCommand::Settle { stay: id(), on: Some("2027-05-01".into()) }
    );
    assert_eq!(stay("settle 1c0ffee0 --withdraw"), StayCommand::Settle { stay: id(), on: None });
    assert_eq!(stay("contact 1c0ffee0"), StayCommand::Contact { stay: id(), on: None });
    assert_eq!(stay("review 1c0ffee0"), StayCommand::Review { stay: id(), on: None });
    assert_eq!(
        stay("bulletin 1c0ffee0 --text t"),
        StayCommand::Bulletin { stay: id(), text: PersonalText::new("t".into()) }
    );
    assert_eq!(
        stay("end 1c0ffee0 --how lost_contact"),
        StayCommand::End { stay: id(), how: "lost_contact".into(), on: None, note: None }
    );
    assert_eq!(
        stay("list --direction in --state placed"),
        StayCommand::List {
            direction: Some("in".into()),
            state: Some("placed".into()),
            paging: whole(),
        }
    );
    assert!(asked("stay show 1c0ffee0 --reveal").1);
}
