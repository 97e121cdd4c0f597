//! How the demonstration names its steps, in the user's language.
//!
//! Titles name a step before it is played; sentences say what it measured. The names of people in
//! them are invented.

use protocol::refusal::Lang;

use super::audit::Verdict;
use super::node::Mishap;

/// The words in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    lang: Lang,
}

/// How the races between a void and an acceptance ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RaceEnds {
    /// The void was first.
    pub voided: usize,
    /// The acceptance was first.
    pub accepted: usize,
    /// What the last loser was told.
    pub loser: String,
}

impl Words {
    pub(super) fn new(lang: Lang) -> Words {
        Words { lang }
    }

    fn pick(&self, en: impl Into<String>, zh: impl Into<String>) -> String {
        match self.lang {
            Lang::En => en.into(),
            Lang::Zh => zh.into(),
        }
    }

    pub(super) fn starting(&self) -> String {
        self.pick("Starting three nodes", "启动三个节点")
    }

    pub(super) fn started(&self, names: &[&str]) -> String {
        let (count, names) = (names.len(), names.join(" · "));
        self.pick(format!("{count} nodes run: {names}"), format!("{count} 个节点已启动:{names}"))
    }

    pub(super) fn importing(&self) -> String {
        self.pick("Importing the rosters", "导入名册")
    }

    pub(super) fn imported(&self, counts: [usize; 3]) -> String {
        let total: usize = counts.iter().sum();
        let each = counts.map(|count| count.to_string()).join(" + ");
        self.pick(
            format!("{total} invented members imported from xlsx and GB 18030 csv ({each})"),
            format!("导入名册 {total} 人,均为虚构(xlsx 与 GB 18030 csv:{each})"),
        )
    }

    pub(super) fn pairing(&self) -> String {
        self.pick("Pairing the regions", "各地区结对")
    }

    pub(super) fn paired(&self) -> String {
        self.pick(
            "Paired two by two: invitation file, fingerprints compared on both sides",
            "两两结对:邀请文件,双方核对校验码",
        )
    }

    pub(super) fn one_letter(&self) -> String {
        self.pick("One letter from issue to closed", "一封介绍信从签发到归档")
    }

    pub(super) fn letter(&self, name: &str, alike: usize, of: usize) -> String {
        self.pick(
            format!(
                "{name}: offer → accept → release → receipt → ack; \
                 {alike}/{of} signed statements alike at both ends"
            ),
            format!("{name} 介绍信 签发→接收→转出→回执→归档,签名文书 {alike}/{of} 两端一致"),
        )
    }

    pub(super) fn redirect(&self) -> String {
        self.pick("A refusal with redirect", "退回并改派")
    }

    pub(super) fn redirected(&self, wrong: &str, right: &str) -> String {
        self.pick(
            format!("{wrong} refuses (out of area) and redirects; a new letter closes at {right}"),
            format!("{wrong}退回(非本区域)并改派,重开的信由{right}接收"),
        )
    }

    pub(super) fn race(&self) -> String {
        self.pick("A void races an acceptance", "撤回遇上接收")
    }

    pub(super) fn raced(&self, ends: &RaceEnds) -> String {
        let RaceEnds { voided, accepted, loser } = ends;
        let count = voided + accepted;
        self.pick(
            format!(
                "void against acceptance, {count} races: void first {voided}, \
                 acceptance first {accepted}, never both; the later one reads: {loser}"
            ),
            format!(
                "撤回与接收抢先 {count} 次:撤回在先 {voided},接收在先 {accepted},从无两可;\
                 后到者得知:{loser}"
            ),
        )
    }

    pub(super) fn power_cut(&self) -> String {
        self.pick("kill -9 with letters on their way", "信件途中 kill -9")
    }

    /// `counts`: letters not closed when the node was killed, of all letters.
    pub(super) fn survived(&self, counts: [usize; 2], name: &str, restart_ms: u64) -> String {
        let [open, all] = counts;
        self.pick(
            format!(
                "kill -9 of {name} with {open} of {all} letters under way; \
                 it serves again after {restart_ms} ms and all {all} close"
            ),
            format!(
                "{all} 封中 {open} 封未办结时 kill -9 {name},{restart_ms} 毫秒后重新运行,\
                 {all} 封全部办结"
            ),
        )
    }

