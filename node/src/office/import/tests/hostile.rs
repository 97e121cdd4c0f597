//! Files made to harm: bombs, devices, links, entities.

use std::path::Path;

use super::super::limits::{
    COLUMNS_MAX, FORMATS_MAX, SHARED_STRINGS_MAX, STRETCH_BYTES_MAX, STRUCTURE_BYTES_MAX,
};
use super::*;

const SHEET: &str = "xl/worksheets/sheet1.xml";
const STRINGS: &str = "xl/sharedStrings.xml";

/// A good xlsx with `old` replaced by `new` in one part, where it must occur.
fn tampered(part: &str, old: &str, new: &str) -> Vec<u8> {
    repacked(&xlsx(&[person(1)], |_| {}), |name, text| {
        assert!(name != part || text.contains(old), "{text}");
        if name == part { text.replacen(old, new, 1) } else { text }
    })
}

#[test]
fn an_untouched_repacked_file_is_read() {
    assert_eq!(check(tampered(SHEET, "<row", "<row")).unwrap().0.ok, 1);
}

#[test]
fn old_and_broken_formats_are_refused_by_content() {
    assert_eq!(refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()).0, Code::ImportLegacy);
    assert_eq!(refused(b"PK\x03\x04".to_vec()).0, Code::ImportFile);
    let whole = xlsx(&[person(1)], |_| {});
    assert_eq!(refused(whole[..whole.len() / 2].to_vec()).0, Code::ImportFile);
    let mut flipped = whole.clone();
    let middle = flipped.len() / 3;
    flipped[middle..middle + 8].fill(0xaa);
    assert_eq!(refused(flipped).0, Code::ImportFile);
}

