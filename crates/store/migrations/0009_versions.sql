-- An app is whose it is and where it stands; what is reviewed of it is a version. The protocol sees the live one.

CREATE TABLE app_versions (
    app_id BLOB NOT NULL REFERENCES apps (id) ON DELETE CASCADE,
    -- 1, 2, 3 … of its app, in the order in which they were made.
    number BIGINT NOT NULL,
    -- approved, live, retired
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    icon BLOB REFERENCES icons (hash),
    publisher TEXT,
    publisher_verified BOOLEAN NOT NULL,
    homepage TEXT,
    client_type TEXT NOT NULL,
    level TEXT NOT NULL,
    dialect TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    scopes TEXT NOT NULL,
    optional_scopes TEXT NOT NULL,
    grant_types TEXT NOT NULL,
    authentication_method TEXT,
    pkce_excused BOOLEAN NOT NULL,
    PRIMARY KEY (app_id, number)
);

INSERT INTO app_versions (app_id, number, state, name, icon, publisher, publisher_verified, homepage, client_type, level,
    dialect, redirect_uris, scopes, optional_scopes, grant_types, authentication_method, pkce_excused)
SELECT id, 1, 'live', name, icon, publisher, publisher_verified, homepage, client_type, level,
    dialect, redirect_uris, scopes, optional_scopes, grant_types, authentication_method, pkce_excused
FROM apps;

CREATE UNIQUE INDEX app_versions_live ON app_versions (app_id) WHERE state = 'live';
CREATE INDEX app_versions_of_icon ON app_versions (icon);

DROP INDEX apps_of_icon;
ALTER TABLE apps DROP COLUMN name;
ALTER TABLE apps DROP COLUMN icon;
ALTER TABLE apps DROP COLUMN publisher;
ALTER TABLE apps DROP COLUMN publisher_verified;
ALTER TABLE apps DROP COLUMN homepage;
ALTER TABLE apps DROP COLUMN client_type;
ALTER TABLE apps DROP COLUMN level;
ALTER TABLE apps DROP COLUMN dialect;
ALTER TABLE apps DROP COLUMN redirect_uris;
ALTER TABLE apps DROP COLUMN scopes;
ALTER TABLE apps DROP COLUMN optional_scopes;
ALTER TABLE apps DROP COLUMN grant_types;
ALTER TABLE apps DROP COLUMN authentication_method;
ALTER TABLE apps DROP COLUMN pkce_excused;