    pub(super) fn walk_in(&self) -> String {
        self.pick("On paper, while the origin is down", "转出方停机,持二维码报到")
    }

    pub(super) fn walked_in(&self, name: &str, origin: &str, version: u8) -> String {
        self.pick(
            format!(
                "{name} comes with the QR code (version {version}) while {origin} is down: \
                 accepted at once, closed by itself once {origin} is back"
            ),
            format!(
                "{origin}停机,{name} 持二维码(版本 {version})报到,当场接收;\
                 {origin}恢复后自动办结"
            ),
        )
    }

    pub(super) fn onward(&self) -> String {
        self.pick("Onward to a third region", "再转第三地区")
    }

    pub(super) fn returning(&self) -> String {
        self.pick("There and back", "转出又转回")
    }

    pub(super) fn journey(&self, names: &[&str]) -> String {
        let way = names.join(" → ");
        let home = names.first() == names.last();
        match home {
            true => self.pick(format!("there and back: {way}"), format!("转出又转回:{way}")),
            false => self.pick(format!("onward: {way}"), format!("逐地转接:{way}")),
        }
    }

    pub(super) fn year_begins(&self) -> String {
        self.pick("Two-way management begins", "双向管理:外出与流入")
    }

    pub(super) fn year_began(&self, name: &str, origin: &str, destination: &str) -> String {
        self.pick(
            format!("{name} goes from {origin} to {destination} with a certificate: placed there"),
            format!("{name} 持活动证由{origin}外出,{destination}已编入支部"),
        )
    }

    pub(super) fn contact_due(&self) -> String {
        self.pick("A quarter later: contact is due", "一季之后:应当联系")
    }

    pub(super) fn contacted(&self, name: &str, days: i32, origin: &str) -> String {
        self.pick(
            format!("{days} days later {origin} is told to ring {name}; noted, and off the list"),
            format!("{days} 天后{origin}待办提示联系 {name},登记后消除"),
        )
    }

    pub(super) fn pocket(&self) -> String {
        self.pick("A letter in a pocket", "口袋党员")
    }

    pub(super) fn unpocketed(&self, name: &str, destination: &str) -> String {
        self.pick(
            format!(
                "the letter of {name} ran out unseen: listed, issued again, {destination} has it"
            ),
            format!("{name} 的介绍信逾期未报到:列入待办,重开后{destination}接收"),
        )
    }

    pub(super) fn adrift(&self) -> String {
        self.pick("A member whom nobody manages", "两不管")
    }

    pub(super) fn taken_in(&self, name: &str, regions: [&str; 2]) -> String {
        let [origin, destination] = regions;
        self.pick(
            format!(
                "{name} stands on the lists of {origin} and {destination}; \
                 taken in at {destination}, and off both"
            ),
            format!("{name} 同时列入{origin}与{destination}待办,{destination}编入后两端消除"),
        )
    }

    pub(super) fn report_due(&self) -> String {
        self.pick("Half a year later: a report is due", "半年之后:应当汇报")
    }

    pub(super) fn reported(&self, name: &str, days: i32) -> String {
        self.pick(
            format!(
                "{days} days later a report on {name} is due at both ends; one report clears both"
            ),
            format!("{days} 天后两端提示汇报 {name} 的情况,一次汇报两端消除"),
        )
    }

    pub(super) fn coming_home(&self) -> String {
        self.pick("Home again", "返回")
    }

    pub(super) fn came_home(&self) -> String {
        self.pick("both are home again; the stays have ended at both ends", "二人返回,两端均已终止")
    }

    pub(super) fn reconciling(&self) -> String {
        self.pick("Comparing the books, two by two", "两两对账")
    }

