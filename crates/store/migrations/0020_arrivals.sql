-- Apps and secrets that come from other servers.

-- Whether an operator says that the app is a program on the person's own device.
ALTER TABLE app_versions ADD COLUMN native BOOLEAN NOT NULL DEFAULT FALSE;

-- The hash by which another server knew a secret, until it is first used here. Until then `hash` is of nothing that anybody knows.
ALTER TABLE client_secrets ADD COLUMN foreign_hash TEXT;
