//! Every bound of the protocol, in one place, so that a reviewer can weigh them together.
//!
//! Nothing here is tunable at run time: both sides of a link must agree on these numbers. Bounds
//! of one node alone (quotas, pools, timeouts of its own sockets) live in the node.

/// Longest frame on a link, in bytes, checked before anything is allocated.
pub const FRAME_BYTES_MAX: usize = 256 * 1024;
/// Most entries under one seal.
pub const GROUP_ENTRIES_MAX: usize = 64;
/// Most entries under one seal when one of them is an Offer, so that a QR code stays small.
pub const GROUP_ENTRIES_WITH_OFFER_MAX: usize = 8;
/// Longest encoded group, in bytes: it must fit into one frame with what the session adds.
pub const GROUP_BYTES_MAX: usize = FRAME_BYTES_MAX - 8 * 1024;
/// Deepest Merkle path of one entry; `2^6` leaves.
pub const PATH_NODES_MAX: usize = 6;
/// Longest encoded public body of one statement, in bytes.
pub const BODY_BYTES_MAX: usize = 128 * 1024;
/// Longest statement, in bytes: the body and the fixed fields around it.
pub const STATEMENT_BYTES_MAX: usize = BODY_BYTES_MAX + 1024;
/// Longest private block of one statement, in bytes; the proof inside a Release is the largest.
pub const BLOCK_BYTES_MAX: usize = 192 * 1024;
/// Most hand-overs that one proof of custody may contain; with the longest names that keys
/// may certify, that many fill a block to nine tenths.
pub const PROOF_HOPS_MAX: usize = 40;
/// Most certificates of one hand-over in a proof: of both sides, with room for rotations.
pub const PROOF_CERTS_MAX: usize = 8;
/// Most statements that one statement may answer.
pub const ANSWERS_MAX: usize = 4;
/// Longest name of a person, organisation or region, in Unicode scalar values.
pub const NAME_CHARS_MAX: usize = 100;
/// Longest free text (reason, note, address) in Unicode scalar values.
pub const TEXT_CHARS_MAX: usize = 500;
/// Longest news of the home organisation, in Unicode scalar values.
pub const NEWS_CHARS_MAX: usize = 2_000;
/// Longest phone number, in characters.
pub const PHONE_CHARS_MAX: usize = 32;
/// Most corrections and replies of one side that hang on the statements of one letter.
pub const LETTER_NOTES_MAX: usize = 20;
/// Days that the first day of a stay may lie ahead of its notice.
pub const STAY_AHEAD_DAYS_MAX: i32 = 100;
/// Months that dues may be paid ahead of the statement that says so.
pub const DUES_AHEAD_MONTHS_MAX: i32 = 12;
/// Most stays of one peer that nobody placed or confirmed yet, and most residents introduced by it
/// who have not reported.
pub const WAITING_CASES_MAX: u32 = 10_000;
/// Most organisations in one part of a directory.
pub const DIRECTORY_PART_ORGS_MAX: usize = 500;
/// Most parts of one directory.
pub const DIRECTORY_PARTS_MAX: u16 = 200;
/// Most former names or codes that one organisation keeps as aliases.
pub const ORG_ALIASES_MAX: usize = 16;
/// Most kinds of findings that one report counts.
pub const SUMMARY_FINDINGS_MAX: usize = 64;
/// Most addresses that an invitation may name.
pub const INVITED_ADDRESSES_MAX: usize = 8;
/// Most organisations that an invitation may list; the feed brings the others.
pub const INVITED_ORGS_MAX: usize = 2_000;
/// Longest text of a letter's code, in characters: what the largest QR code holds in its
/// alphanumeric mode at the lowest error correction.
pub const CODE_CHARS_MAX: usize = 4_296;
/// Most floating entries that a Hello may list.
pub const HELLO_FLOATING_MAX: usize = 1024;
/// Most records of other nodes' lives that a Hello may carry.
pub const HELLO_RECORDS_MAX: usize = 128;
/// Protocol versions that this build speaks, lowest and highest.
pub const VERSIONS: (u16, u16) = (1, 1);
/// Time to the first Hello of a session, in milliseconds.
pub const HELLO_WAIT_MS: u64 = 5_000;
/// Longest silence inside one frame before the session ends, in milliseconds.
pub const FRAME_WAIT_MS: u64 = 30_000;
/// Interval at which a session signs a fresh head, in milliseconds.
pub const HEAD_INTERVAL_MS: u64 = 60_000;
/// Bytes of entries that may be on their way without an acknowledgement.
pub const UNACKNOWLEDGED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of entries that a session asks the store for at once.
pub const LOAD_BYTES_MAX: usize = 1024 * 1024;
/// How far ahead of our clock an Offer or a head may be dated, in milliseconds, before it is
/// refused. A day: clerks' machines drift, and distance never turns into refusal.
pub const CLOCK_AHEAD_MS_MAX: u64 = 24 * 60 * 60 * 1000;
/// Longest validity of a letter, in days.
pub const VALIDITY_DAYS_MAX: i32 = 90;
/// Coded symbols of a pair's sketch that are kept while nodes run; they show about 700 differences
/// without a scan.
pub const SKETCH_SYMBOLS_KEPT: usize = 1_024;
/// Most coded symbols of a sketch that a scan makes: about 48,000 differences. Who has more has
/// lost a database, and comparing is not what helps.
pub const SKETCH_SYMBOLS_MAX: usize = 65_536;
/// Most positions that one side holds where the two differ, in one signed result; what is
/// beyond is found by the next comparison.
pub const RESULT_POSITIONS_MAX: usize = 200;
/// Longest value of a position, in bytes.
pub const POSITION_BYTES_MAX: usize = 512;
/// Coded symbols that come with the first answer of a comparison.
pub const PROBE_SYMBOLS: usize = 48;
/// Most coded symbols in one frame.
pub const SYMBOLS_IN_FRAME_MAX: usize = 8_192;
/// Most locators in one frame.
pub const LOCATORS_IN_FRAME_MAX: usize = 16_384;
/// Most frames that one side sends in a comparison.
pub const RECONCILE_FRAMES_MAX: usize = 32;
/// Longest comparison, in milliseconds, scans at both ends included.
pub const RECONCILE_WAIT_MS: u64 = 60_000;
/// Most comparisons that one side asks for in [`RECONCILE_PAUSE_MS`]. What a node asks for
/// by itself and what ends with a session count too, and a person must still be answered.
pub const RECONCILE_ASKS_MAX: u8 = 8;
/// In how many milliseconds.
pub const RECONCILE_PAUSE_MS: u64 = 600_000;
/// Most people on one list of a matching: who asks can try so many numbers, and no more.
pub const MATCH_ROWS_MAX: usize = 32_768;
/// Most points in one frame of a matching.
pub const POINTS_IN_FRAME_MAX: usize = 4_096;
/// Most frames that one side sends in a matching.
pub const MATCH_FRAMES_MAX: usize = 20;
/// Longest matching, in milliseconds.
pub const MATCH_WAIT_MS: u64 = 180_000;
/// Most matchings that one side asks for in [`MATCH_PAUSE_MS`].
pub const MATCH_ASKS_MAX: u64 = 8;
/// In how many milliseconds.
pub const MATCH_PAUSE_MS: u64 = 24 * 60 * 60 * 1_000;

