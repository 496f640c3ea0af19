//! Redis with a proven fallback: remote, local server, in-process.
