//! Attributes of models, and the DDL that they declare.
