//! No log of any process shows a name, an ID number or a phone, however much is logged and however
//! the work goes wrong. [`tests::scratch`] searches the logs of every other test as well.

use dukou::demo::people::{Crowd, Person};
use dukou::demo::regions::SHIQUAN;
use tests::command::Environment;
use tests::federation::{Federation, PAIR};
use tests::sheet::{Sheet, text};

#[test]
fn a_whole_working_day_logs_no_personal_data() {
    let mut pair = Federation::start(PAIR);
    // At the default level the logs are searched by every other test; here as much as there is.
    let chatty = Environment::default().with("DUKOU_LOG", "debug,dukou=trace,protocol=trace");
    for side in 0..2 {
        pair[side].stop();
        pair[side].try_start(&chatty).unwrap();
    }
    let people: Vec<Person> = Crowd::new(99, 30).of(&SHIQUAN).collect();
    pair[0].enter_people(people.clone().into_iter());
    faulty_files(&pair, &people);

    let [moved, refused, voided, ended] = [(); 4].map(|()| pair[0].fresh_member());
    pair.hand_over(&moved, 0, 1);
    pair.hand_over(&moved, 1, 0);
    let name = people[0].name.reveal();
    let letter = pair[0].issue(&refused, &pair[1]);
    let refuse = ["letter", "refuse", &letter, "--ground", "details_differ", "--note", name];
    pair[1].ok(&refuse);
    pair.until_state(&letter, "refused", 0, 1);
    let letter = pair[0].issue(&voided, &pair[1]);
    pair[0].ok(&["letter", "void", &letter, "--reason", "withdrawn"]);
    pair.until_state(&letter, "voided", 0, 1);
    pair[0].ok(&["member", "end", &ended, "--reason", "left", "--on", "2026-01-31"]);
    // Personal data where an id is expected: refused, and not repeated in a log.
    for word in [name, people[0].id_number.reveal(), people[0].phone.reveal()] {
        pair[0].run(&["member", "show", word]);
        pair[0].run(&["letter", "show", word]);
        pair[0].run(&["member", "search", word]);
        pair[0].run(&["letter", "issue", "--member", word, "--to", word]);
    }
    pair[1].kill();
    pair[1].try_start(&chatty).unwrap();
    pair.hand_over(&voided, 0, 1);

    for region in &pair.regions {
        assert!(!region.log_tail().is_empty(), "{} logs nothing at all", region.name());
    }
    pair.scratch.assert_logs_are_clean();
}

/// Files with personal data in every cell where a message might repeat it.
fn faulty_files(pair: &Federation, people: &[Person]) {
    let (name, id) = (people[0].name.reveal(), people[0].id_number.reveal());
    let sound = Sheet::of(people.iter().cloned());
    let mut cut = id.to_owned();
    cut.pop();
    let faulty = sound
        .with(2, "公民身份号码", text(&cut))
        .with(3, "所在党支部", text(name))
        .with(4, "入党日期", text(people[0].phone.reveal()))
        .with(5, "党员类别", text(id));
    for commit in [false, true] {
        let reply = pair[0].import(&faulty.xlsx(&pair.scratch, "faulty.xlsx"), commit);
        assert_eq!(reply.expect_faults().len(), 4);
    }
    let mut headless = Sheet::with_headers(&[name, id]);
    headless.push(&[name, id]);
    pair[0]
        .import(&headless.csv(&pair.scratch, "headless.csv"), true)
        .expect_refused("import.header", 6);
}
