//! What start-up holds on to: listeners, pools, handles, the resolved variables.

use std::{
    any::Any,
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A typed store shared by all fixes of one run. Whoever drops the last handle on it releases everything it holds.
///
/// Keys are `fix/name`: `ports/api`, `database/main`, `environment/vars`.
#[derive(Default)]
pub struct Shelf {
    things: Mutex<BTreeMap<String, Arc<dyn Any + Send + Sync>>>,
}

impl Shelf {
    /// Puts `thing` there, in the place of what was there before, which is returned.
    pub fn put<T: Send + Sync + 'static>(
        &self,
        key: impl Into<String>,
        thing: Arc<T>,
    ) -> Option<Arc<dyn Any + Send + Sync>> {
        self.lock().insert(key.into(), thing)
    }

    /// What is there, if it is a `T`.
    pub fn get<T: Send + Sync + 'static>(&self, key: &str) -> Option<Arc<T>> {
        self.lock().get(key).cloned()?.downcast().ok()
    }

    /// Takes away what is there, if it is a `T`.
    pub fn take<T: Send + Sync + 'static>(&self, key: &str) -> Option<Arc<T>> {
        let mut things = self.lock();
        match things.remove(key)?.downcast() {
            Ok(thing) => Some(thing),
            Err(other) => {
                things.insert(key.to_owned(), other);
                None
            }
        }
    }

    /// Puts there what `change` makes of the `T` that is there; nothing, when it makes nothing. Nobody sees the thing, or changes it, in
    /// between; `change` must not use the shelf.
    pub fn change<T: Send + Sync + 'static>(&self, key: &str, change: impl FnOnce(Option<Arc<T>>) -> Option<T>) {
        let mut things = self.lock();
        let there = things.get(key).cloned().and_then(|thing| thing.downcast().ok());
        match change(there) {
            Some(thing) => drop(things.insert(key.to_owned(), Arc::new(thing))),
            None => drop(things.remove(key)),
        }
    }

    /// The keys in use, in order.
    pub fn keys(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<dyn Any + Send + Sync>>> {
        // A panic cannot leave the map half changed: every use is one call.
        self.things.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_many_threads_are_all_kept() {
        let shelf = Shelf::default();
        let count = || (0..1_000).for_each(|_| shelf.change("n", |n: Option<Arc<u32>>| Some(n.map_or(1, |n| *n + 1))));
        std::thread::scope(|scope| [(); 4].map(|()| scope.spawn(count)).map(|thread| thread.join().unwrap()));
        assert_eq!(shelf.get::<u32>("n").as_deref(), Some(&4_000));
        shelf.change("n", |_: Option<Arc<u32>>| None);
        assert_eq!(shelf.get::<u32>("n"), None);
    }

    #[test]
    fn a_thing_is_given_back_only_as_what_it_is() {
        let shelf = Shelf::default();
        shelf.put("ports/api", Arc::new(7_u16));
        assert_eq!(shelf.take::<String>("ports/api"), None);
        assert_eq!(shelf.get::<u16>("ports/api").as_deref(), Some(&7));
        assert_eq!(shelf.take::<u16>("ports/api").as_deref(), Some(&7));
        assert_eq!(shelf.get::<u16>("ports/api"), None);
    }
}
