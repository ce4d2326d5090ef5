-- How an app looks to people.

-- Pictures, each once however many apps show it, called by the SHA-256 of its bytes. One that no app refers to goes.
CREATE TABLE icons (
    hash BLOB PRIMARY KEY,
    png BLOB NOT NULL
);

ALTER TABLE apps ADD COLUMN icon BLOB REFERENCES icons (hash);
ALTER TABLE apps ADD COLUMN publisher TEXT;
ALTER TABLE apps ADD COLUMN publisher_verified BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE apps ADD COLUMN privacy_url TEXT;
ALTER TABLE apps ADD COLUMN terms_url TEXT;

CREATE INDEX apps_of_icon ON apps (icon);
