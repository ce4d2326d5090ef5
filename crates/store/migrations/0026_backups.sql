-- When `symbolon backup` wrote a copy of this database, and what tells the master key of that time from another one. A copy
-- holds the row of itself.

CREATE TABLE backups (
    made_at BIGINT PRIMARY KEY,
    master_key TEXT NOT NULL
);
