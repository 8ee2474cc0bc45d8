//! The models of a meal-plan service.
