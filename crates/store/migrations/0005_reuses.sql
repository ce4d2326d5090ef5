-- A person is told for a while when a refresh token of theirs was used twice; the rows are found among all deeds.

CREATE INDEX audit_of_reuses ON audit (user_id, app_id, at) WHERE action = 'refresh_token.reused';
