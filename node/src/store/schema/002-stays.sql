-- 双向管理. Ids are shared with `letter`, so that a statement names its case by one number. `member` is
-- the membership that the origin certified, once it did.
CREATE TABLE stay (
    id       INTEGER PRIMARY KEY,
    hash     BLOB    NOT NULL UNIQUE,
    version  INTEGER NOT NULL,
    own      INTEGER NOT NULL,
    peer     INTEGER NOT NULL,
    word     INTEGER NOT NULL,
    member   BLOB,
    core     BLOB    NOT NULL,
    rejected INTEGER
) STRICT;
CREATE INDEX stay_word ON stay (own, word, id);
CREATE INDEX stay_member ON stay (member, id) WHERE member IS NOT NULL;
-- R-85: of our own members each is away once.
CREATE UNIQUE INDEX stay_away ON stay (member) WHERE own = 1 AND word IN (1, 2);

-- The stay by which a member of ours is away.
ALTER TABLE member ADD COLUMN away INTEGER;
