//! Single cells, as clerks fill them in.

use protocol::private::Private;

use super::super::cell;
use super::super::sheet::{Cell, DateCell, column_letters};

fn text(text: &str) -> Cell {
    Cell::text(text)
}

#[test]
fn days_are_read_in_every_listed_form() {
    let forms =
        ["2026-03-31", "2026/3/31", "2026.3.31", "20260331", "2026年3月31日", " 2026-3-31 "];
    for form in forms {
        assert_eq!(cell::day(&text(form)).unwrap().to_string(), "2026-03-31", "{form}");
    }
    assert_eq!(cell::day(&Cell::Number(20_260_331.0)).unwrap().to_string(), "2026-03-31");
    let bad =
        ["2026-03", "2026-3/31", "2026年3月31", "2026-03-31 10:00", "+2026-3-31", "2026033１"];
    for form in bad {
        assert!(cell::day(&text(form)).is_err(), "{form}");
    }
    for cell in [Cell::Number(46_112.0), Cell::Bool(true), Cell::Date(DateCell(0.5))] {
        assert!(cell::day(&cell).is_err(), "{cell:?}");
    }
}

#[test]
fn months_are_read_in_every_listed_form() {
    for form in ["2026-03", "2026/3", "2026.3", "2026年3月", "202603", "2026.03"] {
        assert_eq!(cell::month(&text(form)).unwrap().to_string(), "2026-03", "{form}");
    }
    assert_eq!(cell::month(&Cell::Number(2026.12)).unwrap().to_string(), "2026-12");
    for form in ["2026-13", "2026-00", "2026", "2026-3-31", "26-03", "2026.1", "2026年三月"] {
        assert!(cell::month(&text(form)).is_err(), "{form}");
    }
    assert!(cell::month(&Cell::Number(2026.1)).is_err(), "2026.10 became this number");
    assert!(cell::month(&text("2026-1")).is_ok() && cell::month(&text("2026.01")).is_ok());
}

#[test]
fn standing_and_sex_have_their_words() {
    for word in ["正式党员", "正式", "full", "Full"] {
        assert_eq!(cell::standing(&text(word)).unwrap().name(), "full");
    }
    for word in ["预备党员", "预备", "probationary"] {
        assert_eq!(cell::standing(&text(word)).unwrap().name(), "probationary");
    }
    for (male, female) in [("男", "女"), ("male", "Female"), ("M", "f")] {
        assert_ne!(cell::sex(&text(male)).unwrap(), cell::sex(&text(female)).unwrap());
    }
}

#[test]
fn phones_keep_their_digits() {
    let phone = |cell: &Cell| cell::phone(cell).map(|phone| phone.reveal().clone());
    assert_eq!(phone(&Cell::Number(13_900_000_000.0)).unwrap(), "13900000000");
    assert_eq!(phone(&text("+86 139-0000-0000")).unwrap(), "+86 139-0000-0000");
    for cell in [Cell::Number(0.5), Cell::Number(1e20), Cell::Number(-6_321_000.0)] {
        assert!(phone(&cell).is_err(), "{cell:?}");
    }
    for bad in ["1390000000０", "139 0000 0000 转 1", &"1".repeat(33)] {
        assert!(phone(&text(bad)).is_err(), "{bad}");
    }
}

#[test]
fn numbers_show_as_a_spreadsheet_shows_them() {
    let shown = |number: f64| Cell::Number(number).shown();
    assert_eq!(shown(612_422_197_803_051_000.0), "6.12422E+17");
    assert_eq!(shown(110_000_000_000_000_000.0), "1.1E+17");
    assert_eq!((shown(13_900_000_000.0), shown(2026.13)), ("13900000000".into(), "2026.13".into()));
    assert_eq!(Cell::Text(Private::from("赵")).shown(), "赵");
}

#[test]
fn columns_have_the_letters_of_a_spreadsheet() {
    let letters = [0, 25, 26, 51, 52, 701, 702].map(column_letters);
    assert_eq!(letters, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
}
