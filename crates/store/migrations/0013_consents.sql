-- What a person was shown and said when an app asked: to the grant they gave, or to an installation they found.

CREATE TABLE consents (
    grant_id BLOB NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Where answers went that the person knew of: a JSON array of redirect URIs, of each as much as people tell apart.
    destinations TEXT NOT NULL,
    -- The optional scopes that were left out.
    refused TEXT NOT NULL,
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (grant_id, user_id)
);

CREATE INDEX consents_of_user ON consents (user_id);

-- Whoever gave a grant knows it, and where its app is answered today.
INSERT INTO consents (grant_id, user_id, destinations, refused, answered_at)
SELECT g.id, g.user_id, v.redirect_uris, '', g.updated_at
FROM grants g JOIN app_versions v ON v.app_id = g.app_id AND v.state = 'live'
WHERE g.status = 'active';
