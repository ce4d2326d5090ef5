-- What its developers see of a client secret: what they call it, who made it, and when it was last used, within a minute.

ALTER TABLE client_secrets ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE client_secrets ADD COLUMN author_id BLOB REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE client_secrets ADD COLUMN last_used_at BIGINT;
CREATE INDEX client_secrets_of_author ON client_secrets (author_id) WHERE author_id IS NOT NULL;

-- Why an app asks for scopes that can do harm, in the words of its developers: a JSON object from scope to reason. People are
-- not shown it, so it is no part of a version.
ALTER TABLE apps ADD COLUMN scope_reasons TEXT NOT NULL DEFAULT '{}';
