//! Probes that speak each service's protocol: up, ready, logged in.
