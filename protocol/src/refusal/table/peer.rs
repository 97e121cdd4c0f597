//! Pairing and peers. Numbers 40 to 59.

macro_rules! peer_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    40 PeerUnknown "peer.unknown" NotFound {
        en: "No peer {}.",
        fix: "See `dukou peer list`.",
        zh: "没有结对地区 {}。",
        办法: "请看 `dukou peer list`。",
    }
    41 PeerFingerprint "peer.fingerprint" Trust {
        en: "The fingerprint differs from that of {}: do not go on.",
        fix: "Compare all six groups again, over a phone number that you already had.",
        zh: "校验码与 {} 的不一致:不要继续。",
        办法: "请用您本来就有的电话重新核对全部六组数字。",
    }
    42 PeerRevoked "peer.revoked" Trust {
        en: "The peer {} is revoked.",
        fix: "Pair again if it is to be trusted again.",
        zh: "结对地区 {} 已撤销。",
        办法: "如需恢复信任,请重新结对。",
    }
    43 PeerPending "peer.pending" State {
        en: "The peer {} is not approved yet.",
        fix: "Approve it with `dukou peer approve` after comparing fingerprints.",
        zh: "结对地区 {} 尚未同意。",
        办法: "核对校验码后用 `dukou peer approve` 同意。",
    }
    44 PeerUnreachable "peer.unreachable" Unreachable {
        en: "The peer {} did not answer in time.",
        fix: "What is queued is delivered by itself; test with `dukou peer test`.",
        zh: "地区 {} 没有及时应答。",
        办法: "已排队的会自动送达;可用 `dukou peer test` 检查。",
    }
    45 InvitationInvalid "invitation.invalid" Trust {
        en: "{} is not a valid invitation or reply.",
        fix: "Ask the other region for a new file.",
        zh: "{} 不是有效的邀请或回函。",
        办法: "请对方重新生成文件。",
    }
    46 InvitationExpired "invitation.expired" State {
        en: "The invitation expired on {}.",
        fix: "Ask the other region for a new one.",
        zh: "邀请已于 {} 过期。",
        办法: "请对方重新生成。",
    }
    47 InvitationUsed "invitation.used" State {
        en: "The invitation was used or withdrawn: {}.",
        fix: "Ask the other region for a new one.",
        zh: "邀请已被使用或收回:{}。",
        办法: "请对方重新生成。",
    }
    48 PeerSelf "peer.self" Validation {
        en: "This is the invitation of this very node: {}.",
        fix: "Carry the file to the other region.",
        zh: "这是本节点自己的邀请:{}。",
        办法: "请把文件送到对方地区。",
    }
    49 PeerRehearsal "peer.rehearsal" Validation {
        en: "A rehearsal node never pairs with a real one: {}.",
        fix: "Pair rehearsal nodes with rehearsal nodes only.",
        zh: "演练节点不能与正式节点结对:{}。",
        办法: "演练节点只与演练节点结对。",
    }
    50 PeerRegionTaken "peer.region_taken" State {
        en: "Another node is already the peer for region {}.",
        fix: "Revoke it first, or use `peer replace`.",
        zh: "地区 {} 已有另一个节点结对。",
        办法: "请先撤销,或用 `peer replace`。",
    }
    51 PeerPaused "peer.paused" State {
        en: "The peer {} is paused or not active.",
        fix: "Resume it with `dukou peer resume`.",
        zh: "结对地区 {} 已暂停或未启用。",
        办法: "请用 `dukou peer resume` 恢复。",
    }
    } };
}
pub(super) use peer_rows;
