CREATE TYPE c AS ("a text" text, "b integer" integer, "c text" text COLLATE "C");
CREATE TABLE t OF c ("a text" NOT NULL DEFAULT 'x', "b integer" DEFAULT 1, "c text" NOT NULL);
