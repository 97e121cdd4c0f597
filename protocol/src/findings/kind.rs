//! The kinds of findings, as data: what each is called, which rules and facts raise it on which
//! day, and what to do. `rule explain` prints this table.

use crate::refusal::Lang;
use crate::rules::Rule;

macro_rules! kinds {
    ($($number:literal $kind:ident $name:literal, [$($rule:ident),*], {
        source: $source:literal,
        en: $en:literal, facts: $facts_en:literal, day: $day_en:literal, step: $step_en:literal,
        zh: $zh:literal, 依据: $facts_zh:literal, 日期: $day_zh:literal, 办法: $step_zh:literal,
        next: [$($next:literal),*] $(,)?
    })*) => {
        /// A kind of finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $en] $kind,)*
        }

        impl Kind {
            /// Every kind, in the order of lists.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// The number under which an index keeps it; never reused.
            pub fn number(self) -> u8 {
                match self { $(Kind::$kind => $number,)* }
            }

            /// The name in commands and `--json`.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$kind => stringify!($kind),)* }
            }

            /// What offices call it.
            pub fn chinese(self) -> &'static str {
                match self { $(Kind::$kind => $name,)* }
            }

            /// The rules whose periods or limits it uses.
            pub fn rules(self) -> &'static [Rule] {
                match self { $(Kind::$kind => &[$(Rule::$rule),*],)* }
            }

            /// The text that it comes from.
            pub fn source(self) -> &'static str {
                match self { $(Kind::$kind => $source,)* }
            }

            /// What it means.
            pub fn about(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Kind::$kind, Lang::En) => $en, (Kind::$kind, Lang::Zh) => $zh,)*
                }
            }

            /// Which facts raise and clear it.
            pub fn facts(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Kind::$kind, Lang::En) => $facts_en,
                      (Kind::$kind, Lang::Zh) => $facts_zh,)*
                }
            }

            /// On which day it is raised.
            pub fn day(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Kind::$kind, Lang::En) => $day_en, (Kind::$kind, Lang::Zh) => $day_zh,)*
                }
            }

            /// What the organisation should do.
            pub fn step(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Kind::$kind, Lang::En) => $step_en, (Kind::$kind, Lang::Zh) => $step_zh,)*
                }
            }

            /// Commands that help; `{}` stands for the subject.
            pub fn next(self) -> &'static [&'static str] {
                match self { $(Kind::$kind => &[$($next),*],)* }
            }
        }
    };
}

