-- What becomes of scopes that an app asks for and may not have: 'narrow' or 'refuse'; NULL is what the server's configuration says.

ALTER TABLE apps ADD COLUMN unknown_scopes TEXT;