#[cfg(unix)]
#[test]
fn only_ordinary_files_are_opened() {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let open = |path: &Path| Sheet::open(path).map(|_| ()).map_err(|refusal| refusal.code);
    std::fs::write(path("good"), csv(&[person(1)])).unwrap();
    symlink(path("good"), path("link")).unwrap();
    symlink("/dev/zero", path("zero")).unwrap();
    assert!(Command::new("mkfifo").arg(path("fifo")).status().unwrap().success());
    assert_eq!(open(&path("link")), Ok(()));
    for name in ["zero", "fifo", "missing", "."] {
        assert_eq!(open(&path(name)), Err(Code::ImportNotAFile), "{name}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_grows_while_it_is_read_is_refused() {
    // Its length is given as 0, and yet it has content.
    let refusal = Sheet::open(Path::new("/proc/self/status")).unwrap_err();
    assert_eq!(refusal.code, Code::ImportChanged);
}

#[test]
fn declared_dimensions_allocate_nothing() {
    for dimension in ["A1:XFD4294967295", "A1:A1"] {
        let new = format!("<dimension ref=\"{dimension}\"/>");
        let bytes = tampered(SHEET, "<dimension ref=\"A1:I2\"/>", &new);
        assert_eq!(check(bytes).unwrap().0.ok, 1, "{dimension}");
    }
    let backwards = "<dimension ref=\"B9:A1\"/>";
    let _ = check(tampered(SHEET, "<dimension ref=\"A1:I2\"/>", backwards));
    // Addresses beyond what the reader can count are no reason to end the node.
    for place in ["A4294967297", "ZZZZZZZZZZ2", "A", "2", "é2"] {
        let _ = check(tampered(SHEET, "r=\"A2\"", &format!("r=\"{place}\"")));
    }
}

#[test]
fn cells_outside_the_bounds_are_refused() {
    let place = |place: &str| refused(tampered(SHEET, "r=\"I2\"", &format!("r=\"{place}\""))).0;
    assert_eq!(place("XFD2"), Code::ImportTooLarge);
    assert_eq!(place("I1048577"), Code::ImportTooLarge);
    assert_eq!(place("I1"), Code::ImportFile, "rows run backwards");
    let wide = vec!["x"; COLUMNS_MAX + 1].join(",");
    assert_eq!(refused(format!("{}\n{wide}", csv(&[]))), (Code::ImportTooLarge, "名册:2".into()));
    assert_eq!(refused("x,".repeat(1_000_000)).0, Code::ImportTooLarge);
    let long = person_with(1, 5, &"长".repeat(40_000));
    assert_eq!(refused(csv(&[long])), (Code::ImportTooLarge, "名册:F2".to_owned()));
}

#[test]
fn bombs_are_refused_before_the_reader_holds_them() {
    let bomb = |bytes: u64| "A".repeat(usize::try_from(bytes).unwrap());
    let text = format!("<is><t>{}</t></is><v>", bomb(STRETCH_BYTES_MAX + 1));
    assert_eq!(refused(tampered(SHEET, "<v>", &text)).0, Code::ImportTooLarge);
    // Tags that only a comment or an attribute holds end nothing.
    let hidden = "<c/>".repeat(usize::try_from(STRETCH_BYTES_MAX / 4).unwrap() + 1);
    let comment = format!("<!-- \"' >{hidden}--><sheetData>");
    assert_eq!(refused(tampered(SHEET, "<sheetData>", &comment)).0, Code::ImportTooLarge);
    let quoted = format!("<a b=\"{hidden}\"/><sheetData>");
    assert_eq!(refused(tampered(SHEET, "<sheetData>", &quoted)).0, Code::ImportTooLarge);
    let instruction = format!("<?x '?><a b='{hidden}'/><sheetData>");
    assert_eq!(refused(tampered(SHEET, "<sheetData>", &instruction)).0, Code::ImportTooLarge);
    // What the reader gathers until `</is>` is not ended by a cell in between.
    let within = format!("<is><t>x</t>{hidden}</is><v>");
    assert_eq!(refused(tampered(SHEET, "<v>", &within)).0, Code::ImportTooLarge);
}

#[test]
fn parts_that_are_held_whole_have_tighter_bounds() {
    let styles = format!("{}<cellXfs", " ".repeat(STRUCTURE_BYTES_MAX as usize));
    assert_eq!(refused(tampered("xl/styles.xml", "<cellXfs", &styles)).0, Code::ImportTooLarge);
    let sheets = format!("{}<sheets>", "<sheet/><c/>".repeat(STRUCTURE_BYTES_MAX as usize / 12));
    assert_eq!(refused(tampered("xl/workbook.xml", "<sheets>", &sheets)).0, Code::ImportTooLarge);
    let formats = format!("{}<cellXfs", "<xf/>".repeat(FORMATS_MAX as usize + 1));
    assert_eq!(refused(tampered("xl/styles.xml", "<cellXfs", &formats)).0, Code::ImportTooLarge);
    let strings = format!("{}</sst>", "<si/>".repeat(SHARED_STRINGS_MAX as usize + 1));
    assert_eq!(refused(tampered(STRINGS, "</sst>", &strings)).0, Code::ImportTooLarge);
    for count in ["99999999999", "18446744073709551615", "99999999999999999999999"] {
        let new = format!("uniqueCount=\"{count}\"");
        let bytes = repacked(&tampered(STRINGS, "uniqueCount", "old"), |name, text| match name {
            STRINGS => text.replacen("old", &format!("{new} old"), 1),
            _ => text,
        });
        assert_eq!(refused(bytes).0, Code::ImportTooLarge, "{count}");
    }
}

#[test]
fn entities_and_foreign_paths_reach_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let secret = dir.path().join("secret");
    std::fs::write(&secret, "机密").unwrap();
    let entity = format!("<!DOCTYPE sst [<!ENTITY x SYSTEM \"{}\">]><sst", secret.display());
    let bytes = repacked(&tampered(STRINGS, "赵以1", "赵&x;"), |name, text| match name {
        STRINGS => text.replacen("<sst", &entity, 1),
        _ => text,
    });
    match check(bytes) {
        Ok((_, desk)) => assert!(names(&desk).iter().all(|name| !name.contains("机密"))),
        Err(refusal) => assert_eq!(refusal.code, Code::ImportFile),
    }
    let mut archive = zip::ZipWriter::new_append(Cursor::new(xlsx(&[person(1)], |_| {}))).unwrap();
    archive.start_file("../../evil", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(b"evil").unwrap();
    let bytes = archive.finish().unwrap().into_inner();
    assert_eq!(check(bytes).unwrap().0.ok, 1);
}
