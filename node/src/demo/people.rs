//! Invented people: any number of them, each a function of the seed and of their place in line.
//!
//! None of them can be a real person's data. Their ID numbers have a valid GB 11643 check
//! character but begin with 999999: no province of GB/T 2260 has the number 99, and residence
//! cards of foreigners, which begin with 9, continue with the number of a province. Their phone
//! numbers begin with 154, the one prefix from 150 to 159 that was never given to a network. Names
//! are drawn character by character.

use protocol::id::RegionCode;
use protocol::member::{IdNumber, Sex, Standing, check_character};
use protocol::private::Private;
use protocol::time::{Day, Month};

use super::regions::{DemoOrg, DemoRegion, REGIONS, shares};

/// How many people a demonstration has if nobody says otherwise.
pub const MEMBERS: usize = 579;

/// The most people that [`Crowd`] can tell apart by ID number.
pub const MEMBERS_MAX: usize = BIRTH_DAYS * NUMBERS_A_DAY;

/// The first six digits of every invented ID number.
pub const AREA: &str = "999999";

/// The first three digits of every invented phone number.
pub const PHONE_PREFIX: &str = "154";

/// 1935-01-01, the first birthday.
const BIRTHS_FROM: i32 = -12_784;
/// Up to 2005-12-31, so that everybody came of age before [`JOINED_UNTIL`].
const BIRTH_DAYS: usize = 25_933;
/// The last three digits before the check character.
const NUMBERS_A_DAY: usize = 1_000;
/// 2025-06-30: a demonstration may be set to any later day.
const JOINED_UNTIL: i32 = 20_269;
const ADULT_MONTHS: i32 = 18 * 12;

/// A person who never lived.
#[derive(Clone, Debug)]
pub struct Person {
    /// 姓名.
    pub name: Private<String>,
    /// 公民身份号码, from [`AREA`].
    pub id_number: IdNumber,
    /// 性别, as the ID number has it.
    pub sex: Sex,
    /// 民族.
    pub ethnicity: &'static str,
    /// 党员类别.
    pub standing: Standing,
    /// 入党日期.
    pub joined_on: Day,
    /// 党费交至, where it was noted.
    pub dues_paid_through: Option<Month>,
    /// 联系电话, from [`PHONE_PREFIX`].
    pub phone: Private<String>,
    /// 所在党支部.
    pub branch: &'static DemoOrg,
}

/// Everybody in the three regions.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    seed: u64,
    shares: [usize; 3],
}

impl Crowd {
    /// `members` people over the three regions; held at [`MEMBERS_MAX`].
    pub fn new(seed: u64, members: usize) -> Crowd {
        Crowd { seed, shares: shares(members.min(MEMBERS_MAX)) }
    }

    /// The people of one region, always the same ones in the same order. Nobody is in two regions.
    pub fn of(&self, region: &'static DemoRegion) -> impl ExactSizeIterator<Item = Person> + use<> {
        let place = REGIONS.iter().position(|other| other.code() == region.code());
        let place = place.expect("a demonstration region is one of the three");
        let before: usize = self.shares[..place].iter().sum();
        let seed = self.seed;
        (0..self.shares[place]).map(move |i| person(seed, before + i, region))
    }

    /// How many people the region has.
    pub fn count(&self, region: RegionCode) -> usize {
        let shares = REGIONS.iter().zip(self.shares);
        shares.filter(|(other, _)| other.code() == region).map(|(_, share)| share).sum()
    }
}

fn person(seed: u64, index: usize, region: &'static DemoRegion) -> Person {
    let mut dice = Dice::new(seed, index);
    let id_number = id_number(seed, index);
    let sex = id_number.sex();
    let standing = if dice.one_in(20) { Standing::Probationary } else { Standing::Full };
    let branches = region.branches().count();
    let branch = region.branches().nth(dice.below(branches));
    let ethnicity = if dice.one_in(12) { dice.pick(&MINORITIES) } else { "汉族" };
    Person {
        name: Private::new(name(&mut dice, sex)),
        sex,
        ethnicity,
        standing,
        joined_on: joined_on(&mut dice, id_number.born_on(), standing),
        dues_paid_through: (!dice.one_in(15)).then(|| dues(&mut dice)),
        phone: Private::new(phone(seed, index)),
        branch: branch.expect("one of the branches just counted"),
        id_number,
    }
}

/// Days and running numbers are dealt like cards, so that no number comes twice however many
/// people there are: multiplying by a number prime to the size of the pack permutes it.
fn id_number(seed: u64, index: usize) -> IdNumber {
    const STEP: u64 = 15_485_863;
    let card = dealt(seed, index, STEP, MEMBERS_MAX as u64);
    let (day, number) = (card as usize / NUMBERS_A_DAY, card as usize % NUMBERS_A_DAY);
    let born_on = Day::from_number(BIRTHS_FROM + day as i32);
    let born_on = born_on.expect("every birthday is a day of the twentieth century or the next");
    let born_on = born_on.to_string().replace('-', "");
    let digits = format!("{AREA}{born_on}{number:03}");
    let check = char::from(check_character(digits.as_bytes()));
    IdNumber::parse(&format!("{digits}{check}")).expect("composed by the standard")
}

fn phone(seed: u64, index: usize) -> String {
    const STEP: u64 = 32_452_843;
    const NUMBERS: u64 = 100_000_000;
    format!("{PHONE_PREFIX}{:08}", dealt(seed, index, STEP, NUMBERS))
}

fn dealt(seed: u64, index: usize, step: u64, pack: u64) -> u64 {
    (index as u64 % pack * step + seed % pack) % pack
}