    pub(super) fn reconciled(&self, compared: u64, bytes: u64) -> String {
        self.pick(
            format!(
                "books compared two by two: {compared} letters agree, {bytes} bytes, signed by both"
            ),
            format!("两两对账:{compared} 封信一致,共 {bytes} 字节,双方签名"),
        )
    }

    pub(super) fn audit(&self) -> String {
        self.pick("Asking all nodes for everybody", "逐人核对三个节点")
    }

    pub(super) fn audited(&self, members: usize, verdict: &Verdict) -> String {
        let Verdict { full, in_transit, lost, duplicated } = verdict;
        self.pick(
            format!(
                "all nodes asked for {members} members: {full} full, {in_transit} in transit, \
                 {lost} lost, {duplicated} held twice"
            ),
            format!(
                "逐人核对三个节点 {members} 人:在册 {full},途中 {in_transit},\
                 遗漏 {lost},两处在册 {duplicated}"
            ),
        )
    }

    /// Which node, which code, what happened.
    pub(super) fn mishap(&self, mishap: &Mishap) -> String {
        let Mishap { at, code, detail } = mishap;
        if at.is_empty() { format!("{code}: {detail}") } else { format!("{at} {code}: {detail}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_read_well_in_both_languages() {
        let [en, zh] = [Lang::En, Lang::Zh].map(Words::new);
        assert_eq!(en.started(&["石泉县", "汉滨区"]), "2 nodes run: 石泉县 · 汉滨区");
        assert_eq!(zh.started(&["石泉县", "汉滨区"]), "2 个节点已启动:石泉县 · 汉滨区");
        assert_eq!(
            zh.letter("赵以刚", 5, 5),
            "赵以刚 介绍信 签发→接收→转出→回执→归档,签名文书 5/5 两端一致"
        );
        assert_eq!(
            en.letter("赵以刚", 5, 5),
            "赵以刚: offer → accept → release → receipt → ack; \
             5/5 signed statements alike at both ends"
        );
        assert_eq!(
            zh.walked_in("赵以刚", "石泉县", 20),
            "石泉县停机,赵以刚 持二维码(版本 20)报到,当场接收;石泉县恢复后自动办结"
        );
        assert_eq!(zh.journey(&["甲", "乙", "丙"]), "逐地转接:甲 → 乙 → 丙");
        assert_eq!(en.journey(&["A", "B", "A"]), "there and back: A → B → A");
        let ends = RaceEnds { voided: 4, accepted: 2, loser: "letter.state no".to_owned() };
        assert!(en.raced(&ends).starts_with("void against acceptance, 6 races: void first 4,"));
        assert!(zh.raced(&ends).ends_with("从无两可;后到者得知:letter.state no"));
    }

    #[test]
    fn a_power_cut_tells_how_many_letters_were_open() {
        let [en, zh] =
            [Lang::En, Lang::Zh].map(|lang| Words::new(lang).survived([17, 20], "汉滨区", 12));
        assert!(en.starts_with("kill -9 of 汉滨区 with 17 of 20 letters under way"), "{en}");
        assert_eq!(zh, "20 封中 17 封未办结时 kill -9 汉滨区,12 毫秒后重新运行,20 封全部办结");
    }

    #[test]
    fn counts_are_told_as_they_are() {
        let verdict = Verdict { full: 575, in_transit: 1, lost: 2, duplicated: 1 };
        let [en, zh] = [Lang::En, Lang::Zh].map(|lang| Words::new(lang).audited(578, &verdict));
        assert_eq!(
            en,
            "all nodes asked for 578 members: 575 full, 1 in transit, 2 lost, 1 held twice"
        );
        assert_eq!(zh, "逐人核对三个节点 578 人:在册 575,途中 1,遗漏 2,两处在册 1");
    }

    #[test]
    fn a_mishap_names_node_and_code() {
        let mishap =
            Mishap { at: "汉滨区", code: "letter.state".to_owned(), detail: "否".to_owned() };
        assert_eq!(Words::new(Lang::Zh).mishap(&mishap), "汉滨区 letter.state: 否");
    }
}
