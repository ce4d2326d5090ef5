-- What dialects with other rules for tokens need.

-- Of a grant whose app may have one connection: its token family. Every other family of the grant is over.
ALTER TABLE grants ADD COLUMN only_family_id BLOB;

-- Of a family whose refresh ends the access token before: the one access token that is left.
ALTER TABLE families ADD COLUMN only_access_id BLOB;

-- Until when an access token must still be known although it has expired; absent: until it expires.
ALTER TABLE access_tokens ADD COLUMN kept_until BIGINT;

DROP INDEX access_tokens_expiry;
CREATE INDEX access_tokens_expiry ON access_tokens (coalesce(kept_until, expires_at));
