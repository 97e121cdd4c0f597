//! Three neighbouring regions with their real names and codes, and a plausible tree of
//! organisations in each. The organisations are invented.
//!
//! The codes are those of GB/T 2260 for the city of 安康市 (610900).

use protocol::id::{OrgCode, RegionCode};

/// A region of the demonstration.
#[derive(Debug, PartialEq, Eq)]
pub struct DemoRegion {
    number: u32,
    /// The region's name.
    pub name: &'static str,
    /// Its organisations, every parent before its children.
    pub orgs: &'static [DemoOrg],
    /// How many of 100 people live here.
    share: usize,
}

/// An organisation of a demonstration region.
#[derive(Debug, PartialEq, Eq)]
pub struct DemoOrg {
    number: u32,
    parent: Option<u32>,
    /// Its name, unique in the region.
    pub name: &'static str,
    /// Its kind, as `dukou org add --kind` takes it.
    pub kind: &'static str,
    /// Whether it may send and receive letters.
    pub may_transfer: bool,
}

impl DemoRegion {
    /// The region's code.
    pub fn code(&self) -> RegionCode {
        RegionCode::new(self.number).expect("the codes below have six digits")
    }

    /// The code of one of its organisations.
    pub fn org_code(&self, org: &DemoOrg) -> OrgCode {
        self.numbered(org.number)
    }

    /// The code of the organisation above `org`.
    pub fn parent_code(&self, org: &DemoOrg) -> Option<OrgCode> {
        org.parent.map(|number| self.numbered(number))
    }

    /// The committee to which letters are addressed.
    pub fn committee(&self) -> &'static DemoOrg {
        self.orgs.iter().find(|org| org.may_transfer).expect("every region has one below")
    }

    /// The branches, where members belong.
    pub fn branches(&self) -> impl Iterator<Item = &'static DemoOrg> + use<> {
        self.orgs.iter().filter(|org| org.kind == "branch")
    }

    fn numbered(&self, number: u32) -> OrgCode {
        OrgCode::new(self.code(), number).expect("the numbers below have at most four digits")
    }
}

/// The regions, the largest first.
pub const REGIONS: [DemoRegion; 3] = [SHIQUAN, HANBIN, ZIYANG];

/// How many of `total` people live in each of [`REGIONS`]; the largest takes what does not divide.
pub fn shares(total: usize) -> [usize; 3] {
    let [_, second, third] = REGIONS.map(|region| total * region.share / 100);
    [total - second - third, second, third]
}

/// 石泉县.
pub const SHIQUAN: DemoRegion = DemoRegion {
    number: 610_922,
    name: "石泉县",
    share: 60,
    orgs: &[
        committee(1, "石泉县城关镇党委"),
        general_branch(2, 1, "石泉县缫丝厂党总支"),
        branch(3, 2, "石泉县缫丝厂支部"),
        branch(4, 2, "石泉县缫丝厂退休职工支部"),
        branch(5, 1, "石泉县向阳社区支部"),
        branch(6, 1, "石泉县新桥村支部"),
        committee(10, "石泉县池河镇党委"),
        branch(11, 10, "石泉县五爱村支部"),
        branch(12, 10, "石泉县明星村支部"),
    ],
};

/// 汉滨区.
pub const HANBIN: DemoRegion = DemoRegion {
    number: 610_902,
    name: "汉滨区",
    share: 25,
    orgs: &[
        committee(1, "汉滨区老城街道党工委"),
        branch(2, 1, "汉滨区西街社区支部"),
        branch(3, 1, "汉滨区东关社区支部"),
        general_branch(4, 1, "汉滨区江北商圈党总支"),
        branch(5, 4, "汉滨区江北物流支部"),
    ],
};

/// 紫阳县.
pub const ZIYANG: DemoRegion = DemoRegion {
    number: 610_924,
    name: "紫阳县",
    share: 15,
    orgs: &[
        committee(1, "紫阳县城关镇党委"),
        branch(2, 1, "紫阳县西门河社区支部"),
        general_branch(3, 1, "紫阳县茶业党总支"),
        branch(4, 3, "紫阳县焕古茶厂支部"),
    ],
};

/// 安康市: the city over the three counties. It keeps its own office's members, and reads reports.
pub const ANKANG: DemoRegion = DemoRegion {
    number: 610_900,
    name: "安康市",
    share: 0,
    orgs: &[committee(1, "安康市直属机关党工委"), branch(2, 1, "安康市党建办支部")],
};

const fn committee(number: u32, name: &'static str) -> DemoOrg {
    DemoOrg { number, parent: None, name, kind: "committee", may_transfer: true }
}

const fn general_branch(number: u32, parent: u32, name: &'static str) -> DemoOrg {
    below(number, parent, name, "general_branch")
}

const fn branch(number: u32, parent: u32, name: &'static str) -> DemoOrg {
    below(number, parent, name, "branch")
}

const fn below(number: u32, parent: u32, name: &'static str, kind: &'static str) -> DemoOrg {
    DemoOrg { number, parent: Some(parent), name, kind, may_transfer: false }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_tree_can_be_entered_in_its_order() {
        for region in &REGIONS {
            let mut known = BTreeSet::new();
            let mut names = BTreeSet::new();
            for org in region.orgs {
                assert!(region.parent_code(org).is_none_or(|parent| known.contains(&parent)));
                assert!(known.insert(region.org_code(org)), "{}", org.name);
                assert!(names.insert(org.name), "{}", org.name);
            }
            assert!(region.branches().count() >= 2);
            assert_eq!(region.committee().kind, "committee");
        }
    }

    #[test]
    fn shares_add_up() {
        assert_eq!(shares(579), [349, 144, 86]);
        for total in [0, 1, 2, 99, 1_000_000] {
            assert_eq!(shares(total).iter().sum::<usize>(), total);
        }
    }
}
