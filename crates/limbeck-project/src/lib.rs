//! What each of Limbeck's commands does, as library calls.
