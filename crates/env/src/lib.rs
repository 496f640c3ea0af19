//! Environment mapping: typed variables, aliases, defaults, placeholders refused.
