-- What an office notes about a stay for itself: since when the member is settled at the place, and how
-- the place takes the member in.
ALTER TABLE stay ADD COLUMN settled INTEGER;
ALTER TABLE stay ADD COLUMN intake TEXT;
ALTER TABLE stay ADD COLUMN management TEXT;

-- 外出报告: members who told their branch that they go away. `word` is 0 reported, 1 filed, 2 returned,
-- 3 a stay, 4 the membership left. Unsigned: nobody outside the region is told.
CREATE TABLE departure (
    id        INTEGER PRIMARY KEY,
    hash      BLOB    NOT NULL UNIQUE,
    version   INTEGER NOT NULL,
    word      INTEGER NOT NULL,
    member    BLOB    NOT NULL,
    reported  INTEGER NOT NULL,
    leaves    INTEGER NOT NULL,
    until     INTEGER,
    filed_by  INTEGER,
    filed     INTEGER,
    ended     INTEGER,
    stay      INTEGER,
    told      BLOB    NOT NULL
) STRICT;
CREATE INDEX departure_member ON departure (member, id);
CREATE INDEX departure_word ON departure (word, id);
-- Nobody goes away twice at a time.
CREATE UNIQUE INDEX departure_open ON departure (member) WHERE word < 2;
