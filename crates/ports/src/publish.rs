//! Tells the variables, and the shelf, which number a port really has; and takes that back.

use crate::{
    Held,
    ledger::{LedgerError, Published},
    wanted::parse,
};
use bootproof_core::{Change, Cx, Secret, Value, Vars};
use std::sync::Arc;

impl Held {
    /// Its entry in the ledger, when there is a ledger and it could be written.
    pub fn published(&self) -> Option<&Published> {
        self.entry.as_ref()?.as_ref().ok()
    }

    /// Why it is not in the ledger although there is one. It is held all the same; others do not find it there, and its number is not
    /// remembered.
    pub fn unpublished(&self) -> Option<&LedgerError> {
        self.entry.as_ref()?.as_ref().err().map(Arc::as_ref)
    }
}

/// What a variable was before the number was published in it.
#[derive(Debug)]
pub(crate) struct Before {
    variable: String,
    value: Option<Value>,
    /// Whether the environment fix had resolved the variables by then.
    resolved: bool,
}

/// Publishes the numbers of all of `held` and puts them on the shelf. There is no await in between: either all of them are
/// there or none. Other nodes may set variables at the same time.
pub(crate) fn publish(cx: &Cx, mut held: Vec<Held>) -> Change {
    let (vars, resolved) = (cx.vars(), cx.resolved_vars().is_some());
    let (mut made, mut set) = (vec![], vec![]);
    for held in &mut held {
        made.push(format!("holds `{}` at {}", held.spec().name, list(held)));
        let Some((variable, value)) = published(&vars, held) else { continue };
        made.push(format!("set `{variable}` to {}", held.port()));
        held.before = Some(Before { variable: variable.clone(), value: vars.value(&variable).cloned(), resolved });
        set.push((variable, value));
    }
    if !set.is_empty() {
        cx.set_vars(set);
    }
    for held in held {
        cx.shelf().put(held.spec().key(), Arc::new(held));
    }
    Change::made(made)
}

/// The addresses of `held` and how it came there, for people.
pub(crate) fn list(held: &Held) -> String {
    let addresses: Vec<_> = held.addresses().iter().map(ToString::to_string).collect();
    let mut text = addresses.join(" and ");
    if let Some(moved) = held.moved() {
        text += &format!(", moved from {}, held by {}", moved.from, moved.owner);
    }
    for ip in held.absent() {
        text += &format!("; this machine has no `{ip}`");
    }
    text
}

/// The variable of `held` and its new value, unless it says so already.
fn published(vars: &Vars, held: &Held) -> Option<(String, Value)> {
    let variable = held.spec().variable.clone()?;
    if vars.text(&variable).and_then(parse) == Some(held.port()) {
        return None;
    }
    let source = match held.moved() {
        Some(moved) => format!("ports: moved from {}, held by {}", moved.from, moved.owner),
        None if held.port() == held.spec().port => "ports: as declared".to_owned(),
        None => "ports: any free port".to_owned(),
    };
    Some((variable, Value { text: Secret::new(held.port().to_string()), source, shown: true }))
}

/// Gives the variables back what they were before `held` was published, unless somebody changed them since.
pub(crate) fn restore(cx: &Cx, held: &Held) {
    let Some(before) = &held.before else { return };
    cx.take_vars_back(before.resolved, |vars| {
        if vars.text(&before.variable).and_then(parse) != Some(held.port()) {
            return;
        }
        match &before.value {
            Some(value) => vars.set(&before.variable, value.clone()),
            None => *vars = without(vars, &before.variable),
        }
    });
}

fn without(vars: &Vars, name: &str) -> Vars {
    let mut rest = Vars::default();
    for (other, value) in vars.iter().filter(|(other, _)| *other != name) {
        rest.set(other, value.clone());
    }
    rest
}
