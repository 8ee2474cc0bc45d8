CREATE TABLE rich (
    id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100) PRIMARY KEY,
    "Name" varchar(20) COLLATE "C" NOT NULL DEFAULT 'it''s',
    span int4range NOT NULL,
    a integer CHECK (a > 0),
    doubled integer GENERATED ALWAYS AS (a * 2) STORED,
    "select" boolean DEFAULT true,
    EXCLUDE USING gist (span WITH &&) WHERE (a > 5),
    UNIQUE ("Name", a) DEFERRABLE
) WITH (fillfactor = 70, toast.autovacuum_enabled = false);
CREATE INDEX ON rich ("Name" text_pattern_ops) WHERE "select";
COMMENT ON TABLE rich IS E'back\\slash and ''quote''';
COMMENT ON COLUMN rich."Name" IS 'its name';
ALTER TABLE rich ENABLE ROW LEVEL SECURITY;
