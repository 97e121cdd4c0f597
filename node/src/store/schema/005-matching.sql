-- 名单比对: every matching with a peer, by either side and whatever became of it (R-105). `both` and
-- `result` are absent until it is done; `code` says why it ended before, `shown` whether the other side
-- could read the result all the same.
CREATE TABLE matching (
    id     INTEGER PRIMARY KEY,
    run    BLOB    NOT NULL,
    peer   INTEGER NOT NULL,
    asked  INTEGER NOT NULL,
    source INTEGER NOT NULL,
    time   INTEGER NOT NULL,
    mine   INTEGER NOT NULL,
    theirs INTEGER NOT NULL,
    both   INTEGER,
    result BLOB,
    bytes  INTEGER NOT NULL,
    shown  INTEGER NOT NULL,
    code   INTEGER,
    UNIQUE (peer, asked, run)
) STRICT;
CREATE INDEX matching_run ON matching (run);
CREATE INDEX matching_time ON matching (peer, asked, time);
CREATE INDEX matching_result ON matching (result) WHERE result IS NOT NULL;

-- The people of the last matching of each kind, as long as they are kept: whoever stands on the roster
-- by their reference, anybody else as the sheet named them, sealed. `here` and `there` say what each
-- side is to them (R-105); `there` is absent where the other has not listed them.
CREATE TABLE matching_person (
    matching INTEGER NOT NULL,
    place    INTEGER NOT NULL,
    line     INTEGER,
    member   BLOB,
    sealed   BLOB,
    here     INTEGER NOT NULL,
    there    INTEGER,
    PRIMARY KEY (matching, place)
) STRICT, WITHOUT ROWID;
