//! Ports on a real machine: real sockets, real processes, real users.

mod busy;
mod child;
mod contract;
mod family;
mod hold;
mod ledger;
mod numbers;
mod owner;
mod proof;
mod race;
mod rights;
mod scenarios;
mod states;
mod udp;
mod unix;
