-- The declared world: what can be asked for, who may give it, for whom.

CREATE TABLE scopes (
    name TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    sensitivity TEXT NOT NULL,
    includes TEXT NOT NULL
);

CREATE TABLE roles (
    key TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    scopes TEXT NOT NULL,
    can_install BOOLEAN NOT NULL,
    can_approve BOOLEAN NOT NULL
);

CREATE TABLE tenants (
    id BLOB PRIMARY KEY,
    external_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    base_url TEXT,
    region TEXT,
    standing TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- A deleted person leaves the row's id unused for ever; external_id and email can be taken again.
CREATE TABLE users (
    id BLOB PRIMARY KEY,
    external_id TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL UNIQUE,
    username TEXT,
    name TEXT NOT NULL,
    password_hash TEXT,
    standing TEXT NOT NULL,
    staff BOOLEAN NOT NULL,
    -- Browser sessions and token families begun before this moment are over (password change, sign-out everywhere).
    valid_from BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE memberships (
    tenant_id BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    standing TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, tenant_id)
);

CREATE INDEX memberships_of_tenant ON memberships (tenant_id);

CREATE TABLE apps (
    id BLOB PRIMARY KEY,
    client_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    homepage TEXT,
    client_type TEXT NOT NULL,
    level TEXT NOT NULL,
    dialect TEXT NOT NULL,
    status TEXT NOT NULL,
    owner_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    redirect_uris TEXT NOT NULL,
    scopes TEXT NOT NULL,
    optional_scopes TEXT NOT NULL,
    grant_types TEXT NOT NULL,
    authentication_method TEXT,
    pkce_excused BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE client_secrets (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    hint TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);

CREATE INDEX client_secrets_of_app ON client_secrets (app_id);

CREATE TABLE resources (
    id BLOB PRIMARY KEY,
    identifier TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE host_keys (
    id BLOB PRIMARY KEY,
    resource_id BLOB NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
    hash BLOB NOT NULL,
    hint TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE INDEX host_keys_of_resource ON host_keys (resource_id);

-- Values given from outside that lack the credential format: the way from their hash to the row they stand for.
CREATE TABLE foreign_credentials (
    hash BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    id BLOB NOT NULL
);

-- What people gave, and what hangs from it.

CREATE TABLE grants (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    level TEXT NOT NULL,
    tenant_id BLOB NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    -- The person it acts as; at tenant level the one who installed it.
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- user_id at user level, tenant_id at tenant level: what makes a grant unique.
    owner_id BLOB NOT NULL,
    scopes TEXT NOT NULL,
    status TEXT NOT NULL,
    ended_reason TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at BIGINT
);

CREATE UNIQUE INDEX grants_active ON grants (app_id, tenant_id, owner_id) WHERE status = 'active';
CREATE INDEX grants_of_user ON grants (user_id);

CREATE TABLE authorization_codes (
    id BLOB PRIMARY KEY,
    hash BLOB NOT NULL,
    app_id BLOB NOT NULL,
    grant_id BLOB NOT NULL,
    redirect_uri TEXT NOT NULL,
    redirect_uri_sent BOOLEAN NOT NULL,
    challenge TEXT,
    scopes TEXT NOT NULL,
    resource TEXT,
    auth_time BIGINT NOT NULL,
    -- issued, redeemed (family_id says by which), spent (burnt by a failed exchange)
    state TEXT NOT NULL,
    family_id BLOB,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX authorization_codes_expiry ON authorization_codes (expires_at);

-- One running copy of an app. Its refresh token has the same id; rotation changes the hash in this row, so a family
-- stays one row however often it turns.
CREATE TABLE families (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL,
    grant_id BLOB NOT NULL,
    scopes TEXT NOT NULL,
    resource TEXT,
    refresh_hash BLOB,
    refresh_expires_at BIGINT,
    -- The direct predecessor of the refresh token, and its successor sealed under it, for the grace only.
    previous_hash BLOB,
    grace_until BIGINT,
    sealed_successor BLOB,
    rotations BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- No refresh extends the family beyond this.
    ends_at BIGINT,
    ended_at BIGINT,
    ended_reason TEXT,
    -- The latest moment at which any of its credentials can still be alive: the janitor's mark.
    expires_at BIGINT
);

CREATE INDEX families_of_grant ON families (grant_id);
CREATE INDEX families_expiry ON families (expires_at);
CREATE INDEX families_grace ON families (grace_until) WHERE sealed_successor IS NOT NULL;

CREATE TABLE access_tokens (
    id BLOB PRIMARY KEY,
    hash BLOB NOT NULL,
    app_id BLOB NOT NULL,
    -- Both absent for client credentials: the app acts as itself.
    grant_id BLOB,
    family_id BLOB,
    scopes TEXT NOT NULL,
    resource TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);

CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);

-- Browsers, and what guards them.

CREATE TABLE browser_sessions (
    id BLOB PRIMARY KEY,
    hash BLOB NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    auth_time BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    agent TEXT NOT NULL
);

CREATE INDEX browser_sessions_of_user ON browser_sessions (user_id);
CREATE INDEX browser_sessions_expiry ON browser_sessions (expires_at);

-- A consent form that was answered; answering it again is refused.
CREATE TABLE spent_interactions (
    id BLOB PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

CREATE INDEX spent_interactions_expiry ON spent_interactions (expires_at);

-- How many tries a subject (an account, an address) has made in the window that began at began_at.
CREATE TABLE attempts (
    subject TEXT PRIMARY KEY,
    began_at BIGINT NOT NULL,
    count BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX attempts_expiry ON attempts (expires_at);

-- Who did what, written in the transaction of the deed.
CREATE TABLE audit (
    id BLOB PRIMARY KEY,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BLOB,
    app_id BLOB,
    user_id BLOB,
    tenant_id BLOB,
    request_id TEXT,
    detail TEXT
);

CREATE INDEX audit_of_user ON audit (user_id);
CREATE INDEX audit_of_app ON audit (app_id);
