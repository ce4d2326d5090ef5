-- A secret or key that is given from outside may be one that is found by trying. It is marked, so that the operator hears of it
-- for as long as it lives. Of those that are here already only the shortest can be told, by their hint: it holds four characters.

ALTER TABLE client_secrets ADD COLUMN weak BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE host_keys ADD COLUMN weak BOOLEAN NOT NULL DEFAULT FALSE;

UPDATE client_secrets SET weak = TRUE WHERE length(hint) < 4;
UPDATE host_keys SET weak = TRUE WHERE length(hint) < 4;

-- An empty one opens to whoever sends nothing.

DELETE FROM foreign_credentials WHERE id IN (SELECT id FROM host_keys WHERE hint = '');
DELETE FROM host_keys WHERE hint = '';
DELETE FROM client_secrets WHERE hint = '';
