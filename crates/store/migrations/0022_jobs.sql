-- Durable jobs: what is to be done after a commit, at least once. Written in the transaction of their cause.

CREATE TABLE jobs (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    -- Sealed.
    body BLOB NOT NULL,
    -- When it is tried next, and while it is tried until when nobody else may; NULL once it is dead.
    due_at BIGINT,
    -- Who has it now.
    claim BLOB,
    attempts BIGINT NOT NULL,
    -- What went wrong last. No secret.
    fault TEXT,
    created_at BIGINT NOT NULL,
    -- From then on it is worth nothing.
    useless_at BIGINT,
    -- Of a dead one: until when it is kept to be looked at.
    expires_at BIGINT
);

CREATE INDEX jobs_due ON jobs (kind, due_at);
CREATE INDEX jobs_expiry ON jobs (expires_at);
