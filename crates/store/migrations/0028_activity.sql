-- What apps did, counted by the hour and written behind. Each process counts in rows of its own, so none waits for another, and
-- writing a row twice changes nothing; a reader adds them up. `reason` says why, of what was refused.

CREATE TABLE app_activity (
    app_id BLOB NOT NULL,
    hour BIGINT NOT NULL,
    what TEXT NOT NULL,
    reason TEXT NOT NULL,
    writer BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (app_id, hour, what, reason, writer)
);

CREATE INDEX app_activity_end ON app_activity (expires_at);

-- The last refusals of each app, for its developers. Nothing of who asked, and nothing that was presented.
CREATE TABLE app_refusals (
    id BLOB PRIMARY KEY,
    app_id BLOB NOT NULL,
    at BIGINT NOT NULL,
    endpoint TEXT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    request_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX app_refusals_of_app ON app_refusals (app_id, id);
CREATE INDEX app_refusals_end ON app_refusals (expires_at);

-- When tenants let an app in, and when that ended.
CREATE INDEX grants_given ON grants (app_id, created_at);
CREATE INDEX grants_ended ON grants (app_id, updated_at) WHERE status <> 'active';
