//! Looks for a planted secret in all the writable memory of this very process, freed memory included.
//!
//! The secret is kept as two halves, so that what looks for it does not hold it.

use std::{
    fs::File,
    hash::{BuildHasher, RandomState},
    io::Read,
    os::unix::fs::FileExt,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Bytes read at once.
const CHUNK: usize = 1 << 20;

/// Held by one test at a time: what another one reads while it looks holds copies of this one's memory.
static ALONE: Mutex<()> = Mutex::new(());

/// A random secret of 32 letters, and the memory to look for it with.
pub struct Planted {
    /// The first half.
    pub first: String,
    /// The second half.
    pub second: String,
    buffer: Vec<u8>,
    maps: Vec<u8>,
    _alone: MutexGuard<'static, ()>,
}

impl Planted {
    /// Everything that looking needs is allocated now: later allocations could overwrite what is looked for.
    pub fn new() -> Self {
        let half = || format!("{:016x}", RandomState::new().hash_one(std::process::id()));
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        Self { first: half(), second: half(), buffer: vec![0; CHUNK], maps: vec![0; CHUNK], _alone: alone }
    }

    /// How often the secret stands in memory now.
    pub fn count(&mut self) -> usize {
        let (first, second) = (self.first.clone(), self.second.clone());
        let mem = File::open("/proc/self/mem").expect("Linux lets a process read its own memory");
        let length = read_all(File::open("/proc/self/maps").unwrap(), &mut self.maps);
        let own = self.buffer.as_ptr() as u64..self.buffer.as_ptr() as u64 + CHUNK as u64;
        let mut count = 0;
        for line in std::str::from_utf8(&self.maps[..length]).unwrap().lines() {
            let Some((from, to)) = writable(line) else { continue };
            let mut at = from;
            while at < to {
                let most = usize::try_from(to - at).unwrap().min(CHUNK);
                let Ok(read) = mem.read_at(&mut self.buffer[..most], at) else { break };
                let found = find(&self.buffer[..read], first.as_bytes(), second.as_bytes());
                count += found.filter(|offset| !own.contains(&(at + *offset as u64))).count();
                // The next piece overlaps, so that nothing is lost between two; what both hold ends one later or is short of it.
                at += if read == CHUNK { (read - first.len() - second.len() + 1) as u64 } else { read as u64 };
                if read == 0 {
                    break;
                }
            }
        }
        self.buffer.fill(0);
        count
    }
}

fn read_all(mut file: File, into: &mut [u8]) -> usize {
    let mut length = 0;
    loop {
        match file.read(&mut into[length..]).unwrap() {
            0 => return length,
            more => length += more,
        }
    }
}

/// The bounds of a line of `/proc/self/maps` that can be read and written.
fn writable(line: &str) -> Option<(u64, u64)> {
    let (bounds, rest) = line.split_once(' ')?;
    let (from, to) = bounds.split_once('-')?;
    let hex = |text| u64::from_str_radix(text, 16).ok();
    rest.starts_with("rw").then_some((hex(from)?, hex(to)?))
}

fn find<'a>(hay: &'a [u8], first: &'a [u8], second: &'a [u8]) -> impl Iterator<Item = usize> {
    let begin = first[0];
    hay.iter().enumerate().filter(move |(_, byte)| **byte == begin).map(|(at, _)| at).filter(move |at| {
        hay[*at..].starts_with(first) && hay.get(at + first.len()..).is_some_and(|rest| rest.starts_with(second))
    })
}
