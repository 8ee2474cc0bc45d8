CREATE TABLE settings (value text);
