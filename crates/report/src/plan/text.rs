//! The plan for people.

use super::PlanView;
use crate::{
    page::{Ink, Page, Style, wide},
    time::limit,
};
use bootproof_core::{Card, Kind, Node, Policy, Proofs};

impl PlanView<'_> {
    /// The plan as text: the order with what each waits for, then retries, undo, and the worst case against the budget.
    /// Widths as in [`text()`](crate::text()).
    pub fn text(&self, style: &Style) -> String {
        let mut page = Page::new(style);
        let fixes = self.plan.order().iter().filter(|node| self.plan.card(**node).kind == Kind::Fix).count();
        let head = [
            format!("plan for {}", self.policy.environment),
            counted(fixes, "fix", "fixes"),
            counted(self.plan.len() - fixes, "service", "services"),
        ];
        let head = head.join(style.dot());
        page.fill(&[], Ink::Bold, &head);
        page.gap();
        self.order(&mut page);
        page.gap();
        for (label, text) in self.rules() {
            rule(&mut page, label, &text);
        }
        self.worst(&mut page);
        page.finish()
    }

    fn order(&self, page: &mut Page<'_>) {
        let cards = || self.plan.order().iter().map(|node| self.plan.card(*node));
        let id_width = cards().map(|card| wide(&page.clean(&card.id))).max().unwrap_or(0);
        let limit_width = cards().map(|card| self.shown_limit(card).len()).max().unwrap_or(0);
        let number_width = self.plan.len().to_string().len();
        for (n, &node) in self.plan.order().iter().enumerate() {
            let card = self.plan.card(node);
            let gap = " ".repeat(id_width - wide(&page.clean(&card.id)) + 2);
            let lead = [
                Ink::Dim.on(format!("  {:>number_width$}  ", n + 1)),
                Ink::Bold.on(&card.id),
                Ink::Plain.on(format!("{gap}{:>limit_width$}  ", self.shown_limit(card))),
                Ink::Plain.on(format!("{:<8}  ", card.criticality)),
            ];
            page.fill(&lead, Ink::Plain, &self.about(node, page.style));
        }
    }

    fn shown_limit(&self, card: &Card) -> String {
        match self.policy.switched_off_by(&card.id) {
            Some(_) => "off".to_owned(),
            None => limit(self.limit(card)),
        }
    }

    /// Kind, needs, and who switched it off.
    fn about(&self, node: Node, style: &Style) -> String {
        let card = self.plan.card(node);
        let mut about: Vec<String> = vec![];
        if let Some(by) = self.policy.switched_off_by(&card.id) {
            about.push(format!("switched off by {by}"));
        }
        if let Kind::Service(kind) = card.kind {
            about.push(kind.to_owned());
        }
        for (word, wanted) in [("needs", true), ("after", false)] {
            let ids = self.plan.needs(node).iter().filter(|(_, required)| *required == wanted);
            let ids: Vec<&str> = ids.map(|(need, _)| self.plan.card(*need).id.as_str()).collect();
            if !ids.is_empty() {
                about.push(format!("{word} {}", ids.join(", ")));
            }
        }
        about.join(style.dot())
    }

    fn rules(&self) -> [(&'static str, String); 5] {
        let Policy { step_timeout, budget, graceful, robust, proofs, .. } = self.policy;
        let waits: Vec<String> = self.waits().map(limit).collect();
        let retry = match waits.join(", ") {
            none if none.is_empty() => "never".to_owned(),
            waits => format!("only what time can cure, after at most {waits}, within the step's limit"),
        };
        let undo = "what failed is taken back, and everything when something required failed or a signal came";
        let failure = match graceful {
            true => "the start goes on, so that all failures are found",
            false => "the start stops at the first failure of anything required",
        };
        let proofs = match (robust, proofs) {
            (false, _) => "none: USE_ROBUST_STARTUP is false, so that nothing will be proven",
            (true, Proofs::Full) => "full: scratch tables and keys are made on servers, and removed",
            (true, Proofs::Light) => "light: nothing is created on shared servers",
        };
        [
            ("limit", format!("{} a step at most, {} in all", limit(*step_timeout), limit(budget.total()))),
            ("retry", retry),
            ("undo", format!("{undo}: {} more at most", limit(self.undo_grace))),
            ("failure", failure.to_owned()),
            ("proofs", proofs.to_owned()),
        ]
    }

    fn worst(&self, page: &mut Page<'_>) {
        let (worst, budget) = (self.worst_case(), self.policy.budget.total());
        let path = worst.path.join(page.style.arrow());
        rule(page, "worst", &format!("{}: {path}", limit(worst.longest)));
        if worst.exceeds_budget {
            let over = limit(worst.longest.saturating_sub(budget));
            let text = format!(
                "the worst case exceeds the budget by {over}: a run is cut at {}, done or not; raise the budget, or lower \
                 the limits along this path",
                limit(budget)
            );
            page.gap();
            page.fill(&[Ink::Bad.on("! ")], Ink::Bad, &text);
        }
    }
}

fn rule(page: &mut Page<'_>, label: &str, text: &str) {
    page.fill(&[Ink::Dim.on(format!("  {label:<8} "))], Ink::Plain, text);
}

fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
