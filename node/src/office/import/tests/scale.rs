//! A hundred thousand rows; run by hand.

use super::*;

const ROWS: u32 = 100_000;

/// A roster larger than any county's: reading holds no table.
#[test]
#[ignore = "takes long in a debug build; run by hand for time and memory"]
fn a_large_roster_is_read_from_both_formats() {
    let mut text = HEADERS.join(",");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory().unwrap();
    sheet.write_row(0, 0, HEADERS).unwrap();
    for serial in 0..ROWS {
        let row = person(serial);
        text.push('\n');
        text.push_str(&row.join(","));
        sheet.write_row(serial + 1, 0, row).unwrap();
    }
    for bytes in [text.into_bytes(), workbook.save_to_buffer().unwrap()] {
        let mut counted = Counted(0);
        let sheet = Sheet::from_bytes("名册", bytes).unwrap();
        let checked = roster::read(&sheet, &mut counted).unwrap();
        assert_eq!((checked.ok, counted.0), (u64::from(ROWS), ROWS));
    }
}

struct Counted(u32);

impl RosterSink for Counted {
    fn org(&mut self, _: &str) -> Result<OrgCode, Objection> {
        Ok("610922-0007".parse().unwrap())
    }

    fn row(&mut self, _: RosterRow) -> Result<(), Objection> {
        self.0 += 1;
        Ok(())
    }
}
