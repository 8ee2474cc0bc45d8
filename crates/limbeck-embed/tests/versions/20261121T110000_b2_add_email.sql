-- Add email
--
-- limbeck: 1
-- revision: b2
-- revises: a1
-- created: 2026-11-21T11:00:00Z

-- limbeck:up users
ALTER TABLE users ADD COLUMN email text;
-- limbeck:down users allow=drop
ALTER TABLE users DROP COLUMN email;
