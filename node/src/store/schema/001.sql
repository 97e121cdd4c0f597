-- Times are milliseconds since 1970 UTC, days and months as numbers of `protocol::time`.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE org (
    number       INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL,
    kind         INTEGER NOT NULL,
    parent       INTEGER REFERENCES org (number),
    may_transfer INTEGER NOT NULL,
    closed       INTEGER NOT NULL DEFAULT 0,
    successor    INTEGER REFERENCES org (number),
    aliases      TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX org_name ON org (name);
CREATE INDEX org_parent ON org (parent);

CREATE TABLE peer (
    id           INTEGER PRIMARY KEY,
    node         BLOB    NOT NULL UNIQUE,
    region       INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    state        INTEGER NOT NULL,
    tls_key      BLOB    NOT NULL,
    cert         BLOB    NOT NULL,
    addresses    TEXT    NOT NULL,
    pair_secret  BLOB    NOT NULL,
    last_contact INTEGER,
    clock_skew   INTEGER,
    own_feed     INTEGER NOT NULL,
    peer_feed    INTEGER,
    head         BLOB,
    head_time    INTEGER,
    introduction BLOB,
    directory    INTEGER NOT NULL DEFAULT 0,
    sent         INTEGER NOT NULL DEFAULT 0
) STRICT;
-- One living peer a region (active or paused); others wait to replace it, or are revoked and stay
-- for their evidence.
CREATE UNIQUE INDEX peer_region ON peer (region) WHERE state IN (1, 2);

CREATE TABLE invitation (
    secret_hash BLOB PRIMARY KEY,
    expires     INTEGER NOT NULL,
    used_by     BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE peer_org (
    peer         INTEGER NOT NULL,
    code         INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    kind         INTEGER NOT NULL,
    parent       INTEGER,
    may_transfer INTEGER NOT NULL,
    aliases      TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    PRIMARY KEY (peer, code)
) STRICT, WITHOUT ROWID;

-- A feed is one life of what one side of a pair signs for the other.
CREATE TABLE feed (
    id      INTEGER PRIMARY KEY,
    peer    INTEGER NOT NULL,
    own     INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    random  INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    hash    BLOB    NOT NULL,
    acked   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The key is feed << 40 | seq, so that a feed lies together and grows at one end. The signature
-- stands in the first row of its group; paths are derived from the hashes of the group's rows.
CREATE TABLE entry (
    id        INTEGER PRIMARY KEY,
    hash      BLOB    NOT NULL,
    kind      INTEGER NOT NULL,
    letter    INTEGER,
    key       BLOB    NOT NULL,
    statement BLOB    NOT NULL,
    salt      BLOB    NOT NULL,
    block     BLOB,
    erased    INTEGER NOT NULL DEFAULT 0,
    size      INTEGER NOT NULL,
    place     INTEGER NOT NULL,
    signature BLOB,
    unusable  INTEGER
) STRICT;
CREATE INDEX entry_letter ON entry (letter) WHERE letter IS NOT NULL;
CREATE INDEX entry_unusable ON entry (id) WHERE unusable IS NOT NULL;

CREATE TABLE member (
    id          INTEGER PRIMARY KEY,
    ref         BLOB    NOT NULL UNIQUE,
    version     INTEGER NOT NULL,
    custody     INTEGER NOT NULL,
    standing    INTEGER NOT NULL,
    org         INTEGER NOT NULL REFERENCES org (number),
    name        TEXT    NOT NULL,
    search      TEXT    NOT NULL,
    generation  INTEGER NOT NULL,
    nonce       BLOB,
    inbound     INTEGER,
    open_letter INTEGER,
    dues        INTEGER,
    joined      INTEGER,
    sex         INTEGER,
    ethnicity   TEXT,
    id_hmac     BLOB    NOT NULL,
    sealed      BLOB    NOT NULL,
    end_reason  INTEGER,
    end_day     INTEGER,
    alias_of    BLOB,
    met         INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX member_org ON member (org, id);
CREATE INDEX member_custody ON member (custody, id);
CREATE INDEX member_id_hmac ON member (id_hmac);
CREATE INDEX member_unmet ON member (id) WHERE met = 0 AND custody < 3;

-- The key that seals a person's private data at rest; dropping the row erases the person. References
-- come in no order: only the small index is written all over, the keys grow at one end.
CREATE TABLE member_key (
    id      INTEGER PRIMARY KEY,
    ref     BLOB NOT NULL UNIQUE,
    wrapped BLOB NOT NULL
) STRICT;

CREATE TABLE letter (
    id           INTEGER PRIMARY KEY,
    hash         BLOB    NOT NULL UNIQUE,
    version      INTEGER NOT NULL,
    own          INTEGER NOT NULL,
    peer         INTEGER NOT NULL,
    state        INTEGER NOT NULL,
    member       BLOB    NOT NULL,
    generation   INTEGER NOT NULL,
    core         BLOB    NOT NULL,
    serial       TEXT    NOT NULL,
    from_org     INTEGER NOT NULL,
    to_org       INTEGER NOT NULL,
    issued       INTEGER NOT NULL,
    valid_until  INTEGER NOT NULL,
    branch       INTEGER,
    same_as      BLOB,
    replaces     BLOB,
    reissue      INTEGER NOT NULL DEFAULT 0,
    rejected     INTEGER,
    bytes        INTEGER NOT NULL,
    stands       INTEGER NOT NULL,
    batch        BLOB,
    batch_place  INTEGER,
    batch_count  INTEGER,
    inherited    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX letter_state ON letter (own, state, id);
CREATE INDEX letter_member ON letter (member);
-- `stands` says what the partial indexes ask: 0 ended, 1 open, 2 of a peer and undecided, 3 the same
-- and parked. It changes less often than the state, so that most steps of a letter move no entry here.
CREATE INDEX letter_unfinished ON letter (peer, id) WHERE stands > 0;
-- R-40: one open letter of ours for each member and generation. What was inherited from a
-- predecessor (R-58) is neither our Offer nor of our numbering.
CREATE UNIQUE INDEX letter_open ON letter (member, generation)
    WHERE own = 1 AND inherited = 0 AND stands > 0;
-- What peers offered and nobody has decided yet, for their quota.
CREATE INDEX letter_undecided ON letter (peer, id, bytes) WHERE stands = 2;
CREATE INDEX letter_parked ON letter (peer, id) WHERE stands = 3;
CREATE UNIQUE INDEX letter_serial ON letter (serial) WHERE own = 1 AND inherited = 0;

CREATE INDEX letter_batch ON letter (batch, peer, batch_place) WHERE batch IS NOT NULL AND own = 0;

-- 整建制转接: what was approved at once. The letters follow in many commits.
CREATE TABLE batch (
    hash     BLOB    PRIMARY KEY,
    approved INTEGER NOT NULL,
    count    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- One person of a batch: waiting, issued (letter), or impossible for now (code).
CREATE TABLE batch_item (
    batch  BLOB    NOT NULL REFERENCES batch (hash),
    place  INTEGER NOT NULL,
    member BLOB    NOT NULL,
    to_org INTEGER NOT NULL,
    dues   INTEGER,
    reason BLOB,
    letter INTEGER,
    code   INTEGER,
    PRIMARY KEY (batch, place),
    UNIQUE (batch, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_item_waiting ON batch_item (batch, place) WHERE letter IS NULL AND code IS NULL;

-- R-43: of Void and Release (slot 1), and of Receipt and Refusal (slot 2), this node signs one.
CREATE TABLE own_decision (
    letter INTEGER NOT NULL,
    slot   INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    PRIMARY KEY (letter, slot)
) STRICT, WITHOUT ROWID;

-- Signed proof of a peer's fault: what could not be merged, or a fork of its feed.
CREATE TABLE fault (
    id     INTEGER PRIMARY KEY,
    peer   INTEGER NOT NULL,
    code   INTEGER NOT NULL,
    time   INTEGER NOT NULL,
    letter INTEGER,
    hash   BLOB    NOT NULL,
    entry  BLOB    NOT NULL,
    UNIQUE (peer, hash)
) STRICT;

CREATE TABLE event (
    id     INTEGER PRIMARY KEY,
    time   INTEGER NOT NULL,
    member BLOB,
    letter INTEGER,
    kind   TEXT    NOT NULL,
    org    INTEGER,
    by     TEXT    NOT NULL,
    detail TEXT
) STRICT;
CREATE INDEX event_member ON event (member, id) WHERE member IS NOT NULL;

-- R-26: entries of a peer's feed that came alone, on paper, above the end of our copy, until the
-- feed brings them. The entry is without its private block, which rests sealed beside it.
CREATE TABLE floating (
    peer    INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    random  INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    hash    BLOB    NOT NULL,
    letter  INTEGER NOT NULL,
    entry   BLOB    NOT NULL,
    block   BLOB,
    PRIMARY KEY (peer, counter, random, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX floating_letter ON floating (letter);

-- Letters to and from offices without a node. Ids are shared with `letter`; states are its words.
CREATE TABLE paper_letter (
    id          INTEGER PRIMARY KEY,
    hash        BLOB    NOT NULL UNIQUE,
    version     INTEGER NOT NULL,
    own         INTEGER NOT NULL,
    state       INTEGER NOT NULL,
    member      BLOB    NOT NULL,
    generation  INTEGER NOT NULL,
    serial      TEXT,
    org         INTEGER NOT NULL,
    party       TEXT    NOT NULL,
    issued      INTEGER NOT NULL,
    valid_until INTEGER,
    dues        INTEGER,
    reason      BLOB,
    ended_on    INTEGER,
    why         TEXT
) STRICT;
CREATE INDEX paper_letter_member ON paper_letter (member);
CREATE UNIQUE INDEX paper_letter_open ON paper_letter (member, generation)
    WHERE own = 1 AND state < 4;
CREATE UNIQUE INDEX paper_letter_serial ON paper_letter (serial) WHERE own = 1;

-- What was filed with one, sealed under the member's key.
CREATE TABLE paper_scan (
    letter INTEGER PRIMARY KEY,
    hash   BLOB    NOT NULL,
    size   INTEGER NOT NULL,
    sealed BLOB    NOT NULL
) STRICT;