const _: () = assert!(1 << PATH_NODES_MAX == GROUP_ENTRIES_MAX);
const _: () = assert!(GROUP_ENTRIES_WITH_OFFER_MAX <= GROUP_ENTRIES_MAX);
const _: () = assert!(BLOCK_BYTES_MAX + 8 * 1024 < GROUP_BYTES_MAX);
const _: () = assert!(STATEMENT_BYTES_MAX + 8 * 1024 < GROUP_BYTES_MAX);
const _: () = assert!(LOAD_BYTES_MAX <= UNACKNOWLEDGED_BYTES_MAX);
// A Hello carries an entry without its private part, one that was on paper, places of up to 64
// bytes, heads of up to 256.
const _: () = assert!(
    STATEMENT_BYTES_MAX + CODE_CHARS_MAX + 64 * HELLO_FLOATING_MAX + 256 * HELLO_RECORDS_MAX
        < FRAME_BYTES_MAX
);
// Symbols are sixteen bytes, locators six; a run at the bound, twice, fits into its frames.
const _: () = assert!(16 * SYMBOLS_IN_FRAME_MAX + 256 < FRAME_BYTES_MAX);
const _: () = assert!(6 * LOCATORS_IN_FRAME_MAX + 256 < FRAME_BYTES_MAX);
const _: () = assert!(
    2 * SKETCH_SYMBOLS_MAX.div_ceil(SYMBOLS_IN_FRAME_MAX)
        + SKETCH_SYMBOLS_MAX.div_ceil(LOCATORS_IN_FRAME_MAX)
        < RECONCILE_FRAMES_MAX
);
const _: () = assert!(RESULT_POSITIONS_MAX * (POSITION_BYTES_MAX + 48) + 512 < BODY_BYTES_MAX);
