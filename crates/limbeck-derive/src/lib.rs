//! The derives of Limbeck's models.
