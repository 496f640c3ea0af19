//! `extends`: a service begins as a copy of another one, of the same file or of another.

use super::load::{LONGEST_CHAIN, Loader, Scope, path_of, services_of};
use super::merge::{merge, settled};
use super::paths::folder_of;
use super::tree::{Entry, Kind, Map, Node};
use crate::{ComposeError, Place};
use std::path::{Path, PathBuf};

/// The services on the way, each with its file.
type Chain = Vec<(PathBuf, String)>;

impl Loader {
    /// Brings what each service of `document`, which is in the file `file`, extends into it.
    pub fn extend_all(&mut self, document: &mut Node, file: &Path, scope: &mut Scope<'_>) {
        let Some(services) = services_of(document) else { return };
        let names: Vec<String> = services.keys().cloned().collect();
        for name in names {
            self.extend(&name, services, file, scope, &mut vec![]);
        }
    }

    fn extend(&mut self, name: &str, services: &mut Map, file: &Path, scope: &mut Scope<'_>, chain: &mut Chain) {
        let Some(Kind::Map(service)) = services.get_mut(name).map(|entry| &mut entry.node.kind) else { return };
        let Some(extends) = service.get("extends").cloned() else { return };
        if self.goes_round(name, file, &extends.key, chain) {
            service.shift_remove("extends");
            return;
        }
        chain.push((file.to_owned(), name.to_owned()));
        let base = self.base(&extends, services, file, scope, chain);
        chain.pop();
        let Some(entry) = services.get_mut(name) else { return };
        if let Kind::Map(service) = &mut entry.node.kind {
            service.shift_remove("extends");
        }
        let Some(mut base) = base.filter(|base| base.as_map().is_some()) else { return };
        if let Err(error) = self.limits.copy(&base, &extends.key) {
            return self.notes.error(error);
        }
        base = settled(base);
        let place = entry.node.place.clone();
        let own = std::mem::replace(&mut entry.node, Node::new(place, Kind::Null));
        let tag = own.tag;
        merge(&mut base, Node { tag: None, ..own }, &format!("services.{name}"), &mut self.notes);
        entry.node = Node { tag, ..base };
    }

    /// Whether the service is on the way already; the ring is noted.
    fn goes_round(&mut self, name: &str, file: &Path, place: &Place, chain: &Chain) -> bool {
        let first = chain.iter().position(|(known, service)| known == file && service == name);
        if first.is_none() && chain.len() < LONGEST_CHAIN {
            return false;
        }
        // The file of a step is said where it is another one than that of the error.
        let shown = |path: &Path, service: &str| match *path == *place.file {
            true => format!("`{service}`"),
            false => format!("`{service}` in `{}`", path.display()),
        };
        let steps = chain[first.unwrap_or(0)..].iter();
        let mut ring: Vec<String> = steps.map(|(path, service)| shown(path, service)).collect();
        ring.push(shown(file, name));
        self.notes.error(ComposeError::Ring { place: place.clone(), kind: "extends", ring });
        true
    }

    /// The service that is extended, itself complete.
    fn base(
        &mut self,
        extends: &Entry,
        services: &mut Map,
        file: &Path,
        scope: &mut Scope<'_>,
        chain: &mut Chain,
    ) -> Option<Node> {
        let Some(Entry { node: wanted, .. }) = extends.node.as_map().and_then(|map| map.get("service")) else {
            let what = "`extends` must name a `service`".to_owned();
            self.notes.error(ComposeError::Shape { place: extends.node.place.clone(), what });
            return None;
        };
        let name = wanted.scalar()?;
        let other = extends.node.as_map().and_then(|map| map.get("file")).filter(|entry| !entry.node.is_null());
        let Some(other) = other else {
            self.extend(name.reveal(), services, file, scope, chain);
            return self.named(name.reveal(), services, &wanted.place);
        };
        let path = path_of(&other.node, folder_of(file))?;
        let mut services = match scope.extended.remove(&path) {
            Some(services) => services,
            None => self.services_in(&path, &other.node.place, scope)?,
        };
        self.extend(name.reveal(), &mut services, &path, scope, chain);
        let base = self.named(name.reveal(), &services, &wanted.place);
        scope.extended.insert(path, services);
        base
    }

    fn named(&mut self, name: &str, services: &Map, place: &Place) -> Option<Node> {
        let found = services.get(name).map(|entry| entry.node.clone());
        if found.is_none() {
            let nearest = self.notes.nearest(name, services.keys().map(String::as_str));
            self.notes.error(ComposeError::NoService { place: place.clone(), wanted: name.to_owned(), nearest });
        }
        found
    }

    /// The services of the file at `path`, as they stand there. Relative paths are relative to its folder.
    fn services_in(&mut self, path: &Path, named_at: &Place, scope: &Scope<'_>) -> Option<Map> {
        let mut all = self.documents(path, folder_of(path), scope.values, Some(named_at)).into_iter();
        let mut first = all.next()?;
        for other in all {
            merge(&mut first, other, "", &mut self.notes);
        }
        services_of(&mut first).map(std::mem::take).or_else(|| {
            let what = format!("`{}` has no services", path.display());
            self.notes.error(ComposeError::Shape { place: named_at.clone(), what });
            None
        })
    }
}
