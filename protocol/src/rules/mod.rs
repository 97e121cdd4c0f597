//! The periods and limits that an office may set for itself, as data: each with its range, its
//! default and the text that it comes from.
//!
//! What both sides of a letter must agree on is no rule of this kind: the hard limits of a letter
//! stand in `limits` and `SPEC.md`, and no setting widens them. Periods in months are calendar
//! months in Asia/Shanghai. Nothing here says what an office does when a period is over; that is
//! `findings`.

use std::ops::RangeInclusive;

use crate::id::RegionCode;
use crate::limits::VALIDITY_DAYS_MAX;
use crate::refusal::Lang;
use crate::time::Day;

/// What a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Calendar months.
    Months,
    /// Days.
    Days,
    /// People.
    People,
}

impl Unit {
    /// The name in `--json`.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Months => "months",
            Unit::Days => "days",
            Unit::People => "people",
        }
    }
}

macro_rules! rules {
    ($($rule:ident $key:literal = $default:literal $unit:ident in $range:expr, {
        source: $source:literal, en: $en:literal, zh: $zh:literal $(,)?
    })*) => {
        /// A rule that an office may set.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $en] $rule,)*
        }

        impl Rule {
            /// Every rule, in the order in which they are listed.
            pub const ALL: &'static [Rule] = &[$(Rule::$rule),*];
            const COUNT: usize = Rule::ALL.len();

            /// The key in `rules.toml` and in commands.
            pub fn key(self) -> &'static str {
                match self { $(Rule::$rule => $key,)* }
            }

            /// What holds unless the office sets something else.
            pub fn default_value(self) -> u16 {
                match self { $(Rule::$rule => $default,)* }
            }

            /// What it counts.
            pub fn unit(self) -> Unit {
                match self { $(Rule::$rule => Unit::$unit,)* }
            }

            /// What may be set.
            pub fn range(self) -> RangeInclusive<u16> {
                match self { $(Rule::$rule => $range,)* }
            }

            /// The text that it comes from.
            pub fn source(self) -> &'static str {
                match self { $(Rule::$rule => $source,)* }
            }

            /// What it says.
            pub fn about(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Rule::$rule, Lang::En) => $en, (Rule::$rule, Lang::Zh) => $zh,)*
                }
            }
        }
    };
}

/// The longest validity that a rule may set is that of the protocol.
const VALIDITY_MAX: u16 = VALIDITY_DAYS_MAX as u16;

