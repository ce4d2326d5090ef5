-- Where an access token must be known after it expired, the newest of a family is known as long as the family lives: whoever
-- comes back after a long time can still end the connection with it. It is the one whose kept_until is the end of all time.
CREATE INDEX access_tokens_newest ON access_tokens (family_id) WHERE kept_until = 9223372036854775807;
