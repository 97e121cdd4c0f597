//! Where the columns of the tables stand that every hand-over reads.
//!
//! SQLite finds a column by its place; to find it by name, all names before it are compared, for
//! each value of each row. Here the names become places while the program is compiled.

/// Columns of `letter`, as `SELECT *` gives them.
pub(super) const LETTER: &[&str] = &[
    "id",
    "hash",
    "version",
    "own",
    "peer",
    "state",
    "member",
    "generation",
    "core",
    "serial",
    "from_org",
    "to_org",
    "issued",
    "valid_until",
    "branch",
    "same_as",
    "replaces",
    "reissue",
    "rejected",
    "bytes",
    "stands",
    "batch",
    "batch_place",
    "batch_count",
    "inherited",
];

/// Columns of `member`, as `SELECT *` gives them.
pub(super) const MEMBER: &[&str] = &[
    "id",
    "ref",
    "version",
    "custody",
    "standing",
    "org",
    "name",
    "search",
    "generation",
    "nonce",
    "inbound",
    "open_letter",
    "dues",
    "joined",
    "sex",
    "ethnicity",
    "id_hmac",
    "sealed",
    "end_reason",
    "end_day",
    "alias_of",
    "met",
    "away",
    "resides",
];

/// Columns of `entry`, as `SELECT *` gives them.
pub(super) const ENTRY: &[&str] = &[
    "id",
    "hash",
    "kind",
    "letter",
    "key",
    "statement",
    "salt",
    "block",
    "erased",
    "size",
    "place",
    "signature",
    "unusable",
];

/// The place of a column. Meant for `const` blocks, where a wrong name does not compile.
///
/// # Panics
/// If there is no such column.
pub(super) const fn place(columns: &[&str], name: &str) -> usize {
    let mut place = 0;
    while place < columns.len() {
        if same(columns[place].as_bytes(), name.as_bytes()) {
            return place;
        }
        place += 1;
    }
    panic!("no such column")
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_places_are_those_of_the_schema() {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        super::super::schema::migrate(&mut connection).unwrap();
        for (table, columns) in [("letter", LETTER), ("member", MEMBER), ("entry", ENTRY)] {
            let all = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
            assert_eq!(all.column_names().collect::<Vec<_>>(), columns);
        }
    }
}
