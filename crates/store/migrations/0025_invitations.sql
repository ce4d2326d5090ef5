-- How people come to develop and test apps here: by a link, or after they asked; and how an app comes to others.

-- One that was accepted or taken back is gone.
CREATE TABLE invitations (
    id BLOB PRIMARY KEY,
    -- Of the secret in its link.
    hash BLOB NOT NULL,
    -- A place in an organisation, as role; or the use of an app that is in development.
    organisation_id BLOB REFERENCES organisations (id) ON DELETE CASCADE,
    role TEXT,
    app_id BLOB REFERENCES apps (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    -- Whether the link went to the address, and was shown to nobody.
    mailed BOOLEAN NOT NULL,
    -- The account; it may be gone.
    invited_by BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX invitations_of_organisation ON invitations (organisation_id);
CREATE INDEX invitations_of_app ON invitations (app_id);
CREATE INDEX invitations_expiry ON invitations (expires_at);

-- An app that its owners would give to another organisation, until somebody there answers.
CREATE TABLE app_transfers (
    app_id BLOB PRIMARY KEY REFERENCES apps (id) ON DELETE CASCADE,
    organisation_id BLOB NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    -- The account; it may be gone.
    offered_by BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX app_transfers_of_organisation ON app_transfers (organisation_id);
CREATE INDEX app_transfers_expiry ON app_transfers (expires_at);

-- What people asked for who may not make apps themselves.
CREATE TABLE developer_requests (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- open, accepted, declined
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    logo_url TEXT,
    homepage TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- What the team said to it.
    answer TEXT,
    created_at BIGINT NOT NULL,
    -- One that was answered is kept for a while.
    expires_at BIGINT
);

CREATE INDEX developer_requests_of_user ON developer_requests (user_id);
CREATE INDEX developer_requests_open ON developer_requests (created_at, id) WHERE state = 'open';
CREATE INDEX developer_requests_expiry ON developer_requests (expires_at);