kinds! {
    1 Pocket "口袋党员", [ValidityCity, ValidityProvince, ValidityNation], {
        source: "S3.4;介绍信有效期",
        en: "A letter of ours was never presented and has run out.",
        facts: "The letter's issue and last day; cleared by an acceptance, a new letter, or when \
                the member is met again.",
        day: "The day after the letter's last day.",
        step: "Find the member, then issue the letter again or note that they stay.",
        zh: "本地区开出的介绍信逾期未报到。",
        依据: "介绍信的签发日与截止日;对方接收、重开、或见到本人后消除。",
        日期: "截止日的次日。",
        办法: "联系本人,重开介绍信,或登记本人仍在本地。",
        next: ["letter reissue {}", "member met {}"],
    }
    2 Unreceipted "接收未回执", [Receipt], {
        source: "组通字〔2006〕45号",
        en: "The member was accepted, and the receipt has not come.",
        facts: "The day of the Accept; cleared by the Receipt or a refusal.",
        day: "One receipt period after the acceptance.",
        step: "Reach the other region, by courier file if there is no line; you answer for the \
               member until then.",
        zh: "对方已接收,回执未到。",
        依据: "接收日;回执到达或退回后消除。",
        日期: "接收之后满回执期限之日。",
        办法: "联系对方地区,不通则用摆渡;在此之前责任在本单位。",
        next: ["letter show {}", "peer list"],
    }
    3 Orphaned "两不管", [Contact, Intake], {
        source: "S2",
        en: "A member is away, home has lost touch, and nobody there has taken them in.",
        facts: "The notice of the stay, the last contact, the missing placement; cleared by \
                either. Also where two regions each believe that the other answers.",
        day: "When both the contact and the intake period are over.",
        step: "Speak to the member, and agree with the other region on a branch.",
        zh: "党员外出,流出地联系不上,流入地也未编入。",
        依据: "外出通知、最近联系日、尚未编入;任一方补上即消除。两地区互认对方负责的亦属此项。",
        日期: "联系期限与接收期限都已满之日。",
        办法: "联系本人,并与对方地区商定编入支部。",
        next: ["stay show {}", "stay contact {}"],
    }
    4 DoubleManaged "双管", [Receipt], {
        source: "S3.4",
        en: "One person is held under two references.",
        facts: "An acceptance that declares another entry the same person, or two regions that \
                both hold the person; cleared when one of the two ends.",
        day: "The day of the acceptance, or on which it was noted.",
        step: "Compare the two files and end one as a duplicate.",
        zh: "同一人在两处登记。",
        依据: "接收时声明为同一人,或两地区都持有该人;其中一处终止后消除。",
        日期: "接收之日或发现之日。",
        办法: "核对两份资料,以“重复”终止其中一处。",
        next: ["member search {}", "letter show {}"],
    }
    5 ReceiptWithoutLetter "有回执无介绍信", [], {
        source: "组通字〔2006〕45号",
        en: "A region sent a receipt for a letter that this node does not know.",
        facts: "The signed receipt, which stays as evidence.",
        day: "The day on which it came.",
        step: "Ask the region for the letter's number and look in the paper stubs.",
        zh: "收到回执,而本地区没有这封介绍信。",
        依据: "对方签名的回执,作为证据保留。",
        日期: "收到之日。",
        办法: "向对方询问编号,并查纸质存根。",
        next: ["peer list"],
    }
    6 Nominal "空挂党员", [LostContact], {
        source: "S3.4、S2;条例 第二十四条",
        en: "The affiliation is here, and there has been no sign of the member for months.",
        facts: "Dues paid through, noted contact, entry on the roster; cleared by any newer sign, \
                a stay or a letter.",
        day: "The period for lost contact after the last sign.",
        step: "Visit or ring; then record dues, a contact, a stay, or issue a letter.",
        zh: "组织关系在此,数月没有任何音信。",
        依据: "党费交至、登记的联系、入册日;有更新的情况、外出登记或介绍信即消除。",
        日期: "最近一次音信之后满失联期限之日。",
        办法: "走访或致电,之后登记党费、联系、外出或开具介绍信。",
        next: ["member show {}", "member met {}"],
    }
    7 FourNone "四无党员", [LostContact], {
        source: "S3.4",
        en: "No phone, no residence, no unit and no sign: nothing to find the member by.",
        facts: "The three fields of the roster and the last sign; cleared by filling any of them.",
        day: "The period for lost contact after the last sign.",
        step: "Ask relatives, neighbours and the former unit; enter what you learn.",
        zh: "无联系方式、无住址、无单位、无音信。",
        依据: "花名册的三个栏目与最近音信;填上任一项即消除。",
        日期: "最近一次音信之后满失联期限之日。",
        办法: "向亲属、邻里、原单位了解,补登所知。",
        next: ["member set {} --phone-file FILE", "member met {}"],
    }
    8 LostContact "失联", [LostContact], {
        source: "条例 第二十四条",
        en: "No office has noted a sign of a member on a stay for months. A flag: people decide.",
        facts: "The latest of contact, report, dues, placement and review, by either office; \
                cleared by any newer one.",
        day: "The period for lost contact after the last sign, or after the first day away.",
        step: "Look for the member together with the other region, and record it.",
        zh: "外出党员数月没有任何一方登记的音信。只作提示,由人决定。",
        依据: "两地登记的联系、汇报、党费、编入、年审中最近一项;有更新的即消除。",
        日期: "最近音信(没有则外出日)之后满失联期限之日。",
        办法: "与对方地区一起查找,并登记经过。",
        next: ["stay contact {}", "stay show {}"],
    }
    9 ContactOverdue "联系逾期", [Contact], {
        source: "S3.3、S3.5",
        en: "The contact person has not spoken to a member who is away.",
        facts: "The last contact, or the first day away; cleared by a contact.",
        day: "The contact period after it.",
        step: "Ring the member and note that you did.",
        zh: "联系人未按期与外出党员联系。",
        依据: "最近联系日或外出日;登记联系即消除。",
        日期: "其后满联系期限之日。",
        办法: "与本人通话并登记。",
        next: ["stay contact {}"],
    }
    10 ReportOverdue "汇报逾期", [Report], {
        source: "S3.3、S3.1",
        en: "No report on a member who is away.",
        facts: "The last report, or the placement there and the first day away at home; cleared by \
                a report.",
        day: "The report period after it.",
        step: "There: write the report. At home: ask for it.",
        zh: "外出党员的情况未按期汇报。",
        依据: "最近汇报日;没有则流入地自编入日、流出地自外出日起算;汇报即消除。",
        日期: "其后满汇报期限之日。",
        办法: "流入地:填写汇报;流出地:催报。",
        next: ["stay report {}"],
    }
    11 ReviewOverdue "年审或反馈逾期", [Review, Feedback], {
        source: "活动证使用办法;S1",
        en: "A certificate was not reviewed, or a resident's unit not told, for a year.",
        facts: "The last review or feedback, or the notice; cleared by a review or feedback.",
        day: "The review or feedback period after it.",
        step: "Review the certificate with the member, or write the feedback.",
        zh: "活动证未年审,或社区未按年反馈。",
        依据: "最近年审或反馈日,没有则自通知日起算;年审或反馈即消除。",
        日期: "其后满年审或反馈期限之日。",
        办法: "与本人一起年审,或填写反馈。",
        next: ["stay review {}"],
    }
    12 TransferDue "应转未转", [Mobile], {
        source: "S3.1;2024 意见",
        en: "A member has been at a fixed place long enough for the affiliation to follow.",
        facts: "The first day away, or the day on which the place was recorded as settled; cleared \
                by a letter or the end of the stay.",
        day: "The mobile period after the first day away, or the day of settling.",
        step: "Ask the member and issue the letter; a draft is one command away.",
        zh: "在固定地点已久,组织关系应当转移。",
        依据: "外出日或登记定居之日;开具介绍信或结束外出即消除。",
        日期: "外出之后满转移期限之日,或定居之日。",
        办法: "征求本人意见并开具介绍信。",
        next: ["stay end {} --how transferred"],
    }
    13 InflowDue "应接未接", [Intake], {
        source: "S3.2、S3.1",
        en: "A letter or a member who is staying here has waited for a decision for a month.",
        facts: "The day of the letter or notice; cleared by accepting, placing or refusing.",
        day: "The intake period after it.",
        step: "Receive the member into a branch, or refuse with a ground.",
        zh: "来信或流入党员满一个月仍未接收编入。",
        依据: "来信日或通知日;接收、编入或退回后消除。",
        日期: "其后满接收期限之日。",
        办法: "接收编入支部,或说明理由退回。",
        next: ["letter show {}", "stay place {}"],
    }
    14 FormationDue "应建未建", [Formation, GeneralBranch], {
        source: "S3.2、S4",
        en: "Enough members are at one organisation for one of its own, or for a general branch.",
        facts: "The people placed there now; cleared when they are fewer or the level is changed.",
        day: "The day on which the one more came.",
        step: "Propose the organisation to the committee above.",
        zh: "人数已达到单独组建,或设立党总支。",
        依据: "现有编入人数;人数减少或调整建制后消除。",
        日期: "人数达到之日。",
        办法: "向上级党委提出组建。",
        next: ["org list"],
    }
    15 Provisional "先行管理", [Receipt], {
        source: "条例 第二十五条",
        en: "A member is managed here while the origin still answers for them.",
        facts: "The Accept without Receipt; cleared by the receipt, which is automatic.",
        day: "The day of the acceptance.",
        step: "Nothing but to look after the member; if it lasts, reach the other region.",
        zh: "已接收先行管理,对方尚未转出。",
        依据: "已接收而无回执;回执自动发出后消除。",
        日期: "接收之日。",
        办法: "照常管理;久未完成则联系对方地区。",
        next: ["letter show {}"],
    }
    16 AwaitingRelease "待对方转出", [Receipt], {
        source: "组通字〔2006〕45号",
        en: "The origin has not released a member who was accepted here.",
        facts: "The Accept without Release; cleared by the Release or a Void.",
        day: "One receipt period after the acceptance.",
        step: "Ring the origin: its node answers by itself once it is reached.",
        zh: "本地已接收,对方迟迟未转出。",
        依据: "已接收而无转出;对方转出或作废后消除。",
        日期: "接收之后满回执期限之日。",
        办法: "致电对方;其节点联通后会自动答复。",
        next: ["letter show {}", "peer list"],
    }
    17 Unmet "册见人未见", [Intake], {
        source: "S3.4",
        en: "Somebody is on the roster whom nobody here has met.",
        facts: "An acceptance without a meeting; cleared when the meeting is noted.",
        day: "The day on which they were taken in.",
        step: "Invite or visit the member and note that you met.",
        zh: "在册而未见到本人。",
        依据: "接收时未见本人;登记见面即消除。",
        日期: "接收编入之日。",
        办法: "约见或走访本人,并登记。",
        next: ["member met {}"],
    }
    18 ProvenanceUnverified "来历未验", [], {
        source: "SPEC R-45",
        en: "A member's earlier hand-overs are signed by a node that was unknown here.",
        facts: "The proof of custody; cleared when the node is known.",
        day: "The day of the receipt.",
        step: "Ask a superior to confirm the node.",
        zh: "此前的转接由未知节点签署。",
        依据: "转接证明;节点得到确认后消除。",
        日期: "回执之日。",
        办法: "请上级确认该节点。",
        next: ["letter show {}"],
    }
    19 Conflict "记录冲突", [], {
        source: "SPEC R-43",
        en: "Two regions hold different records, or a peer signed two that exclude each other.",
        facts: "The signed evidence or a reconciliation; cleared when both agree.",
        day: "The day on which it was noted.",
        step: "Lay the evidence before both offices; nothing is decided by itself.",
        zh: "两地区记录不一致,或对方签署了相互矛盾的文书。",
        依据: "签名证据或对账结果;双方一致后消除。",
        日期: "发现之日。",
        办法: "将证据交双方核对;程序不自行决定。",
        next: ["peer list"],
    }
    20 Parked "超额搁置", [Intake], {
        source: "config.toml 的 quota.undecided_offers_bytes",
        en: "A letter stands aside because its region offered more than its quota.",
        facts: "The undecided letters of the region; cleared by room or by a decision.",
        day: "The day of the letter.",
        step: "Decide the letters of that region.",
        zh: "对方来信超出限额,暂时搁置。",
        依据: "对方未决的来信;有空位或办理后消除。",
        日期: "来信之日。",
        办法: "办理该地区的来信。",
        next: ["letter show {}"],
    }
    21 FilingDue "应备案未备案", [], {
        source: "S3.1、S3.3",
        en: "A member told the branch of going away, and it was not filed above.",
        facts: "The report of the departure; cleared by filing it, by the return, or by a stay.",
        day: "The day of the report; to be done by the first day away.",
        step: "Look at the report and file it.",
        zh: "党员已报告外出,尚未向上级备案。",
        依据: "外出报告;备案、返回或开具活动证后消除。",
        日期: "报告之日;应在外出之日前办结。",
        办法: "审阅外出报告并备案。",
        next: ["departure file {}"],
    }
    22 AbsenceDue "外出到期未了", [Short], {
        source: "S3.1;中组发〔2004〕10号 一",
        en: "A member who reported a departure is neither back nor certified to stay elsewhere.",
        facts: "The first day away and the foreseen return; cleared by the return, a stay, or the \
                end of the membership here.",
        day: "The day after the foreseen return, at the latest when the short period is over.",
        step: "Ask the member; record the return, or certify the stay.",
        zh: "已报告外出的党员,到期既未返回,也未开具活动证。",
        依据: "外出日与预计返回日;返回、开具活动证或组织关系离开本地后消除。",
        日期: "预计返回日的次日,最迟为满短期外出期限之日。",
        办法: "与本人联系,登记返回或开具流动党员活动证。",
        next: ["departure return {}", "stay open --departure {} --to ORGCODE"],
    }
}

impl Kind {
    /// The kind that a user means: its name in any case, with or without underscores.
    pub fn from_name(name: &str) -> Option<Kind> {
        let plain = |text: &str| text.replace('_', "").to_ascii_lowercase();
        let wanted = plain(name);
        let fits = |kind: &&Kind| plain(kind.name()) == wanted || kind.chinese() == name;
        Kind::ALL.iter().find(fits).copied()
    }

    /// The kind that an index keeps under that number.
    pub fn from_number(number: u8) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.number() == number)
    }
}
