-- What people read of a scope or a role in other languages: titles and descriptions by the tags of the languages, as JSON.
ALTER TABLE scopes ADD COLUMN texts TEXT NOT NULL DEFAULT '{}';
ALTER TABLE roles ADD COLUMN texts TEXT NOT NULL DEFAULT '{}';
