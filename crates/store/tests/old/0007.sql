-- What the version with migration 0007 left in its database, by make.py.

INSERT INTO migrations (name, checksum) VALUES
('0001_core', 'd4cb8f808dd8a6be56a9d15b94567731bcfb014e2d786776a5a8063688608a0f'),
('0002_dialects', '9b3ff30043af26f6a7f6e42e1618ee57ea2e771f489bf9f4918b2ad7433df703'),
('0003_listings', 'c4a2cb4ae4ee322fa83c08578a5b9627f9a9de11a57344318528d43335dddddf'),
('0004_owners', '07574a313985cfd5ac65fe9fa2ef1617482b8175c339c93d4ce00a0cff06dc21'),
('0005_reuses', '3997d48f9a914173cc4c0c3692b5908a513518fc924f48539c1eb8677881fb7e'),
('0006_renewals', 'e62f88749a7ea8508fcf1437f6577e1e7886382682045f40a88710e68c96b1d6'),
('0007_audit', 'b1b97afef81d383d18388f92b87554af50219886ecc7e8f0de594acbf0793a81');

INSERT INTO scopes (name, title, description, sensitivity, includes) VALUES
('BOOKING_READ', 'Read bookings', 'Who booked what, and when', 'sensitive', ''),
('bookings:read', 'See your bookings', 'See who booked what, and when', 'sensitive', ''),
('connect', 'Connect an account', 'Know which account is connected', 'normal', ''),
('forms:read', 'Read your forms', 'See the forms of this workspace and their questions', 'normal', ''),
('forms:write', 'Change your forms', 'Create, change and delete forms of this workspace', 'sensitive', 'forms:read');

INSERT INTO roles (key, title, scopes, can_install, can_approve) VALUES
('practitioner', 'Practitioner', '*', TRUE, TRUE),
('viewer', 'Viewer', 'forms:read connect', FALSE, FALSE);

INSERT INTO tenants (id, external_id, name, kind, base_url, region, standing, created_at) VALUES
(X'01a22a9c9fc074a3bcce56aa56c67cba', 'north', 'Clinic North', 'organization', 'https://north.api.example.com', 'us', 'active', 1796011237312),
(X'01a22a9c9fc07607ae7c3325a78f831d', 'south', 'Clinic South', 'organization', 'https://south.api.example.com', 'eu', 'active', 1796011237312),
(X'01a22a9c9fc07d369abb2b3144572d65', 'sam', 'Sam Poe', 'personal', 'https://api.example.com', 'us', 'active', 1796011237312);

INSERT INTO users (id, external_id, email, username, name, password_hash, standing, staff, valid_from, created_at) VALUES
(X'01a22a9c9fc07425acf2401734910db8', 'u-jane', 'jane@example.com', 'jane', 'Jane Doe', '$argon2id$v=19$m=19456,t=2,p=1$P4YJ0MU6b0MV+MyeTtFC6A$AD1bvunALnkap5O7ctnXICZEcjJ76Kq+bEKH9Tax3ew', 'active', FALSE, 1796011237312, 1796011237312),
(X'01a22a9c9fc07447a87eeff2f96b04a2', 'u-kim', 'kim@example.com', NULL, 'Kim Roe', '$argon2id$v=19$m=19456,t=2,p=1$sQMXfmuBonaA4hcU9XLFUg$u1KnI3oU/bSpDO090nCnwilMdz6Lu1MDuHwT1NDYlgU', 'disabled', FALSE, 1796011237312, 1796011237312),
(X'01a22a9c9fc079f9a299eac14d644e6e', 'u-robin', 'robin@example.com', 'robin', 'Robin Vale', '$argon2id$v=19$m=19456,t=2,p=1$ukGMJXSR2tJ0Y4/lcGccqw$f9Qlti6JS5OjiAgxpvwGumV2HEZliJCogrb/TpaAo3Y', 'active', TRUE, 1796011237312, 1796011237312),
(X'01a22a9c9fc07df3aa5318fe2c34633c', 'u-sam', 'sam@example.com', 'sam', 'Sam Poe', '$argon2id$v=19$m=19456,t=2,p=1$oBtEmiHo1lmry0g3Th4UEQ$jUIXetIEJoIwEGXoqPxx0IRIlN/jpwLCr8Ookla6SGU', 'active', FALSE, 1796011237312, 1796011237312);

