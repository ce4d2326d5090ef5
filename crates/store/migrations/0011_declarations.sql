-- What files declared last, beside what is stored: whoever applies a file again can tell what was set by hand since from
-- what the file has changed, and pruning deletes only what a file once declared.

CREATE TABLE declarations (
    -- scope, role, tenant, user, membership, app, resource
    kind TEXT NOT NULL,
    -- As the file calls it; a membership is 'USER in TENANT'.
    key TEXT NOT NULL,
    -- Whether what is stored came from a file, or was named by one.
    declared BOOLEAN NOT NULL,
    applied_at BIGINT NOT NULL,
    -- A JSON object: from each field to a digest of what the file said. A digest '*' is that of whatever a file says
    -- next; at applied_at 0 none has said anything yet.
    fields TEXT NOT NULL,
    -- The argon2id hash of the password that the file said.
    password_hash TEXT,
    PRIMARY KEY (kind, key)
);

-- Nothing says which rows came from files, so none is pruned before a file names it; who signed up never did. What stops,
-- what was deleted by hand and what proves somebody stays as it is when a file that may be older is applied for the first time.
INSERT INTO declarations (kind, key, declared, applied_at, fields)
SELECT 'app', client_id, FALSE, 0,
    CASE WHEN status = 'suspended' THEN '{"client_secret":"*","status":"*"}' ELSE '{"client_secret":"*"}' END
FROM apps;

INSERT INTO declarations (kind, key, declared, applied_at, fields)
SELECT 'resource', identifier, FALSE, 0, '{"key":"*"}' FROM resources;

INSERT INTO declarations (kind, key, declared, applied_at, fields)
SELECT 'user', external_id, FALSE, 0,
    CASE WHEN standing = 'disabled' THEN '{"password":"*","status":"*"}' ELSE '{"password":"*"}' END
FROM users
WHERE id NOT IN (SELECT user_id FROM audit WHERE action = 'user.signed_up' AND user_id IS NOT NULL);

INSERT INTO declarations (kind, key, declared, applied_at, fields)
SELECT 'tenant', external_id, FALSE, 0, CASE WHEN standing = 'disabled' THEN '{"status":"*"}' ELSE '{}' END
FROM tenants
WHERE kind <> 'personal' OR id NOT IN (
    SELECT tenant_id FROM memberships
    WHERE user_id IN (SELECT user_id FROM audit WHERE action = 'user.signed_up')
);

INSERT INTO declarations (kind, key, declared, applied_at, fields)
SELECT 'membership', u.external_id || ' in ' || t.external_id, FALSE, 0,
    CASE WHEN m.standing = 'disabled' THEN '{"status":"*"}' ELSE '{}' END
FROM memberships m JOIN users u ON u.id = m.user_id JOIN tenants t ON t.id = m.tenant_id
WHERE t.external_id IN (SELECT key FROM declarations WHERE kind = 'tenant');

-- A deletion by hand has the name alone as its detail; one of pruning begins with '-'.
INSERT INTO declarations (kind, key, declared, applied_at, fields)
SELECT DISTINCT 'membership', d.detail, FALSE, 0, '{}' FROM audit d
WHERE d.action = 'membership.deleted' AND d.detail NOT LIKE '- %'
AND NOT EXISTS (SELECT 1 FROM declarations known WHERE known.kind = 'membership' AND known.key = d.detail);

INSERT INTO declarations (kind, key, declared, applied_at, fields)
SELECT DISTINCT 'user', substr(d.detail, 6), FALSE, 0, '{}' FROM audit d
WHERE d.action = 'user.deleted' AND d.detail LIKE 'user %'
AND NOT EXISTS (SELECT 1 FROM users u WHERE u.external_id = substr(d.detail, 6));

INSERT INTO declarations (kind, key, declared, applied_at, fields)
SELECT DISTINCT 'app', substr(d.detail, 5), FALSE, 0, '{}' FROM audit d
WHERE d.action = 'app.deleted' AND d.detail LIKE 'app %'
AND NOT EXISTS (SELECT 1 FROM apps a WHERE a.client_id = substr(d.detail, 5));
