-- 双报到. Ids are shared with `letter` and `stay`. Without a `peer` both organisations are ours, nothing
-- is signed, and what was said rests in `local_statement`. `card` is what the resident told the
-- community, sealed; it stays here. `opinion` is 0 if none was asked for, 1 while it waits, then 2.
CREATE TABLE residence (
    id       INTEGER PRIMARY KEY,
    hash     BLOB    NOT NULL UNIQUE,
    version  INTEGER NOT NULL,
    own      INTEGER NOT NULL,
    peer     INTEGER,
    word     INTEGER NOT NULL,
    opinion  INTEGER NOT NULL,
    member   BLOB    NOT NULL,
    core     BLOB    NOT NULL,
    card     BLOB,
    rejected INTEGER
) STRICT;
CREATE INDEX residence_member ON residence (member, id);
CREATE INDEX residence_opinion ON residence (opinion, id) WHERE opinion > 0;
CREATE INDEX residence_unsettled ON residence (peer) WHERE own = 0 AND word = 0;
-- R-124: of our own members each is introduced to one community at a time.
CREATE UNIQUE INDEX residence_open ON residence (member) WHERE own = 1 AND word < 2;

CREATE TABLE local_statement (
    id        INTEGER PRIMARY KEY,
    residence INTEGER NOT NULL,
    kind      INTEGER NOT NULL,
    statement BLOB    NOT NULL,
    block     BLOB
) STRICT;
CREATE INDEX local_statement_residence ON local_statement (residence);

-- Stays that nobody placed or confirmed yet, by peer: their number is bounded.
CREATE INDEX stay_waiting ON stay (peer) WHERE word IN (0, 1);

-- The community that a member of ours is introduced to.
ALTER TABLE member ADD COLUMN resides INTEGER;
