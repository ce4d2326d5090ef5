-- Of a family that began when a refresh token was used that keeps working: the family of that token. Both end together.
ALTER TABLE families ADD COLUMN origin_id BLOB;
