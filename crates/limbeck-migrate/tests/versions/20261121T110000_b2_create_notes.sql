-- Create notes
--
-- limbeck: 1
-- revision: b2
-- revises: a1
-- created: 2026-11-21T11:00:00Z

-- limbeck:up notes
CREATE TABLE notes (id bigint PRIMARY KEY);
-- limbeck:down notes
DROP TABLE notes;
