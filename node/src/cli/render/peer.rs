//! Other regions as text.

use protocol::refusal::Lang;

use super::table::{block, table};
use super::words::{minute, word, yes};
use super::{Text, more, pick};
use crate::office::view::{Invited, Page, Peer, PeerProbe, Replaced};

impl Text for Invited {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        block(&[
            (p("Invitation", "邀请文件"), Some(self.file.clone())),
            (p("Our fingerprint", "本节点校验码"), Some(self.fingerprint.clone())),
            (p("Expires", "有效至"), Some(minute(&self.expires_at))),
        ])
    }
}

impl Text for Peer {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        block(&[
            (p("Region", "地区"), Some(format!("{} {}", self.region, self.name))),
            (p("State", "状态"), Some(word(lang, &self.state))),
            (p("Node", "节点"), Some(self.node_id.clone())),
            (p("Fingerprint", "校验码"), Some(self.fingerprint.clone())),
            (p("Last contact", "最近联系"), self.last_contact.as_deref().map(minute)),
            (p("Clock ahead", "时钟偏快"), self.clock_skew_ms.map(|ms| format!("{ms} ms"))),
            (p("To send", "待发"), Some(self.to_send.to_string())),
            (p("Awaiting acknowledgement", "待对方确认"), Some(self.awaiting_ack.to_string())),
            (p("Received", "已收"), Some(self.received.to_string())),
        ])
    }
}

impl Text for Page<Peer> {
    fn text(&self, lang: Lang) -> String {
        peers(&self.items, lang) + &more(self.next.as_deref(), lang)
    }
}

/// A table of peers.
pub(super) fn peers(peers: &[Peer], lang: Lang) -> String {
    let p = |en, zh| pick(lang, en, zh);
    let rows: Vec<Vec<String>> = peers.iter().map(|peer| row(peer, lang)).collect();
    let header = [
        p("Region", "地区"),
        p("Name", "名称"),
        p("State", "状态"),
        p("Last contact", "最近联系"),
        p("To send", "待发"),
        p("Unacknowledged", "待确认"),
        p("Received", "已收"),
    ];
    table(lang, &header, &rows)
}

fn row(peer: &Peer, lang: Lang) -> Vec<String> {
    vec![
        peer.region.clone(),
        peer.name.clone(),
        word(lang, &peer.state),
        peer.last_contact.as_deref().map_or_else(|| "-".to_owned(), minute),
        peer.to_send.to_string(),
        peer.awaiting_ack.to_string(),
        peer.received.to_string(),
    ]
}

impl Text for Replaced {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        let listed = |ids: &[String]| (!ids.is_empty()).then(|| ids.join("\n"));
        let letters = block(&[
            (p("Issued again", "已重开"), listed(&self.reissued)),
            (p("Handed on", "已移交承继节点"), listed(&self.succeeded)),
            (p("Still under way", "仍在途"), listed(&self.waiting)),
        ]);
        format!("{}\n{letters}", self.peer.text(lang))
    }
}

impl Text for PeerProbe {
    fn text(&self, lang: Lang) -> String {
        let p = |en, zh| pick(lang, en, zh);
        block(&[
            (p("Region", "地区"), Some(self.region.clone())),
            (p("Reachable", "可连通"), Some(yes(lang, self.reachable))),
            (p("Address", "地址"), self.address.clone()),
            (p("Round trip", "往返"), self.round_trip_ms.map(|ms| format!("{ms} ms"))),
            (p("Clock ahead", "时钟偏快"), self.clock_skew_ms.map(|ms| format!("{ms} ms"))),
        ])
    }
}
