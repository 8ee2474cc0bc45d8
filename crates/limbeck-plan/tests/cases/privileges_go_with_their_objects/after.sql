-- role: reader
CREATE TABLE u (a int);
GRANT SELECT ON u TO reader;
