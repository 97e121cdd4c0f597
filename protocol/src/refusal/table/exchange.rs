//! Statements, feeds and sessions: what a peer is told. Numbers from 200 on.

macro_rules! exchange_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    200 SealInvalid "seal.invalid" Trust {
        en: "The signature does not hold: {}.",
        fix: "Ask the issuer; somebody changed a bit of it, or it was cut.",
        zh: "签名不符:{}。",
        办法: "请联系签发单位;内容可能被改动或截断。",
    }
    201 StatementUnusable "statement.unusable" Validation {
        en: "The statement is authentic but cannot be used: {}.",
        fix: "The signer corrects it with a new statement.",
        zh: "文书真实但不能使用:{}。",
        办法: "由签发方另出文书更正。",
    }
    202 StatementUnknownKind "statement.unknown_kind" Validation {
        en: "This build does not know statements of kind {}.",
        fix: "Upgrade this node; they are judged again then.",
        zh: "本程序不认识第 {} 类文书。",
        办法: "请升级本节点;升级后会重新处理。",
    }
    203 StatementMalformed "statement.malformed" Validation {
        en: "The statement's bytes are malformed: {}.",
        fix: "The signer corrects it with a new statement.",
        zh: "文书的字节不合规范:{}。",
        办法: "由签发方另出文书更正。",
    }
    204 StatementDomain "statement.domain" Validation {
        en: "The statement belongs to another federation, or mixes rehearsal and reality: {}.",
        fix: "Rehearsal nodes exchange only with rehearsal nodes.",
        zh: "文书属于另一个联邦,或混用了演练与正式:{}。",
        办法: "演练节点只与演练节点往来。",
    }
    205 StatementParty "statement.party" Validation {
        en: "The statement's author or audience is not the right one: {}.",
        fix: "Only the parties of a case write to each other about it.",
        zh: "文书的签发方或接收方不对:{}。",
        办法: "只有当事双方可以就此往来。",
    }
    206 StatementTime "statement.time" Validation {
        en: "The statement's times do not fit together or lie in the future: {}.",
        fix: "Check the signer's clock.",
        zh: "文书的时间前后不符或在未来:{}。",
        办法: "请检查签发方的时钟。",
    }
    207 StatementAntecedent "statement.antecedent" Validation {
        en: "The statement does not answer what it should: {}.",
        fix: "The signer corrects it with a new statement.",
        zh: "文书没有对应它应当答复的文书:{}。",
        办法: "由签发方另出文书更正。",
    }
    208 StatementContradiction "statement.contradiction" Validation {
        en: "The signer contradicts its own earlier statement: {}.",
        fix: "Both are kept as evidence; call the other region.",
        zh: "签发方前后矛盾:{}。",
        办法: "两份均已存证;请致电对方地区。",
    }
    209 StatementGeneration "statement.generation" Validation {
        en: "The statement's generation or member does not fit the letter: {}.",
        fix: "The signer corrects it with a new statement.",
        zh: "文书的代次或成员与信件不符:{}。",
        办法: "由签发方另出文书更正。",
    }
    210 StatementProof "statement.proof" Validation {
        en: "The proof of the previous hand-overs does not hold: {}.",
        fix: "The origin must show every hand-over from the minting node on.",
        zh: "历次转接的证明不成立:{}。",
        办法: "转出方须出示自首次登记起的每次转接。",
    }
    211 StatementErased "statement.erased" Validation {
        en: "The private part of the letter is missing or differs from its commitment: {}.",
        fix: "The origin issues the letter again.",
        zh: "信件的个人信息部分缺失或与承诺不符:{}。",
        办法: "请转出方重开。",
    }
    220 FeedFork "feed.fork" Trust {
        en: "The peer signed two different entries at one place: {}.",
        fix: "Both are kept as evidence; call the other region: its keys may run on two machines.",
        zh: "对方在同一位置签了两份不同的条目:{}。",
        办法: "两份均已存证;请致电对方:其密钥可能在两台机器上使用。",
    }
    221 FeedGap "feed.gap" State {
        en: "Entries are missing before {}.",
        fix: "They are asked for again by themselves.",
        zh: "{} 之前有缺漏。",
        办法: "会自动重新索取。",
    }
    222 FeedIncarnation "feed.incarnation" Trust {
        en: "The entry belongs to another life of the peer's feed: {}.",
        fix: "The peer was restored from a copy; recover the pair first.",
        zh: "条目属于对方数据的另一个生命期:{}。",
        办法: "对方曾从副本恢复;请先恢复结对。",
    }
    223 FeedKey "feed.key" Trust {
        en: "The signing key is not certified by the peer's identity: {}.",
        fix: "Ask the peer for its key certificate.",
        zh: "签名密钥未经对方身份密钥认证:{}。",
        办法: "请对方提供密钥证书。",
    }
    230 SessionFrame "session.frame" Validation {
        en: "The peer sent a frame that breaks the protocol: {}.",
        fix: "Upgrade the older of the two nodes; if that does not help, call the other region.",
        zh: "对方发来不合协议的数据:{}。",
        办法: "请升级较旧的一方;若仍如此,请致电对方。",
    }
    231 SessionVersion "session.version" State {
        en: "No protocol version is common with the peer: it speaks {}.",
        fix: "Upgrade the older of the two nodes.",
        zh: "与对方没有共同的协议版本:对方为 {}。",
        办法: "请升级较旧的一方。",
    }
    232 SessionTimeout "session.timeout" Unreachable {
        en: "The peer fell silent: {}.",
        fix: "It is dialled again by itself.",
        zh: "对方中途无应答:{}。",
        办法: "会自动重连。",
    }
    233 SessionConflict "session.conflict" State {
        en: "The peer claims entries of ours that we do not have, without our signature: {}.",
        fix: "Call the other region: one of the two databases was restored or changed.",
        zh: "对方声称有本节点所没有的条目,但没有本节点的签名:{}。",
        办法: "请致电对方:其中一方的数据库可能被恢复或改动过。",
    }
    234 SessionReplaced "session.replaced" State {
        en: "A newer connection with the peer took over: {}.",
        fix: "Nothing to do.",
        zh: "与对方的新连接已接替旧连接:{}。",
        办法: "无需处理。",
    }
    235 SessionEnded "session.ended" Unreachable {
        en: "The peer ended the session: {}.",
        fix: "It is dialled again by itself.",
        zh: "对方结束了会话:{}。",
        办法: "会自动重连。",
    }
    } };
}
pub(super) use exchange_rows;
