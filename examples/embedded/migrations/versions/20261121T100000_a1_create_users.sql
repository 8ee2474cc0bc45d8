-- Create users
--
-- limbeck: 1
-- revision: a1
-- revises:
-- created: 2026-11-21T10:00:00Z

-- limbeck:up users
CREATE TABLE users (id bigint PRIMARY KEY);
-- limbeck:down users
DROP TABLE users;