rules! {
    ValidityCity "validity_city_days" = 10 Days in 1..=VALIDITY_MAX, {
        source: "组通字〔2006〕45号 介绍信;地方惯例:市内 10 天",
        en: "Days for which a letter inside the prefecture is valid.",
        zh: "市内介绍信的有效天数。",
    }
    ValidityProvince "validity_province_days" = 30 Days in 1..=VALIDITY_MAX, {
        source: "组通字〔2006〕45号 介绍信;地方惯例:省内 30 天",
        en: "Days for which a letter inside the province is valid.",
        zh: "省内介绍信的有效天数。",
    }
    ValidityNation "validity_nation_days" = 90 Days in 1..=VALIDITY_MAX, {
        source: "介绍信有效期一般不超过三个月",
        en: "Days for which a letter to another province is valid.",
        zh: "跨省介绍信的有效天数。",
    }
    Receipt "receipt_months" = 1 Months in 1..=3, {
        source: "组通字〔2006〕45号:接收后一个月内寄回回执",
        en: "Months after acceptance within which the receipt is due.",
        zh: "接收之后,回执应在几个月内发回。",
    }
    Intake "intake_months" = 1 Months in 1..=3, {
        source: "S3.2:外来党员居住或工作满一个月的,纳入当地管理",
        en: "Months after arrival within which a member is to be taken in and met.",
        zh: "到达之后,应在几个月内接收编入并见到本人。",
    }
    Short "short_months" = 3 Months in 1..=6, {
        source: "S3.1;中组发〔2004〕10号 一:三个月以内的参加原支部生活",
        en: "Months away up to which a member stays in the life of the home branch.",
        zh: "外出不超过几个月的,仍参加原支部的组织生活。",
    }
    Mobile "mobile_months" = 6 Months in 3..=24, {
        source: "S3.1;2024 意见:连续外出六个月以上且地点固定的,应转组织关系",
        en: "Months at a fixed place from which the affiliation is to be transferred.",
        zh: "地点固定、连续外出满几个月的,应转移组织关系。",
    }
    Contact "contact_months" = 3 Months in 1..=6, {
        source: "S3.3、S3.5:联系人每季度至少联系一次",
        en: "Months within which the contact person speaks to a member who is away.",
        zh: "联系人至少每几个月与外出党员联系一次。",
    }
    Report "report_months" = 6 Months in 1..=12, {
        source: "S3.3:每季度或每半年汇报一次",
        en: "Months within which a member who is away, and the branch there, report home.",
        zh: "外出党员及流入地支部至少每几个月向原支部汇报一次。",
    }
    Review "review_months" = 12 Months in 6..=12, {
        source: "活动证使用办法:每年审验一次;S3.3",
        en: "Months within which a mobility certificate is reviewed.",
        zh: "流动党员活动证至少每几个月审验一次。",
    }
    Feedback "feedback_months" = 12 Months in 6..=12, {
        source: "S1:社区每年至少反馈一次",
        en: "Months within which the place of residence reports to the unit.",
        zh: "居住地社区至少每几个月向单位反馈一次。",
    }
    Formation "formation_members" = 3 People in 3..=50, {
        source: "S3.2;党章:有正式党员三人以上的,应当成立党的基层组织",
        en: "Mobile members at one organisation from which it forms a group of its own.",
        zh: "一处流动党员达到几人的,应单独组建组织。",
    }
    GeneralBranch "general_branch_members" = 50 People in 50..=100, {
        source: "S4;党支部工作条例:党员五十人以上的,设立党总支",
        en: "Members of a branch from which it becomes a general branch.",
        zh: "支部党员超过几人的,应设立党总支。",
    }
    LostContact "lost_contact_months" = 6 Months in 6..=24, {
        source: "条例 第二十四条:只作提示,由支部大会和上级决定;程序不作任何处理",
        en: "Months out of contact after which people are told. A flag; nothing follows by itself.",
        zh: "失去联系满几个月即提示。只是提示,程序不作任何处理。",
    }
}

impl Rule {
    /// The rule with that key.
    pub fn from_key(key: &str) -> Option<Rule> {
        Rule::ALL.iter().copied().find(|rule| rule.key() == key)
    }
}

/// What holds in one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    values: [u16; Rule::COUNT],
}

impl Default for Rules {
    fn default() -> Rules {
        let mut values = [0; Rule::COUNT];
        Rule::ALL.iter().for_each(|rule| values[*rule as usize] = rule.default_value());
        Rules { values }
    }
}

impl Rules {
    /// What the rule says here.
    pub fn value(&self, rule: Rule) -> u16 {
        self.values[rule as usize]
    }

    /// Sets a rule; false, and nothing is set, outside its range.
    pub fn set(&mut self, rule: Rule, value: u16) -> bool {
        let allowed = rule.range().contains(&value);
        if allowed {
            self.values[rule as usize] = value;
        }
        allowed
    }

    /// The day on which the rule's period that runs from `since` is over: the same day so many
    /// months later, or the last day of a month that is too short.
    pub fn due(&self, rule: Rule, since: Day) -> Day {
        let value = i32::from(self.value(rule));
        match rule.unit() {
            Unit::Months => since.plus_months(value),
            Unit::Days | Unit::People => since.plus_days(value),
        }
    }

    /// Days for which a letter between two regions is valid, by their distance.
    pub fn validity_days(&self, from: RegionCode, to: RegionCode) -> u16 {
        let same = |digits: u32| from.number() / digits == to.number() / digits;
        self.value(match (same(100), same(10_000)) {
            (true, _) => Rule::ValidityCity,
            (false, true) => Rule::ValidityProvince,
            (false, false) => Rule::ValidityNation,
        })
    }
}

#[cfg(test)]
mod tests;
