-- Proof of addresses: a link was mailed, and whoever accepts it has the address.

CREATE TABLE address_proofs (
    id BLOB PRIMARY KEY,
    -- Of the link's secret.
    hash BLOB NOT NULL,
    purpose TEXT NOT NULL,
    -- Where it was mailed to.
    address TEXT NOT NULL,
    -- Whose account it is about; NULL at sign-up, when there is none yet.
    user_id BLOB REFERENCES users (id) ON DELETE CASCADE,
    -- What an account is to be that is not there yet.
    name TEXT,
    password_hash TEXT,
    -- Of the name of the browser that asked.
    browser BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX address_proofs_of_user ON address_proofs (user_id);
CREATE INDEX address_proofs_of_address ON address_proofs (address);
CREATE INDEX address_proofs_expiry ON address_proofs (expires_at);

-- In which language somebody is written to: the one of their last sign-in.
ALTER TABLE users ADD COLUMN language TEXT;
