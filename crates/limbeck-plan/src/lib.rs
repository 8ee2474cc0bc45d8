//! From one catalogue to another: ordered, rated SQL steps.
