CREATE TABLE t (id integer, kind varchar(5), more text);
CREATE POLICY p ON t USING (((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])));
CREATE POLICY q ON t USING (kind IN ('a', 'b')) WITH CHECK (kind IN ('c', 'd', 'e'));
CREATE RULE r AS ON UPDATE TO t WHERE NEW.kind IN ('a', 'b') DO INSTEAD NOTHING;
CREATE STATISTICS s ON ((kind)::text || 'x'::text), id FROM t;
