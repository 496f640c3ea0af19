//! The plan for Graphviz.

use super::PlanView;
use bootproof_core::Kind;
use std::fmt::Write;

impl PlanView<'_> {
    /// The plan in DOT. Boxes are fixes, ellipses services; a dashed arrow is a need that is not required; what is switched
    /// off is grey.
    pub fn dot(&self) -> String {
        let mut out = "digraph plan {\n  rankdir=LR;\n".to_owned();
        for &node in self.plan.order() {
            let card = self.plan.card(node);
            let shape = if card.kind == Kind::Fix { "box" } else { "ellipse" };
            let off = self.policy.switched_off_by(&card.id).map_or("", |_| ", color=gray, fontcolor=gray");
            let label = format!("{}\\n{}", escape(&card.id), escape(&self.caption(card)));
            let _ = writeln!(out, "  n{} [shape={shape}, label=\"{label}\"{off}];", node.0);
        }
        for (from, to, required) in self.edges() {
            let style = if required { "" } else { " [style=dashed]" };
            let _ = writeln!(out, "  n{} -> n{}{style};", from.0, to.0);
        }
        out + "}\n"
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace(char::is_control, " ")
}
