//! Residences, and what hangs on statements of any case. Numbers 640 to 669.

macro_rules! residence_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    640 StatementNotOwn "statement.not_own" NotPermitted {
        en: "Only the side that said it may correct it: {}.",
        fix: "Take down the member's words with `dukou reply add`, or ask the other side.",
        zh: "只能由原签发方更正:{}。",
        办法: "本人的说明请用 `dukou reply add` 登记;其他请与对方联系。",
    }
    650 LetterNotes "letter.notes" State {
        en: "So much hangs on this letter's statements already: {}.",
        fix: "Say the rest over the phone, or in a new letter.",
        zh: "附于此信文书的更正与说明已达上限:{}。", 办法: "其余请致电对方,或在新信中说明。",
    }
    651 CaseQuota "case.quota" State {
        en: "A region opened more stays or residences than it may leave undecided: {}.",
        fix: "Place, confirm or end those that wait; the other side then opens these again.",
        zh: "对方开立的待办流动记录或双报到记录超出限额:{}。",
        办法: "请先编入、确认或终止已有的;之后由对方重新开立。",
    }
    641 ResidenceUnknown "residence.unknown" NotFound {
        en: "No residence {}.",
        fix: "See `dukou residence list`.",
        zh: "没有双报到记录 {}。", 办法: "请看 `dukou residence list`。",
    }
    642 ResidenceAmbiguous "residence.ambiguous" Validation {
        en: "More than one residence begins with {}.",
        fix: "Give more characters of the id.",
        zh: "不止一条双报到记录以 {} 开头。", 办法: "请多给几位。",
    }
    643 ResidenceState "residence.state" State {
        en: "The residence's state does not allow this: {}.",
        fix: "Look at it again with `dukou residence show`.",
        zh: "双报到记录当前状态不允许此操作:{}。",
        办法: "请用 `dukou residence show` 再看一次。",
    }
    644 ResidenceNotOwn "residence.not_own" NotPermitted {
        en: "Only the other side may say this about the residence: {}.",
        fix: "See `next` in `dukou residence show`.",
        zh: "此事只能由对方办理:{}。", 办法: "请看 `dukou residence show` 的下一步。",
    }
    645 ResidenceOpen "residence.open" State {
        en: "The member is introduced to a community already: {}.",
        fix: "End that residence first, with --how moved if the member moved house.",
        zh: "该成员已向一处社区介绍:{}。", 办法: "请先终止它;若已迁居,请用 --how moved。",
    }
    646 ResidenceNoFeedback "residence.no_feedback" State {
        en: "No feedback waits for a response in the residence {}.",
        fix: "See its statements with `dukou residence show`.",
        zh: "双报到记录 {} 中没有待回复的反馈函。", 办法: "请用 `dukou residence show` 查看。",
    }
    647 ResidenceOpinionOpen "residence.opinion_open" State {
        en: "The community has not answered your last question yet: {}.",
        fix: "Wait for the answer, or call them.",
        zh: "社区尚未答复您上次的征求意见:{}。", 办法: "请等待答复,或致电对方。",
    }
    648 ResidenceNoRequest "residence.no_request" State {
        en: "The unit has asked for no opinion in the residence {}.",
        fix: "See its statements with `dukou residence show`.",
        zh: "双报到记录 {} 中没有待答复的征求意见。", 办法: "请用 `dukou residence show` 查看。",
    }
    } };
}
pub(super) use residence_rows;
