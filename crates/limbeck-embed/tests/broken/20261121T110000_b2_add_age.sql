-- Add age
--
-- limbeck: 1
-- revision: b2
-- revises: c3
-- created: 2026-11-21T11:00:00Z

-- limbeck:up users
ALTER TABLE users ADD COLUMN age integer;
-- limbeck:down users allow=drop
ALTER TABLE users DROP COLUMN age;
