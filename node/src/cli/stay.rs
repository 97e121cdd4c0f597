//! `dukou stay …`: members who are away, and those of others who stay here (双向管理).

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::arguments::{PageFlags, examples, personal_file};
use super::ask::{Problem, Question};
use super::member::RevealFlag;
use crate::control::command::stay::{
    INTAKES, MANAGEMENTS, NoticeFields, STAY_ENDS, STAY_STATES, StayCommand,
};
use crate::control::command::{Command, DIRECTIONS, PersonalText};

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Certify that a member stays elsewhere · 开具流动党员活动证
    #[command(after_help = examples!(
        "stay open --member 7f3a90c1 --to 610902-0001 --reason 务工 --place 江北工业园 \
         --from 2027-03-01 --contact 钱守成",
        "stay open --departure 0dd5eed5 --to 610902-0001 --contact 钱守成"
    ))]
    Open(OpenFlags),
    /// Take down that another region's member reported here · 登记前来报到的流动党员
    #[command(after_help = examples!(
        "stay report-in --name 赵以刚 --id-number-file - --from-region 610922 --org 610902-0012"
    ))]
    ReportIn {
        /// 姓名
        #[arg(long)]
        name: String,
        /// A file with the 公民身份号码, - for stdin
        #[arg(long, value_name = "F")]
        id_number_file: PathBuf,
        /// A file with the 联系电话, - for stdin
        #[arg(long, value_name = "F")]
        phone_file: Option<PathBuf>,
        /// 现住址或单位
        #[arg(long)]
        place: Option<String>,
        /// The region of origin, by code or name · 流出地区
        #[arg(long, value_name = "CODE")]
        from_region: String,
        /// The organisation where the person reported · 报到组织
        #[arg(long, value_name = "BRANCH")]
        org: String,
    },
    /// Confirm who reported elsewhere, or certify a stay anew · 确认对方登记的成员,或更改证上所载
    #[command(after_help = examples!(
        "stay confirm 1c0ffee0 --contact 钱守成",
        "stay confirm 1c0ffee0 --contact 钱守成 --until 2027-12-31"
    ))]
    Confirm {
        /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
        id: String,
        /// The member, where the ID number does not tell · 成员编号
        #[arg(long, value_name = "REF")]
        member: Option<String>,
        /// 外出事由
        #[arg(long)]
        reason: Option<String>,
        /// 外出地点; else what the other side wrote down
        #[arg(long)]
        place: Option<String>,
        /// The first day away; else that of reporting · 外出日期
        #[arg(long, value_name = "DAY")]
        from: Option<String>,
        /// The last day away, if it is known · 预计返回日期
        #[arg(long, value_name = "DAY")]
        until: Option<String>,
        #[command(flatten)]
        contact: ContactFlags,
    },
    /// Take a guest into an organisation here · 编入支部或党小组
    #[command(after_help = examples!(
        "stay place 1c0ffee0 --org 610902-0012 --contact 孙长河",
        "stay place 1c0ffee0 --org 610902-0012 --contact 孙长河 --intake embedded --mode joint"
    ))]
    Place {
        /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
        id: String,
        /// The branch or group · 支部或党小组
        #[arg(long, value_name = "BRANCH")]
        org: String,
        #[command(flatten)]
        contact: ContactFlags,
        /// How the place takes the member in, kept here · 接收方式:融入、挂靠、归口
        #[arg(long, value_parser = PossibleValuesParser::new(INTAKES))]
        intake: Option<String>,
        /// How much of the managing is done here, kept here · 管理方式:直管、协管、参管、联管
        #[arg(long, value_parser = PossibleValuesParser::new(MANAGEMENTS))]
        mode: Option<String>,
    },
    /// Note since when the member is settled there, kept here · 登记户口迁出、已定居
    #[command(after_help = examples!(
        "stay settle 1c0ffee0 --on 2027-05-01",
        "stay settle 1c0ffee0 --withdraw"
    ))]
    Settle {
        /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
        id: String,
        /// The day from which the transfer is due · 日期
        #[arg(long, value_name = "DAY", required_unless_present = "withdraw")]
        on: Option<String>,
        /// The member is not settled after all · 撤销登记
        #[arg(long, conflicts_with = "on")]
        withdraw: bool,
    },
    /// Report the facts of a quarter · 反馈一个季度的参加情况
    #[command(after_help = examples!(
        "stay report 1c0ffee0 --period 2027-Q1 --attended 3 --of 4 --dues-through 2027-03"
    ))]
    Report {
        /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
        id: String,
        /// The quarter · 季度
        #[arg(long, value_name = "YYYY-Qn")]
        period: String,
        /// Meetings and activities attended · 参加次数
        #[arg(long, value_name = "N")]
        attended: u16,
        /// Meetings and activities held · 应参加次数
        #[arg(long, value_name = "N")]
        of: u16,
        /// 党费交至, YYYY-MM
        #[arg(long, value_name = "MONTH")]
        dues_through: Option<String>,
        /// 承担工作
        #[arg(long, value_name = "TEXT")]
        duties: Option<String>,
        /// 备注
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Note that the contact person had contact · 登记联系人已联系
    #[command(after_help = examples!(
        "stay contact 1c0ffee0",
        "stay contact 1c0ffee0 --on 2027-03-01"
    ))]
    Contact {
        /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
        id: String,
        /// The day; else today · 日期
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
    },
    /// Send news of the home organisation · 通报组织情况
    #[command(after_help = examples!("stay bulletin 1c0ffee0 --text 支部换届完成"))]
    Bulletin {
        /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
        id: String,
        /// The news · 内容
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
    /// Note that the mobility certificate was checked · 查验活动证
    #[command(after_help = examples!("stay review 1c0ffee0"))]
    Review {
        /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
        id: String,
        /// The day; else today · 日期
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
    },
    /// Ask the other side for help · 请对方协助
    #[command(after_help = examples!("stay ask 1c0ffee0 --text 请协助补办手续"))]
    Ask {
        /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
        id: String,
        /// What is asked · 内容
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
    /// Answer what the other side asked · 答复对方
    #[command(after_help = examples!("stay answer 1c0ffee0 --text 已办妥"))]
    Answer {
        /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
        id: String,
        /// The answer · 内容
        #[arg(long, value_name = "TEXT")]
        text: String,
    },
    /// End a stay; for a guest, propose it to the origin · 终止,流入地为提出建议
    #[command(after_help = examples!(
        "stay end 1c0ffee0 --how returned",
        "stay end 1c0ffee0 --how not_ours --note 查无此人"
    ))]
    End {
        /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
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
    /// Issue the letter to where the member stays · 转为组织关系转接
    #[command(after_help = examples!("stay transfer 1c0ffee0 --reason 已在当地定居"))]
    Transfer {
        /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
        id: String,
        /// 事由
        #[arg(long)]
        reason: Option<String>,
        /// Days of validity, 1 to 90 · 有效天数
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        days: Option<i64>,
    },
    /// List stays, newest first · 列出
    #[command(after_help = examples!("stay list --direction in --state placed"))]
    List {
        /// Ours who are away, or others who stay here · 流出或流入
        #[arg(long, value_parser = PossibleValuesParser::new(DIRECTIONS))]
        direction: Option<String>,
        /// Only in this state · 只看此状态
        #[arg(long, value_parser = PossibleValuesParser::new(STAY_STATES))]
        state: Option<String>,
        #[command(flatten)]
        page: PageFlags,
        #[command(flatten)]
        reveal: RevealFlag,
    },
    /// Show one with everything that was said · 查看
    #[command(after_help = examples!("stay show 1c0ffee0"))]
    Show {
        /// The stay's id, or a unique prefix of 8 or more · 流动记录编号
        id: String,
        #[command(flatten)]
        reveal: RevealFlag,
    },
}

