-- How many of the notices that a client secret ends went out, or were not needed when its end was chosen. Those that are there end
-- as their developers know, so they are told from the next stage on.

ALTER TABLE client_secrets ADD COLUMN told BIGINT NOT NULL DEFAULT 0;
CREATE INDEX client_secrets_by_end ON client_secrets (expires_at) WHERE expires_at IS NOT NULL;
