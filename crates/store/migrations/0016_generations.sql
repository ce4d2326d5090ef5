-- How often an app lost what its tokens are made with: a grant type, or its secret when it turned public. A token of an earlier
-- generation is over, and stays so when the app gets back what it lost.
ALTER TABLE apps ADD COLUMN own_generation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE apps ADD COLUMN refresh_generation BIGINT NOT NULL DEFAULT 0;

-- The generation of a token with which an app acts as itself. NULL is the first, and that of every other token.
ALTER TABLE access_tokens ADD COLUMN generation BIGINT;
ALTER TABLE families ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;

-- What is lost by now. Of an app that is public, connections that were made without a secret go on.
UPDATE apps SET own_generation = 1 WHERE id NOT IN
    (SELECT app_id FROM app_versions WHERE state = 'live' AND ' ' || grant_types || ' ' LIKE '% client_credentials %');
UPDATE apps SET refresh_generation = 1 WHERE id IN
    (SELECT app_id FROM app_versions WHERE state = 'live' AND client_type = 'public');
UPDATE families SET generation = 1 WHERE NOT coalesce(with_secret, FALSE) AND app_id IN
    (SELECT app_id FROM app_versions WHERE state = 'live' AND client_type = 'public');
ALTER TABLE families DROP COLUMN with_secret;

-- Four random bytes that all refresh tokens of a family share, so that one that was issued is told from one that somebody made
-- up who knows the family's id. NULL until the next refresh of a family from before.
ALTER TABLE families ADD COLUMN mark BIGINT;
