//! The node itself, its configuration and the command line. Numbers 1 to 39.

macro_rules! node_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    1 Internal "internal" Internal {
        en: "The node failed while handling this: {}.",
        fix: "Try again; if it happens again, send the log of this minute to your support.",
        zh: "处理时出错:{}。",
        办法: "请重试;若再次出现,请把这一分钟的日志交给技术支持。",
    }
    2 Usage "usage" Usage {
        en: "The command line is not understood: {}.",
        fix: "See `dukou help`.",
        zh: "命令行无法理解:{}。",
        办法: "请看 `dukou help`。",
    }
    20 NodeLocked "node.locked" Locked {
        en: "Another process holds the data directory {}.",
        fix: "Use the running node, or stop it first.",
        zh: "数据目录 {} 正被另一个进程使用。",
        办法: "请使用正在运行的节点,或先把它停下。",
    }
    21 NodeRecovering "node.recovering" State {
        en: "This node is behind what it signed before ({}): it signs nothing until it caught up.",
        fix: "Put the newest copy of the data directory back, or recover from the peers.",
        zh: "本节点的数据比它已签出的旧({}):补齐之前不签发任何文书。",
        办法: "请换回最新的数据目录,或从对方地区恢复。",
    }
    22 NodeNoData "node.no_data" NoData {
        en: "There is no node in {}.",
        fix: "Create one with `dukou init`, or name its directory with --data.",
        zh: "{} 里没有节点。",
        办法: "请先 `dukou init`,或用 --data 指明目录。",
    }
    23 NodeExists "node.exists" State {
        en: "There is already a node in {}.",
        fix: "Choose another directory with --data.",
        zh: "{} 里已经有一个节点。",
        办法: "请用 --data 另选目录。",
    }
    24 NodeNotRunning "node.not_running" Unreachable {
        en: "This needs the running node: {}.",
        fix: "Start it with `dukou serve`.",
        zh: "此操作需要节点正在运行:{}。",
        办法: "请先运行 `dukou serve`。",
    }
    25 NodeKeys "node.keys" Trust {
        en: "The node's keys cannot be used: {}.",
        fix: "Key files must be 0600 in a 0700 directory, and belong to this node.",
        zh: "本节点的密钥不能使用:{}。",
        办法: "密钥文件须为 0600、目录须为 0700,并且属于本节点。",
    }
    26 NodeSchema "node.schema" State {
        en: "The database has schema {}, newer than this program.",
        fix: "Use the newer program.",
        zh: "数据库的版本是 {},比本程序新。",
        办法: "请使用更新的程序。",
    }
    27 ConfigInvalid "config.invalid" Config {
        en: "The configuration is faulty: {}.",
        fix: "Correct the named lines; `config/node.example.toml` shows every key.",
        zh: "配置有误:{}。",
        办法: "请改正所指的行;`config/node.example.toml` 列出全部键。",
    }
    28 ClockWrong "node.clock" Config {
        en: "The machine's clock says {}, before this program was built.",
        fix: "Set the clock.",
        zh: "本机时钟为 {},早于本程序的编译时间。",
        办法: "请校准时钟。",
    }
    29 RoleDenied "role.denied" NotPermitted {
        en: "Your role does not allow this: {}.",
        fix: "Ask an administrator.",
        zh: "您的角色不允许此操作:{}。",
        办法: "请联系管理员。",
    }
    30 NotRehearsal "node.not_rehearsal" State {
        en: "Only a rehearsal directory does this: {}.",
        fix: "Create one with `dukou init --rehearsal`.",
        zh: "只有演练目录可以这样做:{}。",
        办法: "请用 `dukou init --rehearsal` 建立演练目录。",
    }
    31 NodeVault "node.vault" Trust {
        en: "Sealed personal data cannot be opened: {}.",
        fix: "Database and keys must come from the same node; restore both from one backup.",
        zh: "加密保存的个人信息无法打开:{}。",
        办法: "数据库与密钥须属于同一节点;请从同一份备份恢复两者。",
    }
    32 NodeFile "node.file" Internal {
        en: "The system does not let the node use a file: {}.",
        fix: "Check that the disk is writable, has room and belongs to the node's user.",
        zh: "系统不允许节点使用文件:{}。",
        办法: "请检查磁盘可写、空间足够,且属于节点的系统用户。",
    }
    33 NodeFull "node.full" State {
        en: "The database has reached its quota of {} bytes: nothing more is read from peers.",
        fix: "Free the disk or raise `quota.database_bytes`; what waits comes by itself then.",
        zh: "数据库已达到 {} 字节的限额:暂停接收对方的数据。",
        办法: "请清理磁盘或调高 `quota.database_bytes`;之后会自动补收。",
    }
    34 RuleUnknown "rule.unknown" NotFound {
        en: "No rule or finding {}.",
        fix: "See `dukou rule list`.",
        zh: "没有规则或事项 {}。",
        办法: "请用 `dukou rule list` 查看。",
    }
    35 RuleValue "rule.value" Validation {
        en: "A rule cannot have this value: {}.",
        fix: "Choose a number inside the range.",
        zh: "规则不能取此值:{}。",
        办法: "请在允许的范围内取值。",
    }
    } };
}
pub(super) use node_rows;
