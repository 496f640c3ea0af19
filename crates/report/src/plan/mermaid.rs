//! The plan for Mermaid, which code hosts draw in Markdown.

use super::PlanView;
use bootproof_core::Kind;
use std::fmt::Write;

impl PlanView<'_> {
    /// The plan as a Mermaid flowchart. Boxes are fixes, rounded ones services; a dotted arrow is a need that is not
    /// required; what is switched off is grey.
    pub fn mermaid(&self) -> String {
        let mut out = "flowchart LR\n  classDef off color:#888,stroke:#aaa,fill:#eee\n".to_owned();
        for &node in self.plan.order() {
            let card = self.plan.card(node);
            let (open, close) = if card.kind == Kind::Fix { ("[", "]") } else { ("([", "])") };
            let off = self.policy.switched_off_by(&card.id).map_or("", |_| ":::off");
            let label = format!("{}<br/>{}", escape(&card.id), escape(&self.caption(card)));
            let _ = writeln!(out, "  n{}{open}\"{label}\"{close}{off}", node.0);
        }
        for (from, to, required) in self.edges() {
            let arrow = if required { "-->" } else { "-.->" };
            let _ = writeln!(out, "  n{} {arrow} n{}", from.0, to.0);
        }
        out
    }
}

fn escape(text: &str) -> String {
    let entity = |c: char| match c {
        '#' => "#35;".to_owned(),
        '"' => "#quot;".to_owned(),
        '<' => "#lt;".to_owned(),
        '>' => "#gt;".to_owned(),
        '`' => "#96;".to_owned(),
        c if c.is_control() => " ".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(entity).collect()
}
