-- What a person sees of their browser sessions, and how they end all others at once.

-- From where one was last used: its network place, '203.0.113.x' or '2001:db8:12:x'; empty where that was never written.
ALTER TABLE browser_sessions ADD COLUMN place TEXT NOT NULL DEFAULT '';

-- Those that began before this moment are over, too: their person changed the password. `valid_from` ends what apps hold as well.
ALTER TABLE users ADD COLUMN sessions_from BIGINT NOT NULL DEFAULT 0;
