//! `dukou residence …` and `dukou opinion …`: members who are employed in one place and live in
//! another (双报到).

use clap::Subcommand;
use clap::builder::PossibleValuesParser;

use super::arguments::{PageFlags, examples};
use super::ask::{Problem, Question};
use super::member::RevealFlag;
use super::stay::ContactFlags;
use crate::control::command::residence::{
    MATTERS, RESIDENCE_ENDS, RESIDENCE_STATES, ResidenceCommand,
};
use crate::control::command::{Command, DIRECTIONS, PersonalText};

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Introduce a member to the community where they live · 开具住社区党员身份介绍函
    #[command(after_help = examples!(
        "residence introduce --member 7f3a90c1 --to 610902-0031 --contact 钱守成"
    ))]
    Introduce {
        /// The member's reference, or a unique prefix · 成员编号
        #[arg(long, value_name = "REF")]
        member: String,
        /// The community's organisation, in another region or in this one · 社区组织代码
        #[arg(long, value_name = "ORGCODE")]
        to: String,
        /// 居住地址; else what the roster says
        #[arg(long)]
        address: Option<String>,
        /// The day; else today · 日期
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
        #[command(flatten)]
        contact: ContactFlags,
    },
    /// Note that a resident reported, with what they told · 登记社区报到
    #[command(after_help = examples!(
        "residence register 1c0ffee0 --org 610902-0031 --contact 孙长河 --wishes 楼栋巡查"
    ))]
    Register {
        /// The residence's id, or a unique prefix of 8 or more · 双报到编号
        id: String,
        /// The branch or group · 社区支部或党小组
        #[arg(long, value_name = "BRANCH")]
        org: String,
        #[command(flatten)]
        contact: ContactFlags,
        /// 职业; stays in the community
        #[arg(long, value_name = "TEXT")]
        occupation: Option<String>,
        /// 服务意愿; stays in the community
        #[arg(long, value_name = "TEXT")]
        wishes: Option<String>,
        /// 空闲时间; stays in the community
        #[arg(long, value_name = "TEXT")]
        free_time: Option<String>,
    },
    /// Tell the unit the facts of a year · 填写表现情况反馈函
    #[command(after_help = examples!(
        "residence feedback 1c0ffee0 --year 2027 --attended 5 --of 6 --duties 楼栋长"
    ))]
    Feedback {
        /// The residence's id, or a unique prefix of 8 or more · 双报到编号
        id: String,
        /// The calendar year · 年度
        #[arg(long, value_name = "YYYY")]
        year: u16,
        /// Activities attended · 参加次数
        #[arg(long, value_name = "N")]
        attended: u16,
        /// Activities held · 应参加次数
        #[arg(long, value_name = "N")]
        of: u16,
        /// 承担工作
        #[arg(long, value_name = "TEXT")]
        duties: Option<String>,
        /// 备注
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Tell the community what was done with its feedback · 回复反馈办理情况
    #[command(after_help = examples!("residence respond 1c0ffee0 --text 已在支部通报"))]
    Respond {
        /// The residence's id, or a unique prefix of 8 or more · 双报到编号
        id: String,
        /// What was done · 内容
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
    /// Note that a residence ended; either side may · 终止
    #[command(after_help = examples!("residence end 1c0ffee0 --how moved"))]
    End {
        /// The residence's id, or a unique prefix of 8 or more · 双报到编号
        id: String,
        /// How · 方式
        #[arg(long, value_name = "CODE", help = ends_help())]
        how: String,
        /// The last day; else today · 日期
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
        /// 备注
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// List residences, newest first · 列出
    #[command(after_help = examples!("residence list --direction in --state introduced"))]
    List {
        /// Ours who live elsewhere, or others who live here · 在外居住或在此居住
        #[arg(long, value_parser = PossibleValuesParser::new(DIRECTIONS))]
        direction: Option<String>,
        /// Only in this state · 只看此状态
        #[arg(long, value_parser = PossibleValuesParser::new(RESIDENCE_STATES))]
        state: Option<String>,
        #[command(flatten)]
        page: PageFlags,
        #[command(flatten)]
        reveal: RevealFlag,
    },
    /// Show one with everything that was said · 查看
    #[command(after_help = examples!("residence show 1c0ffee0"))]
    Show {
        /// The residence's id, or a unique prefix of 8 or more · 双报到编号
        id: String,
        #[command(flatten)]
        reveal: RevealFlag,
    },
}

#[derive(Subcommand)]
pub(crate) enum OpinionVerb {
    /// Ask the community before deciding about a member · 征求社区意见
    #[command(after_help = examples!(
        "opinion ask 1c0ffee0 --matter award --text 拟推荐评优,请提出意见"
    ))]
    Ask {
        /// The residence's id, or a unique prefix of 8 or more · 双报到编号
        id: String,
        /// What is to be decided · 事项
        #[arg(long, value_name = "CODE", value_parser = PossibleValuesParser::new(MATTERS))]
        matter: String,
        /// The question · 内容
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
    /// Give the opinion that the unit asked for · 回复意见
    #[command(after_help = examples!("opinion answer 1c0ffee0 --text 无不同意见"))]
    Answer {
        /// The residence's id, or a unique prefix of 8 or more · 双报到编号
        id: String,
        /// The opinion · 内容
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
    /// List the last question of each residence · 列出
    #[command(after_help = examples!("opinion list --direction in --open"))]
    List {
        /// That we asked, or that we were asked · 我方征求或向我方征求
        #[arg(long, value_parser = PossibleValuesParser::new(DIRECTIONS))]
        direction: Option<String>,
        /// Only those that wait for an answer · 只看待答复
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        page: PageFlags,
    },
}

fn ends_help() -> String {
    format!("How · 方式: {}", RESIDENCE_ENDS.join(", "))
}

fn prose(text: Option<String>) -> Option<PersonalText> {
    text.map(PersonalText::new)
}

impl Verb {
    pub(super) fn question(self) -> Result<Question, Problem> {
        let revealing = match &self {
            Verb::List { reveal, .. } | Verb::Show { reveal, .. } => reveal.reveal,
            _ => false,
        };
        let command = self.command()?;
        Ok(Question::from(Command::Residence(command)).revealing(revealing))
    }

    fn command(self) -> Result<ResidenceCommand, Problem> {
        Ok(match self {
            Verb::Introduce { member, to, address, on, contact } => {
                let (contact, contact_phone) = contact.read()?;
                let address = prose(address);
                ResidenceCommand::Introduce { member, to, address, on, contact, contact_phone }
            }
            Verb::Register { id, org, contact, occupation, wishes, free_time } => {
                let (contact, contact_phone) = contact.read()?;
                ResidenceCommand::Register {
                    residence: id,
                    org,
                    contact,
                    contact_phone,
                    occupation: prose(occupation),
                    wishes: prose(wishes),
                    free_time: prose(free_time),
                }
            }
            Verb::Feedback { id, year, attended, of, duties, note } => ResidenceCommand::Feedback {
                residence: id,
                year,
                attended,
                held: of,
                duties: prose(duties),
                note: prose(note),
            },
            Verb::Respond { id: residence, text } => {
                ResidenceCommand::Respond { residence, text: PersonalText::new(text) }
            }
            Verb::End { id: residence, how, on, note } => {
                ResidenceCommand::End { residence, how, on, note: prose(note) }
            }
            Verb::List { direction, state, page, reveal: _ } => {
                ResidenceCommand::List { direction, state, paging: page.into() }
            }
            Verb::Show { id: residence, reveal: _ } => ResidenceCommand::Show { residence },
        })
    }
}

impl OpinionVerb {
    pub(super) fn question(self) -> Question {
        let command = match self {
            OpinionVerb::Ask { id: residence, matter, text } => {
                ResidenceCommand::Ask { residence, matter, text: PersonalText::new(text) }
            }
            OpinionVerb::Answer { id: residence, text } => {
                ResidenceCommand::Answer { residence, text: PersonalText::new(text) }
            }
            OpinionVerb::List { direction, open, page } => {
                ResidenceCommand::Opinions { direction, open, paging: page.into() }
            }
        };
        Command::Residence(command).into()
    }
}
