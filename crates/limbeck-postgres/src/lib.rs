//! Connection strings, TLS and sessions for PostgreSQL.
