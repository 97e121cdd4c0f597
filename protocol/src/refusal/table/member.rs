//! Members of the roster. Numbers 60 to 79.

macro_rules! member_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    60 MemberUnknown "member.unknown" NotFound {
        en: "No member {}.",
        fix: "See `dukou member search`.",
        zh: "没有成员 {}。", 办法: "请用 `dukou member search` 查找。",
    }
    61 MemberAmbiguous "member.ambiguous" Validation {
        en: "More than one member fits {}.",
        fix: "Give the full reference.",
        zh: "不止一名成员符合 {}。", 办法: "请给出完整的编号。",
    }
    62 MemberOpenLetter "member.open_letter" State {
        en: "The member has an open letter: {}.",
        fix: "Void it first, or wait for its end.",
        zh: "该成员有一封未办结的信:{}。", 办法: "请先撤回,或等它办结。",
    }
    63 MemberNotFull "member.not_full" State {
        en: "This node does not hold the full membership of {}.",
        fix: "Only the full holder may do this.",
        zh: "本节点不是 {} 的组织关系所在地。", 办法: "只有组织关系所在地可以这样做。",
    }
    64 MemberAlreadyHere "member.already_here" State {
        en: "A person with this ID number is already on this roster: {}.",
        fix: "Declare the two the same with --same-as, or refuse with already_member.",
        zh: "花名册上已有同一身份证号的人:{}。", 办法: "用 --same-as 声明为同一人,或以 already_member 退回。",
    }
    65 MemberInTransit "member.in_transit" State {
        en: "The member is in transit: {}.",
        fix: "Wait for the receipt.",
        zh: "该成员正在转接途中:{}。", 办法: "请等待回执。",
    }
    66 MemberIncomplete "member.incomplete" Validation {
        en: "The member's entry lacks {}.",
        fix: "Complete it with `dukou member set`.",
        zh: "成员信息缺少:{}。", 办法: "请用 `dukou member set` 补全。",
    }
    67 MemberHandOvers "member.hand_overs" State {
        en: "Member {} was handed over more often than a proof of custody can show.",
        fix: "End this membership as a duplicate and register the person anew.",
        zh: "成员 {} 的转接次数已超出转接证明所能记载的上限。", 办法: "请以“重复”终止此条组织关系,并重新登记该成员。",
    }
    68 MemberDetailsDiffer "member.details_differ" Validation {
        en: "The {} is not the one on the roster for this ID number.",
        fix: "Correct the row, or the roster with `dukou member set`.",
        zh: "与花名册上此身份证号的记载不一致:{}。", 办法: "请改正本行,或用 `dukou member set` 更正花名册。",
    }
    } };
}
pub(super) use member_rows;
