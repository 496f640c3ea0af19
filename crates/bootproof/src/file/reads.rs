//! The variables that the file itself uses: in URLs, addresses and commands, in defaults, as the variable of a port.

use super::{File, place::At};
use bootproof_core::Secret;
use bootproof_env::Template;
use std::collections::BTreeSet;

impl File {
    /// The names of the variables that this file uses. Whatever the program's own code reads: these are not unused.
    pub fn reads(&self) -> BTreeSet<String> {
        let urls = self.database.iter().map(|one| &one.url.value);
        let urls = urls
            .chain(self.clickhouse.iter().map(|one| &one.url.value))
            .chain(self.http.iter().map(|one| &one.url.value));
        let urls = urls.chain(self.tcp.iter().map(|one| &one.address.value));
        let urls = urls.chain(self.redis.iter().flat_map(|one| [&one.url, &one.local]).flatten().map(|url| &url.value));
        let defaults = self.env.iter().flat_map(|one| {
            let default = &one.variable.default;
            default.everywhere.iter().chain(default.only.values())
        });
        let commands = self.command.iter().map(|one| &one.command.value);
        let commands =
            commands.chain(self.tasks.commands.iter().map(|task| &task.command.value)).flatten().map(String::as_str);
        let found = self.discover.iter().flat_map(|one| &one.default).map(|secret| &secret.value);
        let commands = commands.chain(self.discovery_texts());
        let texts = urls.chain(found).chain(defaults).map(Secret::reveal).chain(commands);
        let mut names: BTreeSet<String> = texts.flat_map(references).collect();
        names.extend(self.ports.iter().filter_map(|port| Some(port.variable.as_ref()?.value.clone())));
        names.extend(self.discover.iter().filter_map(|one| Some(one.variable.as_ref()?.value.clone())));
        names
    }
}

impl File {
    /// The variables that the node with this id refers to: a service (`http.auth`) in its own section, a fix (`database`) in those of
    /// all its services.
    pub(crate) fn variables_of(&self, id: &str) -> Vec<String> {
        let (room, name) = id.split_once('.').map_or((id, None), |(room, name)| (room, Some(name)));
        let own = |other: &str| name.is_none_or(|name| name == other);
        let texts: Vec<&str> = match room {
            "database" => revealed(self.database.iter().filter(|one| own(&one.name)).map(|one| &one.url)),
            "redis" => {
                let redis = self.redis.iter().filter(|one| own(&one.name));
                revealed(redis.flat_map(|one| [&one.url, &one.local]).flatten())
            }
            "clickhouse" => revealed(self.clickhouse.iter().filter(|one| own(&one.name)).map(|one| &one.url)),
            "http" => revealed(self.http.iter().filter(|one| own(&one.name)).map(|one| &one.url)),
            "tcp" => revealed(self.tcp.iter().filter(|one| own(&one.name)).map(|one| &one.address)),
            "discover" => revealed(self.discover.iter().filter(|one| own(&one.name)).flat_map(|one| &one.default)),
            "command" => {
                let commands = self.command.iter().filter(|one| own(&one.name)).flat_map(|one| &one.command.value);
                commands.map(String::as_str).collect()
            }
            "discovery" => self.discovery_texts(),
            _ => vec![],
        };
        texts.into_iter().flat_map(references).collect()
    }

    /// The templates of `[discovery]`.
    fn discovery_texts(&self) -> Vec<&str> {
        let section = &self.discovery;
        let etcd = section.etcd.iter().flat_map(|etcd| &etcd.value);
        let plain = etcd.chain([&section.user, &section.advertise].into_iter().flatten().map(|text| &text.value));
        plain.map(String::as_str).chain(section.password.iter().map(|password| password.value.reveal())).collect()
    }
}

fn revealed<'a>(texts: impl Iterator<Item = &'a At<Secret>>) -> Vec<&'a str> {
    texts.map(|text| text.value.reveal()).collect()
}

/// What cannot be read refers to nothing: whoever uses it tells what is wrong with it.
fn references(text: &str) -> Vec<String> {
    let template = Template::parse(text);
    template.map(|template| template.references().into_iter().map(str::to_owned).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_place_that_uses_a_variable_is_looked_at() {
        let text = "[env.A]\ndefault = \"x${IN_DEFAULT:-y}\"\n[env.B]\ndefault.test = \"${IN_OTHER_DEFAULT}\"\n[ports.a]\nvariable = \"OF_PORT\"\n\
            [database.a]\nurl = \"${OF_DATABASE}\"\n[redis.a]\nurl = \"${OF_REDIS}\"\nlocal = \"${OF_LOCAL}\"\n[clickhouse.a]\nurl = \"${OF_CLICKHOUSE}\"\n\
            [http.a]\nurl = \"http://${OF_HTTP}/$${NOT}\"\n[tcp.a]\naddress = \"${OF_TCP}:1\"\n[command.a]\ncommand = [\"x\", \"${OF_COMMAND}\"]\n\
            [tasks.a]\ncommand = [\"x\", \"${OF_TASK}\"]\n[discovery]\netcd = [\"${OF_ETCD}\"]\npassword = \"${OF_PASSWORD}\"\nuser = \"${OF_USER}\"\nadvertise = \"${OF_ADVERTISE}\"\n[discover.a]\nvariable = \"OF_DISCOVER\"\ndefault = \"${OF_FOUND}\"\n";
        let file = File::parse(text, Path::new("bootproof.toml")).unwrap();
        let expected = [
            "IN_DEFAULT",
            "IN_OTHER_DEFAULT",
            "OF_ADVERTISE",
            "OF_CLICKHOUSE",
            "OF_COMMAND",
            "OF_DATABASE",
            "OF_DISCOVER",
            "OF_ETCD",
            "OF_FOUND",
            "OF_HTTP",
            "OF_LOCAL",
            "OF_PASSWORD",
            "OF_PORT",
            "OF_REDIS",
            "OF_TASK",
            "OF_TCP",
            "OF_USER",
        ];
        assert_eq!(file.reads().into_iter().collect::<Vec<_>>(), expected);
        for (id, variables) in [
            ("database", &["OF_DATABASE"][..]),
            ("redis.a", &["OF_REDIS", "OF_LOCAL"]),
            ("redis.other", &[]),
            ("command.a", &["OF_COMMAND"]),
            ("discover.a", &["OF_FOUND"]),
            ("discovery.etcd", &["OF_ETCD", "OF_USER", "OF_ADVERTISE", "OF_PASSWORD"]),
            ("ports", &[]),
        ] {
            assert_eq!(file.variables_of(id), variables, "{id}");
        }
    }
}
