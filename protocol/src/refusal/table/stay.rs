//! Stays. Numbers 260 to 279.

macro_rules! stay_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    260 StayUnknown "stay.unknown" NotFound {
        en: "No stay {}.",
        fix: "See `dukou stay list`.",
        zh: "没有流动记录 {}。", 办法: "请看 `dukou stay list`。",
    }
    261 StayAmbiguous "stay.ambiguous" Validation {
        en: "More than one stay begins with {}.",
        fix: "Give more characters of the id.",
        zh: "不止一条流动记录以 {} 开头。", 办法: "请多给几位。",
    }
    262 StayState "stay.state" State {
        en: "The stay's state does not allow this: {}.",
        fix: "Look at it again with `dukou stay show`.",
        zh: "流动记录当前状态不允许此操作:{}。", 办法: "请用 `dukou stay show` 再看一次。",
    }
    263 StayNotOwn "stay.not_own" NotPermitted {
        en: "Only the other side may say this about the stay: {}.",
        fix: "See `next` in `dukou stay show`.",
        zh: "此事只能由对方办理:{}。", 办法: "请看 `dukou stay show` 的下一步。",
    }
    264 StayOpen "stay.open" State {
        en: "The member is away already: {}.",
        fix: "End that stay first, with --how moved if the member went on to another place.",
        zh: "该成员已有一条未终止的流动记录:{}。",
        办法: "请先终止它;若已转往他处,请用 --how moved。",
    }
    265 StayHelpOpen "stay.help_open" State {
        en: "The other side has not answered your last request yet: {}.",
        fix: "Wait for the answer, or call them.",
        zh: "对方尚未答复您上次的协助请求:{}。", 办法: "请等待答复,或致电对方。",
    }
    266 StayNoRequest "stay.no_request" State {
        en: "The other side has asked for nothing in the stay {}.",
        fix: "See its statements with `dukou stay show`.",
        zh: "流动记录 {} 中对方没有待答复的协助请求。", 办法: "请用 `dukou stay show` 查看。",
    }
    267 StatementUnknown "statement.unknown" NotFound {
        en: "There is no statement {} in it.",
        fix: "Give the hash, or its first 8 characters or more, from `show --json` of the same.",
        zh: "其中没有文书 {}。", 办法: "请给出 `show --json` 中的校验值,或其前 8 位以上。",
    }
    268 StayOtherPerson "stay.other_person" Validation {
        en: "The stay is about somebody else than the member named: {}.",
        fix: "Leave out --member, or end this one as a duplicate and use `dukou stay open`.",
        zh: "该流动记录所载并非所指定的成员:{}。",
        办法: "请不填 --member,或以 --how duplicate 终止后改用 `dukou stay open`。",
    }
    } };
}
pub(super) use stay_rows;
