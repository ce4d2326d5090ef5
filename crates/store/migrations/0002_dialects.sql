-- What dialects with other rules for tokens need.

-- Of a family that began when a refresh token was used that keeps working: the family of that token. Both end together.
ALTER TABLE families ADD COLUMN origin_id BLOB;

-- Of a family whose refresh ends the access token before: the one access token that is left.
ALTER TABLE families ADD COLUMN only_access_id BLOB;

-- Whether the family takes the place of the one before under the same grant. There is one such row per grant: a new
-- connection writes itself into it, and what hung from the old one hangs from nothing.
ALTER TABLE families ADD COLUMN alone BOOLEAN;
CREATE UNIQUE INDEX families_alone ON families (grant_id) WHERE alone;

-- Until when an access token must still be known although it has expired; absent: until it expires.
ALTER TABLE access_tokens ADD COLUMN kept_until BIGINT;

DROP INDEX access_tokens_expiry;
CREATE INDEX access_tokens_expiry ON access_tokens (coalesce(kept_until, expires_at));

-- Of the access tokens without end: those that go with their family.
CREATE INDEX access_tokens_endless ON access_tokens (family_id) WHERE expires_at IS NULL;
