//! The text by which a person is found: characters, pinyin and initials.

use pinyin::ToPinyin;

use protocol::private::Private;

/// Surnames whose usual reading is not the first one of the character.
const SURNAMES: &[(char, &str)] = &[
    ('单', "shan"),
    ('曾', "zeng"),
    ('仇', "qiu"),
    ('解', "xie"),
    ('查', "zha"),
    ('盖', "ge"),
    ('朴', "piao"),
    ('区', "ou"),
    ('任', "ren"),
    ('尉', "yu"),
    ('乐', "yue"),
    ('翟', "zhai"),
    ('尹', "yin"),
    ('缪', "miao"),
    ('员', "yun"),
    ('华', "hua"),
];

/// `赵以刚` becomes `赵以刚 zhaoyigang zyg`, in lower case.
pub(super) fn searchable(name: &str) -> Private<String> {
    let (mut full, mut initials) = (String::new(), String::new());
    for (place, character) in name.chars().enumerate() {
        let surname = SURNAMES.iter().find(|(one, _)| place == 0 && *one == character);
        let reading = surname
            .map(|(_, reading)| *reading)
            .or_else(|| character.to_pinyin().map(|pinyin| pinyin.plain()));
        match reading {
            Some(reading) => {
                full.push_str(reading);
                initials.extend(reading.chars().next());
            }
            None => {
                let lower: String =
                    character.to_lowercase().filter(|c| c.is_alphanumeric()).collect();
                full.push_str(&lower);
                initials.push_str(&lower);
            }
        }
    }
    Private::new(format!("{} {full} {initials}", name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_characters_pinyin_and_initials() {
        assert_eq!(searchable("赵以刚").reveal(), "赵以刚 zhaoyigang zyg");
        assert_eq!(searchable("单国华").reveal(), "单国华 shanguohua sgh");
        assert_eq!(searchable("曾Ann").reveal(), "曾ann zengann zann");
    }
}
