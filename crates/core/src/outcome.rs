//! What a run comes to: one word and one exit code, computed from the verdicts.

use crate::{Cause, Diagnosis, Kind, Mode, Node, RunEnd, RunState, Skip, Verdict, diagnose};
use std::fmt;

/// The whole run in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything declared is proven.
    Proven,
    /// Everything required is proven or degraded, and something is less than proven.
    Degraded,
    /// Something required is neither, or nothing was proven at all.
    Failed,
    /// A read-only run found nothing wrong. It has proven nothing.
    Checked,
}

impl Outcome {
    /// The word used in every report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Degraded => "degraded",
            Self::Failed => "failed",
            Self::Checked => "checked",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The documented exit code of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExitCode(pub u8);

impl ExitCode {
    /// Everything required is proven or degraded.
    pub const OK: Self = Self(0);
    /// Something required failed; a restart will not help by itself.
    pub const FAILED: Self = Self(1);
    /// The command was called wrongly.
    pub const USAGE: Self = Self(2);
    /// Degraded, under `--fail-on degraded`.
    pub const DEGRADED: Self = Self(3);
    /// A dependency is away; a restart may help (EX_TEMPFAIL of sysexits.h).
    pub const AWAY: Self = Self(75);
    /// The configuration is wrong; a restart will not help (EX_CONFIG of sysexits.h).
    pub const CONFIGURATION: Self = Self(78);
    /// The budget ran out (as timeout(1) has it).
    pub const BUDGET: Self = Self(124);

    /// 128 + the signal's number, as shells have it.
    pub fn signal(number: i32) -> Self {
        Self(u8::try_from(128 + number).unwrap_or(255))
    }
}

/// What counts as failure beyond what the policy says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Strictness {
    /// `--fail-on degraded`: degraded exits with 3.
    pub fail_on_degraded: bool,
}

/// How many fixes came to which verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// All fixes.
    pub fixes: usize,
    /// Proven ones.
    pub proven: usize,
    /// Degraded ones.
    pub degraded: usize,
    /// Unproven ones.
    pub unproven: usize,
    /// Failed ones.
    pub failed: usize,
    /// Skipped ones.
    pub skipped: usize,
}

impl RunState {
    /// How many fixes came to which verdict.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for &node in self.plan.order().iter().filter(|n| self.plan.card(**n).kind == Kind::Fix) {
            totals.fixes += 1;
            *match self.verdict(node) {
                Verdict::Proven => &mut totals.proven,
                Verdict::Degraded => &mut totals.degraded,
                Verdict::Unproven => &mut totals.unproven,
                Verdict::Failed => &mut totals.failed,
                Verdict::Skipped => &mut totals.skipped,
            } += 1;
        }
        totals
    }

    /// Whether the verdict on `node` fails the start: a required node that did not succeed, unless it was switched off,
    /// nothing is declared for it, or the run only looked.
    pub fn fails_the_start(&self, node: Node) -> bool {
        self.plan.card(node).is_required() && self.falls_short(node)
    }

    /// Whether the service may start: nothing required fell short, except that proofs were switched off by hand. What was
    /// applied stays only then.
    pub fn may_start(&self) -> bool {
        let by_hand = diagnose::not_robust().code;
        let unproven_by_hand = |node: Node| self.ending(node).diagnosis.is_some_and(|d| d.code == by_hand);
        self.plan.order().iter().all(|n| !self.fails_the_start(*n) || unproven_by_hand(*n))
    }

    /// Whether `node` should have succeeded and did not.
    fn falls_short(&self, node: Node) -> bool {
        if self.verdict(node).is_success() {
            return false;
        }
        let ending = self.ending(node);
        !matches!(ending.skipped, Some(Skip::SwitchedOff { .. } | Skip::NothingDeclared | Skip::OnlyLooked))
    }

    /// Diagnoses of the run as such: why nothing was started, or that nothing was declared, so that nothing can be said.
    pub fn general_diagnoses(&self) -> Vec<Diagnosis> {
        if !self.meta.refused.is_empty() {
            return self.meta.refused.clone();
        }
        let nothing = self.nothing_was_shown()
            && !self.plan.order().iter().any(|n| self.falls_short(*n))
            && self.end() == Some(&RunEnd::Completed);
        nothing.then(diagnose::nothing_declared).into_iter().collect()
    }

    fn nothing_was_shown(&self) -> bool {
        let only_looked =
            |node: Node| self.meta.mode == Mode::Check && self.ending(node).skipped == Some(Skip::OnlyLooked);
        !self.plan.order().iter().any(|n| self.verdict(*n).is_success() || only_looked(*n))
    }

    /// The whole run in one word.
    pub fn outcome(&self) -> Outcome {
        let nodes = self.plan.order();
        if matches!(self.end(), Some(RunEnd::Cancelled { .. }) | None)
            || nodes.iter().any(|n| self.fails_the_start(*n))
            || !self.general_diagnoses().is_empty()
        {
            Outcome::Failed
        } else if nodes.iter().any(|n| self.falls_short(*n) || self.verdict(*n) == Verdict::Degraded) {
            Outcome::Degraded
        } else if self.meta.mode == Mode::Check {
            Outcome::Checked
        } else {
            Outcome::Proven
        }
    }

    /// The exit code. Of several failures the one that a restart helps least decides.
    pub fn exit_code(&self, strictness: Strictness) -> ExitCode {
        if let Some(RunEnd::Cancelled { signal }) = self.end()
            && *signal > 0
        {
            return ExitCode::signal(*signal);
        }
        match self.outcome() {
            Outcome::Proven | Outcome::Checked => ExitCode::OK,
            Outcome::Degraded if strictness.fail_on_degraded => ExitCode::DEGRADED,
            Outcome::Degraded => ExitCode::OK,
            Outcome::Failed => self.failure_code(),
        }
    }

    fn failure_code(&self) -> ExitCode {
        let causes: Vec<Cause> = self
            .plan
            .order()
            .iter()
            .filter(|n| self.falls_short(**n))
            .filter(|n| self.plan.card(**n).is_required() || self.is_needed_by_required(**n))
            .filter_map(|n| self.ending(*n).diagnosis)
            .map(|d| d.cause)
            .chain(self.general_diagnoses().iter().map(|d| d.cause))
            .collect();
        if causes.contains(&Cause::Configuration) {
            ExitCode::CONFIGURATION
        } else if causes.contains(&Cause::Fault) {
            ExitCode::FAILED
        } else if self.end() == Some(&RunEnd::BudgetRanOut) {
            ExitCode::BUDGET
        } else if causes.contains(&Cause::Away) || causes.contains(&Cause::Time) {
            ExitCode::AWAY
        } else {
            ExitCode::FAILED
        }
    }

    /// Whether something required was skipped because of `node`.
    fn is_needed_by_required(&self, node: Node) -> bool {
        let id = &self.plan.card(node).id;
        self.plan.order().iter().any(|n| {
            self.plan.card(*n).is_required()
                && matches!(self.ending(*n).skipped, Some(Skip::NeedFailed { id: ref need }) if need == id)
        })
    }
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
