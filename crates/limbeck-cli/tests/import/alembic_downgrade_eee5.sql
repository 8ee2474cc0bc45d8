BEGIN;

-- Running downgrade eee5 -> ccc3, ddd4

INSERT INTO alembic_version (version_num) VALUES ('ddd4') RETURNING alembic_version.version_num;

UPDATE alembic_version SET version_num='ccc3' WHERE alembic_version.version_num = 'eee5';

-- Running downgrade ccc3 -> bbb2

