BEGIN;

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> aaa1

CREATE TABLE t_aaa1 (
    id SERIAL NOT NULL, 
    PRIMARY KEY (id)
);

INSERT INTO t_aaa1 VALUES (1);

INSERT INTO alembic_version (version_num) VALUES ('aaa1') RETURNING alembic_version.version_num;

-- Running upgrade aaa1 -> bbb2

CREATE TABLE t_bbb2 (
    id SERIAL NOT NULL, 
    PRIMARY KEY (id)
);

INSERT INTO t_bbb2 VALUES (1);

COMMIT;

CREATE INDEX CONCURRENTLY ix ON t_bbb2 (id);

BEGIN;

UPDATE alembic_version SET version_num='bbb2' WHERE alembic_version.version_num = 'aaa1';

-- Running upgrade bbb2 -> ddd4

CREATE TABLE t_ddd4 (
    id SERIAL NOT NULL, 
    PRIMARY KEY (id)
);

INSERT INTO t_ddd4 VALUES (1);

UPDATE alembic_version SET version_num='ddd4' WHERE alembic_version.version_num = 'bbb2';

-- Running upgrade bbb2 -> ccc3

CREATE TABLE t_ccc3 (
    id SERIAL NOT NULL, 
    PRIMARY KEY (id)
);

INSERT INTO t_ccc3 VALUES (1);

INSERT INTO alembic_version (version_num) VALUES ('ccc3') RETURNING alembic_version.version_num;

-- Running upgrade ccc3, ddd4 -> eee5

DELETE FROM alembic_version WHERE alembic_version.version_num = 'ccc3';

UPDATE alembic_version SET version_num='eee5' WHERE alembic_version.version_num = 'ddd4';

COMMIT;

