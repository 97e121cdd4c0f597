//! Who holds whom, over all nodes: the count that must never show anybody lost or held twice.

use std::collections::{BTreeMap, BTreeSet};

use crate::region::Region;

/// The holders that all nodes together name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// For each member that is full somewhere, the regions where.
    pub full: BTreeMap<String, BTreeSet<String>>,
    /// For each member in transit, the regions that say so.
    pub in_transit: BTreeMap<String, BTreeSet<String>>,
}

impl Census {
    /// Asks every region.
    #[track_caller]
    pub fn of(regions: &[Region]) -> Census {
        let mut census = Census::default();
        for region in regions {
            for custody in ["here", "away", "in_transit"] {
                let counted = match custody {
                    "in_transit" => &mut census.in_transit,
                    _ => &mut census.full,
                };
                for member in region.list(&["member", "list", "--custody", custody]) {
                    let member = member["ref"].as_str().unwrap().to_owned();
                    counted.entry(member).or_default().insert(region.code());
                }
            }
        }
        census
    }

    /// Members of `everybody` who are neither full nor in transit anywhere.
    pub fn lost(&self, everybody: &BTreeSet<String>) -> BTreeSet<String> {
        let held = |member: &String| {
            self.full.contains_key(member) || self.in_transit.contains_key(member)
        };
        everybody.iter().filter(|member| !held(member)).cloned().collect()
    }

    /// Members who are full at more than one node.
    pub fn duplicated(&self) -> BTreeSet<String> {
        let twice = self.full.iter().filter(|(_, regions)| regions.len() > 1);
        twice.map(|(member, _)| member.clone()).collect()
    }
}
