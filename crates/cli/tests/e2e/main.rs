//! The built command, run as a user would run it: in a clean sandbox, against real servers on free ports.

mod audit;
mod command;
mod compose;
mod compose_plan;
mod diff;
mod discover;
mod env_export;
mod env_secrets;
mod env_show;
mod environment;
mod flags;
mod init;
mod lies;
mod neighbour;
mod nothing_left;
mod ports;
mod ports_find;
mod ports_list;
mod run;
mod secrets;
mod servers;
mod setup;
mod wait;
