//! Finding and publishing against real servers: etcd, dnsmasq, and hosts that are network namespaces.

mod dns;
mod dnsmasq;
mod etcd_faults;
mod hosts;
mod registry;
mod search;
mod secure;
mod server;
mod soon;
mod two_hosts;
mod watching;
