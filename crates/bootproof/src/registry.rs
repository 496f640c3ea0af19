//! The registry that machines share: asked at the start whether it lets us in, and told where this service is once it is up.

use crate::{Boot, discover::Places};
use bootproof_core::{Card, Criticality, Cx, Diagnosis, Identity, Phase, Service};
use bootproof_discovery::{
    DiscoverySettings, Dns, Entry, Etcd, Machine, Registration, advertise, fresh_instance, interfaces,
};
use bootproof_ports::{Held, Protocol};
use std::{sync::Arc, time::Duration};

/// The id of the node, and with a `/` for its dot the place on the shelf.
const ID: &str = "discovery.etcd";
const KEY: &str = "discovery/etcd";

/// How long a start waits until its entries stand in etcd; after that it goes on in the background.
const AT_START: Duration = Duration::from_secs(2);

/// The node `discovery.etcd`: asks whether etcd answers and lets us in. Publishes nothing.
pub(crate) struct Registry {
    card: Card,
    service: String,
    places: Arc<Places>,
}

/// Publishes the ports of a start in etcd. From [`Boot::publisher`].
#[derive(Debug)]
pub struct Publisher {
    etcd: Etcd,
    settings: DiscoverySettings,
    advertise: Option<String>,
    service: String,
}

/// What is published in etcd, before it is: see [`Publisher::entries`].
#[derive(Debug)]
pub struct Publication {
    etcd: Etcd,
    entries: Vec<Entry>,
    ttl: Duration,
}

impl Registry {
    pub(crate) fn new(service: &str, places: Arc<Places>) -> Self {
        // A registry that is away takes discovery away, not the service.
        let card = Card::service(ID, "etcd, the registry of services", "etcd").criticality(Criticality::Optional);
        Self { card: card.needs("environment"), service: service.to_owned(), places }
    }

    async fn ask(&self, cx: &Cx) -> Result<Identity, Diagnosis> {
        let settings = &self.places.settings;
        let vars = cx.vars();
        let look = cx.look("asked etcd who publishes this service");
        let Some(etcd) = settings.etcd(cx.environment(), &vars, &Dns::system())? else {
            return Ok(Identity("none is declared".to_owned()));
        };
        let expand = |text: &String| vars.expand(text).map(|text| text.reveal().to_owned());
        let advertise = settings.advertise.as_ref().map(expand).transpose();
        let advertise = advertise.map_err(|names| missing(&names))?;
        let (settings, service) = (settings.clone(), self.service.clone());
        // Before it has answered: a registry that is away now is published in when it is back.
        cx.shelf().put(KEY, Arc::new(Publisher { etcd: etcd.clone(), settings, advertise, service }));
        let listing = etcd.list(Some(&self.service)).await.map_err(|error| error.diagnosis())?;
        let count = listing.entries.len();
        let saw = format!("it answered: {count} published by others, revision {}", listing.revision);
        look.saw(&saw);
        Ok(Identity(format!("etcd, {saw}")))
    }
}

fn unfit(why: &str) -> Diagnosis {
    Diagnosis::new("DISC-008", "what is declared cannot be published in etcd")
        .why(why)
        .now("nothing is published in etcd")
        .action("give the service and its ports names that are words, and `advertise` an address that others reach")
        .configuration()
}

fn missing(names: &[String]) -> Diagnosis {
    Diagnosis::new("DISC-008", format!("`advertise` refers to `{}`, which has no value", names.join("`, `")))
        .now("nothing is published in etcd")
        .action("set the variable, or write the address itself")
        .configuration()
}

impl Service for Registry {
    fn card(&self) -> &Card {
        &self.card
    }

    fn probe<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Identity> {
        Box::pin(self.ask(cx))
    }
}

impl Boot {
    /// What publishes this start's ports in etcd, also when that did not answer yet; `None` when `[discovery]` names none, or it
    /// is declared in a way that cannot work.
    pub fn publisher(&self) -> Option<Arc<Publisher>> {
        self.thing(KEY)
    }

    /// Publishes every held TCP port in etcd, until the registration is dropped: call it once the service answers. `None`: no
    /// etcd is declared, or there is nothing that others could reach. Each port that they could not is told.
    pub async fn publish(&self) -> (Option<Registration>, Vec<Diagnosis>) {
        let Some(publisher) = self.publisher() else { return (None, vec![]) };
        let (publication, mut refused) = publisher.entries(&self.ports()).await;
        if publication.is_empty() {
            return (None, refused);
        }
        let started = publication.start(AT_START).await;
        let registration = started.map_err(|why| refused.push(unfit(&why))).ok();
        (registration, refused)
    }
}

impl Publisher {
    /// What is to be published of `ports`, and a diagnosis of each that others could not reach. UDP ports are left out: who looks
    /// for a service connects. Asks for the way to etcd, sends nothing.
    pub async fn entries(&self, ports: &[Arc<Held>]) -> (Publication, Vec<Diagnosis>) {
        let (route, own, instance) = (self.etcd.route().await, interfaces(), fresh_instance());
        let machine = Machine { host: host_name(), pid: std::process::id() };
        let (mut entries, mut refused) = (vec![], vec![]);
        for held in ports.iter().filter(|held| held.spec().protocol == Protocol::Tcp) {
            match advertise(self.advertise.as_deref(), held.address(), route, &own) {
                Ok(at) => entries.push(Entry {
                    service: self.service.clone(),
                    port: held.spec().name.clone(),
                    instance: instance.clone(),
                    host: at.host,
                    number: at.port,
                    scheme: held.spec().scheme.clone(),
                    owner: machine.clone(),
                }),
                Err(diagnosis) => refused.push(diagnosis),
            }
        }
        (Publication { etcd: self.etcd.clone(), entries, ttl: self.settings.ttl }, refused)
    }
}

impl Publication {
    /// Whether there is nothing to publish.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// That of the port `name` alone, if it is among them.
    pub fn of(&self, name: &str) -> Option<Self> {
        let entries: Vec<_> = self.entries.iter().filter(|entry| entry.port == name).cloned().collect();
        (!entries.is_empty()).then(|| Self { etcd: self.etcd.clone(), entries, ttl: self.ttl })
    }

    /// Publishes it, and keeps it published until the registration is dropped. Waits for etcd at most `limit`; after that it goes on
    /// in the background.
    ///
    /// # Errors
    /// When there is nothing to publish, or etcd would refuse it.
    pub async fn start(self, limit: Duration) -> Result<Registration, String> {
        Registration::start(&self.etcd, self.entries, self.ttl, limit).await
    }
}

/// The name of this machine, as its kernel has it.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() { "unknown".to_owned() } else { name.trim().to_owned() }
}
