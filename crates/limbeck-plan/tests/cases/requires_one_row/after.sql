-- seed: INSERT INTO settings VALUES ('a')
-- refused: INSERT INTO settings VALUES ('a'), ('b')
-- keeps: SELECT * FROM settings
CREATE TABLE settings (value text);
CREATE UNIQUE INDEX settings_one ON settings ((true));
