-- Every deed has one public name, a noun and a verb in the past tense; rows that were written before are renamed. What apply
-- added has a detail that begins with '+'; a consent that made a grant has the moment of the grant.

UPDATE audit SET action = CASE
    WHEN action = 'scope.put' AND detail LIKE '+%' THEN 'scope.created'
    WHEN action = 'scope.put' THEN 'scope.updated'
    WHEN action = 'role.put' AND detail LIKE '+%' THEN 'role.created'
    WHEN action = 'role.put' THEN 'role.updated'
    WHEN action = 'membership.put' AND detail LIKE '+%' THEN 'membership.created'
    WHEN action = 'membership.put' THEN 'membership.updated'
    WHEN action = 'membership.removed' THEN 'membership.deleted'
    WHEN action = 'user.password_set' THEN 'password.changed'
    WHEN action = 'icon.put' THEN 'icon.stored'
    WHEN action = 'app.made_live' THEN 'app.resumed'
    WHEN action = 'app.put_in_development' THEN 'app.unpublished'
    WHEN action = 'app.secret_rotated' THEN 'client_secret.rotated'
    WHEN action = 'app.secret_revoked' THEN 'client_secret.revoked'
    WHEN action = 'host_key.added' THEN 'host_key.created'
    WHEN action = 'session.began' THEN 'browser_session.created'
    WHEN action = 'session.ended' THEN 'browser_session.ended'
    WHEN action = 'session.others_ended' THEN 'browser_session.others_ended'
    WHEN action = 'consent.given' AND EXISTS (
        SELECT 1 FROM grants g
        WHERE g.user_id = audit.user_id AND g.app_id = audit.app_id AND g.tenant_id = audit.tenant_id
        AND g.created_at = audit.at
    ) THEN 'grant.created'
    WHEN action = 'consent.given' THEN 'grant.updated'
    WHEN action = 'code.replayed' THEN 'authorization_code.replayed'
    WHEN action IN ('family.revoked', 'family.ended') THEN 'token_family.revoked'
    ELSE action
END
WHERE action IN (
    'scope.put', 'role.put', 'membership.put', 'membership.removed', 'user.password_set', 'icon.put', 'app.made_live',
    'app.put_in_development', 'app.secret_rotated', 'app.secret_revoked', 'host_key.added', 'session.began',
    'session.ended', 'session.others_ended', 'consent.given', 'code.replayed', 'family.revoked', 'family.ended'
);
