//! `dukou departure …`: members who told their branch that they go away (外出报告).

use std::path::PathBuf;

use clap::Subcommand;
use clap::builder::PossibleValuesParser;

use super::arguments::{PageFlags, examples, personal_file};
use super::ask::{Problem, Question};
use super::member::RevealFlag;
use crate::control::command::departure::{DEPARTURE_STATES, DepartureCommand};
use crate::control::command::{Command, PersonalText};

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Take down that a member goes away; again, to change it · 登记外出报告
    #[command(after_help = examples!(
        "departure report --member 7f3a90c1 --reason 务工 --place 西安 --from 2027-03-01",
        "departure report --member 7f3a90c1 --reason 探亲 --place 汉中 --from 2027-02-01 \
         --until 2027-02-20 --phone-file -"
    ))]
    Report {
        /// The member's reference, or a unique prefix · 成员编号
        #[arg(long, value_name = "REF")]
        member: String,
        /// 外出事由
        #[arg(long)]
        reason: String,
        /// 外出地点
        #[arg(long)]
        place: String,
        /// 外出期间从事的活动
        #[arg(long, value_name = "TEXT")]
        activity: Option<String>,
        /// The first day away · 外出日期
        #[arg(long, value_name = "DAY")]
        from: String,
        /// The last day away, if it is known · 预计返回日期
        #[arg(long, value_name = "DAY")]
        until: Option<String>,
        /// A file with the 联系电话 while away, - for stdin
        #[arg(long, value_name = "F")]
        phone_file: Option<PathBuf>,
        /// Who of the branch keeps in touch · 联系人
        #[arg(long, value_name = "NAME")]
        contact: Option<String>,
        /// A file with the contact's 电话, - for stdin
        #[arg(long, value_name = "F", requires = "contact")]
        contact_phone_file: Option<PathBuf>,
    },
    /// File it with the organisation above the branch · 备案
    #[command(after_help = examples!("departure file 0dd5eed5"))]
    File {
        /// The departure's id, or a unique prefix of 8 or more · 外出报告编号
        id: String,
    },
    /// Record that the member is back · 登记返回
    #[command(after_help = examples!(
        "departure return 0dd5eed5",
        "departure return 0dd5eed5 --on 2027-02-18"
    ))]
    Return {
        /// The departure's id, or a unique prefix of 8 or more · 外出报告编号
        id: String,
        /// The day; else today · 日期
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
    },
    /// List departures, newest first · 列出
    #[command(after_help = examples!("departure list --state reported"))]
    List {
        /// Only in this state · 只看此状态
        #[arg(long, value_parser = PossibleValuesParser::new(DEPARTURE_STATES))]
        state: Option<String>,
        #[command(flatten)]
        page: PageFlags,
        #[command(flatten)]
        reveal: RevealFlag,
    },
    /// Show one · 查看
    #[command(after_help = examples!("departure show 0dd5eed5"))]
    Show {
        /// The departure's id, or a unique prefix of 8 or more · 外出报告编号
        id: String,
        #[command(flatten)]
        reveal: RevealFlag,
    },
}

impl Verb {
    pub(super) fn question(self) -> Result<Question, Problem> {
        let revealing = match &self {
            Verb::List { reveal, .. } | Verb::Show { reveal, .. } => reveal.reveal,
            _ => false,
        };
        Ok(Question::from(Command::Departure(self.command()?)).revealing(revealing))
    }

    fn command(self) -> Result<DepartureCommand, Problem> {
        Ok(match self {
            Verb::Report {
                member,
                reason,
                place,
                activity,
                from,
                until,
                phone_file,
                contact,
                contact_phone_file,
            } => DepartureCommand::Report {
                member,
                reason: PersonalText::new(reason),
                place: PersonalText::new(place),
                activity: activity.map(PersonalText::new),
                from,
                until,
                phone: phone_file.as_deref().map(personal_file).transpose()?,
                contact: contact.map(PersonalText::new),
                contact_phone: contact_phone_file.as_deref().map(personal_file).transpose()?,
            },
            Verb::File { id: departure } => DepartureCommand::File { departure },
            Verb::Return { id: departure, on } => DepartureCommand::Return { departure, on },
            Verb::List { state, page, reveal: _ } => {
                DepartureCommand::List { state, paging: page.into() }
            }
            Verb::Show { id: departure, reveal: _ } => DepartureCommand::Show { departure },
        })
    }
}
