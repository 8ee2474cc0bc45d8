-- Add invoices
--
-- limbeck: 1
-- revision: c3
-- revises:
-- created: 2026-11-21T12:00:00Z

-- limbeck:up schema
CREATE TABLE public.invoices (id bigint PRIMARY KEY);
-- limbeck:down schema
DROP TABLE public.invoices;
