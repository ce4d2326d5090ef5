-- What people know of the apps that they let in, and how people and tenants were called that files declared.

-- The name and the publisher that were shown; empty where nobody was named.
ALTER TABLE consents ADD COLUMN app_name TEXT NOT NULL DEFAULT '';
ALTER TABLE consents ADD COLUMN publisher TEXT NOT NULL DEFAULT '';
-- For which APIs tokens were asked, between blanks; one that is empty is that of a request that named none.
ALTER TABLE consents ADD COLUMN resources TEXT NOT NULL DEFAULT '';
-- What was given, with all that it included.
ALTER TABLE consents ADD COLUMN scopes TEXT NOT NULL DEFAULT '';

-- Whoever let an app in knows it as it is today, and its tokens for what they are.
UPDATE consents SET
    app_name = (
        SELECT v.name FROM grants g JOIN app_versions v ON v.app_id = g.app_id AND v.state = 'live'
        WHERE g.id = consents.grant_id
    ),
    publisher = (
        SELECT coalesce(v.publisher, '') FROM grants g JOIN app_versions v ON v.app_id = g.app_id AND v.state = 'live'
        WHERE g.id = consents.grant_id
    )
WHERE grant_id IN (SELECT g.id FROM grants g JOIN app_versions v ON v.app_id = g.app_id AND v.state = 'live');

UPDATE consents SET resources = coalesce((
    SELECT string_agg(own.resource, ' ' ORDER BY own.resource)
    FROM (SELECT DISTINCT grant_id, coalesce(resource, '') AS resource FROM families) own
    WHERE own.grant_id = consents.grant_id
), '');

-- A scope stands in a list when the list is another one without it.
WITH RECURSIVE given (grant_id, name) AS (
    SELECT g.id, s.name FROM grants g JOIN scopes s
    ON replace(' ' || g.scopes || ' ', ' ' || s.name || ' ', '') <> ' ' || g.scopes || ' '
    WHERE g.id IN (SELECT grant_id FROM consents)
    UNION
    SELECT given.grant_id, s.name FROM given JOIN scopes outer_one ON outer_one.name = given.name JOIN scopes s
    ON replace(' ' || outer_one.includes || ' ', ' ' || s.name || ' ', '') <> ' ' || outer_one.includes || ' '
)
UPDATE consents SET scopes = coalesce((
    SELECT string_agg(given.name, ' ') FROM given WHERE given.grant_id = consents.grant_id
), '');

-- The identifier that a person or a tenant was given by hand in the place of the one by which files know them.
ALTER TABLE declarations ADD COLUMN renamed_to TEXT;
