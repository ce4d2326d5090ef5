-- An account signs in with a text that is its e-mail address only where somebody vouches for it. Whoever signed up typed
-- theirs, and nobody has proven it.

ALTER TABLE users RENAME COLUMN email TO login;
ALTER TABLE users ADD COLUMN login_proven BOOLEAN NOT NULL DEFAULT TRUE;

UPDATE users SET login_proven = FALSE
WHERE id IN (SELECT user_id FROM audit WHERE action = 'user.signed_up' AND user_id IS NOT NULL);
