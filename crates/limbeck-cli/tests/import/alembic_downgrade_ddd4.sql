BEGIN;

-- Running downgrade ddd4 -> bbb2

DROP TABLE t_ddd4;

UPDATE alembic_version SET version_num='bbb2' WHERE alembic_version.version_num = 'ddd4';

-- Running downgrade bbb2 -> aaa1

DROP TABLE t_bbb2;

UPDATE alembic_version SET version_num='aaa1' WHERE alembic_version.version_num = 'bbb2';

-- Running downgrade aaa1 -> 

DROP TABLE t_aaa1;

DELETE FROM alembic_version WHERE alembic_version.version_num = 'aaa1';

COMMIT;

