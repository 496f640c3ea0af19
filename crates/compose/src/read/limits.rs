//! How much a project may hold, so that aliases in aliases and brackets in brackets end in an error and not in memory.

use super::tree::{Kind, Node};
use crate::{ComposeError, Place};

/// Nodes in all files together, copies of aliases included. Chosen by hand: a project of a thousand services has a
/// tenth of it.
const NODES: usize = 400_000;
/// Bytes of text in all files together, copies included.
const BYTES: usize = 32 << 20;
/// What reading one more file costs, in nodes: projects that include each other over and over end after four thousand
/// files.
const FILE: usize = 100;
/// How deep lists and maps may go. Compose itself needs nine levels; extensions may be deeper.
const DEPTH: usize = 100;

/// What is still left.
#[derive(Debug)]
pub(super) struct Limits {
    nodes: usize,
    bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { nodes: NODES, bytes: BYTES }
    }
}

impl Limits {
    /// Accounts for one node with so many bytes of text.
    pub fn node(&mut self, bytes: usize, place: &Place) -> Result<(), ComposeError> {
        match (self.nodes.checked_sub(1), self.bytes.checked_sub(bytes)) {
            (Some(nodes), Some(bytes)) => {
                (self.nodes, self.bytes) = (nodes, bytes);
                Ok(())
            }
            _ => {
                let what =
                    format!("the project is larger than {NODES} values or {BYTES} bytes once aliases are filled in");
                Err(ComposeError::Syntax { place: place.clone(), what })
            }
        }
    }

    /// Accounts for one more file.
    pub fn file(&mut self, place: &Place) -> Result<(), ComposeError> {
        (0..FILE).try_for_each(|_| self.node(0, place))
    }

    /// Accounts for a copy of `node`, asked for at `place`.
    pub fn copy(&mut self, node: &Node, place: &Place) -> Result<(), ComposeError> {
        match &node.kind {
            Kind::List(list) => {
                self.node(0, place)?;
                list.iter().try_for_each(|one| self.copy(one, place))
            }
            Kind::Map(map) => {
                self.node(0, place)?;
                map.iter().try_for_each(|(name, entry)| {
                    self.node(name.len(), place)?;
                    self.copy(&entry.node, place)
                })
            }
            Kind::Text(text) => self.node(text.reveal().len(), place),
            _ => self.node(0, place),
        }
    }

    /// Refuses what is nested deeper than is read.
    pub fn depth(&self, depth: usize, place: &Place) -> Result<(), ComposeError> {
        if depth <= DEPTH {
            return Ok(());
        }
        let what = format!("lists and maps are nested more than {DEPTH} deep");
        Err(ComposeError::Syntax { place: place.clone(), what })
    }
}
