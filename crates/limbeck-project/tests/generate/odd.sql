-- Names that are hard to say, and one of every kind of object.
CREATE SCHEMA app;
COMMENT ON SCHEMA app IS 'The application''s own.';

CREATE TYPE app.mood AS ENUM ('glad', 'so-so', 'Sad', '2 legit', 'self', 'ÜBEL', 'so so', 'with "quotes"');
COMMENT ON TYPE app.mood IS E'How one is.\n\nNever asked.';
CREATE TYPE public.level AS ENUM ('very_low', 'low', 'very_high');
CREATE TYPE public.address AS (street text, "Zip Code" varchar(10), mood app.mood, tags text[]);
COMMENT ON COLUMN public.address.street IS 'With its number.';
CREATE DOMAIN public.email AS varchar(320) NOT NULL CHECK (VALUE LIKE '%@%');
CREATE DOMAIN public.small AS integer DEFAULT 3 CONSTRAINT is_small CHECK (VALUE < 10) CONSTRAINT is_positive CHECK (VALUE > 0);
CREATE TYPE public.price_range AS RANGE (subtype = numeric);
CREATE TYPE app.text_span AS RANGE (subtype = text, collation = "C");
CREATE COLLATION app.odd FROM "C";

-- Tables that are called as Rust calls things, and that collide once they are in PascalCase.
CREATE TABLE public."Self" (
    "self" integer PRIMARY KEY,
    "Self" integer,
    "crate" integer,
    "super" integer,
    "_" integer,
    "type" text DEFAULT 'plain',
    "async" boolean DEFAULT true,
    "self_" integer,
    "unique" integer,
    "deferrable" integer,
    "name" text,
    "include" text,
    "Äpfel & Birnen" text,
    "with ""quotes""" text,
    "back\slash" text,
    "1st" text,
    "userId" text,
    "user_id" text,
    "USER_ID" text,
    "🦀" text,
    UNIQUE ("unique", "deferrable"),
    CHECK ("self" > 0 AND "type" <> 'a"b\c')
);
CREATE INDEX ON public."Self" ("unique", "name", "include");
CREATE INDEX "Self index" ON public."Self" ("type") WHERE "async";
CREATE TABLE public.option (id bigint PRIMARY KEY, string text);
CREATE TABLE public.string (id bigint PRIMARY KEY REFERENCES public.option);
CREATE TABLE public."table" (id bigint PRIMARY KEY);
CREATE TABLE public.user_account (id bigint PRIMARY KEY);
CREATE TABLE public."userAccount" (id bigint PRIMARY KEY REFERENCES public.user_account);
CREATE TABLE public."User Account" (id bigint PRIMARY KEY);
CREATE TABLE public."日本" (id bigint PRIMARY KEY);
CREATE TABLE public."mod" (id bigint PRIMARY KEY);
CREATE TABLE public.types (id bigint PRIMARY KEY, uuid uuid, chrono timestamptz);
CREATE TABLE public.uuid (id uuid PRIMARY KEY, date_time timestamptz);
CREATE TABLE public.date_time (id uuid PRIMARY KEY);
CREATE TABLE public.app (id bigint PRIMARY KEY);
CREATE TABLE public."Level" (id bigint PRIMARY KEY, level public.level NOT NULL DEFAULT 'very_low');
CREATE TABLE public.empty ();

-- A second schema, with tables of the same names, and references both ways.
CREATE TABLE app.user_account (
    id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY -5 MINVALUE -1000 MAXVALUE 100 CYCLE) PRIMARY KEY,
    other bigint REFERENCES public.user_account DEFERRABLE INITIALLY DEFERRED,
    mood app.mood DEFAULT 'so-so',
    moods app.mood[],
    level public.level
);
CREATE TABLE public.orders (
    id bigserial PRIMARY KEY,
    old_id serial,
    account bigint NOT NULL CONSTRAINT "who ordered" REFERENCES app.user_account ON DELETE CASCADE,
    public_account bigint REFERENCES public.user_account ON DELETE SET NULL,
    parent bigint REFERENCES public.orders,
    email public.email,
    small public.small DEFAULT 4,
    "to" public.address,
    prices public.price_range,
    span app.text_span,
    state text COLLATE "C" NOT NULL DEFAULT 'open',
    odd text COLLATE app.odd,
    price numeric(12,2) NOT NULL DEFAULT 0.00 CHECK (price >= 0),
    amount integer NOT NULL DEFAULT -1,
    total numeric GENERATED ALWAYS AS (price * amount) STORED,
    made timestamptz NOT NULL DEFAULT now(),
    precise timestamp(3) DEFAULT CURRENT_TIMESTAMP,
    pause interval DEFAULT '1 day',
    span_of int4range,
    bits bit(8),
    address inet,
    net cidr,
    data jsonb NOT NULL DEFAULT '{"a": "b\\c"}',
    matrix integer[][],
    names varchar(20)[] DEFAULT '{}',
    raw bytea,
    internal "char",
    point point,
    money money,
    place oid,
    blank char(1),
    search tsvector GENERATED ALWAYS AS (to_tsvector('simple', state)) STORED,
    CONSTRAINT both_or_none CHECK ((address IS NULL) = (net IS NULL)) NO INHERIT
) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
ALTER TABLE public.orders ALTER COLUMN raw SET STORAGE EXTERNAL;
ALTER TABLE public.orders ALTER COLUMN state SET STATISTICS 500;
ALTER TABLE public.orders ALTER COLUMN state SET (n_distinct = 5);
ALTER TABLE public.orders ADD CONSTRAINT later CHECK (amount < 1000) NOT VALID;
COMMENT ON TABLE public.orders IS 'What is "ordered" \ at once.';
COMMENT ON COLUMN public.orders.state IS ' begins with a blank';
COMMENT ON COLUMN public.orders.price IS E'In euros.\n  Indented.\n\nAnd more.';
COMMENT ON COLUMN public.orders.amount IS 'ends with a blank ';
COMMENT ON CONSTRAINT later ON public.orders IS 'Some day.';
CREATE UNIQUE INDEX ON public.orders (lower(state), made DESC NULLS LAST) INCLUDE (amount) WHERE price > 0;
CREATE INDEX by_state ON public.orders (state text_pattern_ops, state COLLATE "POSIX" NULLS FIRST) WITH (fillfactor = 60);
CREATE INDEX ON public.orders USING gin (data jsonb_path_ops);
CREATE INDEX ON public.orders USING brin (made);
COMMENT ON INDEX public.by_state IS 'For lists.';

