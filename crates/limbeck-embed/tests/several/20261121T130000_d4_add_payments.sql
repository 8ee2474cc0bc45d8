-- Add payments
--
-- limbeck: 1
-- revision: d4
-- revises: c3
-- created: 2026-11-21T13:00:00Z

-- limbeck:up schema
CREATE TABLE public.payments (id bigint PRIMARY KEY);
-- limbeck:down schema
DROP TABLE public.payments;
