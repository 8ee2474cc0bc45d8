//! Revision files and the graph that they form.
