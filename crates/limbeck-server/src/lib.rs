//! PostgreSQL servers that Limbeck starts itself: embedded and scratch.
