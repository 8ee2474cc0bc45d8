CREATE COLLATION plain FROM "C";
COMMENT ON COLLATION plain IS 'bytes';
CREATE COLLATION "Two locales" (lc_collate = 'C', lc_ctype = 'POSIX');
CREATE COLLATION numbers (locale = 'POSIX');
CREATE DOMAIN d AS text COLLATE numbers;
CREATE TABLE t (id integer, a text COLLATE plain, b text COLLATE "Two locales", d d DEFAULT 'a' COLLATE numbers);
CREATE INDEX i ON t (a COLLATE numbers);
