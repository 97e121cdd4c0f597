//! Every bound of the roster-file reader. What is over a bound is refused, never cut off.

/// Largest file that is read, in bytes; it is held in memory so that two passes see the same bytes.
pub const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Most bytes that all parts of an xlsx may inflate to.
pub const INFLATED_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Most parts (zip entries) of an xlsx.
pub const PARTS_MAX: usize = 4_096;
/// Most inflated bytes between two cells, shared strings or rows of an xlsx: what its reader may
/// have to hold at once.
pub const STRETCH_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Most inflated bytes of the shared strings of an xlsx, which its reader holds as a whole.
pub const SHARED_STRINGS_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Most shared strings of an xlsx, declared or real.
pub const SHARED_STRINGS_MAX: u64 = 4_000_000;
/// Most inflated bytes of a part that describes the workbook (sheets, relationships, styles),
/// which its reader holds as a whole.
pub const STRUCTURE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Most fonts, fills, borders and cell formats of an xlsx.
pub const FORMATS_MAX: u64 = 200_000;
/// Last row that is read: that of every spreadsheet program.
pub const ROWS_MAX: u32 = 1_048_576;
/// Most rows of a table of organisations, which are held at once to find parents among them.
pub const ORGANISATIONS_MAX: usize = 20_000;
/// Most rows of a batch of letters: one approval, which a person can still answer for.
pub const LETTERS_MAX: usize = 10_000;
/// Most columns of a row.
pub const COLUMNS_MAX: usize = 256;
/// Longest cell, in Unicode scalar values: that of every spreadsheet program.
pub const CELL_CHARS_MAX: usize = 32_767;
/// Longest csv row, in bytes of UTF-8.
pub const RECORD_BYTES_MAX: usize = 1024 * 1024;
/// Most faults that are listed; the rest is counted.
pub const FAULTS_LISTED_MAX: usize = 10_000;
/// Most warnings that are listed; the rest is counted.
pub const WARNINGS_LISTED_MAX: usize = 1_000;
/// Longest value that a fault repeats, in characters.
pub const VALUE_CHARS_LISTED_MAX: usize = 64;
/// Rows between two reports of progress.
pub const PROGRESS_ROWS: u64 = 1_000;
