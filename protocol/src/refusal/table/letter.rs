//! Letters and batches. Numbers 80 to 99.

macro_rules! letter_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    80 LetterUnknown "letter.unknown" NotFound {
        en: "No letter {}.",
        fix: "See `dukou letter list`.",
        zh: "没有信件 {}。", 办法: "请看 `dukou letter list`。",
    }
    81 LetterState "letter.state" State {
        en: "The letter's state does not allow this: {}.",
        fix: "Look at it again with `dukou letter show`.",
        zh: "信件当前状态不允许此操作:{}。", 办法: "请用 `dukou letter show` 再看一次。",
    }
    82 LetterExpired "letter.expired" State {
        en: "The letter expired on {}; a re-issue request was filed.",
        fix: "The origin issues a new letter.",
        zh: "信件已于 {} 过期;已替您提出重开申请。", 办法: "由转出单位重新开具。",
    }
    83 LetterNotAddressee "letter.not_addressee" NotPermitted {
        en: "The letter is not addressed to this region: {}.",
        fix: "Send the member to the addressee, or ask the origin to re-route it.",
        zh: "信件的抬头不是本地区:{}。", 办法: "请引导本人到抬头所在地区,或请转出单位改派。",
    }
    84 LetterAmbiguous "letter.ambiguous" Validation {
        en: "More than one letter begins with {}.",
        fix: "Give more characters of the id.",
        zh: "不止一封信以 {} 开头。", 办法: "请多给几位。",
    }
    85 LetterNotOwn "letter.not_own" NotPermitted {
        en: "Only the other side may do this to the letter: {}.",
        fix: "See `next` in `dukou letter show`.",
        zh: "此操作只能由对方办理:{}。", 办法: "请看 `dukou letter show` 的下一步。",
    }
    86 GroundUnknown "ground.unknown" Validation {
        en: "No such ground or reason: {}.",
        fix: "Use one of the coded grounds in `dukou help`.",
        zh: "没有这种理由:{}。", 办法: "请用帮助中列出的理由代码。",
    }
    87 RedirectMissing "redirect.missing" Validation {
        en: "The ground {} must name the organisation that will accept the member.",
        fix: "Add --redirect ORGCODE.",
        zh: "以 {} 退回必须写明应由哪个组织接收。", 办法: "请加 --redirect 组织代码。",
    }
    88 ValidityInvalid "letter.validity" Validation {
        en: "A letter is valid for 1 to 90 days, not {}.",
        fix: "Give --days between 1 and 90.",
        zh: "有效期为 1 至 90 天,不能是 {}。", 办法: "请用 --days 给出 1 至 90。",
    }
    89 BatchConfirm "batch.confirm" Usage {
        en: "The number to confirm is not the number of letters that can be issued: {}.",
        fix: "Check the sheet with `dukou batch check`, then give its `issuable` to --confirm.",
        zh: "确认的数目与可开具的封数不符,应为:{}。", 办法: "请先用 `dukou batch check` 核对,再以其可开具数填写 --confirm。",
    }
    90 BatchUnknown "batch.unknown" NotFound {
        en: "No batch {}.",
        fix: "See `dukou batch list`.",
        zh: "没有批次 {}。", 办法: "请看 `dukou batch list`。",
    }
    91 BatchAmbiguous "batch.ambiguous" Validation {
        en: "More than one batch begins with {}.",
        fix: "Give more characters of the id.",
        zh: "不止一个批次以 {} 开头。", 办法: "请多给几位。",
    }
    92 LetterOnPaper "letter.on_paper" State {
        en: "There is no signed letter {}: it is on paper alone.",
        fix: "Record what came back with `record-receipt` or `record-return`, or void it.",
        zh: "{} 不是电子信,只有纸质。", 办法: "请用 record-receipt、record-return 登记,或作废。",
    }
    93 LetterSigned "letter.signed" State {
        en: "The letter {} is signed: its receipt comes by itself.",
        fix: "Only letters to offices without a node are recorded by hand.",
        zh: "{} 是电子信,回执会自动到达。", 办法: "只有发给没有节点的单位的纸质信才用人工登记。",
    }
    94 FloatingFull "letter.floating_full" State {
        en: "Too many letters of {} came on paper while it was not heard.",
        fix: "Get through to that region once; what waits is settled by itself then.",
        zh: "来自 {} 而尚未与其核对的纸面信件过多。", 办法: "请先与该地区联通一次,之后会自动核对。",
    }
    } };
}
pub(super) use letter_rows;
