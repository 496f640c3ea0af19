//! Who has which port, for programs.

use super::{Taken, Who, speaks};
use crate::Owner;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// An array with an object for each port: `port`, `sockets`, `notes`. Each socket has `protocol`, `address`, `doing`, `count`
/// and `owner`; what is not known of an owner is null or missing, and its `text` is always there. `since` is in seconds.
pub fn who_json(all: &[Who]) -> String {
    format!("{:#}\n", Value::from_iter(all.iter().map(port)))
}

fn port(who: &Who) -> Value {
    let sockets = Value::from_iter(who.sockets.iter().map(socket));
    json!({ "port": who.port, "sockets": sockets, "notes": who.kernel.notes(who.port) })
}

fn socket(taken: &Taken) -> Value {
    json!({
        "protocol": speaks(taken.protocol),
        "address": taken.at.to_string(),
        "doing": taken.doing.as_str(),
        "count": taken.count,
        "owner": owner(&taken.owner),
    })
}

fn owner(owner: &Owner) -> Value {
    let text = owner.to_string();
    let seconds = |since: SystemTime| since.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs());
    match owner {
        Owner::Process { pid, command, user, others, about } => json!({
            "text": text,
            "pid": pid,
            "name": command,
            "user": user,
            "others": others,
            "command_line": about.line,
            "since": about.since.and_then(seconds),
            "container": about.container.as_ref().map(ToString::to_string),
        }),
        Owner::Hidden { user, container, .. } => {
            json!({ "text": text, "user": user, "container": container.as_ref().map(ToString::to_string) })
        }
        Owner::Remembered | Owner::Unknown => json!({ "text": text }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{About, Doing, KernelView, Protocol};
    use std::time::Duration;

    #[test]
    fn each_port_has_its_sockets_with_what_is_known_of_their_owners() {
        let taken = |owner| Taken {
            protocol: Protocol::Udp,
            at: "[::1]:53".parse().unwrap(),
            doing: Doing::Listening,
            count: 1,
            owner,
        };
        let about = About { since: Some(UNIX_EPOCH + Duration::from_secs(60)), ..About::default() };
        let known =
            Owner::Process { pid: 7, command: "dns".into(), user: "root".into(), others: 0, about: about.into() };
        let sockets = vec![taken(known), taken(Owner::Unknown)];
        let text = who_json(&[Who { port: 53, sockets, kernel: KernelView::default() }]);
        let json: Value = serde_json::from_str(&text).unwrap();
        let owners: Vec<_> = (0..2).map(|n| &json[0]["sockets"][n]["owner"]).collect();
        assert_eq!((&json[0]["sockets"][0]["protocol"], &json[0]["port"]), (&json!("udp"), &json!(53)));
        assert_eq!((&owners[0]["pid"], &owners[0]["since"]), (&json!(7), &json!(60)));
        assert_eq!(owners[1], &json!({ "text": "unknown owner" }));
    }
}
