-- No query looks for a person's or an app's deeds of every kind: an index that nothing asks is only work for each row.

DROP INDEX audit_of_user;
DROP INDEX audit_of_app;
