//! The one numbered table of kinds. A number is never reused; a reserved number belongs to
//! a family that a later version fills.

use crate::codec::{Decode, Encode};

/// The number of a kind, known or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct KindNumber(pub u16);

macro_rules! kinds {
    ($($(#[$doc:meta])* $number:literal $kind:ident $form:literal, $writer:ident;)*) => {
        /// A kind of statement that this build knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// Every known kind, in the order of the table.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// The number of the kind on the wire.
            pub fn number(self) -> KindNumber {
                match self { $(Kind::$kind => KindNumber($number),)* }
            }

            /// The kind with that number, if this build knows it.
            pub fn from_number(number: KindNumber) -> Option<Kind> {
                match number.0 { $($number => Some(Kind::$kind),)* _ => None }
            }

            /// The name in `--json` and files.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$kind => stringify!($kind),)* }
            }

            /// The Chinese name of the paper form or of the act.
            pub fn form(self) -> &'static str {
                match self { $(Kind::$kind => $form,)* }
            }

            /// Who alone may write it.
            pub fn writer(self) -> Writer {
                match self { $(Kind::$kind => Writer::$writer,)* }
            }
        }
    };
}

/// Which side of a case may write a kind: each kind has one writer, so the two sides never
/// conflict, they only lag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// Either node: about itself, or as one of the two parties of a case.
    Either,
    /// The node that issued the letter, or whose member is away or lives elsewhere.
    Origin,
    /// The node that the letter is addressed to, or where the member stays or lives.
    Destination,
    /// Whichever of the two is left when the other is gone for good.
    Survivor,
}

kinds! {
    /// The identity key certifies the working keys; seq 1 of every feed.
    1 KeyCert "密钥证书", Either;
    /// An authentic entry cannot be used, with the code.
    5 Unusable "不能使用", Either;
    /// One part of the author's directory of organisations.
    6 OrgDirectory "组织目录", Either;
    /// What the author holds where the two sides differ.
    7 ReconcileResult "对账结果", Either;
    /// What stands in the author's region, in numbers.
    8 Summary "统计报告", Either;
    /// Opens a letter.
    16 Offer "介绍信", Origin;
    /// The destination takes the member in, provisionally.
    17 Accept "接收", Destination;
    /// The origin is no longer the full holder.
    18 Release "转出", Origin;
    /// The destination is the full holder.
    19 Receipt "回执", Destination;
    /// Closed; the destination may transfer onward.
    20 Ack "存根归档", Origin;
    /// The destination does not take the member, with a coded ground.
    21 Refusal "退回", Destination;
    /// The origin takes the letter back before releasing.
    22 Void "作废", Origin;
    /// The destination asks for a new letter.
    23 ReissueRequest "重开申请", Destination;
    /// A node takes the place of the other party, which is gone for good.
    24 Succession "承继", Survivor;
    /// The origin certifies that the member stays at the destination: opens a stay, confirms one
    /// that a ReportIn opened, or replaces an earlier notice of it.
    32 StayNotice "流动党员活动证", Origin;
    /// The destination met the member and asks the origin to confirm: opens a stay.
    33 ReportIn "报到登记", Destination;
    /// The organisation at the destination that takes the member into its life.
    34 StayPlaced "编入支部", Destination;
    /// Attendance, dues and duties of a quarter.
    35 ParticipationReport "参加组织生活情况反馈", Destination;
    /// The member's contact person had contact.
    36 ContactNote "联系记录", Origin;
    /// News of the home organisation for the member.
    37 Bulletin "组织情况通报", Origin;
    /// The mobility certificate was checked.
    38 CertificateReview "活动证查验", Origin;
    /// One side asks the other for help with the member's affairs.
    39 HelpRequest "协助请求", Either;
    /// The other side's answer.
    40 HelpAnswer "协助答复", Either;
    /// The destination proposes to end the stay.
    41 EndProposal "终止建议", Destination;
    /// The stay has ended.
    42 StayEnded "流动终止", Origin;
    /// Who said a thing corrects it in words.
    43 Correction "更正", Either;
    /// The member's own words about a statement.
    44 Reply "本人说明", Either;
    /// The unit's organisation introduces a member to the community where they live: opens a
    /// residence.
    45 ResidenceIntroduction "住社区党员身份介绍函", Origin;
    /// The member reported at the community.
    46 ResidenceRegistered "社区报到登记", Destination;
    /// The facts of a year in the community.
    47 AnnualFeedback "社区党员表现情况反馈函", Destination;
    /// What the unit did with a feedback.
    48 FeedbackResponse "反馈办理情况回复", Origin;
    /// The unit asks for the community's opinion before it decides about the member.
    49 OpinionRequest "征求意见函", Origin;
    /// The community's opinion.
    50 OpinionReply "意见回复", Destination;
    /// The residence has ended, as either side saw it.
    51 ResidenceEnded "双报到终止", Either;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// numbers name kinds one to one.
    #[test]
    fn numbers_and_kinds_fit_one_to_one() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_number(kind.number()), Some(*kind));
        }
        assert!(Kind::ALL.windows(2).all(|pair| pair[0].number() < pair[1].number()));
        assert_eq!(Kind::from_number(KindNumber(0)), None);
    }
}