CREATE TABLE app.rooms (
    room integer,
    during tsrange,
    kind text,
    EXCLUDE USING gist (during WITH &&),
    CONSTRAINT of_kind EXCLUDE USING btree (kind WITH =) WHERE (kind <> 'none') DEFERRABLE
);
CREATE TABLE app.pairs (a integer, b integer, note text, PRIMARY KEY (b, a), UNIQUE (a, b) INCLUDE (note) DEFERRABLE);
CREATE TABLE app.of_pairs (
    x integer, y integer,
    FOREIGN KEY (y, x) REFERENCES app.pairs (b, a) MATCH FULL ON UPDATE CASCADE ON DELETE SET DEFAULT
);
CREATE UNLOGGED TABLE app.cache (key text PRIMARY KEY, "value" text);
ALTER TABLE app.cache REPLICA IDENTITY FULL;
CREATE TABLE app.tracked (id integer NOT NULL, code text NOT NULL);
CREATE UNIQUE INDEX tracked_code ON app.tracked (code);
ALTER TABLE app.tracked REPLICA IDENTITY USING INDEX tracked_code;
CREATE TABLE app.typed OF public.address;

-- Partitions, some of which attributes say.
CREATE TABLE public.logs (day date NOT NULL, place text, line text) PARTITION BY RANGE (day);
CREATE TABLE public.logs_2026 PARTITION OF public.logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE public.logs_2027 PARTITION OF public.logs FOR VALUES FROM ('2027-01-01') TO ('2028-01-01') PARTITION BY LIST (place);
CREATE TABLE public.logs_2027_here PARTITION OF public.logs_2027 FOR VALUES IN ('here', 'it''s');
CREATE TABLE app.logs_2028 PARTITION OF public.logs FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');
CREATE TABLE public.logs_rest PARTITION OF public.logs DEFAULT;
CREATE INDEX ON public.logs (place);
CREATE INDEX only_here ON public.logs_2026 (line);
CREATE TABLE public.hashed (id integer, name text) PARTITION BY HASH (lower(name));
CREATE TABLE public.hashed_0 PARTITION OF public.hashed FOR VALUES WITH (MODULUS 1, REMAINDER 0);

-- Parents and children.
CREATE TABLE public.parents (id integer PRIMARY KEY, name text);
CREATE TABLE public.children (age integer) INHERITS (public.parents);

-- Sequences that are nobody's, another's, and called otherwise.
CREATE SEQUENCE public.free START 5;
CREATE TABLE public.counted (id integer NOT NULL DEFAULT nextval('public.free'), own integer NOT NULL);
CREATE SEQUENCE public.called_otherwise OWNED BY public.counted.own;
ALTER TABLE public.counted ALTER COLUMN own SET DEFAULT nextval('public.called_otherwise');

-- What structs never say.
CREATE FUNCTION public.plain(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE TABLE public.uses_function (name text DEFAULT public.plain('A'), CHECK (public.plain(name) = name));
CREATE INDEX ON public.uses_function (public.plain(name));
CREATE FUNCTION public.audited() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER audit BEFORE UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION public.audited();
ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.orders FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON public.orders FOR SELECT USING (account > 0);
CREATE VIEW public.names AS SELECT id, state FROM public.orders;
CREATE MATERIALIZED VIEW public.counts AS SELECT count(*) AS n FROM public.names;
CREATE UNIQUE INDEX ON public.counts (n);
CREATE RULE none AS ON DELETE TO public.option DO INSTEAD NOTHING;
CREATE STATISTICS app.of_pairs_stats ON x, y FROM app.of_pairs;
GRANT SELECT ON public.orders TO PUBLIC;
GRANT SELECT (id) ON public.option TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC;
