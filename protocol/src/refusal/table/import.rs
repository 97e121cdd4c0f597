//! Tables that people bring, and the fields in them. Numbers 120 to 199.

macro_rules! import_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    120 IdChecksum "id.checksum" Validation {
        en: "The ID number's last character is wrong: {}.",
        fix: "Compare with the identity card; it is never guessed.",
        zh: "身份证号末位校验不符:{}。",
        办法: "请对照身份证;不会代为推算。",
    }
    121 IdNumericCell "id.numeric_cell" Validation {
        en: "The cell is a number: its last three digits may be lost ({}).",
        fix: "Format the column as text and enter the number again; it cannot be reconstructed.",
        zh: "单元格是数字格式,末三位可能已丢失({})。",
        办法: "请把该列设为文本后重录;不能推算。",
    }
    122 IdDuplicate "id.duplicate" Validation {
        en: "The same ID number stands in {} as well.",
        fix: "Delete one of the rows.",
        zh: "同一身份证号还出现在{}。",
        办法: "请删去其中一行。",
    }
    123 IdShape "id.shape" Validation {
        en: "An ID number has seventeen digits and a check character: {}.",
        fix: "Enter all eighteen characters, half-width, without blanks.",
        zh: "身份证号应为十七位数字加一位校验码:{}。",
        办法: "请录入全部十八位半角字符,不留空格。",
    }
    124 ImportHeader "import.header" Validation {
        en: "The sheet's header row does not fit: {}.",
        fix: "Name each required column once in the first row.",
        zh: "表头不符:{}。",
        办法: "请在第一行把必需的列各写一次。",
    }
    125 ImportEncoding "import.encoding" Validation {
        en: "The file is neither UTF-8 nor GB18030 text, nor xlsx: {}.",
        fix: "Save it as xlsx, or as csv in UTF-8 or GB18030.",
        zh: "文件既不是 UTF-8 或 GB18030 文本,也不是 xlsx:{}。",
        办法: "请另存为 xlsx,或 UTF-8、GB18030 编码的 csv。",
    }
    126 ImportFile "import.file" Validation {
        en: "The file cannot be read as a table: {}.",
        fix: "Open it in a spreadsheet program and save it again as xlsx or csv.",
        zh: "文件无法作为表格读取:{}。",
        办法: "请用表格软件打开后另存为 xlsx 或 csv。",
    }
    127 FieldMissing "field.missing" Validation {
        en: "The field {} is empty.",
        fix: "Fill it in.",
        zh: "{} 为空。",
        办法: "请填写。",
    }
    128 FieldInvalid "field.invalid" Validation {
        en: "The value does not fit the field {}.",
        fix: "See the field's form in `dukou member import --help`.",
        zh: "{} 的内容不符合要求。",
        办法: "格式见 `dukou member import --help`。",
    }
    129 StandingUnknown "standing.unknown" Validation {
        en: "The standing is neither full nor probationary: {}.",
        fix: "Write 正式党员 or 预备党员.",
        zh: "党员类别不是正式或预备:{}。",
        办法: "请写 正式党员 或 预备党员。",
    }
    130 DateInvalid "date.invalid" Validation {
        en: "Not a date or month of the expected form: {}.",
        fix: "Write days as 2026-03-31 and months as 2026-03.",
        zh: "日期或月份格式不对:{}。",
        办法: "日期写 2026-03-31,月份写 2026-03。",
    }
    131 ImportRows "import.rows" Validation {
        en: "The sheet has faulty rows: {}.",
        fix: "Correct the named cells; nothing was written.",
        zh: "表中有错误的行:{}。",
        办法: "请改正所指的单元格;没有写入任何数据。",
    }
    132 IdBirthDate "id.birth_date" Validation {
        en: "Characters 7 to 14 of the ID number are not a day: {}.",
        fix: "Compare with the identity card; it is never guessed.",
        zh: "身份证号第7至14位不是有效的日期:{}。",
        办法: "请对照身份证改正;不会代为推算。",
    }
    133 ImportLegacy "import.legacy" Validation {
        en: "The file is an old .xls or .et table, or is encrypted: {}.",
        fix: "Open it in WPS or Excel and save it as xlsx without a password.",
        zh: "文件是旧格式 .xls、.et,或设了密码:{}。",
        办法: "请在 WPS 或 Excel 中另存为 xlsx,不设密码。",
    }
    134 ImportNotAFile "import.not_a_file" Validation {
        en: "There is no ordinary file that can be read at {}.",
        fix: "Name the xlsx or csv file itself, not a directory, pipe or device.",
        zh: "{} 不是可以读取的普通文件。",
        办法: "请指明 xlsx 或 csv 文件本身,不能是目录、管道或设备。",
    }
    135 ImportTooLarge "import.too_large" Validation {
        en: "The table is larger than can be read: {}.",
        fix: "Delete what does not belong to the table, split it, or close an open quotation mark.",
        zh: "表格超出可读取的大小:{}。",
        办法: "请删去无关内容或拆分;csv 请检查是否有引号未闭合。",
    }
    136 ImportQuote "import.quote" Validation {
        en: "A quotation mark is opened and never closed: {}.",
        fix: "Close or delete it, or save the table as xlsx.",
        zh: "有引号未闭合:{}。",
        办法: "请补上或删去引号,或另存为 xlsx。",
    }
    137 ImportChanged "import.changed" State {
        en: "The file changed while it was being read: {}.",
        fix: "Close it in other programs and try again.",
        zh: "读取时文件被改动:{}。",
        办法: "请先在其他程序中关闭它,再重试。",
    }
    138 FileWrite "file.write" Internal {
        en: "The file cannot be written: {}.",
        fix: "Choose another place, or make room on the disk.",
        zh: "文件无法写入:{}。",
        办法: "请另选位置,或腾出磁盘空间。",
    }
    } };
}
pub(super) use import_rows;
