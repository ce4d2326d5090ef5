-- Where an access token must be known after it expired, the newest of a family is known as long as the family lives: whoever
-- comes back after a long time can still end the connection with it. The janitor tells it by this; NULL is never renewed.

ALTER TABLE families ADD COLUMN renewed_at BIGINT;
