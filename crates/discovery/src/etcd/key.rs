//! Keys: `/bootproof/v1/<namespace>/<environment>/<service>/<port>/<instance>`.
//!
//! The namespace keeps projects apart that share an etcd and have a service of the same name; the environment keeps a shell of
//! development away from production.

use crate::wanted::bad_name;
use bootproof_core::Environment;

const ROOT: &str = "/bootproof/v1";

/// Which services are seen and published: those of one namespace and one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    namespace: String,
    environment: Environment,
}

impl Scope {
    /// The scope of `namespace` (a project, a team) in `environment`.
    ///
    /// # Errors
    /// What is wrong with the namespace's name.
    pub fn new(namespace: impl Into<String>, environment: Environment) -> Result<Self, String> {
        let namespace = namespace.into();
        match bad_name(&namespace) {
            Some(why) => Err(format!("the namespace {why}")),
            None => Ok(Self { namespace, environment }),
        }
    }

    /// What all keys of the scope begin with, or those of one service.
    pub(crate) fn prefix(&self, service: Option<&str>) -> String {
        let all = format!("{ROOT}/{}/{}/", self.namespace, self.environment.as_str());
        service.map_or(all.clone(), |service| format!("{all}{service}/"))
    }

    pub(crate) fn key(&self, service: &str, port: &str, instance: &str) -> String {
        format!("{}{port}/{instance}", self.prefix(Some(service)))
    }

    /// Service, port and instance of a key, if it is one of this scope.
    pub(crate) fn parts<'a>(&self, key: &'a str) -> Option<[&'a str; 3]> {
        let rest = key.strip_prefix(self.prefix(None).as_str())?;
        let parts: Vec<_> = rest.split('/').collect();
        let [service, port, instance] = parts[..] else { return None };
        [service, port, instance].iter().all(|part| bad_name(part).is_none()).then_some([service, port, instance])
    }
}

/// The first key after all that begin with `prefix`, which ends in `/`.
pub(crate) fn end_of(prefix: &str) -> String {
    let mut end = prefix.to_owned();
    end.pop();
    // `0` is the character after `/`.
    end.push('0');
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope::new("shop", Environment::Staging).unwrap()
    }

    #[test]
    fn a_key_is_taken_apart_as_it_was_put_together_and_only_in_its_own_scope() {
        let key = scope().key("users", "http", "a-1");
        assert_eq!(key, "/bootproof/v1/shop/staging/users/http/a-1");
        assert_eq!(scope().parts(&key), Some(["users", "http", "a-1"]));
        let other = Scope::new("shop2", Environment::Staging).unwrap();
        assert_eq!(other.parts(&key), None);
        assert!(!key.starts_with(&Scope::new("shop", Environment::Test).unwrap().prefix(None)));
        for strange in
            ["", "/", "users/http", "users/http/a/", "users/http/a/b", "users//a", "us ers/http/a", "a/b/c/d"]
        {
            assert_eq!(scope().parts(&format!("{}{strange}", scope().prefix(None))), None, "{strange}");
        }
    }

    #[test]
    fn a_range_holds_every_key_of_a_service_and_none_of_one_with_a_longer_name() {
        let (start, end) = (scope().prefix(Some("users")), end_of(&scope().prefix(Some("users"))));
        let within = |key: String| start <= key && key < end;
        assert!(within(scope().key("users", "http", "~")) && within(scope().key("users", "http", "a")));
        assert!(!within(scope().key("users2", "http", "a")) && !within(scope().key("user", "http", "a")));
    }

    #[test]
    fn a_namespace_that_would_leave_its_place_is_refused() {
        for name in ["", "a/b", "..//", "é"] {
            assert!(Scope::new(name, Environment::Test).is_err(), "{name}");
        }
    }
}
