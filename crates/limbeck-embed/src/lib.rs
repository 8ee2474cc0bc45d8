//! The folder of revisions as constants of an application.
