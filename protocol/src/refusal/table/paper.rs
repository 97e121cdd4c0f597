//! Codes on paper and files with them. Numbers 240 to 259.

macro_rules! paper_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
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
    } };
}
pub(super) use paper_rows;
