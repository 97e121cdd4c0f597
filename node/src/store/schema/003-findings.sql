-- What falls due, by the day on which it is raised: a cache over facts and rules, rebuilt in the
-- background when the rules change. `about` says whose row `subject` is: 0 a member, 1 a stay, 2 an
-- organisation, 3 a peer. What letters make due is read from the letters themselves, so
-- that a hand-over writes nothing here.
CREATE TABLE finding (
    about    INTEGER NOT NULL,
    subject  INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    raised   INTEGER NOT NULL,
    since    INTEGER NOT NULL,
    due      INTEGER NOT NULL,
    org      INTEGER NOT NULL,
    member   INTEGER,
    shown    TEXT,
    evidence BLOB    NOT NULL,
    PRIMARY KEY (about, subject, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_day ON finding (kind, raised, about, subject);
CREATE INDEX finding_org ON finding (org, kind, raised);

-- The latest report of counts: ours for a peer, which also says that it is reported to, and a peer's.
CREATE TABLE summary (
    peer      INTEGER NOT NULL,
    own       INTEGER NOT NULL,
    time      INTEGER NOT NULL,
    statement BLOB    NOT NULL,
    PRIMARY KEY (peer, own)
) STRICT, WITHOUT ROWID;
