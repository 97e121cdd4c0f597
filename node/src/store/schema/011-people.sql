-- Who may use this node. Roles are numbered as `office::people::Role` lists them; without an `org` the
-- whole region is theirs. A user is never removed, so that the audit log names nobody else.
CREATE TABLE user (
    id       INTEGER PRIMARY KEY,
    name     TEXT    NOT NULL UNIQUE,
    role     INTEGER NOT NULL,
    org      INTEGER,
    password TEXT    NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created  INTEGER NOT NULL
) STRICT;

-- Of tokens and sessions only a hash is kept: a copy of the database opens nothing.
CREATE TABLE token (
    id      INTEGER PRIMARY KEY,
    hash    BLOB    NOT NULL UNIQUE,
    role    INTEGER NOT NULL,
    org     INTEGER,
    created INTEGER NOT NULL,
    expires INTEGER,
    revoked INTEGER NOT NULL DEFAULT 0,
    by      TEXT    NOT NULL
) STRICT;

CREATE TABLE session (
    hash    BLOB    PRIMARY KEY,
    user    INTEGER NOT NULL REFERENCES user (id),
    begun   INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    address TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_user ON session (user);

-- Who did or read what, and when: ids, never names or ID numbers of members. Each line's hash is over
-- the one before it.
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    time    INTEGER NOT NULL,
    who     TEXT    NOT NULL,
    what    TEXT    NOT NULL,
    objects TEXT    NOT NULL,
    hash    BLOB    NOT NULL
) STRICT;
