CREATE TABLE t (id integer, kind varchar(5));
CREATE POLICY p ON t USING (kind IN ('a', 'b'));
CREATE POLICY q ON t USING (kind IN ('a', 'b')) WITH CHECK (kind IN ('c', 'd'));
CREATE RULE r AS ON UPDATE TO t WHERE NEW.kind IN ('a', 'b') DO INSTEAD NOTHING;
CREATE STATISTICS s ON (kind || 'x'), id FROM t;
