//! Matching lists that were kept apart (名单比对). Numbers from 620 on.

macro_rules! matching_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    620 MatchFrame "match.frame" Validation {
        en: "The peer sent what does not belong into a matching: {}.",
        fix: "Nothing was changed. Upgrade the older of the two nodes, then match again.",
        zh: "名单比对过程中对方发来不合规范的内容:{}。",
        办法: "未作任何改动。请升级较旧的一方,然后重新比对。",
    }
    621 MatchTooLarge "match.too_large" Validation {
        en: "A list for a matching has {} people, more than 32,768.",
        fix: "Match fewer at a time, for example one sheet for each committee.",
        zh: "比对名单有 {} 人,超过 32768 人。",
        办法: "请分批比对,例如每个党委一张表。",
    }
    622 MatchTooOften "match.too_often" State {
        en: "A region may ask another for eight matchings in {} hours, and has.",
        fix: "Match again tomorrow, or let the other region ask for it.",
        zh: "一方每 {} 小时至多请求比对八次,本次过于频繁。",
        办法: "请明日再比对,或由对方发起。",
    }
    623 MatchFalse "match.false" Trust {
        en: "The peer's points are not those of an honest matching: {}.",
        fix: "Nothing was changed. Call the other region: its program is not what it should be.",
        zh: "对方在名单比对中给出的数据不实:{}。",
        办法: "未作任何改动。请致电对方:其程序可能有问题。",
    }
    624 MatchTimeout "match.timeout" Unreachable {
        en: "The matching was not finished in time: {}.",
        fix: "Nothing was changed. Match again when the line is better.",
        zh: "名单比对未能按时完成:{}。",
        办法: "未作任何改动。请待线路好转后重新比对。",
    }
    625 MatchStopped "match.stopped" State {
        en: "The peer ended the matching: {}.",
        fix: "Look up that code; then match again.",
        zh: "对方中止了名单比对:{}。",
        办法: "请查该代码的说明,然后重新比对。",
    }
    626 MatchNobody "match.nobody" Validation {
        en: "There is nobody on that list.",
        fix: "Nothing was sent. Check the region and the direction, or match a sheet.",
        zh: "该名单上没有人。",
        办法: "未发送任何内容。请核对地区与方向,或用名单文件比对。",
    }
    627 MatchOff "match.off" NotPermitted {
        en: "The other region does not answer matchings by itself.",
        fix: "Call the other region: its office can ask for the matching, or allow it.",
        zh: "对方地区未开放名单比对。",
        办法: "请致电对方,由对方发起,或请其开放。",
    }
    628 MatchUnknown "match.unknown" NotFound {
        en: "No matching has the id {}.",
        fix: "List them with `dukou match list`.",
        zh: "没有编号为 {} 的名单比对。",
        办法: "用 dukou match list 查看。",
    }
    629 MatchBusy "match.busy" State {
        en: "A matching with that region is still under way.",
        fix: "Wait for its end, then match again.",
        zh: "与该地区的名单比对正在进行。",
        办法: "请等其结束后再比对。",
    }
    } };
}
pub(super) use matching_rows;
