-- When an app was last answered at one of its redirect URIs, within an hour, so that its developers dare to take one away.
CREATE TABLE redirect_uses (
    app_id BLOB NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, redirect_uri)
);
