//! The peer portpicker (Rust): as main.rs of our own program says.

use std::io::{self, Read};

fn main() {
    println!("ready");
    io::stdin().read_line(&mut String::new()).unwrap();
    let count = std::env::args().nth(1).unwrap().parse().unwrap();
    let numbers: Vec<_> = (0..count).map(|_| portpicker::pick_unused_port().unwrap().to_string()).collect();
    println!("{}", numbers.join(" "));
    io::stdin().read_to_end(&mut vec![]).unwrap();
}
