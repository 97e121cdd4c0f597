//! Comparing what two regions believe (双向对账). Numbers from 600 on.

macro_rules! reconcile_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    600 ReconcileFrame "reconcile.frame" Validation {
        en: "The peer sent what does not belong into a reconciliation: {}.",
        fix: "Nothing was changed. Upgrade the older of the two nodes, then reconcile again.",
        zh: "对账过程中对方发来不合规范的内容:{}。",
        办法: "未作任何改动。请升级较旧的一方,然后重新对账。",
    }
    601 ReconcileUndecoded "reconcile.undecoded" State {
        en: "The differences could not be read in three rounds: {}.",
        fix: "Reconcile again; the sketch has been made anew.",
        zh: "三轮之内未能读出差异:{}。",
        办法: "摘要已重建,请重新对账。",
    }
    602 ReconcileTooMany "reconcile.too_many" State {
        en: "The two regions differ in more than can be compared one by one: {}.",
        fix: "One of the two databases is not what it was: restore it from its backup.",
        zh: "双方差异过多,无法逐项比对:{}。",
        办法: "其中一方的数据库已不是原样,请从备份恢复。",
    }
    603 ReconcileFalse "reconcile.false" Trust {
        en: "The peer's sketch is not one of the set that it claims to have: {}.",
        fix: "Nothing was changed. Call the other region: its program is not what it should be.",
        zh: "对方的摘要与其声称的数据不符:{}。",
        办法: "未作任何改动。请致电对方:其程序可能有问题。",
    }
    604 ReconcileInvented "reconcile.invented" Trust {
        en: "The peer names differences that cannot be: {}.",
        fix: "Nothing was changed. Call the other region: its program is not what it should be.",
        zh: "对方列出的差异不可能存在:{}。",
        办法: "未作任何改动。请致电对方:其程序可能有问题。",
    }
    605 ReconcileRounds "reconcile.rounds" Trust {
        en: "The peer does not come to an end with a reconciliation: {}.",
        fix: "Nothing was changed. Call the other region: its program is not what it should be.",
        zh: "对方使对账无法结束:{}。",
        办法: "未作任何改动。请致电对方:其程序可能有问题。",
    }
    606 ReconcileTimeout "reconcile.timeout" Unreachable {
        en: "The reconciliation was not finished in time: {}.",
        fix: "Nothing was changed. It is tried again by itself; or reconcile again.",
        zh: "对账未能按时完成:{}。",
        办法: "未作任何改动。稍后会自动再试,也可重新对账。",
    }
    607 ReconcileStopped "reconcile.stopped" State {
        en: "The peer ended the reconciliation: {}.",
        fix: "Look up that code; then reconcile again.",
        zh: "对方中止了对账:{}。",
        办法: "请查该代码的说明,然后重新对账。",
    }
    608 ReconcileTooOften "reconcile.too_often" State {
        en: "A region may ask another for a reconciliation only so often in {} minutes, and has.",
        fix: "Reconcile again after that time, or let the other region ask for it.",
        zh: "一方在 {} 分钟内请求对账的次数有限,已达上限。",
        办法: "请过此时间后再对账,或由对方发起对账。",
    }
    } };
}
pub(super) use reconcile_rows;
