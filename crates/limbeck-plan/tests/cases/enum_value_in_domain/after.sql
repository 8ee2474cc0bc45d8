-- seed: INSERT INTO t VALUES ('sad', ROW('sad'))
-- keeps: SELECT * FROM t
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN feeling AS mood DEFAULT 'ok' CHECK (VALUE <> 'happy' AND VALUE <= 'ok');
CREATE TYPE person AS (m mood);
CREATE TABLE t (f feeling, p person DEFAULT ROW('ok'));
