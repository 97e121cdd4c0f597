//! Departures, and what else an office keeps without signing it. Numbers 660 to 679.

macro_rules! departure_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    660 DepartureUnknown "departure.unknown" NotFound {
        en: "No departure {}.",
        fix: "See `dukou departure list`.",
        zh: "没有外出报告 {}。", 办法: "请看 `dukou departure list`。",
    }
    661 DepartureAmbiguous "departure.ambiguous" Validation {
        en: "More than one departure begins with {}.",
        fix: "Give more characters of the id.",
        zh: "不止一份外出报告以 {} 开头。", 办法: "请多给几位。",
    }
    662 DepartureState "departure.state" State {
        en: "The departure's state does not allow this: {}.",
        fix: "Look at it again with `dukou departure show`.",
        zh: "外出报告当前状态不允许此操作:{}。", 办法: "请用 `dukou departure show` 再看一次。",
    }
    } };
}
pub(super) use departure_rows;
