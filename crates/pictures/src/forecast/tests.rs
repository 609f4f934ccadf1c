//! Pictures of histories of every kind.
