-- A person is told for a while when a refresh token of a connection was used twice; the rows are found among all deeds.

ALTER TABLE audit ADD COLUMN grant_id BLOB;

CREATE INDEX audit_of_reuses ON audit (grant_id, at) WHERE action = 'refresh_token.reused';
