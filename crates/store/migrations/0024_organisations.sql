-- Who develops apps together, and who may use an app that is still in development.

CREATE TABLE organisations (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    -- Whose own it is; it has the id of their account. NULL of one that a team made, or whose person is gone.
    person_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX organisations_of_person ON organisations (person_id);

CREATE TABLE organisation_members (
    organisation_id BLOB NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- owner, developer, viewer
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, user_id)
);

CREATE INDEX organisation_members_of_user ON organisation_members (user_id);

-- One without an organisation is the operator's.
ALTER TABLE apps ADD COLUMN organisation_id BLOB REFERENCES organisations (id);
CREATE INDEX apps_of_organisation ON apps (organisation_id, id);

-- What may change without review, beside the links that are there: a sentence or two for the directory, where its people help,
-- and what it is for (between blanks).
ALTER TABLE apps ADD COLUMN description TEXT;
ALTER TABLE apps ADD COLUMN support_url TEXT;
ALTER TABLE apps ADD COLUMN categories TEXT NOT NULL DEFAULT '';

CREATE TABLE app_testers (
    app_id BLOB NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    -- user_id or tenant_id, whichever there is: what makes a tester unique.
    tester_id BLOB NOT NULL,
    user_id BLOB REFERENCES users (id) ON DELETE CASCADE,
    tenant_id BLOB REFERENCES tenants (id) ON DELETE CASCADE,
    -- The account; it may be gone.
    invited_by BLOB,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, tester_id)
);

CREATE INDEX app_testers_of_user ON app_testers (user_id);
CREATE INDEX app_testers_of_tenant ON app_testers (tenant_id);

-- Every developer's apps are in an organisation of their own.
INSERT INTO organisations (id, name, person_id, created_at)
SELECT id, name, id, created_at FROM users WHERE id IN (SELECT owner_id FROM apps);

INSERT INTO organisation_members (organisation_id, user_id, role, created_at)
SELECT id, person_id, 'owner', created_at FROM organisations;

UPDATE apps SET organisation_id = owner_id;

-- Whoever connected an app in development goes on using it.
INSERT INTO app_testers (app_id, tester_id, user_id, tenant_id, created_at)
SELECT g.app_id, g.owner_id,
    CASE WHEN g.level = 'user' THEN g.owner_id END, CASE WHEN g.level = 'tenant' THEN g.owner_id END,
    min(g.created_at)
FROM grants g JOIN apps a ON a.id = g.app_id
WHERE a.status = 'development' AND a.organisation_id IS NOT NULL AND g.status = 'active'
GROUP BY g.app_id, g.owner_id, g.level;
