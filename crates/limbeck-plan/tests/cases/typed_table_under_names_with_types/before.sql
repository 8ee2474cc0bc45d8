CREATE TYPE c AS ("a text" text, "b integer" integer, "c text" text COLLATE "C");