fn joined_on(dice: &mut Dice, born_on: Day, standing: Standing) -> Day {
    let last = Day::from_number(JOINED_UNTIL).expect("a day of this century");
    let adult = born_on.plus_months(ADULT_MONTHS);
    let earliest = match standing {
        Standing::Full => adult,
        Standing::Probationary => adult.max(last.plus_months(-11)),
    };
    let latest = match standing {
        Standing::Full => last.plus_months(-12).max(adult),
        Standing::Probationary => last,
    };
    let days = usize::try_from(latest.days_since(earliest)).unwrap_or(0);
    earliest.plus_days(dice.below(days + 1) as i32)
}

fn dues(dice: &mut Dice) -> Month {
    let month = 7 + dice.below(6) as u8;
    Month::new(2025, month).expect("July to December")
}

fn name(dice: &mut Dice, sex: Sex) -> String {
    let second = match sex {
        Sex::Female => &GIVEN_FEMALE,
        Sex::Male => &GIVEN_MALE,
    };
    let mut name = if dice.one_in(40) {
        dice.pick(&SURNAMES_DOUBLE).to_owned()
    } else {
        dice.character(SURNAMES).to_string()
    };
    if !dice.one_in(8) {
        name.push(dice.character(GIVEN_MIDDLE));
    }
    // Rare characters lie outside GBK: they prove the four-byte half of GB 18030.
    let rare = dice.one_in(60);
    name.push(dice.character(if rare { GIVEN_RARE } else { second }));
    name
}

/// A small generator of its own for each person (SplitMix64): a roster needs variety, not secrets.
struct Dice(u64);

impl Dice {
    fn new(seed: u64, index: usize) -> Dice {
        let mut dice = Dice(seed);
        let salt = dice.roll();
        Dice(salt ^ (index as u64).wrapping_mul(0xd134_2543_de82_ef95))
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }

    fn character(&mut self, from: &str) -> char {
        let place = self.below(from.chars().count());
        from.chars().nth(place).expect("a place inside the text")
    }
}

const MINORITIES: [&str; 6] = ["回族", "满族", "藏族", "土家族", "苗族", "蒙古族"];
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏\
    卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎";
const SURNAMES_DOUBLE: [&str; 5] = ["欧阳", "上官", "司马", "诸葛", "东方"];
const GIVEN_MIDDLE: &str = "以善建志文思永国春玉晓世家德正秀子俊海明仁培开兆景承嘉云鸿启";
const GIVEN_MALE: &str = "刚武辉涛杰斌浩磊宁松柏山林栋梁恒铭岩岭渠舟帆樵";
const GIVEN_FEMALE: &str = "芳娟敏静丽艳霞燕玲梅兰婷颖洁莉琴蓉雪慧萍虹莹倩瑶";
const GIVEN_RARE: &str = "䶮㛃㸌𫖯𬀩𬸦";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::regions::SHIQUAN;
    use super::*;

    fn everybody(crowd: &Crowd) -> Vec<Person> {
        REGIONS.iter().flat_map(|region| crowd.of(region)).collect()
    }

    #[test]
    fn a_seed_gives_the_same_people_every_time() {
        let texts = |seed| {
            let people = everybody(&Crowd::new(seed, 50));
            people.iter().map(|p| format!("{} {:?}", p.name.reveal(), p)).collect::<Vec<_>>()
        };
        assert_eq!(texts(7), texts(7));
        assert_ne!(texts(7), texts(8));
    }

    #[test]
    fn the_default_crowd_is_whole_and_nobody_is_in_it_twice() {
        let crowd = Crowd::new(1, MEMBERS);
        let people = everybody(&crowd);
        assert_eq!(people.len(), MEMBERS);
        assert_eq!(crowd.count(SHIQUAN.code()), crowd.of(&SHIQUAN).len());
        let ids: BTreeSet<&str> = people.iter().map(|p| p.id_number.reveal()).collect();
        let phones: BTreeSet<&String> = people.iter().map(|p| p.phone.reveal()).collect();
        assert_eq!((ids.len(), phones.len()), (MEMBERS, MEMBERS));
        let probationary = people.iter().filter(|p| p.standing == Standing::Probationary).count();
        assert!((1..MEMBERS / 10).contains(&probationary), "{probationary}");
    }

    #[test]
    fn numbers_stay_apart_to_the_end_of_the_pack() {
        let seeds = [0, 1, u64::MAX];
        for seed in seeds {
            let cards = 20_000;
            let last = MEMBERS_MAX - cards..MEMBERS_MAX;
            let ids: BTreeSet<String> =
                (0..cards).chain(last).map(|i| id_number(seed, i).reveal().to_owned()).collect();
            assert_eq!(ids.len(), 2 * cards);
        }
    }

    #[test]
    fn ages_and_dates_fit_together() {
        for person in everybody(&Crowd::new(3, 5_000)) {
            let adult = person.id_number.born_on().plus_months(ADULT_MONTHS);
            assert!(person.joined_on >= adult, "{person:?}");
            assert!(person.joined_on.number() <= JOINED_UNTIL, "{person:?}");
            assert_eq!(person.sex, person.id_number.sex());
            assert!(person.id_number.reveal().starts_with(AREA));
            assert!(person.phone.reveal().starts_with(PHONE_PREFIX));
            assert_eq!(person.phone.reveal().len(), 11);
        }
    }

    /// The tests search logs for names, so no name may be part of a public one.
    #[test]
    fn no_name_is_part_of_the_name_of_an_organisation() {
        for person in everybody(&Crowd::new(5, 20_000)) {
            let name = person.name.reveal();
            let count = name.chars().count();
            assert!((2..=4).contains(&count));
            for region in &REGIONS {
                assert!(region.orgs.iter().all(|org| !org.name.contains(name)));
            }
        }
    }
}
