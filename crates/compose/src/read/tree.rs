//! A YAML file as a tree: every node knows its place, its tag and the variables that its text referred to.
//!
//! Aliases are copied and `<<` is merged in here, within limits on size and depth, so that nothing later meets either.

use super::{limits::Limits, scalar};
use crate::{ComposeError, Place};
use bootproof_core::Secret;
use granit_parser::{Event, Parser, ScalarStyle, Span, Tag};
use indexmap::IndexMap;
use std::{collections::HashMap, path::Path, sync::Arc};

/// A node.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub place: Place,
    pub kind: Kind,
    pub tag: Option<Mark>,
    /// The variables that its text referred to before they were filled in.
    pub references: Arc<[String]>,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    /// An unquoted date, which Compose takes nowhere.
    Date,
    Text(Secret),
    List(Vec<Node>),
    Map(Map),
}

/// A map in the order of the file.
pub(super) type Map = IndexMap<String, Entry>;

/// A value of a map.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Where its key stands.
    pub key: Place,
    pub node: Node,
}

/// The two tags of Compose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Override,
    Reset,
}

impl Node {
    pub fn new(place: Place, kind: Kind) -> Self {
        Self { place, kind, tag: None, references: Arc::new([]) }
    }

    pub fn text(place: Place, text: impl Into<String>) -> Self {
        Self::new(place, Kind::Text(Secret::new(text)))
    }

    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    pub fn as_map(&self) -> Option<&Map> {
        if let Kind::Map(map) = &self.kind { Some(map) } else { None }
    }

    /// Whether the two say the same, wherever they stand.
    pub fn says_the_same(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Null, Kind::Null) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Int(a), Kind::Int(b)) => a == b,
            (Kind::Float(a), Kind::Float(b)) => a == b,
            (Kind::Text(a), Kind::Text(b)) => a == b,
            (Kind::List(a), Kind::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.says_the_same(b)),
            (Kind::Map(a), Kind::Map(b)) => {
                let same = |name: &String, a: &Entry| b.get(name).is_some_and(|b| a.node.says_the_same(&b.node));
                a.len() == b.len() && a.iter().all(|(name, entry)| same(name, entry))
            }
            _ => false,
        }
    }

    pub fn as_list(&self) -> Option<&[Node]> {
        if let Kind::List(list) = &self.kind { Some(list) } else { None }
    }

    /// The text of a scalar, as Compose prints it; `None` for null, lists and maps.
    pub fn scalar(&self) -> Option<Secret> {
        match &self.kind {
            Kind::Text(text) => Some(text.clone()),
            Kind::Bool(truth) => Some(Secret::new(truth.to_string())),
            Kind::Int(number) => Some(Secret::new(number.to_string())),
            Kind::Float(number) => Some(Secret::new(scalar::show_float(*number))),
            Kind::Null | Kind::Date | Kind::List(_) | Kind::Map(_) => None,
        }
    }
}

/// The documents of the YAML text `text` of `file`.
pub(super) fn parse(text: &str, file: &Arc<Path>, limits: &mut Limits) -> Result<Vec<Node>, ComposeError> {
    let mut builder = Builder { file, limits, open: vec![], anchors: HashMap::new(), documents: vec![] };
    for next in Parser::new_from_str(text) {
        match next {
            Ok((event, span)) => builder.event(event, span)?,
            Err(error) => {
                let place = place(file, error.marker().line(), error.marker().col());
                return Err(ComposeError::Syntax { place, what: error.info() });
            }
        }
    }
    Ok(builder.documents)
}

fn place(file: &Arc<Path>, line: usize, column: usize) -> Place {
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Place::new(Arc::clone(file), small(line), small(column + 1))
}

struct Builder<'a> {
    file: &'a Arc<Path>,
    limits: &'a mut Limits,
    open: Vec<Open>,
    /// Finished nodes with an anchor, each with the depth of what is in it.
    anchors: HashMap<usize, (Node, usize)>,
    documents: Vec<Node>,
}

