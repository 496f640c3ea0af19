//! What the kernel answers, and what is made of an answer that is broken.

use super::*;
use crate::{bound::Bound, table};

fn at(rows: Vec<Row>, local: SocketAddr, protocol: Protocol) -> Option<Row> {
    rows.into_iter().find(|row| row.local == local && row.protocol == protocol)
}

#[test]
fn the_kernel_and_proc_say_the_same_of_a_socket() {
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        for host in ["127.0.0.1:0", "[::1]:0", "0.0.0.0:0", "[::]:0"] {
            let socket = Bound::at(host.parse().unwrap(), protocol, &crate::bound::Blanks::default()).unwrap();
            let ours = socket.local_addr().unwrap();
            let said = at(listeners(None).unwrap(), ours, protocol).unwrap();
            assert!(said.inode != 0 && said.stage == Stage::Listening, "{host}: {said:?}");
            assert_eq!(said.only_v6, ours.is_ipv6().then_some(true), "{host}");
            assert_eq!(at(listeners(Some(ours.port())).unwrap(), ours, protocol), Some(said.clone()));
            assert_eq!(at(everything(ours.port()).unwrap(), ours, protocol), Some(said.clone()));
            let read = at(table::read(None).unwrap(), ours, protocol);
            assert_eq!(read, Some(Row { only_v6: None, ..said }), "{host}");
            drop(socket);
            assert_eq!(at(listeners(None).unwrap(), ours, protocol), None);
        }
    }
}

#[test]
fn one_port_is_asked_for_alone() {
    let socket = Bound::at("127.0.0.1:0".parse().unwrap(), Protocol::Tcp, &crate::bound::Blanks::default()).unwrap();
    let _other = Bound::at("127.0.0.1:0".parse().unwrap(), Protocol::Tcp, &crate::bound::Blanks::default()).unwrap();
    let port = socket.local_addr().unwrap().port();
    assert!(listeners(Some(port)).unwrap().iter().all(|row| row.local.port() == port));
}

#[test]
fn an_answer_that_is_cut_short_or_refused_is_an_error_and_never_no_listeners() {
    let mut whole = [request(AF_INET, Protocol::Tcp, 0, 0).as_slice(), &[0; 16]].concat();
    let length = whole.len();
    whole[..4].copy_from_slice(&(length as u32).to_ne_bytes());
    whole[HEADER] = AF_INET;
    for length in 0..HEADER + MESSAGE {
        read_messages(&whole[..length], Protocol::Tcp, &mut vec![]).unwrap_err();
    }
    assert!(!read_messages(&whole, Protocol::Tcp, &mut vec![]).unwrap());
    whole[4..6].copy_from_slice(&NLMSG_ERROR.to_ne_bytes());
    read_messages(&whole, Protocol::Tcp, &mut vec![]).unwrap_err();
    whole[4..6].copy_from_slice(&NLMSG_DONE.to_ne_bytes());
    assert!(read_messages(&whole, Protocol::Tcp, &mut vec![]).unwrap());
}

proptest::proptest! {
    #[test]
    fn whatever_comes_is_read_to_its_end_or_refused(bytes in proptest::collection::vec(0_u8..80, 0..400)) {
        let _ = read_messages(&bytes, Protocol::Tcp, &mut vec![]);
        let _ = only_v6(&bytes);
    }
}

#[test]
fn a_message_of_length_nothing_does_not_spin() {
    read_messages(&[0; 64], Protocol::Tcp, &mut vec![]).unwrap_err();
    assert_eq!(only_v6(&[0; 64]), None);
}
