-- The last comparison with each peer, by who asked for it: what each side signed. One that is `done`
-- has both halves, and stays until the next is; one that is not has the half that came first.
CREATE TABLE reconciliation (
    peer     INTEGER NOT NULL,
    asked    INTEGER NOT NULL,
    done     INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    run      BLOB    NOT NULL,
    time     INTEGER NOT NULL,
    mine     BLOB,
    theirs   BLOB,
    rounds   INTEGER NOT NULL,
    bytes    INTEGER NOT NULL,
    PRIMARY KEY (peer, asked, done)
) STRICT, WITHOUT ROWID;

-- Where the books of the two sides differ, by the last comparison that both signed (R-97). `mine` and
-- `theirs` are values of R-96, absent where that side holds none; `since` is when it was first found.
CREATE TABLE difference (
    peer   INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    id     BLOB    NOT NULL,
    mine   BLOB,
    theirs BLOB,
    since  INTEGER NOT NULL,
    run    BLOB    NOT NULL,
    PRIMARY KEY (peer, kind, id)
) STRICT, WITHOUT ROWID;