/// What certifies that a member stays elsewhere.
#[derive(Args)]
pub(crate) struct OpenFlags {
    /// The member's reference, or a unique prefix · 成员编号
    #[arg(long, value_name = "REF", required_unless_present = "departure")]
    member: Option<String>,
    /// What the member reported, which fills what is left out here · 外出报告编号
    #[arg(long, value_name = "ID", conflicts_with = "member")]
    departure: Option<String>,
    /// The organisation there · 流入地组织代码
    #[arg(long, value_name = "ORGCODE")]
    to: String,
    /// 外出事由
    #[arg(long, required_unless_present = "departure")]
    reason: Option<String>,
    /// 外出地点
    #[arg(long, required_unless_present = "departure")]
    place: Option<String>,
    /// The first day away · 外出日期
    #[arg(long, value_name = "DAY", required_unless_present = "departure")]
    from: Option<String>,
    /// The last day away, if it is known · 预计返回日期
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// 联系人
    #[arg(long, value_name = "NAME", required_unless_present = "departure")]
    contact: Option<String>,
    /// A file with the contact's 电话, - for stdin
    #[arg(long, value_name = "F")]
    contact_phone_file: Option<PathBuf>,
}

impl OpenFlags {
    fn command(self) -> Result<StayCommand, Problem> {
        let phone = self.contact_phone_file.as_deref().map(personal_file).transpose()?;
        let what = (prose(self.reason), prose(self.place));
        let notice = notice(what, (self.from, self.until), (prose(self.contact), phone));
        let OpenFlags { member, departure, to, .. } = self;
        Ok(StayCommand::Open { member, departure, to, notice })
    }
}

