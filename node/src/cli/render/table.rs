//! Columns that line up, with Chinese characters two columns wide, and blocks of named values.

use protocol::refusal::Lang;
use unicode_width::UnicodeWidthStr;

use super::pick;

/// Rows under a header, columns two blanks apart; a line that says so if there are none.
pub(super) fn table(lang: Lang, header: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return pick(lang, "(none)", "(无)").to_owned();
    }
    let header: Vec<String> = header.iter().map(|&cell| cell.to_owned()).collect();
    let clean_rows = rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect());
    let lines: Vec<Vec<String>> = std::iter::once(header).chain(clean_rows).collect();
    let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|at| lines.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max())
        .map(Option::unwrap_or_default)
        .collect();
    lines.iter().map(|row| line(row, &widths)).collect::<Vec<_>>().join("\n")
}

/// Named values, one a line; those without a value are left out.
pub(super) fn block(rows: &[(&str, Option<String>)]) -> String {
    let width = rows.iter().map(|(name, _)| name.width()).max().unwrap_or_default();
    rows.iter()
        .filter_map(|(name, value)| value.as_ref().map(|value| (name, clean(value))))
        .map(|(name, value)| format!("{name}{}  {value}", " ".repeat(width - name.width())))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Text without characters that could command a terminal, whoever wrote it.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut text = String::new();
    for (cell, width) in row.iter().zip(widths) {
        text.push_str(cell);
        text.push_str(&" ".repeat(width - cell.width() + 2));
    }
    text.truncate(text.trim_end().len());
    text
}
