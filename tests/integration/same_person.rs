//! One person on two rosters: found at the acceptance, and settled by a human.

use dukou::demo::people::{Crowd, Person};
use dukou::demo::regions::SHIQUAN;
use tests::federation::{Federation, PAIR};
use tests::sheet::Sheet;

/// Enters one of the origin's people at the destination as well, and gives both refs.
fn twice(pair: &Federation, person: &Person, row: &str) -> (String, String) {
    let mut sheet = Sheet::with_headers(&["姓名", "公民身份号码", "党员类别", "所在党支部"]);
    let (name, id) = (person.name.reveal(), person.id_number.reveal());
    sheet.push(&[name, id, "正式", &pair[1].branch()]);
    let file = sheet.csv(&pair.scratch, &format!("{row}.csv"));
    pair[1].import(&file, true).expect_ok();
    let find = |region: usize| {
        let found = pair[region].list(&["member", "search", name]);
        let id_number = person.id_number.masked();
        let found: Vec<_> = found.iter().filter(|m| m["id_number"] == id_number).collect();
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0]["ref"].as_str().unwrap().to_owned()
    };
    (find(0), find(1))
}

fn newcomers(pair: &Federation) -> Vec<Person> {
    // People of another seed: on no roster yet.
    let people: Vec<Person> = Crowd::new(77, 10).of(&SHIQUAN).take(2).collect();
    pair[0].enter_people(people.clone().into_iter());
    people
}

///
#[test]
fn a_person_who_is_already_here_is_declared_the_same_or_refused() {
    let pair = Federation::start(PAIR);
    let people = newcomers(&pair);
    let branch = pair[1].branch();
    let living = |name: &str| {
        let here = pair[1].list(&["member", "list", "--custody", "here"]);
        here.into_iter().filter(|member| member["name"] == name).collect::<Vec<_>>()
    };

    let (travelling, resident) = twice(&pair, &people[0], "same");
    assert_ne!(travelling, resident, "each region gave its own ref");
    let letter = pair[0].issue(&travelling, &pair[1]);
    let accept = ["letter", "accept", &letter, "--org", &branch, "--met"];
    pair[1].refused(&accept, "member.already_here", 5);
    assert_eq!(pair[1].letter_state(&letter).as_deref(), Some("issued"));
    pair[1].ok(&[&accept[..], &["--same-as", &resident]].concat());
    pair.until_state(&letter, "closed", 0, 1);
    let one = living(people[0].name.reveal());
    assert_eq!(one.len(), 1, "{one:#?}");
    let by_old_ref = pair[1].member(&resident);
    let by_new_ref = pair[1].member(&travelling);
    assert_eq!(by_old_ref["ref"], by_new_ref["ref"], "the older ref is an alias now");

    let (travelling, _) = twice(&pair, &people[1], "other");
    let letter = pair[0].issue(&travelling, &pair[1]);
    pair[1].ok(&["letter", "refuse", &letter, "--ground", "already_member"]);
    pair.until_state(&letter, "refused", 0, 1);
    assert_eq!(pair[0].member(&travelling)["custody"], "here");
    assert_eq!(living(people[1].name.reveal()).len(), 1);
}

#[test]
fn an_unknown_member_cannot_be_declared_the_same() {
    let pair = Federation::shared();
    let letter = pair[0].issue(&pair[0].fresh_member(), &pair[1]);
    let (branch, nobody) = (pair[1].branch(), "f".repeat(32));
    let accept = ["letter", "accept", &letter, "--org", &branch, "--met", "--same-as", &nobody];
    pair[1].refused(&accept, "member.unknown", 4);
    assert_eq!(pair[1].letter_state(&letter).as_deref(), Some("issued"));
}

#[test]
fn a_returning_member_is_not_their_own_double() {
    let pair = Federation::start(PAIR);
    let member = pair[0].fresh_member();
    pair.hand_over(&member, 0, 1);
    // The row at home is `transferred`: it must not stand in the way.
    pair.hand_over(&member, 1, 0);
    pair.assert_whole();
}
