//! Organisations. Numbers 100 to 119.

macro_rules! org_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    100 OrgUnknown "org.unknown" Validation {
        en: "No organisation {}.",
        fix: "See `dukou org list`, for a peer's with --region.",
        zh: "没有组织 {}。",
        办法: "请看 `dukou org list`,对方的加 --region。",
    }
    101 OrgNoTransferRight "org.no_transfer_right" Validation {
        en: "Neither {} nor an organisation above it may transfer.",
        fix: "Give one of them the right with `dukou org add --may-transfer`.",
        zh: "{} 及其上级都没有转接权限。",
        办法: "请在上级组织上设置 --may-transfer。",
    }
    102 OrgExists "org.exists" State {
        en: "The organisation {} exists already.",
        fix: "Choose another code.",
        zh: "组织 {} 已存在。",
        办法: "请换一个代码。",
    }
    103 OrgForeign "org.foreign" Validation {
        en: "The organisation {} does not belong to the right region.",
        fix: "Use a code of that region.",
        zh: "组织 {} 不属于应有的地区。",
        办法: "请使用该地区的组织代码。",
    }
    104 OrgInvalid "org.invalid" Validation {
        en: "The organisation cannot be stored: {}.",
        fix: "Give a code REGION-NNNN, a name, a kind and an existing parent.",
        zh: "组织无法登记:{}。",
        办法: "请给出 地区-编号、名称、类别和已有的上级。",
    }
    105 OrgAmbiguous "org.ambiguous" Validation {
        en: "More than one organisation is called {}.",
        fix: "Give its code.",
        zh: "不止一个组织叫 {}。",
        办法: "请给出代码。",
    }
    106 OrgInUse "org.in_use" State {
        en: "The organisation {} still has members, parts or open letters.",
        fix: "Move them first, or merge it.",
        zh: "组织 {} 还有成员、下级或未办结的信。",
        办法: "请先移出,或合并。",
    }
    107 OrgDuplicate "org.duplicate" Validation {
        en: "The same organisation stands in {} as well.",
        fix: "Delete one of the rows, or correct its code.",
        zh: "同一组织还出现在{}。",
        办法: "请删去其中一行,或改正代码。",
    }
    108 OrgCircle "org.circle" Validation {
        en: "The organisations above {} lead back to itself.",
        fix: "Follow the parents up from this row, and correct the one that is wrong.",
        zh: "{} 的上级逐级向上又回到它自己。",
        办法: "请从本行逐级核对上级,改正填错的一处。",
    }
    109 OrgClosed "org.closed" State {
        en: "The organisation {} was closed or merged.",
        fix: "Delete the row, or use a new code: one that was closed is not used again.",
        zh: "组织 {} 已撤销或并入其他组织。",
        办法: "请删去该行,或换新代码;已撤销的代码不再使用。",
    }
    } };
}
pub(super) use org_rows;
