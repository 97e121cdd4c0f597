//! Texts by value.
#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;
use crate::control::socket::scripted::reply as plain_reply;

fn shown(schema: &str, data: Value, lang: Lang) -> String {
    reply(&Reply { schema: schema.into(), ..plain_reply(data) }, lang)
}

fn letter() -> Value {
    json!({
        "id": "1c0ffee01c0ffee01c0ffee01c0ffee01c0ffee01c0ffee01c0ffee01c0ffee0",
        "serial": "610922-2026-00418-5", "direction": "out",
        "member": {"ref": "7f3a90c17f3a90c17f3a90c17f3a90c1", "name": "赵以刚"},
        "from_org": "610922-0001", "from_org_name": "城关镇党委", "from_region": "610922",
        "to_org": "610902-0004", "to_org_name": null, "to_region": "610902",
        "generation": 0, "state": "refused", "custody_org": "610922-0007",
        "provisional_org": null, "issued_at": "2026-11-22T02:00:00.000Z",
        "valid_until": "2027-02-20", "dues_paid_through": "2026-10", "reason": null,
        "delivery": "delivered", "evidence": "signed",
        "refusal": {"ground": "out_of_area", "redirect": "610921-0003", "note": "\u{1b}[2J"},
        "void_reason": null, "rejected": null, "replaces": null, "reissue_requested": false,
        "parked": false, "batch": null,
        "successions": [{"side": "destination", "predecessor": "0ddba11d0ddba11d0ddba11d",
                         "successor": "f00dcafef00dcafef00dcafe"}],
        "statements": [{"kind": "offer", "by": "610922", "at": "2026-11-22T02:00:00.000Z",
                        "hash": "1c0ffee01c0ffee0"}],
        "next": ["reissue"],
    })
}

#[test]
fn a_letter_reads_in_chinese_and_commands_no_terminal() {
    let expected = "\
信件      1c0ffee01c0ffee01c0ffee01c0ffee01c0ffee01c0ffee01c0ffee01c0ffee0
编号      610922-2026-00418-5
状态      转出 · 已退回
成员      7f3a90c17f3a90c17f3a90c17f3a90c1 赵以刚
转出组织  610922-0001 城关镇党委
转入组织  610902-0004 
管理责任  610922-0007
开具      2026-11-22 10:00
有效期至  2027-02-20
党费交至  2026-10
送达      已送达
凭据      电子签名
退回      非本区域 → 610921-0003 · \u{fffd}[2J
承继      f00dcafef00d 承继 0ddba11d0ddb(转入方)
现在可以  重开

文书    签发    时间              校验
介绍信  610922  2026-11-22 10:00  1c0ffee01c0f";
    assert_eq!(shown("dukou.letter/1", letter(), Lang::Zh), expected);
}

#[test]
fn columns_line_up_whatever_the_script() {
    let org = |code: &str, name: &str, successor: Option<&str>| {
        json!({"code": code, "name": name, "kind": "branch", "parent": null, "may_transfer": true,
               "closed": successor.is_some(), "successor": successor})
    };
    let items =
        [org("610922-0007", "西街社区支部", None), org("610922-0008", "A", Some("610922-0007"))];
    let page = json!({"items": items, "next": "c2"});
    let expected = "\
Code         Name          Kind    Parent  Transfers
610922-0007  西街社区支部  branch          yes
610922-0008  A             branch          yes        → 610922-0007
More: --after c2";
    assert_eq!(shown("dukou.orgs/1", page, Lang::En), expected);
    assert_eq!(shown("dukou.orgs/1", json!({"items": [], "next": null}), Lang::Zh), "(无)");
}

#[test]
fn an_import_names_every_faulty_cell_up_to_a_screenful() {
    let fault = |row| {
        json!({"row": row, "column": "C", "field": "id_number", "code": "id.checksum",
                             "value": "110105***1", "fix": "对照身份证"})
    };
    let errors: Vec<Value> = (2..62).map(fault).collect();
    let report = json!({"rows": 60, "ok": 0, "warnings": [], "errors": errors,
                        "errors_not_listed": 5, "committed": false});
    let text = shown("dukou.import/1", report.clone(), Lang::Zh);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "共 60 行,正确 0 行 · 未写入任何数据");
    assert_eq!(lines[3], "C2      id_number  id.checksum  110105***1  对照身份证");
    assert_eq!(lines.last().unwrap(), &"… 其余 15 处见 --annotated OUT.xlsx 或 --json");
    let text = shown("dukou.org_import/1", report, Lang::En);
    assert!(text.starts_with("60 rows, 0 right · nothing was written\n"));
    assert_eq!(text.lines().last(), Some("… 15 more in --json"));
}

