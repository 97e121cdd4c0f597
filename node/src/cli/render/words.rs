//! Coded words, ids and times as people read them.

use protocol::refusal::Lang;
use protocol::time::{Timestamp, local_minute};

/// Code and 中文; English is the code itself with blanks.
const WORDS: &[(&str, &str)] = &[
    ("full", "正式"),
    ("probationary", "预备"),
    ("here", "在册"),
    ("provisional", "暂管"),
    ("in_transit", "转接途中"),
    ("away", "外出"),
    ("ended", "已终止"),
    ("transferred", "已转出"),
    ("issued", "已开具"),
    ("accepted", "已接收"),
    ("released", "转出待回执"),
    ("received", "已回执"),
    ("closed", "已办结"),
    ("refused", "已退回"),
    ("voided", "已作废"),
    ("out", "转出"),
    ("in", "转入"),
    ("waiting", "待办"),
    ("failed", "未能办理"),
    ("queued", "待送达"),
    ("delivered", "已送达"),
    ("rejected", "对方拒收"),
    ("signed", "电子签名"),
    ("paper", "纸质"),
    ("committee", "党委"),
    ("general_branch", "党总支"),
    ("branch", "党支部"),
    ("group", "党小组"),
    ("temporary", "临时党组织"),
    ("pending", "待同意"),
    ("active", "正常"),
    ("paused", "已暂停"),
    ("revoked", "已撤销"),
    ("offer", "介绍信"),
    ("accept", "接收"),
    ("release", "转出"),
    ("receipt", "回执"),
    ("ack", "存根归档"),
    ("refusal", "退回"),
    ("void", "作废"),
    ("succession", "承继"),
    ("refuse", "退回"),
    ("reissue", "重开"),
    ("record_receipt", "登记回执"),
    ("record_return", "登记退回"),
    ("paper_issued", "开具纸质信"),
    ("paper_closed", "登记纸质回执"),
    ("paper_refused", "登记纸质退回"),
    ("paper_voided", "作废纸质信"),
    ("paper_in", "登记纸质来信"),
    ("added", "登记"),
    ("changed", "更正"),
    ("moved", "调整支部"),
    ("deceased", "去世"),
    ("left", "退出"),
    ("removed", "除名"),
    ("duplicate", "重复登记"),
    ("withdrawn", "撤回"),
    ("lost", "遗失"),
    ("expired", "过期"),
    ("rerouted", "改派"),
    ("not_this_person", "并非此人"),
    ("details_differ", "信息不符"),
    ("out_of_area", "非本区域"),
    ("no_such_organisation", "无此组织"),
    ("already_member", "已在册"),
    ("not_arrived", "本人未到"),
    ("member_declines", "本人不愿转入"),
    ("malformed", "填写不规范"),
    ("valid", "有效"),
    ("tampered", "签名不符"),
    ("unknown_key", "签发方未知"),
    ("superseded", "已失效"),
    ("reported", "已报到,待确认"),
    ("noticed", "已发证,待编入"),
    ("placed", "已编入"),
    ("returned", "返回"),
    ("lost_contact", "失去联系"),
    ("membership_ended", "组织关系终止"),
    ("not_ours", "非本地成员"),
    ("confirm", "确认"),
    ("place", "编入支部"),
    ("report", "反馈"),
    ("contact", "联系"),
    ("bulletin", "组织情况通报"),
    ("review", "查验活动证"),
    ("ask", "请求协助"),
    ("answer", "答复"),
    ("end", "终止"),
    ("transfer", "转接组织关系"),
    ("staynotice", "流动党员活动证"),
    ("reportin", "报到登记"),
    ("stayplaced", "编入支部"),
    ("participationreport", "参加情况反馈"),
    ("contactnote", "联系记录"),
    ("certificatereview", "活动证查验"),
    ("helprequest", "协助请求"),
    ("helpanswer", "协助答复"),
    ("endproposal", "终止建议"),
    ("stayended", "流动终止"),
    ("female", "女"),
    ("male", "男"),
    ("normal", "正常"),
    ("recovering", "恢复中"),
    ("maintenance", "维护中"),
];

/// A coded word for people; one that is not known stays as it is.
pub(super) fn word(lang: Lang, code: &str) -> String {
    let known = WORDS.iter().find(|(word, _)| *word == code);
    match (lang, known) {
        (Lang::Zh, Some((_, zh))) => (*zh).to_owned(),
        _ => code.replace('_', " "),
    }
}

/// The start of an id, long enough to be given back.
pub(super) fn short(id: &str) -> String {
    id.chars().take(12).collect()
}

/// A time of day in Shanghai; text that is no time stays as it is.
pub(super) fn minute(time: &str) -> String {
    time.parse::<Timestamp>().map_or_else(|_| time.to_owned(), local_minute)
}

/// Yes or no.
pub(super) fn yes(lang: Lang, value: bool) -> String {
    let (yes, no) = match lang {
        Lang::En => ("yes", "no"),
        Lang::Zh => ("是", "否"),
    };
    (if value { yes } else { no }).to_owned()
}
