//! The rows of the table. Numbers are for ever; a row that falls out of use keeps its number.

use super::{Class, Lang};

refusals! {
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

    60 MemberUnknown "member.unknown" NotFound {
        en: "No member {}.",
        fix: "See `dukou member search`.",
        zh: "没有成员 {}。", 办法: "请用 `dukou member search` 查找。",
    }
    61 MemberAmbiguous "member.ambiguous" Validation {
        en: "More than one member fits {}.",
        fix: "Give the full reference.",
        zh: "不止一名成员符合 {}。", 办法: "请给出完整的编号。",
    }
    62 MemberOpenLetter "member.open_letter" State {
        en: "The member has an open letter: {}.",
        fix: "Void it first, or wait for its end.",
        zh: "该成员有一封未办结的信:{}。", 办法: "请先撤回,或等它办结。",
    }
    63 MemberNotFull "member.not_full" State {
        en: "This node does not hold the full membership of {}.",
        fix: "Only the full holder may do this.",
        zh: "本节点不是 {} 的组织关系所在地。", 办法: "只有组织关系所在地可以这样做。",
    }
    64 MemberAlreadyHere "member.already_here" State {
        en: "A person with this ID number is already on this roster: {}.",
        fix: "Declare the two the same with --same-as, or refuse with already_member.",
        zh: "花名册上已有同一身份证号的人:{}。", 办法: "用 --same-as 声明为同一人,或以 already_member 退回。",
    }
    65 MemberInTransit "member.in_transit" State {
        en: "The member is in transit: {}.",
        fix: "Wait for the receipt.",
        zh: "该成员正在转接途中:{}。", 办法: "请等待回执。",
    }
    66 MemberIncomplete "member.incomplete" Validation {
        en: "The member's entry lacks {}.",
        fix: "Complete it with `dukou member set`.",
        zh: "成员信息缺少:{}。", 办法: "请用 `dukou member set` 补全。",
    }
    67 MemberHandOvers "member.hand_overs" State {
        en: "Member {} was handed over more often than a proof of custody can show.",
        fix: "End this membership as a duplicate and register the person anew.",
        zh: "成员 {} 的转接次数已超出转接证明所能记载的上限。", 办法: "请以“重复”终止此条组织关系,并重新登记该成员。",
    }

    68 MemberDetailsDiffer "member.details_differ" Validation {
        en: "The {} is not the one on the roster for this ID number.",
        fix: "Correct the row, or the roster with `dukou member set`.",
        zh: "与花名册上此身份证号的记载不一致:{}。", 办法: "请改正本行,或用 `dukou member set` 更正花名册。",
    }

    80 LetterUnknown "letter.unknown" NotFound {
        en: "No letter {}.",
        fix: "See `dukou letter list`.",
        zh: "没有信件 {}。", 办法: "请看 `dukou letter list`。",
    }
    81 LetterState "letter.state" State {
        en: "The letter's state does not allow this: {}.",
        fix: "Look at it again with `dukou letter show`.",
        zh: "信件当前状态不允许此操作:{}。", 办法: "请用 `dukou letter show` 再看一次。",
    }
    82 LetterExpired "letter.expired" State {
        en: "The letter expired on {}; a re-issue request was filed.",
        fix: "The origin issues a new letter.",
        zh: "信件已于 {} 过期;已替您提出重开申请。", 办法: "由转出单位重新开具。",
    }
    83 LetterNotAddressee "letter.not_addressee" NotPermitted {
        en: "The letter is not addressed to this region: {}.",
        fix: "Send the member to the addressee, or ask the origin to re-route it.",
        zh: "信件的抬头不是本地区:{}。", 办法: "请引导本人到抬头所在地区,或请转出单位改派。",
    }
    84 LetterAmbiguous "letter.ambiguous" Validation {
        en: "More than one letter begins with {}.",
        fix: "Give more characters of the id.",
        zh: "不止一封信以 {} 开头。", 办法: "请多给几位。",
    }
    85 LetterNotOwn "letter.not_own" NotPermitted {
        en: "Only the other side may do this to the letter: {}.",
        fix: "See `next` in `dukou letter show`.",
        zh: "此操作只能由对方办理:{}。", 办法: "请看 `dukou letter show` 的下一步。",
    }
    86 GroundUnknown "ground.unknown" Validation {
        en: "No such ground or reason: {}.",
        fix: "Use one of the coded grounds in `dukou help`.",
        zh: "没有这种理由:{}。", 办法: "请用帮助中列出的理由代码。",
    }
    87 RedirectMissing "redirect.missing" Validation {
        en: "The ground {} must name the organisation that will accept the member.",
        fix: "Add --redirect ORGCODE.",
        zh: "以 {} 退回必须写明应由哪个组织接收。", 办法: "请加 --redirect 组织代码。",
    }
    88 ValidityInvalid "letter.validity" Validation {
        en: "A letter is valid for 1 to 90 days, not {}.",
        fix: "Give --days between 1 and 90.",
        zh: "有效期为 1 至 90 天,不能是 {}。", 办法: "请用 --days 给出 1 至 90。",
    }

    89 BatchConfirm "batch.confirm" Usage {
        en: "The number to confirm is not the number of letters that can be issued: {}.",
        fix: "Check the sheet with `dukou batch check`, then give its `issuable` to --confirm.",
        zh: "确认的数目与可开具的封数不符,应为:{}。", 办法: "请先用 `dukou batch check` 核对,再以其可开具数填写 --confirm。",
    }
    90 BatchUnknown "batch.unknown" NotFound {
        en: "No batch {}.",
        fix: "See `batch` in `dukou letter show` of one of its letters.",
        zh: "没有批次 {}。", 办法: "请看其中任一封信的 `dukou letter show` 里的批次。",
    }
    91 BatchAmbiguous "batch.ambiguous" Validation {
        en: "More than one batch begins with {}.",
        fix: "Give more characters of the id.",
        zh: "不止一个批次以 {} 开头。", 办法: "请多给几位。",
    }
    92 LetterOnPaper "letter.on_paper" State {
        en: "There is no signed letter {}: it is on paper alone.",
        fix: "Record what came back with `record-receipt` or `record-return`, or void it.",
        zh: "{} 不是电子信,只有纸质。", 办法: "请用 record-receipt、record-return 登记,或作废。",
    }
    93 LetterSigned "letter.signed" State {
        en: "The letter {} is signed: its receipt comes by itself.",
        fix: "Only letters to offices without a node are recorded by hand.",
        zh: "{} 是电子信,回执会自动到达。", 办法: "只有发给没有节点的单位的纸质信才用人工登记。",
    }
    94 FloatingFull "letter.floating_full" State {
        en: "Too many letters of {} came on paper while it was not heard.",
        fix: "Get through to that region once; what waits is settled by itself then.",
        zh: "来自 {} 而尚未与其核对的纸面信件过多。", 办法: "请先与该地区联通一次,之后会自动核对。",
    }

    100 OrgUnknown "org.unknown" Validation {
        en: "No organisation {}.",
        fix: "See `dukou org list`, for a peer's with --region.",
        zh: "没有组织 {}。", 办法: "请看 `dukou org list`,对方的加 --region。",
    }
    101 OrgNoTransferRight "org.no_transfer_right" Validation {
        en: "Neither {} nor an organisation above it may transfer.",
        fix: "Give one of them the right with `dukou org add --may-transfer`.",
        zh: "{} 及其上级都没有转接权限。", 办法: "请在上级组织上设置 --may-transfer。",
    }
    102 OrgExists "org.exists" State {
        en: "The organisation {} exists already.",
        fix: "Choose another code.",
        zh: "组织 {} 已存在。", 办法: "请换一个代码。",
    }
    103 OrgForeign "org.foreign" Validation {
        en: "The organisation {} does not belong to the right region.",
        fix: "Use a code of that region.",
        zh: "组织 {} 不属于应有的地区。", 办法: "请使用该地区的组织代码。",
    }
    104 OrgInvalid "org.invalid" Validation {
        en: "The organisation cannot be stored: {}.",
        fix: "Give a code REGION-NNNN, a name, a kind and an existing parent.",
        zh: "组织无法登记:{}。", 办法: "请给出 地区-编号、名称、类别和已有的上级。",
    }
    105 OrgAmbiguous "org.ambiguous" Validation {
        en: "More than one organisation is called {}.",
        fix: "Give its code.",
        zh: "不止一个组织叫 {}。", 办法: "请给出代码。",
    }
    106 OrgInUse "org.in_use" State {
        en: "The organisation {} still has members, parts or open letters.",
        fix: "Move them first, or merge it.",
        zh: "组织 {} 还有成员、下级或未办结的信。", 办法: "请先移出,或合并。",
    }
    107 OrgDuplicate "org.duplicate" Validation {
        en: "The same organisation stands in {} as well.",
        fix: "Delete one of the rows, or correct its code.",
        zh: "同一组织还出现在{}。", 办法: "请删去其中一行,或改正代码。",
    }
    108 OrgCircle "org.circle" Validation {
        en: "The organisations above {} lead back to itself.",
        fix: "Follow the parents up from this row, and correct the one that is wrong.",
        zh: "{} 的上级逐级向上又回到它自己。", 办法: "请从本行逐级核对上级,改正填错的一处。",
    }
    109 OrgClosed "org.closed" State {
        en: "The organisation {} was closed or merged.",
        fix: "Delete the row, or use a new code: one that was closed is not used again.",
        zh: "组织 {} 已撤销或并入其他组织。", 办法: "请删去该行,或换新代码;已撤销的代码不再使用。",
    }

    120 IdChecksum "id.checksum" Validation {
        en: "The ID number's last character is wrong: {}.",
        fix: "Compare with the identity card; it is never guessed.",
        zh: "身份证号末位校验不符:{}。", 办法: "请对照身份证;不会代为推算。",
    }
    121 IdNumericCell "id.numeric_cell" Validation {
        en: "The cell is a number: its last three digits may be lost ({}).",
        fix: "Format the column as text and enter the number again; it cannot be reconstructed.",
        zh: "单元格是数字格式,末三位可能已丢失({})。", 办法: "请把该列设为文本后重录;不能推算。",
    }
    122 IdDuplicate "id.duplicate" Validation {
        en: "The same ID number stands in {} as well.",
        fix: "Delete one of the rows.",
        zh: "同一身份证号还出现在{}。", 办法: "请删去其中一行。",
    }
    123 IdShape "id.shape" Validation {
        en: "An ID number has seventeen digits and a check character: {}.",
        fix: "Enter all eighteen characters, half-width, without blanks.",
        zh: "身份证号应为十七位数字加一位校验码:{}。", 办法: "请录入全部十八位半角字符,不留空格。",
    }
    124 ImportHeader "import.header" Validation {
        en: "The sheet's header row does not fit: {}.",
        fix: "Name each required column once in the first row.",
        zh: "表头不符:{}。", 办法: "请在第一行把必需的列各写一次。",
    }
    125 ImportEncoding "import.encoding" Validation {
        en: "The file is neither UTF-8 nor GB18030 text, nor xlsx: {}.",
        fix: "Save it as xlsx, or as csv in UTF-8 or GB18030.",
        zh: "文件既不是 UTF-8 或 GB18030 文本,也不是 xlsx:{}。", 办法: "请另存为 xlsx,或 UTF-8、GB18030 编码的 csv。",
    }
    126 ImportFile "import.file" Validation {
        en: "The file cannot be read as a table: {}.",
        fix: "Open it in a spreadsheet program and save it again as xlsx or csv.",
        zh: "文件无法作为表格读取:{}。", 办法: "请用表格软件打开后另存为 xlsx 或 csv。",
    }
    127 FieldMissing "field.missing" Validation {
        en: "The field {} is empty.",
        fix: "Fill it in.",
        zh: "{} 为空。", 办法: "请填写。",
    }
    128 FieldInvalid "field.invalid" Validation {
        en: "The value does not fit the field {}.",
        fix: "See the field's form in `dukou member import --help`.",
        zh: "{} 的内容不符合要求。", 办法: "格式见 `dukou member import --help`。",
    }
    129 StandingUnknown "standing.unknown" Validation {
        en: "The standing is neither full nor probationary: {}.",
        fix: "Write 正式党员 or 预备党员.",
        zh: "党员类别不是正式或预备:{}。", 办法: "请写 正式党员 或 预备党员。",
    }
    130 DateInvalid "date.invalid" Validation {
        en: "Not a date or month of the expected form: {}.",
        fix: "Write days as 2026-03-31 and months as 2026-03.",
        zh: "日期或月份格式不对:{}。", 办法: "日期写 2026-03-31,月份写 2026-03。",
    }
    131 ImportRows "import.rows" Validation {
        en: "The sheet has faulty rows: {}.",
        fix: "Correct the named cells; nothing was written.",
        zh: "表中有错误的行:{}。", 办法: "请改正所指的单元格;没有写入任何数据。",
    }
    132 IdBirthDate "id.birth_date" Validation {
        en: "Characters 7 to 14 of the ID number are not a day: {}.",
        fix: "Compare with the identity card; it is never guessed.",
        zh: "身份证号第7至14位不是有效的日期:{}。", 办法: "请对照身份证改正;不会代为推算。",
    }
    133 ImportLegacy "import.legacy" Validation {
        en: "The file is an old .xls or .et table, or is encrypted: {}.",
        fix: "Open it in WPS or Excel and save it as xlsx without a password.",
        zh: "文件是旧格式 .xls、.et,或设了密码:{}。", 办法: "请在 WPS 或 Excel 中另存为 xlsx,不设密码。",
    }
    134 ImportNotAFile "import.not_a_file" Validation {
        en: "There is no ordinary file that can be read at {}.",
        fix: "Name the xlsx or csv file itself, not a directory, pipe or device.",
        zh: "{} 不是可以读取的普通文件。", 办法: "请指明 xlsx 或 csv 文件本身,不能是目录、管道或设备。",
    }
    135 ImportTooLarge "import.too_large" Validation {
        en: "The table is larger than can be read: {}.",
        fix: "Delete what does not belong to the table, split it, or close an open quotation mark.",
        zh: "表格超出可读取的大小:{}。", 办法: "请删去无关内容或拆分;csv 请检查是否有引号未闭合。",
    }
    136 ImportQuote "import.quote" Validation {
        en: "A quotation mark is opened and never closed: {}.",
        fix: "Close or delete it, or save the table as xlsx.",
        zh: "有引号未闭合:{}。", 办法: "请补上或删去引号,或另存为 xlsx。",
    }
    137 ImportChanged "import.changed" State {
        en: "The file changed while it was being read: {}.",
        fix: "Close it in other programs and try again.",
        zh: "读取时文件被改动:{}。", 办法: "请先在其他程序中关闭它,再重试。",
    }
    138 FileWrite "file.write" Internal {
        en: "The file cannot be written: {}.",
        fix: "Choose another place, or make room on the disk.",
        zh: "文件无法写入:{}。", 办法: "请另选位置,或腾出磁盘空间。",
    }

    200 SealInvalid "seal.invalid" Trust {
        en: "The signature does not hold: {}.",
        fix: "Ask the issuer; somebody changed a bit of it, or it was cut.",
        zh: "签名不符:{}。", 办法: "请联系签发单位;内容可能被改动或截断。",
    }
    201 StatementUnusable "statement.unusable" Validation {
        en: "The statement is authentic but cannot be used: {}.",
        fix: "The signer corrects it with a new statement.",
        zh: "文书真实但不能使用:{}。", 办法: "由签发方另出文书更正。",
    }
    202 StatementUnknownKind "statement.unknown_kind" Validation {
        en: "This build does not know statements of kind {}.",
        fix: "Upgrade this node; they are judged again then.",
        zh: "本程序不认识第 {} 类文书。", 办法: "请升级本节点;升级后会重新处理。",
    }
    203 StatementMalformed "statement.malformed" Validation {
        en: "The statement's bytes are malformed: {}.",
        fix: "The signer corrects it with a new statement.",
        zh: "文书的字节不合规范:{}。", 办法: "由签发方另出文书更正。",
    }
    204 StatementDomain "statement.domain" Validation {
        en: "The statement belongs to another federation, or mixes rehearsal and reality: {}.",
        fix: "Rehearsal nodes exchange only with rehearsal nodes.",
        zh: "文书属于另一个联邦,或混用了演练与正式:{}。", 办法: "演练节点只与演练节点往来。",
    }
    205 StatementParty "statement.party" Validation {
        en: "The statement's author or audience is not the right one: {}.",
        fix: "Only the parties of a case write to each other about it.",
        zh: "文书的签发方或接收方不对:{}。", 办法: "只有当事双方可以就此往来。",
    }
    206 StatementTime "statement.time" Validation {
        en: "The statement's times do not fit together or lie in the future: {}.",
        fix: "Check the signer's clock.",
        zh: "文书的时间前后不符或在未来:{}。", 办法: "请检查签发方的时钟。",
    }
    207 StatementAntecedent "statement.antecedent" Validation {
        en: "The statement does not answer what it should: {}.",
        fix: "The signer corrects it with a new statement.",
        zh: "文书没有对应它应当答复的文书:{}。", 办法: "由签发方另出文书更正。",
    }
    208 StatementContradiction "statement.contradiction" Validation {
        en: "The signer contradicts its own earlier statement: {}.",
        fix: "Both are kept as evidence; call the other region.",
        zh: "签发方前后矛盾:{}。", 办法: "两份均已存证;请致电对方地区。",
    }
    209 StatementGeneration "statement.generation" Validation {
        en: "The statement's generation or member does not fit the letter: {}.",
        fix: "The signer corrects it with a new statement.",
        zh: "文书的代次或成员与信件不符:{}。", 办法: "由签发方另出文书更正。",
    }
    210 StatementProof "statement.proof" Validation {
        en: "The proof of the previous hand-overs does not hold: {}.",
        fix: "The origin must show every hand-over from the minting node on.",
        zh: "历次转接的证明不成立:{}。", 办法: "转出方须出示自首次登记起的每次转接。",
    }
    211 StatementErased "statement.erased" Validation {
        en: "The private part of the letter is missing or differs from its commitment: {}.",
        fix: "The origin issues the letter again.",
        zh: "信件的个人信息部分缺失或与承诺不符:{}。", 办法: "请转出方重开。",
    }
    220 FeedFork "feed.fork" Trust {
        en: "The peer signed two different entries at one place: {}.",
        fix: "Both are kept as evidence; call the other region: its keys may run on two machines.",
        zh: "对方在同一位置签了两份不同的条目:{}。", 办法: "两份均已存证;请致电对方:其密钥可能在两台机器上使用。",
    }
    221 FeedGap "feed.gap" State {
        en: "Entries are missing before {}.",
        fix: "They are asked for again by themselves.",
        zh: "{} 之前有缺漏。", 办法: "会自动重新索取。",
    }
    222 FeedIncarnation "feed.incarnation" Trust {
        en: "The entry belongs to another life of the peer's feed: {}.",
        fix: "The peer was restored from a copy; recover the pair first.",
        zh: "条目属于对方数据的另一个生命期:{}。", 办法: "对方曾从副本恢复;请先恢复结对。",
    }
    223 FeedKey "feed.key" Trust {
        en: "The signing key is not certified by the peer's identity: {}.",
        fix: "Ask the peer for its key certificate.",
        zh: "签名密钥未经对方身份密钥认证:{}。", 办法: "请对方提供密钥证书。",
    }
    230 SessionFrame "session.frame" Validation {
        en: "The peer sent a frame that breaks the protocol: {}.",
        fix: "Upgrade the older of the two nodes; if that does not help, call the other region.",
        zh: "对方发来不合协议的数据:{}。", 办法: "请升级较旧的一方;若仍如此,请致电对方。",
    }
    231 SessionVersion "session.version" State {
        en: "No protocol version is common with the peer: it speaks {}.",
        fix: "Upgrade the older of the two nodes.",
        zh: "与对方没有共同的协议版本:对方为 {}。", 办法: "请升级较旧的一方。",
    }
    232 SessionTimeout "session.timeout" Unreachable {
        en: "The peer fell silent: {}.",
        fix: "It is dialled again by itself.",
        zh: "对方中途无应答:{}。", 办法: "会自动重连。",
    }
    233 SessionConflict "session.conflict" State {
        en: "The peer claims entries of ours that we do not have, without our signature: {}.",
        fix: "Call the other region: one of the two databases was restored or changed.",
        zh: "对方声称有本节点所没有的条目,但没有本节点的签名:{}。", 办法: "请致电对方:其中一方的数据库可能被恢复或改动过。",
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

    240 PaperUnreadable "code.unreadable" Trust {
        en: "This is not the whole code of a letter: {}.",
        fix: "Scan it again, all of it; if it stays so, ask the issuer for a new print.",
        zh: "不是一封介绍信的完整二维码:{}。",
        办法: "请完整地重新扫描;若仍如此,请签发单位重新打印。",
    }
    241 PaperTooLarge "code.too_large" State {
        en: "The letter is too long for one QR code: {}.",
        fix: "Void it and issue it with a shorter reason; by network it travels all the same.",
        zh: "信件内容过长,一个二维码放不下:{}。",
        办法: "请撤回后以较短的事由重开;联网传送不受影响。",
    }
    242 PictureWithoutCode "code.not_found" Validation {
        en: "No code of a letter is found in the picture {}.",
        fix: "Take it again: straight, sharp, with the white margin; PNG or JPEG.",
        zh: "图片 {} 中没有找到介绍信的二维码。",
        办法: "请重新拍摄:端正、清晰、保留白边;PNG 或 JPEG。",
    }
    243 FileUnreadable "file.unreadable" Validation {
        en: "The file cannot be read: {}.",
        fix: "Name an ordinary file within the size that the help names.",
        zh: "文件无法读取:{}。",
        办法: "请指明普通文件,大小不超过帮助中所写。",
    }
}
