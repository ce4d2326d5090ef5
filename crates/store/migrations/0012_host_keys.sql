-- Until when a host key lives that another one is taking the place of; absent: until it is revoked.
ALTER TABLE host_keys ADD COLUMN expires_at BIGINT;
