//! The fix `tasks`: a manager with the declared limits, proven by canaries that break the rules on purpose.

use crate::{TaskManager, TasksSpec, canary, diagnose, program, settings::Settings};
use bootproof_core::{Card, Change, Criticality, Cx, Diagnosis, Finding, Fix, Permit, Phase, Proof, Scope, Vars};
use std::{sync::Arc, time::Duration};

/// Where on the shelf the manager is.
pub const MANAGER: &str = "tasks/manager";

/// The most an undo waits for tasks to end by themselves, since start-up is failing, and once more for those that it ends by
/// force. A quarter of what is left when that is less: the other half is for the fixes that are taken back after this one.
const DRAIN: Duration = Duration::from_millis(500);

/// Gives every background task a limit, and proves that limits hold.
pub struct TasksFix {
    card: Card,
    spec: TasksSpec,
    settings: Settings,
}

impl TasksFix {
    /// The fix for what `spec` declares.
    ///
    /// # Errors
    /// `TASK-001` with every limit that is zero, over 120 s, or before its soft limit.
    pub fn new(spec: TasksSpec, criticality: Criticality) -> Result<Self, Diagnosis> {
        let settings = spec.settings().map_err(diagnose::limits_out_of_range)?;
        let card = Card::fix("tasks", "background tasks with limits").after("environment").criticality(criticality);
        Ok(Self { card, spec, settings })
    }

    /// Finds the program of every declared command.
    async fn programs(&self, vars: Arc<Vars>) -> Result<Vec<String>, Diagnosis> {
        let (spec, settings) = (self.spec.clone(), self.settings.clone());
        let look = move || facts(&spec, &settings, vars.text("PATH"));
        // File systems may be slow.
        let looked = tokio::task::spawn_blocking(look).await;
        looked.unwrap_or_else(|error| Err(vec![error.to_string()])).map_err(diagnose::not_runnable)
    }

    fn has_commands(&self) -> bool {
        self.spec.tasks.iter().any(|task| task.command.is_some())
    }
}

/// One fact for the default and each declared task, or every command that cannot be run.
fn facts(spec: &TasksSpec, settings: &Settings, path: Option<&str>) -> Result<Vec<String>, Vec<String>> {
    let mut facts = vec![format!("every task: {}", settings.limits)];
    let mut wrong = vec![];
    for task in &spec.tasks {
        let limits = settings.declared.get(&task.name).copied().unwrap_or(settings.limits);
        let Some(argv) = &task.command else {
            facts.push(format!("`{}`: {limits}", task.name));
            continue;
        };
        match program::find(argv.first().map_or("", String::as_str), path) {
            Ok(at) => facts.push(format!("`{}`: {limits}, runs `{}`", task.name, at.display())),
            Err(error) => wrong.push(format!("`{}`: {error}", task.name)),
        }
    }
    if wrong.is_empty() { Ok(facts) } else { Err(wrong) }
}

impl Fix for TasksFix {
    fn card(&self) -> &Card {
        &self.card
    }

    fn inspect<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Finding> {
        Box::pin(async move {
            if !self.spec.declared {
                return Ok(Finding::NothingDeclared);
            }
            self.programs(cx.vars()).await.map(Finding::facts)
        })
    }

    fn apply<'a>(&'a self, cx: &'a Cx, _by: Permit, _seen: &'a Finding) -> Phase<'a, Change> {
        Box::pin(async move {
            if cx.shelf().get::<TaskManager>(MANAGER).is_some() {
                return Ok(Change::nothing());
            }
            let manager = TaskManager::with(self.settings.clone()).map_err(|error| diagnose::refused(&error))?;
            cx.shelf().put(MANAGER, Arc::new(manager));
            Ok(Change::made([format!("made the task manager: {}", self.settings.limits)]))
        })
    }

    fn prove<'a>(&'a self, cx: &'a Cx, _done: &'a Change) -> Phase<'a, Proof> {
        Box::pin(async move {
            let manager = cx.shelf().get::<TaskManager>(MANAGER).ok_or_else(diagnose::no_manager)?;
            let whole = cx.look("ran tasks that ignore, block, panic, heed and outlive");
            let shown = canary::release(cx, &manager).await?;
            let not_shown = shown.group.as_ref().err().map(|why| format!("; killing a command was not shown: {why}"));
            let seen = whole.saw(format!(
                "each ended or found at its limit; the program kept answering{}",
                not_shown.unwrap_or_default()
            ));
            Ok(match shown.group {
                Err(why) if self.has_commands() => Proof::unproven(Scope::Process, diagnose::group_not_shown(&why)),
                _ => Proof::proven(Scope::Process, seen),
            })
        })
    }

    fn undo<'a>(&'a self, cx: &'a Cx, _done: &'a Change) -> Phase<'a, ()> {
        Box::pin(async move {
            let Some(manager) = cx.shelf().take::<TaskManager>(MANAGER) else { return Ok(()) };
            let wait = DRAIN.min(cx.left() / 4);
            let ended = manager.shut_down(wait, wait).await;
            let left: Vec<_> = ended.stragglers.into_iter().filter(|task| !task.is_over()).collect();
            if left.is_empty() { Ok(()) } else { Err(diagnose::not_stopped(&left)) }
        })
    }
}