INSERT INTO memberships (tenant_id, user_id, role, standing, created_at) VALUES
(X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07425acf2401734910db8', 'practitioner', 'active', 1796011237312),
(X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07df3aa5318fe2c34633c', 'practitioner', 'active', 1796011237312),
(X'01a22a9c9fc07607ae7c3325a78f831d', X'01a22a9c9fc07df3aa5318fe2c34633c', 'viewer', 'active', 1796011237312),
(X'01a22a9c9fc07d369abb2b3144572d65', X'01a22a9c9fc07df3aa5318fe2c34633c', 'practitioner', 'active', 1796011237312);

INSERT INTO icons (hash, png) VALUES
(X'5f5c8471bdee6b4814545328e251f98abc798e16e9cc5aaa37e58cc566d85526', X'89504e470d0a1a0a0000000d49484452000000800000008008020000004c5cf69c000000c94944415478daedd14111003008c0b0dd0e3f4843382690018f54421359fdb4d7b7000000010020000004008000001000000200400000080000010020000004008000001000000200400000080000010020000004008000001000000200400000080000010020000004008000001000000200400000001000000200400000080000010020000004008000001000000200400000080000010020000004008000001000000200400000080000010020000004008000001000000200400000080000010020000004e04203d9c8028c78a21dbb0000000049454e44ae426082');

INSERT INTO apps (id, client_id, name, homepage, client_type, level, dialect, status, owner_id, redirect_uris, scopes, optional_scopes, grant_types, authentication_method, pkce_excused, created_at, icon, publisher, publisher_verified, privacy_url, terms_url) VALUES
(X'01a22a9c9fc07425a053b418935e42a5', 'paused', 'Paused', NULL, 'confidential', 'user', 'rfc', 'suspended', NULL, '["http://127.0.0.1:8081/callback"]', 'forms:read', '', 'authorization_code refresh_token client_credentials', NULL, FALSE, 1796011237312, NULL, NULL, FALSE, NULL, NULL),
(X'01a22a9c9fc074fcb65dafe206d4a877', 'daybook', 'Daybook', 'https://daybook.example.net', 'confidential', 'user', 'rfc', 'live', X'01a22a9c9fc07447a87eeff2f96b04a2', '["http://127.0.0.1:8081/callback","https://daybook.example.net/callback?from=symbolon"]', 'forms:read forms:write bookings:read', 'bookings:read', 'authorization_code refresh_token client_credentials', NULL, FALSE, 1796011237312, X'5f5c8471bdee6b4814545328e251f98abc798e16e9cc5aaa37e58cc566d85526', 'Studio & Söhne', TRUE, 'https://daybook.example.net/privacy', 'https://daybook.example.net/terms'),
(X'01a22a9c9fc074fd8f2fd85dfc205b5c', 'strict', 'Strict', NULL, 'confidential', 'user', 'strict', 'live', NULL, '["http://127.0.0.1:8081/callback"]', 'forms:read', '', 'authorization_code refresh_token client_credentials', NULL, FALSE, 1796011237312, NULL, NULL, FALSE, NULL, NULL),
(X'01a22a9c9fc07563ba3afac03547a26a', 'ward', 'Ward', NULL, 'confidential', 'tenant', 'fullscript', 'live', NULL, '["http://127.0.0.1:8081/callback"]', 'forms:read bookings:read', '', 'authorization_code refresh_token client_credentials', NULL, FALSE, 1796011237312, X'5f5c8471bdee6b4814545328e251f98abc798e16e9cc5aaa37e58cc566d85526', NULL, FALSE, NULL, NULL),
(X'01a22a9c9fc07594a23a19a99b9fb661', 'filler', 'Filler', NULL, 'confidential', 'user', 'fillout', 'live', NULL, '["http://127.0.0.1:8081/callback"]', 'forms:read', '', 'authorization_code refresh_token client_credentials', NULL, FALSE, 1796011237312, NULL, NULL, FALSE, NULL, NULL),
(X'01a22a9c9fc07692ae98deeaec9e5eaa', 'calendar', 'Calendar', NULL, 'confidential', 'user', 'calcom', 'live', X'01a22a9c9fc07df3aa5318fe2c34633c', '["http://127.0.0.1:8081/callback"]', 'BOOKING_READ', '', 'authorization_code refresh_token client_credentials', NULL, TRUE, 1796011237312, NULL, NULL, FALSE, NULL, NULL),
(X'01a22a9c9fc076a3aa9dd387e5f4775c', 'scenario', 'Scenario', NULL, 'confidential', 'user', 'make', 'live', NULL, '["http://127.0.0.1:8081/callback"]', 'connect', '', 'authorization_code refresh_token client_credentials', 'client_secret_post', FALSE, 1796011237312, NULL, NULL, FALSE, NULL, NULL),
(X'01a22a9c9fc07a5fbd4f298d8d048e37', 'pocket', 'Pocket', NULL, 'public', 'user', 'rfc', 'development', X'01a22a9c9fc07447a87eeff2f96b04a2', '["http://127.0.0.1:8081/callback"]', 'forms:read forms:write', '', 'authorization_code refresh_token', 'none', FALSE, 1796011237312, NULL, 'Kim Roe', FALSE, NULL, NULL),
(X'01a22a9ca26d74b0b6252a84508b2a21', 'workshop', 'Workshop', NULL, 'confidential', 'user', 'rfc', 'development', X'01a22a9c9fc07447a87eeff2f96b04a2', '["http://127.0.0.1:8081/callback"]', 'forms:read', '', 'authorization_code refresh_token client_credentials', NULL, FALSE, 1796011237997, NULL, NULL, FALSE, NULL, NULL);

INSERT INTO client_secrets (id, app_id, hash, hint, created_at, expires_at) VALUES
(X'01a22a9c9fc07269b82021d7c66aecc1', X'01a22a9c9fc07594a23a19a99b9fb661', X'480b075b8cc68b095a65fa7f897de3546aaa1d9113bbf3e1d1c9502a39413a5b', 'cret', 1796011237312, NULL),
(X'01a22a9c9fc07453ad3ae02a85b681a3', X'01a22a9c9fc076a3aa9dd387e5f4775c', X'7850057ed58e562edd127af565d92d913d3cf8df9b9c5b9b3cab3fe0b105776f', 'cret', 1796011237312, NULL),
(X'01a22a9c9fc07851af6608ef6fe51db8', X'01a22a9c9fc07692ae98deeaec9e5eaa', X'64b39d53e366db52c02e7f79f751dba15286c07ec4b93f94237e8bedf450a0a3', 'cret', 1796011237312, 1796097637972),
(X'01a22a9c9fc07c9484568946ce6fd427', X'01a22a9c9fc07425a053b418935e42a5', X'bc953954166719cfaf345c427fb84e7cf41d631901930d3c334a00b6a115c7b4', 'cret', 1796011237312, NULL),
(X'01a22a9c9fc07ce0806803502ba8367d', X'01a22a9c9fc07563ba3afac03547a26a', X'd07d762692025611f5171005b08796a1e3b904cd905ecc00f5a461fb6e0dffa3', 'cret', 1796011237312, NULL),
(X'01a22a9c9fc07d8f802b213498c7e4f0', X'01a22a9c9fc074fcb65dafe206d4a877', X'f482540ee5adcf5551ce3ad1d2100dc72e205972bb6b2e40c71a0e0d48ae0d3e', 'cret', 1796011237312, NULL),
(X'01a22a9c9fc07e16926696a2cda4f0bf', X'01a22a9c9fc074fd8f2fd85dfc205b5c', X'acefecc8c594e6bf1dca0b9f6385ee88ccac18558ba8b8c94f5760e1a6cd84a0', 'cret', 1796011237312, NULL),
(X'01a22a9ca25478c1b242b9bcf0594acf', X'01a22a9c9fc07692ae98deeaec9e5eaa', X'85e04f89ad3be2f93ad837393cbc4f754b7f8164c3666419fc5d22cf5f896776', 'x1Ut', 1796011237972, NULL),
(X'01a22a9ca26d78fdb225205c8ff4358f', X'01a22a9ca26d74b0b6252a84508b2a21', X'5ba099aac2a200de186fcd373cd27e6f13d9a78fc249526b24d712f485898d3d', '8BDX', 1796011237997, NULL);

INSERT INTO resources (id, identifier, title, scopes, created_at) VALUES
(X'01a22a9c9fc073618c56981f67c18235', 'https://other.example.com', 'The other API', 'bookings:read', 1796011237312),
(X'01a22a9c9fc07ad5a990854a82098724', 'https://api.example.com', 'The Acme API', 'forms:read forms:write bookings:read', 1796011237312);

INSERT INTO host_keys (id, resource_id, hash, hint, created_at, revoked_at) VALUES
(X'01a22a9c9fc070e9905fbef5b9c14072', X'01a22a9c9fc073618c56981f67c18235', X'2b283d64ed2cdcdcb37c3e41d3aca455b504006be0ec4a15a52833faf4d008a8', 'TRNS', 1796011237312, NULL),
(X'01a22a9c9fc0795d93d0dd221325fa0e', X'01a22a9c9fc07ad5a990854a82098724', X'18b8e71324998337b5c0a8b11fc788f64d87311bb6c02b6a9032ae4d6b92c18b', '-api', 1796011237312, NULL);

INSERT INTO foreign_credentials (hash, kind, id) VALUES
(X'18b8e71324998337b5c0a8b11fc788f64d87311bb6c02b6a9032ae4d6b92c18b', 'hk', X'01a22a9c9fc0795d93d0dd221325fa0e');

INSERT INTO grants (id, app_id, level, tenant_id, user_id, owner_id, scopes, status, ended_reason, created_at, updated_at, last_used_at, expires_at) VALUES
(X'01a22a9ca10f7cf7b11be76a7c38289f', X'01a22a9c9fc074fcb65dafe206d4a877', 'user', X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc07425acf2401734910db8', 'forms:read forms:write', 'active', NULL, 1796011237647, 1796011237647, NULL, NULL),
(X'01a22a9ca1187e3d8dda445e91497b4f', X'01a22a9c9fc07a5fbd4f298d8d048e37', 'user', X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc07425acf2401734910db8', 'forms:read', 'active', NULL, 1796011237656, 1796011237947, NULL, NULL),
(X'01a22a9ca11e7bf08d283d6895d4fb33', X'01a22a9c9fc07563ba3afac03547a26a', 'tenant', X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074a3bcce56aa56c67cba', 'forms:read bookings:read', 'active', NULL, 1796011237662, 1796011237662, NULL, NULL),
(X'01a22a9ca1247938a45567d3dcfe72c8', X'01a22a9c9fc07692ae98deeaec9e5eaa', 'tenant', X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074a3bcce56aa56c67cba', 'BOOKING_READ', 'active', NULL, 1796011237668, 1796011237668, NULL, NULL),
(X'01a22a9ca182728996d891cf86f4df6e', X'01a22a9c9fc076a3aa9dd387e5f4775c', 'user', X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07df3aa5318fe2c34633c', 'connect', 'active', NULL, 1796011237762, 1796011237762, NULL, NULL),
(X'01a22a9ca191784d90fe9da95b322452', X'01a22a9c9fc07594a23a19a99b9fb661', 'user', X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc07425acf2401734910db8', 'forms:read', 'active', NULL, 1796011237777, 1796011237777, NULL, NULL),
(X'01a22a9ca19d7dfa9f70a97d73f25455', X'01a22a9c9fc07425a053b418935e42a5', 'user', X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc07425acf2401734910db8', 'forms:read', 'active', NULL, 1796011237789, 1796011237789, NULL, NULL),
(X'01a22a9ca1ac75d7bc3414b734389d62', X'01a22a9c9fc074fcb65dafe206d4a877', 'user', X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07df3aa5318fe2c34633c', 'forms:read', 'active', NULL, 1796011237804, 1796011238152, NULL, NULL),
(X'01a22a9ca1e67bec9adad22ec0416a13', X'01a22a9c9fc074fcb65dafe206d4a877', 'user', X'01a22a9c9fc07607ae7c3325a78f831d', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07df3aa5318fe2c34633c', 'forms:read', 'revoked', 'person', 1796011237862, 1796011237923, NULL, NULL),
(X'01a22a9ca21972d7af104d4f865ef738', X'01a22a9c9fc074fcb65dafe206d4a877', 'user', X'01a22a9c9fc07d369abb2b3144572d65', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07df3aa5318fe2c34633c', 'forms:read', 'active', NULL, 1796011237913, 1796011237913, NULL, NULL),
(X'01a22a9ca22b7649be9c7fb3a669bb24', X'01a22a9c9fc074fd8f2fd85dfc205b5c', 'user', X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc07425acf2401734910db8', 'forms:read', 'active', NULL, 1796011237931, 1796011237931, NULL, NULL),
(X'01a22a9ca2347918b87c5d9347e8f357', X'01a22a9c9fc07a5fbd4f298d8d048e37', 'user', X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07df3aa5318fe2c34633c', 'forms:read', 'active', NULL, 1796011237940, 1796011237940, NULL, NULL),
(X'01a22a9ca241755ba2d1885044be912b', X'01a22a9c9fc07594a23a19a99b9fb661', 'user', X'01a22a9c9fc074a3bcce56aa56c67cba', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07df3aa5318fe2c34633c', 'forms:read', 'active', NULL, 1796011237953, 1796011237953, NULL, NULL);

INSERT INTO authorization_codes (id, hash, app_id, grant_id, redirect_uri, redirect_uri_sent, challenge, scopes, resource, auth_time, state, family_id, created_at, expires_at) VALUES
(X'01a22a9ca10f7be2a782cf35f25b501d', X'f8047461c16cf291e17f11e25fb943f7966654eec5a3050904963ca7574be609', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca10f7cf7b11be76a7c38289f', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read forms:write', 'https://api.example.com', 1796011237556, 'redeemed', X'01a22a9ca11272d385f736159c7f31df', 1796011237647, 1796011297647),
(X'01a22a9ca11870838973bfeba5952b90', X'b6ee59c11188a4dc2bbd9968c6da789f88c457778ef67e8f01930a72a52564ce', X'01a22a9c9fc07a5fbd4f298d8d048e37', X'01a22a9ca1187e3d8dda445e91497b4f', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read', NULL, 1796011237556, 'redeemed', X'01a22a9ca1197bb1b30d4f254e59b140', 1796011237656, 1796011297656),
(X'01a22a9ca11e7fc8875acbf86f558e7c', X'bd7b02b5128e6e87a11929f6813297ae2b297dffe65cedeba14c76f1b7e54e4d', X'01a22a9c9fc07563ba3afac03547a26a', X'01a22a9ca11e7bf08d283d6895d4fb33', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read bookings:read', NULL, 1796011237556, 'redeemed', X'01a22a9ca1207acabbead91d4face207', 1796011237662, 1796011837662),
(X'01a22a9ca12477d3977d2b50e9ed64fe', X'0c438e116690f5d6127873e774aebb96d12e04ceaadc4714340ebcce549edaa9', X'01a22a9c9fc07692ae98deeaec9e5eaa', X'01a22a9ca1247938a45567d3dcfe72c8', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'BOOKING_READ', NULL, 1796011237556, 'redeemed', X'01a22a9ca12675179741d71c9922eaee', 1796011237668, 1796011837668),
(X'01a22a9ca182720aa2827463c26d9e89', X'a4be0a26eb2b0a4261f65f86c19d2fe51c3b0046b262aa01fd932a1a0c1d7335', X'01a22a9c9fc076a3aa9dd387e5f4775c', X'01a22a9ca182728996d891cf86f4df6e', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'connect', NULL, 1796011237674, 'redeemed', X'01a22a9ca18570669feef47dff75a610', 1796011237762, 1796011837762),
(X'01a22a9ca1917a6daa5a14bfcf1ce8ca', X'8c346096e89a01994c458c897cec62f3ffb13850328e14462e32cfa693320624', X'01a22a9c9fc07594a23a19a99b9fb661', X'01a22a9ca191784d90fe9da95b322452', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read', NULL, 1796011237556, 'redeemed', X'01a22a9ca196737da4f6ab3c35996fbd', 1796011237777, 1796011837777),
(X'01a22a9ca19d7db8856d5e6423f05a50', X'9c166aa4b0a0c4febb7da1d1b18e45b0cc544b837dfe8ff7ef0bfa065c42fede', X'01a22a9c9fc07425a053b418935e42a5', X'01a22a9ca19d7dfa9f70a97d73f25455', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read', NULL, 1796011237556, 'redeemed', X'01a22a9ca19e7d5eb19526a70d88b537', 1796011237789, 1796011297789),
(X'01a22a9ca1ac763491aab21ca64ce953', X'8933e8b800440a657678d130e51da32c9c4808b95bb0218e4f2500daa781c7ec', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca1ac75d7bc3414b734389d62', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read', NULL, 1796011237674, 'redeemed', X'01a22a9ca1b6778cb730bf8b31266e4d', 1796011237804, 1796011297804),
(X'01a22a9ca1e67f728554ed728750f871', X'9b061558ea4d4b191a5db6b3d5799200d68eb372de90bc22d0fa6a39669e79f2', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca1e67bec9adad22ec0416a13', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read', NULL, 1796011237823, 'redeemed', X'01a22a9ca1e878778608f8f1e42eb5d1', 1796011237862, 1796011297862),
(X'01a22a9ca21970f48396268065045926', X'15a34231bf711ccc0d0c1caf83a83f483d8a7540900373e5367576e79a5fa2ea', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca21972d7af104d4f865ef738', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read', NULL, 1796011237869, 'redeemed', X'01a22a9ca21a7f3aa8ebbda88bc07346', 1796011237913, 1796011297913),
(X'01a22a9ca22b750dbc2ff8b8b0c48c42', X'9ff6a9e3bd687945fefba2348b2d53ae8f70f8bf8ed02e217134c8139e9defab', X'01a22a9c9fc074fd8f2fd85dfc205b5c', X'01a22a9ca22b7649be9c7fb3a669bb24', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read', NULL, 1796011237556, 'redeemed', X'01a22a9ca22d7acd8d745f300cd3dffd', 1796011237931, 1796011297931),
(X'01a22a9ca23470e8b32fffac3289d787', X'f5a084a5d09d757980b5077f3f7d6713b117d2b311d9a49cbc4df2959d707684', X'01a22a9c9fc07a5fbd4f298d8d048e37', X'01a22a9ca2347918b87c5d9347e8f357', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read', NULL, 1796011237674, 'redeemed', X'01a22a9ca2357c62b44826f18af8e199', 1796011237940, 1796011297940),
(X'01a22a9ca23b73058a43068a21f99e54', X'fb27c08b87134f1b32f358b4b3f091407baaf10a6c7216eba3079d149d63485a', X'01a22a9c9fc07a5fbd4f298d8d048e37', X'01a22a9ca1187e3d8dda445e91497b4f', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read', NULL, 1796011237556, 'spent', NULL, 1796011237947, 1796011297947),
(X'01a22a9ca2417764b887be8fed0a2cd4', X'd4d26ea23e64346677533ba09ad6c1713197fa120f74509d29b8401d64fe235e', X'01a22a9c9fc07594a23a19a99b9fb661', X'01a22a9ca241755ba2d1885044be912b', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read', NULL, 1796011237674, 'redeemed', X'01a22a9ca247742fb39c9605e3e44215', 1796011237953, 1796011837953),
(X'01a22a9ca3087e99aa44bdc31e758e6a', X'1e9bf0a101fd5d79e0ea830ffdd3fbef63dce3fdd1acf6e55491f4bff89d5fe2', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca1ac75d7bc3414b734389d62', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read', NULL, 1796011238095, 'issued', NULL, 1796011238152, 1796011298152),
(X'01a22a9ca31273cfa5a514640783c1a7', X'2c542768e42b522bda461b553eb8d254b9645adccace5a13e80b19507c450170', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca10f7cf7b11be76a7c38289f', 'http://127.0.0.1:8081/callback', TRUE, 'w-3-tMEYblaVia0b_WYiO0EHHSO_HsR1HRsQCejH1jg', 'forms:read forms:write', NULL, 1796011237556, 'issued', NULL, 1796011238162, 1796011298162);

INSERT INTO families (id, app_id, grant_id, scopes, resource, refresh_hash, refresh_expires_at, previous_hash, grace_until, sealed_successor, rotations, created_at, ends_at, ended_at, ended_reason, expires_at, origin_id, only_access_id, alone, renewed_at) VALUES
(X'01a22a9ca11272d385f736159c7f31df', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca10f7cf7b11be76a7c38289f', 'forms:read forms:write', 'https://api.example.com', X'4757dd0676aa0b9dc4e68cace997cf66caa51b7a2a50694576a4e406206f0640', 1798603237650, NULL, NULL, NULL, 0, 1796011237650, NULL, NULL, NULL, 1798603237650, NULL, NULL, NULL, NULL),
(X'01a22a9ca1197bb1b30d4f254e59b140', X'01a22a9c9fc07a5fbd4f298d8d048e37', X'01a22a9ca1187e3d8dda445e91497b4f', 'forms:read', NULL, X'24ebd340c6e731aa2d9e9c210feb0e3c486db5cfc026c717ae2774c89e62a6e9', 1798603237657, NULL, NULL, NULL, 0, 1796011237657, 1827547237657, NULL, NULL, 1798603237657, NULL, NULL, NULL, NULL),
(X'01a22a9ca1207acabbead91d4face207', X'01a22a9c9fc07563ba3afac03547a26a', X'01a22a9ca11e7bf08d283d6895d4fb33', 'forms:read bookings:read', NULL, X'd5d5a7e31b3417b99bbbfb4c62e1ab3fc350b4bb27baf0178fae7ff906d30a67', NULL, NULL, NULL, NULL, 0, 1796011237664, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
(X'01a22a9ca12675179741d71c9922eaee', X'01a22a9c9fc07692ae98deeaec9e5eaa', X'01a22a9ca1247938a45567d3dcfe72c8', 'BOOKING_READ', NULL, X'8bb62ad06ec973905bdec9f01a408b5d73f0b2c7c036f0ba9d5988c2e3e236c2', 1798603237670, NULL, NULL, NULL, 0, 1796011237670, NULL, NULL, NULL, 1798603237670, NULL, NULL, NULL, NULL),
(X'01a22a9ca18570669feef47dff75a610', X'01a22a9c9fc076a3aa9dd387e5f4775c', X'01a22a9ca182728996d891cf86f4df6e', 'connect', NULL, X'4b41b2caa8f76b812c268920eec773af3465789dd90d96cb57b48ae9521640f5', 1796014837765, NULL, NULL, NULL, 0, 1796011237765, NULL, NULL, NULL, 1796014837765, NULL, X'01a22a9ca1857028a118ff977d389eef', TRUE, NULL),
(X'01a22a9ca196737da4f6ab3c35996fbd', X'01a22a9c9fc07594a23a19a99b9fb661', X'01a22a9ca191784d90fe9da95b322452', 'forms:read', NULL, NULL, NULL, NULL, NULL, NULL, 0, 1796011237782, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
(X'01a22a9ca19e7d5eb19526a70d88b537', X'01a22a9c9fc07425a053b418935e42a5', X'01a22a9ca19d7dfa9f70a97d73f25455', 'forms:read', NULL, X'dd174a44e1c0f66f299f2da9d3b7b8aec9d93dacb6ad081c455dd2c17dfb2982', 1798603237790, NULL, NULL, NULL, 0, 1796011237790, NULL, NULL, NULL, 1798603237790, NULL, NULL, NULL, NULL),
(X'01a22a9ca1b6778cb730bf8b31266e4d', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca1ac75d7bc3414b734389d62', 'forms:read', NULL, X'a9ff744bc9870ac3e88c883c8e09849a6ecfb7c1c6093553bfb5092782dce703', 1798603237817, X'12831ca56ebad2fd1b410e2704b77544b4bb58eaf651e89a57fc0e72046be6f5', 1796011297817, X'09421551fce7fe4b541637be0d46eadd4606103efd54ddb2f4fe1854bbab1fc03e44dc006f405752892c96757496f41ca6dea302d6d5626e7f270bca02fc57e8d461a83a540c0672a9c84bdfeb47e02618e64cdfddca339760efdd114a149e267d3e0d146cd5ace1a768513199768cf14bd1c0f11db9753afe4dd7d4f956b137178061a410774140b8db20bed9c273d6b82ab5b91dc6d0dc4b11e83130c166d8af6352abe1acfee8d8c572198fe13a835606112cc19bca8f1acd6f8b1f25ce04f1b5', 2, 1796011237814, NULL, NULL, NULL, 1798603237817, NULL, NULL, NULL, 1796011237817),
(X'01a22a9ca1e878778608f8f1e42eb5d1', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca1e67bec9adad22ec0416a13', 'forms:read', NULL, X'3cfabc06d9b5ca57c373866e76951bf4e4d106ba5cc921214536a3b1f3e1d90e', 1798603237864, NULL, NULL, NULL, 0, 1796011237864, NULL, NULL, NULL, 1796011237923, NULL, NULL, NULL, NULL),
(X'01a22a9ca21a7f3aa8ebbda88bc07346', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca21972d7af104d4f865ef738', 'forms:read', NULL, X'c5aa64bf8e4054feb839af4f2a02c258e71e025b96130f01b6c6d45c40da0c63', 1798603237914, NULL, NULL, NULL, 0, 1796011237914, NULL, 1796011237916, 'revoked', 1796011237916, NULL, NULL, NULL, NULL),
(X'01a22a9ca22d7acd8d745f300cd3dffd', X'01a22a9c9fc074fd8f2fd85dfc205b5c', X'01a22a9ca22b7649be9c7fb3a669bb24', 'forms:read', NULL, X'35f663cbce299c6d7fba0fb5e42613ec3bf2639576c4a59454c64b734858ff85', 1798603237934, X'cacdcafd7fe6bfd8aa826363c5d3b0afd08a2b32917dc16dd767f2af7fefc800', 1796011237934, NULL, 1, 1796011237933, NULL, 1796011237935, 'refresh_token_reused', 1796011237935, NULL, NULL, NULL, 1796011237934),
(X'01a22a9ca2357c62b44826f18af8e199', X'01a22a9c9fc07a5fbd4f298d8d048e37', X'01a22a9ca2347918b87c5d9347e8f357', 'forms:read', NULL, X'df950ef923850840117409168be054f197c66f9b35e76001a85e3679c514017a', 1798603237941, NULL, NULL, NULL, 0, 1796011237941, 1827547237941, NULL, NULL, 1798603237941, NULL, NULL, NULL, NULL),
(X'01a22a9ca247742fb39c9605e3e44215', X'01a22a9c9fc07594a23a19a99b9fb661', X'01a22a9ca241755ba2d1885044be912b', 'forms:read', NULL, NULL, NULL, NULL, NULL, NULL, 0, 1796011237959, NULL, 1796011237961, 'code_replayed', 1796011237961, NULL, NULL, NULL, NULL);

INSERT INTO access_tokens (id, hash, app_id, grant_id, family_id, scopes, resource, created_at, expires_at, revoked_at, kept_until) VALUES
(X'01a22a9ca1127c2a892eb9cffc0fd6f2', X'f017e67b4b46ec0ccded2745b8187c8ee28ea5e1475bc047068df5eda7d6a7a0', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca10f7cf7b11be76a7c38289f', X'01a22a9ca11272d385f736159c7f31df', 'forms:read forms:write', 'https://api.example.com', 1796011237650, 1796014837650, NULL, NULL),
(X'01a22a9ca1197df898ff6e862cddda19', X'b8c8807a6fc79a506385ca0d005e696845b5caf89a7d8b71efaac56518315c25', X'01a22a9c9fc07a5fbd4f298d8d048e37', X'01a22a9ca1187e3d8dda445e91497b4f', X'01a22a9ca1197bb1b30d4f254e59b140', 'forms:read', NULL, 1796011237657, 1796014837657, NULL, NULL),
(X'01a22a9ca1207294853a1fa1501af3c2', X'9bc6fa0a164739dd532b02330370938425cd2d2f5aba8b0d8669fe8ce3a07f7f', X'01a22a9c9fc07563ba3afac03547a26a', X'01a22a9ca11e7bf08d283d6895d4fb33', X'01a22a9ca1207acabbead91d4face207', 'forms:read bookings:read', NULL, 1796011237664, 1796018437664, NULL, 1803794437664),
(X'01a22a9ca1267278ad2f0e3c77b7c4ed', X'8bfde76e40bbe339aad310c058102bca90297565b05368983c38f8c0dc675a1e', X'01a22a9c9fc07692ae98deeaec9e5eaa', X'01a22a9ca1247938a45567d3dcfe72c8', X'01a22a9ca12675179741d71c9922eaee', 'BOOKING_READ', NULL, 1796011237670, 1796013037670, NULL, NULL),
(X'01a22a9ca1857028a118ff977d389eef', X'ac3b60c3e33b3f2e7c125b7b65d91e5395c158c7a6e638fe8afb5fbd849d4b46', X'01a22a9c9fc076a3aa9dd387e5f4775c', X'01a22a9ca182728996d891cf86f4df6e', X'01a22a9ca18570669feef47dff75a610', 'connect', NULL, 1796011237765, 1796011537765, NULL, NULL),
(X'01a22a9ca196785fa928341c8e28d168', X'980e253a9eddc1f4e94b05aca9c13fbb78fc08a48f766d6dcf897a9be4161c9c', X'01a22a9c9fc07594a23a19a99b9fb661', X'01a22a9ca191784d90fe9da95b322452', X'01a22a9ca196737da4f6ab3c35996fbd', 'forms:read', NULL, 1796011237782, NULL, NULL, NULL),
(X'01a22a9ca19e7d9a8feb892adb957a2a', X'c8aeda8af31b156aebe4595fba4bad413aea62cd70f72142cf2d0d5402f7783c', X'01a22a9c9fc07425a053b418935e42a5', X'01a22a9ca19d7dfa9f70a97d73f25455', X'01a22a9ca19e7d5eb19526a70d88b537', 'forms:read', NULL, 1796011237790, 1796014837790, NULL, NULL),
(X'01a22a9ca1a07c5eb404773aa4034721', X'9108512600bd40b9ade83b373b04f99a88d6a3c7e4988e3de29f0522e66035c6', X'01a22a9c9fc074fcb65dafe206d4a877', NULL, NULL, 'forms:read', NULL, 1796011237792, 1796014837792, NULL, NULL),
(X'01a22a9ca1b673cd977315eb667af1f9', X'8421cd128edfadf1c171a9c2ec9454025890b0da602ceea72f9efd7262b8f77a', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca1ac75d7bc3414b734389d62', X'01a22a9ca1b6778cb730bf8b31266e4d', 'forms:read', NULL, 1796011237814, 1796014837814, NULL, NULL),
(X'01a22a9ca1b87136b75b2e66f415f9a0', X'62966048bd2498c1a12fb37fe0a16e3c050923d41a3ed171380b129f0ee28a58', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca1ac75d7bc3414b734389d62', X'01a22a9ca1b6778cb730bf8b31266e4d', 'forms:read', NULL, 1796011237816, 1796014837816, NULL, NULL),
(X'01a22a9ca1b9727bb3b40140c5ac5cf0', X'2e611c0da8c6d6d26a2b48a91184d547207f57ed8b04b983f2281a4b7092e961', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca1ac75d7bc3414b734389d62', X'01a22a9ca1b6778cb730bf8b31266e4d', 'forms:read', NULL, 1796011237817, 1796014837817, NULL, NULL),
(X'01a22a9ca1e8724e902ab803e3e6d6ea', X'9e780d31a7957f530d0ac6289e522dbcf23793b3aebfac612e0675fe47777981', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca1e67bec9adad22ec0416a13', X'01a22a9ca1e878778608f8f1e42eb5d1', 'forms:read', NULL, 1796011237864, 1796014837864, NULL, NULL),
(X'01a22a9ca21a7848a122c8d1c30ca1dd', X'f8e193eddc3efa858e74658f90c443a1fef934c0cbb095265ce37739646dd399', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9ca21972d7af104d4f865ef738', X'01a22a9ca21a7f3aa8ebbda88bc07346', 'forms:read', NULL, 1796011237914, 1796014837914, NULL, NULL),
(X'01a22a9ca22d7ee0bc3f07adb5a85d74', X'006b60ee859f6483fd8081e060f0b3b26cb64f3cec8284b6bbd9402ca0b65521', X'01a22a9c9fc074fd8f2fd85dfc205b5c', X'01a22a9ca22b7649be9c7fb3a669bb24', X'01a22a9ca22d7acd8d745f300cd3dffd', 'forms:read', NULL, 1796011237933, 1796014837933, NULL, NULL),
(X'01a22a9ca22e7f11a47b323bab39bfd0', X'de99a2e81bd6f293641c1f0fff741de0dc00c6f4054cfe9a18a533c14c15c3ac', X'01a22a9c9fc074fd8f2fd85dfc205b5c', X'01a22a9ca22b7649be9c7fb3a669bb24', X'01a22a9ca22d7acd8d745f300cd3dffd', 'forms:read', NULL, 1796011237934, 1796014837934, NULL, NULL),
(X'01a22a9ca23576d58bc34bd207f72754', X'7d6674c4100d2b34bad5e233dd3a9786ad4ac5775602890f7ee4b07f22229320', X'01a22a9c9fc07a5fbd4f298d8d048e37', X'01a22a9ca2347918b87c5d9347e8f357', X'01a22a9ca2357c62b44826f18af8e199', 'forms:read', NULL, 1796011237941, 1796014837941, 1796011237943, NULL),
(X'01a22a9ca2477488848b54ae934c5d50', X'5152392eb976b251a25b3e7d136783d31feeaa60fba58ee6cddb922f72b4e58e', X'01a22a9c9fc07594a23a19a99b9fb661', X'01a22a9ca241755ba2d1885044be912b', X'01a22a9ca247742fb39c9605e3e44215', 'forms:read', NULL, 1796011237959, NULL, NULL, NULL);

INSERT INTO browser_sessions (id, hash, user_id, auth_time, created_at, last_seen_at, expires_at, agent) VALUES
(X'01a22a9ca0b47f468466057e6c6eece0', X'0fff9b4eec01901646fcadca2ddeb8eb4a514bdccaf7577263172df88d94b285', X'01a22a9c9fc07425acf2401734910db8', 1796011237556, 1796011237556, 1796011237556, 1797220837556, 'Python-urllib/3.11'),
(X'01a22a9ca12a7304bb167b3cd37a710e', X'c8088cdec3875b68eb32dcd0c07e5fa7125c0a84e0839bb42225ff41717309fc', X'01a22a9c9fc07df3aa5318fe2c34633c', 1796011237674, 1796011237674, 1796011237674, 1797220837674, 'Python-urllib/3.11'),
(X'01a22a9ca1bf7badaadfda09def36412', X'e1ca279dc86437e95238a997f29bee2dbf119438c682d7264104b030bff15bd9', X'01a22a9c9fc07df3aa5318fe2c34633c', 1796011237823, 1796011237823, 1796011237823, 1797220837823, 'Python-urllib/3.11'),
(X'01a22a9ca1ed7cb09ec8806d934f5fee', X'e8d81fdabbdd4050b0722f518e93a39e745fdb3a0ff09851fcb54577bbebdbfe', X'01a22a9c9fc07df3aa5318fe2c34633c', 1796011237869, 1796011237869, 1796011237869, 1797220837869, 'Python-urllib/3.11');

INSERT INTO spent_interactions (id, expires_at) VALUES
(X'01a22a9ca0b07090a25ad80ba4c862de', 1796013037552),
(X'01a22a9ca11472aa87323282273c6835', 1796013037652),
(X'01a22a9ca11b73898a42507a2ab6f7a7', 1796013037659),
(X'01a22a9ca1217b6894a893dadbd7e683', 1796013037665),
(X'01a22a9ca1277b24aa45b461aa73795b', 1796013037671),
(X'01a22a9ca18a78f793a982fc734befa8', 1796013037770),
(X'01a22a9ca19973fab9828680c1a8599b', 1796013037785),
(X'01a22a9ca1a1707888e9cabd68c9522f', 1796013037793),
(X'01a22a9ca1bb71a78c3d6d72fe13b4cc', 1796013037819),
(X'01a22a9ca1ea7822b008de8d9a4894f8', 1796013037866),
(X'01a22a9ca2287d6aa178ac01c5b79e4b', 1796013037928),
(X'01a22a9ca23071aeb9054a7a393f657f', 1796013037936),
(X'01a22a9ca23870fab673ac839398b04b', 1796013037944),
(X'01a22a9ca23e7c1a817a91ca9a34d517', 1796013037950),
(X'01a22a9ca2cc7afb9bc682a80dc9e83d', 1796013038092);

INSERT INTO attempts (subject, began_at, count, expires_at) VALUES
('address:127.0.0.1', 1796011237556, 6, 1796012137556),
('stranger:0WXBxAz471wurAsgns_KTISUyulhhtEAUQH0atquCVk:127.0.0.1', 1796011238044, 1, 1796012138044),
('strangers:0WXBxAz471wurAsgns_KTISUyulhhtEAUQH0atquCVk', 1796011238044, 1, 1796012138044),
('strangers:8C_wI2gLqW9adKKoVBK8l04jBnMrJfE6J2grlQjT6gs', 1796011237674, 4, 1796012137674),
('strangers:xv4Zq3aizoXlK1LOxgZCsjrcWJ8I2ZmPY5IbAoJ4Hmk', 1796011237556, 1, 1796012137556);

INSERT INTO audit (id, at, action, actor_kind, actor_id, app_id, user_id, tenant_id, request_id, detail, grant_id) VALUES
(X'01a22a9ca07e71778568f6944b108266', 1796011237502, 'host_key.added', 'operator', NULL, NULL, NULL, NULL, NULL, 'host key …TRNS of resource https://other.example.com', NULL),
(X'01a22a9ca07e71e1a268f09811a511bf', 1796011237502, 'resource.created', 'operator', NULL, NULL, NULL, NULL, NULL, '+ resource https://other.example.com', NULL),
(X'01a22a9ca07e7203ab20953049bc51b3', 1796011237502, 'app.secret_rotated', 'operator', NULL, X'01a22a9c9fc074fcb65dafe206d4a877', NULL, NULL, NULL, 'client secret …cret of app daybook', NULL),
(X'01a22a9ca07e722c8ee9f4f5e2180a2d', 1796011237502, 'tenant.created', 'operator', NULL, NULL, NULL, X'01a22a9c9fc07607ae7c3325a78f831d', NULL, '+ tenant south', NULL),
(X'01a22a9ca07e7244ba7e7895486b3907', 1796011237502, 'app.created', 'operator', NULL, X'01a22a9c9fc07563ba3afac03547a26a', NULL, NULL, NULL, '+ app ward', NULL),
(X'01a22a9ca07e726c8d584e40395483da', 1796011237502, 'user.created', 'operator', NULL, NULL, X'01a22a9c9fc07447a87eeff2f96b04a2', NULL, NULL, '+ user u-kim', NULL),
(X'01a22a9ca07e726f8a0a8e50229869a2', 1796011237502, 'app.created', 'operator', NULL, X'01a22a9c9fc074fcb65dafe206d4a877', NULL, NULL, NULL, '+ app daybook', NULL),
(X'01a22a9ca07e7301ba25a49cbb40ff5c', 1796011237502, 'user.created', 'operator', NULL, NULL, X'01a22a9c9fc07df3aa5318fe2c34633c', NULL, NULL, '+ user u-sam', NULL),
(X'01a22a9ca07e735ba32fa6374e04bf17', 1796011237502, 'membership.put', 'operator', NULL, NULL, X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074a3bcce56aa56c67cba', NULL, '+ membership u-jane in north', NULL),
(X'01a22a9ca07e73a19027f513d07c695c', 1796011237502, 'app.created', 'operator', NULL, X'01a22a9c9fc074fd8f2fd85dfc205b5c', NULL, NULL, NULL, '+ app strict', NULL),
(X'01a22a9ca07e752db4fa9bd3de8f22ad', 1796011237502, 'app.secret_rotated', 'operator', NULL, X'01a22a9c9fc076a3aa9dd387e5f4775c', NULL, NULL, NULL, 'client secret …cret of app scenario', NULL),
(X'01a22a9ca07e7569bba66945776a5068', 1796011237502, 'app.secret_rotated', 'operator', NULL, X'01a22a9c9fc07563ba3afac03547a26a', NULL, NULL, NULL, 'client secret …cret of app ward', NULL),
(X'01a22a9ca07e76148a7dd99276d54c35', 1796011237502, 'tenant.created', 'operator', NULL, NULL, NULL, X'01a22a9c9fc074a3bcce56aa56c67cba', NULL, '+ tenant north', NULL),
(X'01a22a9ca07e76da9f324df4985bdaf9', 1796011237502, 'scope.put', 'operator', NULL, NULL, NULL, NULL, NULL, '+ scope forms:read', NULL),
(X'01a22a9ca07e76f2a2ec0843b1ad378b', 1796011237502, 'scope.put', 'operator', NULL, NULL, NULL, NULL, NULL, '+ scope forms:write', NULL),
(X'01a22a9ca07e773a9cdafef5b53a2abb', 1796011237502, 'user.created', 'operator', NULL, NULL, X'01a22a9c9fc07425acf2401734910db8', NULL, NULL, '+ user u-jane', NULL),
(X'01a22a9ca07e774085709dcd30a315e7', 1796011237502, 'resource.created', 'operator', NULL, NULL, NULL, NULL, NULL, '+ resource https://api.example.com', NULL),
(X'01a22a9ca07e77e396ee202975bf8429', 1796011237502, 'app.created', 'operator', NULL, X'01a22a9c9fc076a3aa9dd387e5f4775c', NULL, NULL, NULL, '+ app scenario', NULL),
(X'01a22a9ca07e77e587f47208970f0dbe', 1796011237502, 'scope.put', 'operator', NULL, NULL, NULL, NULL, NULL, '+ scope bookings:read', NULL),
(X'01a22a9ca07e7837ae6fe31c6f2a7677', 1796011237502, 'app.created', 'operator', NULL, X'01a22a9c9fc07425a053b418935e42a5', NULL, NULL, NULL, '+ app paused', NULL),
(X'01a22a9ca07e799a998fe58722cbfa4d', 1796011237502, 'app.secret_rotated', 'operator', NULL, X'01a22a9c9fc07425a053b418935e42a5', NULL, NULL, NULL, 'client secret …cret of app paused', NULL),
(X'01a22a9ca07e79b6993ed70c0117c611', 1796011237502, 'app.created', 'operator', NULL, X'01a22a9c9fc07594a23a19a99b9fb661', NULL, NULL, NULL, '+ app filler', NULL),
(X'01a22a9ca07e7a00bb825bbfdd544abf', 1796011237502, 'scope.put', 'operator', NULL, NULL, NULL, NULL, NULL, '+ scope connect', NULL),
(X'01a22a9ca07e7a858ab9c3959e2cf9b6', 1796011237502, 'scope.put', 'operator', NULL, NULL, NULL, NULL, NULL, '+ scope BOOKING_READ', NULL),
(X'01a22a9ca07e7b68b1cc3d72ec4a7ac1', 1796011237502, 'role.put', 'operator', NULL, NULL, NULL, NULL, NULL, '+ role viewer', NULL),
(X'01a22a9ca07e7d19ba33f3a061d79580', 1796011237502, 'role.put', 'operator', NULL, NULL, NULL, NULL, NULL, '+ role practitioner', NULL),
(X'01a22a9ca07e7d1f9517961ff045e2b6', 1796011237502, 'tenant.created', 'operator', NULL, NULL, NULL, X'01a22a9c9fc07d369abb2b3144572d65', NULL, '+ tenant sam', NULL),
(X'01a22a9ca07e7d2698cc5b4bf4cc94f0', 1796011237502, 'membership.put', 'operator', NULL, NULL, X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc074a3bcce56aa56c67cba', NULL, '+ membership u-sam in north', NULL),
(X'01a22a9ca07e7d3a8ec8a8b75ead411c', 1796011237502, 'app.secret_rotated', 'operator', NULL, X'01a22a9c9fc07594a23a19a99b9fb661', NULL, NULL, NULL, 'client secret …cret of app filler', NULL),
(X'01a22a9ca07e7e1a88af9ae85f0f85b4', 1796011237502, 'app.created', 'operator', NULL, X'01a22a9c9fc07692ae98deeaec9e5eaa', NULL, NULL, NULL, '+ app calendar', NULL),
(X'01a22a9ca07e7e8393c995c1fae7f070', 1796011237502, 'app.created', 'operator', NULL, X'01a22a9c9fc07a5fbd4f298d8d048e37', NULL, NULL, NULL, '+ app pocket', NULL),
(X'01a22a9ca07e7e85b5190dccfa1cea85', 1796011237502, 'host_key.added', 'operator', NULL, NULL, NULL, NULL, NULL, 'host key …-api of resource https://api.example.com', NULL),
(X'01a22a9ca07e7e9e9fc2a2bfbff0231c', 1796011237502, 'icon.put', 'operator', NULL, NULL, NULL, NULL, NULL, 'icon 5f5c8471bdee of app ward, 258 bytes', NULL),
(X'01a22a9ca07e7ef0bab2d29b58317de0', 1796011237502, 'membership.put', 'operator', NULL, NULL, X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07d369abb2b3144572d65', NULL, '+ membership u-sam in sam', NULL),
(X'01a22a9ca07e7f1c8731ac9fdecb725d', 1796011237502, 'app.secret_rotated', 'operator', NULL, X'01a22a9c9fc074fd8f2fd85dfc205b5c', NULL, NULL, NULL, 'client secret …cret of app strict', NULL),
(X'01a22a9ca07e7f4eb239a737fd61fae4', 1796011237502, 'app.secret_rotated', 'operator', NULL, X'01a22a9c9fc07692ae98deeaec9e5eaa', NULL, NULL, NULL, 'client secret …cret of app calendar', NULL),
(X'01a22a9ca07e7f8ca2b0e9e1edbe8e63', 1796011237502, 'user.created', 'operator', NULL, NULL, X'01a22a9c9fc079f9a299eac14d644e6e', NULL, NULL, '+ user u-robin', NULL),
(X'01a22a9ca07e7fc880c77bb89a5cc426', 1796011237502, 'icon.put', 'operator', NULL, NULL, NULL, NULL, NULL, 'icon 5f5c8471bdee of app daybook, 258 bytes', NULL),
(X'01a22a9ca07e7ff98b389954304249d8', 1796011237502, 'membership.put', 'operator', NULL, NULL, X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07607ae7c3325a78f831d', NULL, '+ membership u-sam in south', NULL),
(X'01a22a9ca0b47aaf8f76c6474bb5963f', 1796011237556, 'session.began', 'user', X'01a22a9c9fc07425acf2401734910db8', NULL, X'01a22a9c9fc07425acf2401734910db8', NULL, 'ba4b64c3-3', NULL, NULL),
(X'01a22a9ca10f72abbc91255728fbbdd3', 1796011237647, 'consent.given', 'user', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-5', 'forms:read forms:write', NULL),
(X'01a22a9ca1187ee88427004eacc0bd64', 1796011237656, 'consent.given', 'user', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc07a5fbd4f298d8d048e37', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-8', 'forms:read', NULL),
(X'01a22a9ca11e79fd94f40a8a34cf8700', 1796011237662, 'consent.given', 'user', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc07563ba3afac03547a26a', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-b', 'forms:read bookings:read', NULL),
(X'01a22a9ca1247aee8b30be7329c2041b', 1796011237668, 'consent.given', 'user', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc07692ae98deeaec9e5eaa', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-e', 'BOOKING_READ', NULL),
(X'01a22a9ca12a7f1daa8c615cf2dc4ad9', 1796011237674, 'session.began', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', NULL, X'01a22a9c9fc07df3aa5318fe2c34633c', NULL, 'ba4b64c3-12', NULL, NULL),
(X'01a22a9ca1827ad78b3556c32d5acc62', 1796011237762, 'consent.given', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc076a3aa9dd387e5f4775c', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-14', 'connect', NULL),
(X'01a22a9ca1917abd8bb8c031ba837ab0', 1796011237777, 'consent.given', 'user', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc07594a23a19a99b9fb661', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-17', 'forms:read', NULL),
(X'01a22a9ca19d7ccf881aaa17fff3795b', 1796011237789, 'consent.given', 'user', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc07425a053b418935e42a5', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-1a', 'forms:read', NULL),
(X'01a22a9ca1ac7a8bb0b4f99a390071d4', 1796011237804, 'consent.given', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-1e', 'forms:read', NULL),
(X'01a22a9ca1bf79b8aece22274380e057', 1796011237823, 'session.began', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', NULL, X'01a22a9c9fc07df3aa5318fe2c34633c', NULL, 'ba4b64c3-24', NULL, NULL),
(X'01a22a9ca1e67d33ad45fb2a5f3d613f', 1796011237862, 'consent.given', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07607ae7c3325a78f831d', 'ba4b64c3-26', 'forms:read', NULL),
(X'01a22a9ca1ed79d68e1988889723893a', 1796011237869, 'session.began', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', NULL, X'01a22a9c9fc07df3aa5318fe2c34633c', NULL, 'ba4b64c3-2a', NULL, NULL),
(X'01a22a9ca2197ed59225bbb8255df779', 1796011237913, 'consent.given', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07d369abb2b3144572d65', 'ba4b64c3-2c', 'forms:read', NULL),
(X'01a22a9ca21c7428a7369a3e7dfbc05b', 1796011237916, 'family.revoked', 'app', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9c9fc074fcb65dafe206d4a877', NULL, NULL, 'ba4b64c3-2e', NULL, NULL),
(X'01a22a9ca223778eb3aff103f822fb24', 1796011237923, 'grant.revoked', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07607ae7c3325a78f831d', 'ba4b64c3-33', NULL, NULL),
(X'01a22a9ca22b71689dad45737d4ab7c0', 1796011237931, 'consent.given', 'user', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074fd8f2fd85dfc205b5c', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-39', 'forms:read', NULL),
(X'01a22a9ca22f79e9be703b55c874b831', 1796011237935, 'refresh_token.reused', 'app', X'01a22a9c9fc074fd8f2fd85dfc205b5c', X'01a22a9c9fc074fd8f2fd85dfc205b5c', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-3c', NULL, X'01a22a9ca22b7649be9c7fb3a669bb24'),
(X'01a22a9ca23475e8bfe415999ccd6796', 1796011237940, 'consent.given', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07a5fbd4f298d8d048e37', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-3e', 'forms:read', NULL),
(X'01a22a9ca23b7452897d8cc40c90be36', 1796011237947, 'consent.given', 'user', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc07a5fbd4f298d8d048e37', X'01a22a9c9fc07425acf2401734910db8', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-42', 'forms:read', NULL),
(X'01a22a9ca2417f74adaf40018bbc9a3b', 1796011237953, 'consent.given', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc07594a23a19a99b9fb661', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-45', 'forms:read', NULL),
(X'01a22a9ca249783cac64003744cc91f4', 1796011237961, 'code.replayed', 'app', X'01a22a9c9fc07594a23a19a99b9fb661', X'01a22a9c9fc07594a23a19a99b9fb661', NULL, NULL, 'ba4b64c3-47', NULL, NULL),
(X'01a22a9ca25474c8895c1f834fcf28c3', 1796011237972, 'app.secret_rotated', 'operator', NULL, X'01a22a9c9fc07692ae98deeaec9e5eaa', NULL, NULL, NULL, 'new client secret …x1Ut of app calendar', NULL),
(X'01a22a9ca26d73418995eed3b4b7d571', 1796011237997, 'app.secret_rotated', 'operator', NULL, X'01a22a9ca26d74b0b6252a84508b2a21', NULL, NULL, NULL, 'client secret …8BDX of app workshop', NULL),
(X'01a22a9ca26d784fabcabdbf9e0d9a10', 1796011237997, 'app.created', 'operator', NULL, X'01a22a9ca26d74b0b6252a84508b2a21', NULL, NULL, NULL, '+ app workshop', NULL),
(X'01a22a9ca27c7aa88072c4f7d055a44c', 1796011238012, 'app.suspended', 'operator', NULL, X'01a22a9c9fc07425a053b418935e42a5', NULL, NULL, NULL, 'app paused: live → suspended', NULL),
(X'01a22a9ca29573f295ba57c004c46564', 1796011238037, 'user.updated', 'operator', NULL, NULL, X'01a22a9c9fc07447a87eeff2f96b04a2', NULL, NULL, 'user u-kim: active → disabled', NULL),
(X'01a22a9ca2cf76388ecc2b35d5be6ede', 1796011238095, 'session.began', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', NULL, X'01a22a9c9fc07df3aa5318fe2c34633c', NULL, 'ba4b64c3-4d', NULL, NULL),
(X'01a22a9ca3087fef856eac691019fcaf', 1796011238152, 'consent.given', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc074fcb65dafe206d4a877', X'01a22a9c9fc07df3aa5318fe2c34633c', X'01a22a9c9fc074a3bcce56aa56c67cba', 'ba4b64c3-4f', 'forms:read', NULL),
(X'01a22a9ca30f787ebd12aacf7f07091d', 1796011238159, 'session.ended', 'user', X'01a22a9c9fc07df3aa5318fe2c34633c', NULL, X'01a22a9c9fc07df3aa5318fe2c34633c', NULL, 'ba4b64c3-51', NULL, NULL);
