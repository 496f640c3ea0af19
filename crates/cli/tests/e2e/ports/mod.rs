//! SCENARIOS.md, part C, row by row: what really happened around ports, against real listeners of other processes. And what the
//! file says besides: the range of an environment, Unix sockets.

mod copies;
mod found;
mod range;
mod refused;
mod unix;
