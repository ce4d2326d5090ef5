-- What its developers see of a client secret: what they call it, who made it, and when it was last used, within a minute.

ALTER TABLE client_secrets ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE client_secrets ADD COLUMN author_id BLOB REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE client_secrets ADD COLUMN last_used_at BIGINT;
CREATE INDEX client_secrets_of_author ON client_secrets (author_id) WHERE author_id IS NOT NULL;