/// A collection that is being read.
struct Open {
    node: Node,
    anchor: usize,
    /// The key of a map whose value is read next.
    key: Option<(String, Place)>,
    /// What `<<` brings, to be merged in at the end.
    merged: Vec<Node>,
    /// How deep what is in it goes.
    depth: usize,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), ComposeError> {
        let place = place(self.file, span.start.line(), span.start.col());
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = scalar_node(&text, style, tag.as_deref(), place)?;
                self.limits.node(text.len(), &node.place)?;
                self.finished(node, anchor, 0)
            }
            Event::SequenceStart(_, anchor, tag) => self.begin(Kind::List(vec![]), anchor, tag.as_deref(), place),
            Event::MappingStart(_, anchor, tag) => self.begin(Kind::Map(Map::default()), anchor, tag.as_deref(), place),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(id) => self.alias(id, place),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, kind: Kind, anchor: usize, tag: Option<&Tag>, place: Place) -> Result<(), ComposeError> {
        self.limits.node(0, &place)?;
        let mut node = Node::new(place, kind);
        node.tag = mark(tag);
        self.open.push(Open { node, anchor, key: None, merged: vec![], depth: 0 });
        self.limits.depth(self.open.len(), self.place())
    }

    fn place(&self) -> &Place {
        &self.open[self.open.len() - 1].node.place
    }

    fn end(&mut self) -> Result<(), ComposeError> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        for node in std::mem::take(&mut open.merged) {
            merge(&mut open.node, node)?;
        }
        self.finished(open.node, open.anchor, open.depth + 1)
    }

    fn alias(&mut self, id: usize, place: Place) -> Result<(), ComposeError> {
        let Some((node, depth)) = self.anchors.get(&id) else {
            let what = "the alias is inside of what it stands for".to_owned();
            return Err(ComposeError::Syntax { place, what });
        };
        self.limits.copy(node, &place)?;
        self.limits.depth(self.open.len() + depth, &place)?;
        let (node, depth) = (node.clone(), *depth);
        self.finished(node, 0, depth)
    }

    /// Puts a finished node where it belongs.
    fn finished(&mut self, node: Node, anchor: usize, depth: usize) -> Result<(), ComposeError> {
        if anchor != 0 {
            self.limits.copy(&node, &node.place)?;
            self.anchors.insert(anchor, (node.clone(), depth));
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        open.depth = open.depth.max(depth);
        match &mut open.node.kind {
            Kind::List(list) => list.push(node),
            Kind::Map(map) => match open.key.take() {
                None => open.key = Some(key(node)?),
                Some((name, _)) if name == "<<" => open.merged.push(node),
                Some((name, place)) => {
                    if let Some(first) = map.get(&name) {
                        let what = format!("the key `{name}` is already on line {}", first.key.line);
                        return Err(ComposeError::Syntax { place, what });
                    }
                    map.insert(name, Entry { key: place, node });
                }
            },
            _ => {}
        }
        Ok(())
    }
}

/// What `<<` brings: keys that the map does not have itself.
fn merge(into: &mut Node, from: Node) -> Result<(), ComposeError> {
    let Kind::Map(map) = &mut into.kind else { return Ok(()) };
    match from.kind {
        Kind::Map(brought) => {
            for (name, entry) in brought {
                map.entry(name).or_insert(entry);
            }
            Ok(())
        }
        Kind::List(several) if several.iter().all(|one| one.as_map().is_some()) => {
            several.into_iter().try_for_each(|one| merge(into, one))
        }
        _ => Err(ComposeError::Syntax { place: from.place, what: "`<<` wants a map or a list of maps".to_owned() }),
    }
}

fn key(node: Node) -> Result<(String, Place), ComposeError> {
    match node.kind {
        Kind::Text(name) => Ok((name.reveal().to_owned(), node.place)),
        _ => {
            let what = "a key must be text: put quotes around it".to_owned();
            Err(ComposeError::Shape { place: node.place, what })
        }
    }
}

fn scalar_node(text: &str, style: ScalarStyle, tag: Option<&Tag>, place: Place) -> Result<Node, ComposeError> {
    let core = tag.and_then(Tag::core_suffix);
    let kind = match (style, core) {
        (_, Some("str")) => Kind::Text(Secret::new(text)),
        (_, Some("null" | "bool" | "int" | "float")) | (ScalarStyle::Plain, _) => scalar::resolve(text),
        _ => Kind::Text(Secret::new(text)),
    };
    let mut node = Node::new(place, kind);
    node.tag = mark(tag);
    Ok(node)
}

fn mark(tag: Option<&Tag>) -> Option<Mark> {
    match tag.map(Tag::parts)? {
        ("!", "override") => Some(Mark::Override),
        ("!", "reset") => Some(Mark::Reset),
        _ => None,
    }
}