/// Somebody to call.
#[derive(Args)]
pub(crate) struct ContactFlags {
    /// 联系人
    #[arg(long, value_name = "NAME")]
    contact: String,
    /// A file with the contact's 电话, - for stdin
    #[arg(long, value_name = "F")]
    contact_phone_file: Option<PathBuf>,
}

impl ContactFlags {
    pub(super) fn read(self) -> Result<(PersonalText, Option<PersonalText>), Problem> {
        let phone = self.contact_phone_file.as_deref().map(personal_file).transpose()?;
        Ok((PersonalText::new(self.contact), phone))
    }
}

fn ends_help() -> String {
    format!("How · 方式: {}", STAY_ENDS.join(", "))
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
        Ok(Question::from(Command::Stay(command)).revealing(revealing))
    }

    fn command(self) -> Result<StayCommand, Problem> {
        Ok(match self {
            Verb::Open(flags) => flags.command()?,
            Verb::Confirm { id: stay, member, reason, place, from, until, contact } => {
                let (contact, phone) = contact.read()?;
                let contact = (Some(contact), phone);
                let notice = notice((prose(reason), prose(place)), (from, until), contact);
                StayCommand::Confirm { stay, member, notice }
            }
            Verb::ReportIn { name, id_number_file, phone_file, place, from_region, org } => {
                StayCommand::ReportIn {
                    name: PersonalText::new(name),
                    id_number: personal_file(&id_number_file)?,
                    phone: phone_file.as_deref().map(personal_file).transpose()?,
                    place: prose(place),
                    from_region,
                    org,
                }
            }
            Verb::Place { id: stay, org, contact, intake, mode } => {
                let (contact, contact_phone) = contact.read()?;
                StayCommand::Place { stay, org, contact, contact_phone, intake, mode }
            }
            Verb::Settle { id: stay, on, withdraw: _ } => StayCommand::Settle { stay, on },
            Verb::Report { id: stay, period, attended, of, dues_through, duties, note } => {
                StayCommand::Report {
                    stay,
                    period,
                    attended,
                    held: of,
                    dues_paid_through: dues_through,
                    duties: prose(duties),
                    note: prose(note),
                }
            }
            Verb::Contact { id: stay, on } => StayCommand::Contact { stay, on },
            Verb::Review { id: stay, on } => StayCommand::Review { stay, on },
            Verb::Bulletin { id: stay, text } => {
                StayCommand::Bulletin { stay, text: PersonalText::new(text) }
            }
            Verb::Ask { id: stay, text } => {
                StayCommand::Ask { stay, text: PersonalText::new(text) }
            }
            Verb::Answer { id: stay, text } => {
                StayCommand::Answer { stay, text: PersonalText::new(text) }
            }
            Verb::End { id: stay, how, on, note } => {
                StayCommand::End { stay, how, on, note: prose(note) }
            }
            Verb::Transfer { id: stay, reason, days } => {
                StayCommand::Transfer { stay, reason: prose(reason), days }
            }
            Verb::List { direction, state, page, reveal: _ } => {
                StayCommand::List { direction, state, paging: page.into() }
            }
            Verb::Show { id: stay, reveal: _ } => StayCommand::Show { stay },
        })
    }
}

fn notice(
    (reason, place): (Option<PersonalText>, Option<PersonalText>),
    (from, until): (Option<String>, Option<String>),
    (contact, contact_phone): (Option<PersonalText>, Option<PersonalText>),
) -> NoticeFields {
    NoticeFields { reason, place, from, until, contact, contact_phone }
}