#[test]
fn nobody_is_said_to_be_held_once_unless_everybody_was_counted() {
    let region = json!({"region": "610922", "name": "石泉县", "http": "http://127.0.0.1:1",
                        "full": 3, "provisional": 0, "in_transit": 0});
    let last_line = |regions: Value, lost: u64, lang| {
        let demo = json!({"steps": [], "regions": regions, "letters": 2,
                          "lost": lost, "duplicated": 0});
        let text = shown("dukou.demo/1", demo, lang);
        text.lines().last().unwrap_or_default().to_owned()
    };
    let all = || json!([region.clone()]);
    let whole = "2 letters · 无人遗漏,无人两处在册 · nobody lost, nobody held twice";
    assert_eq!(last_line(all(), 0, Lang::En), whole);
    assert_eq!(last_line(all(), 1, Lang::En), "2 letters · lost 1 · held twice 0");
    assert_eq!(last_line(all(), 1, Lang::Zh), "2 封信 · 遗漏 1 · 两处在册 0");
    assert_eq!(last_line(json!([]), 0, Lang::En), "Nobody was counted");
}

#[test]
fn an_answer_without_a_text_is_shown_as_it_is() {
    assert_eq!(shown("dukou.new/1", json!({"a": 1}), Lang::Zh), "{\n  \"a\": 1\n}");
}

#[test]
fn a_verdict_says_what_to_do() {
    let verdict = |word: &str, confirmed: bool, letter: Value| {
        json!({"verdict": word, "confirmed_with_origin": confirmed, "heard_until": null,
               "reason": null, "letter": letter})
    };
    let tampered = shown("dukou.verdict/1", verdict("tampered", false, Value::Null), Lang::Zh);
    let expected = "\
验真结果      签名不符
说明          签名不符或二维码不完整:请联系签发单位
签发方已确认  否";
    assert_eq!(tampered, expected);
    let letter = json!({
        "id": "1c0ffee0", "serial": "610922-2026-00418-5", "issuer": "3b", "fingerprint": "1 2",
        "from_region": "610922", "from_region_name": "石泉县", "from_org": "610922-0001",
        "to_org": "610902-0004", "member": {"ref": "7f", "name": "赵以刚"}, "standing": "full",
        "addressee": "老城街道党工委", "sender": "城关镇党委",
        "issued_at": "2026-11-22T02:00:00.000Z", "valid_until": "2026-12-02",
        "dues_paid_through": null, "rehearsal": true, "state": "issued",
    });
    let valid = shown("dukou.verdict/1", verdict("valid", false, letter), Lang::En);
    for part in ["valid", "whether it was withdrawn since", "赵以刚", "城关镇党委 · 石泉县"]
    {
        assert!(valid.contains(part), "{part}: {valid}");
    }
    let code = json!({"letter": "1c", "text": "DK1:0 0", "chars": 7, "version": 1,
                      "correction": "M", "module_mm": 1.5, "png": null, "svg": null});
    assert_eq!(shown("dukou.letter_code/1", code, Lang::Zh), "DK1:0 0", "to be piped");
}
