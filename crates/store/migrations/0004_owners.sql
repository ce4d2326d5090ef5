-- What a person or a tenant gave is found from their side, however many grants an app has.

CREATE INDEX grants_of_owner ON grants (owner_id, app_id) WHERE status = 'active';
