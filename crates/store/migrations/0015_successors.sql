-- When an access token that went out with the live refresh token was first used: from then on the app is known to have its
-- successor. What is sealed now was sealed for the grace only, and ends with it as before.
ALTER TABLE families ADD COLUMN successor_used_at BIGINT;
UPDATE families SET successor_used_at = grace_until WHERE sealed_successor IS NOT NULL;

-- With which replacement of its family's refresh token an access token went out; NULL when with none.
ALTER TABLE access_tokens ADD COLUMN rotation BIGINT;

-- Whether the refresh token went to a client that had proved itself by a secret.
ALTER TABLE families ADD COLUMN with_secret BOOLEAN;
UPDATE families SET with_secret = TRUE
WHERE app_id IN (SELECT app_id FROM app_versions WHERE state = 'live' AND client_type = 'confidential');

-- A successor stays sealed until it is used, so only those that were are looked for.
DROP INDEX families_grace;
CREATE INDEX families_used_successors ON families (grace_until)
WHERE sealed_successor IS NOT NULL AND successor_used_at IS NOT NULL;
