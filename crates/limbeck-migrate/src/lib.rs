//! Moves databases along a graph of revisions.
