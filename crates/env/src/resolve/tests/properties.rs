//! What holds for any schema and any variables.

use super::*;
use crate::Typed;
use proptest::prelude::*;

fn kind() -> impl Strategy<Value = Type> {
    let bound = || prop::option::of(-5_i64..70_000);
    prop_oneof![
        Just(Type::String),
        Just(Type::Secret),
        Just(Type::Bool),
        (bound(), bound()).prop_map(|(min, max)| Type::Int(Bounds { min, max })),
        Just(Type::Float(Bounds::default())),
        Just(port()),
        Just(Type::Host),
        Just(Type::Address),
        Just(Type::Duration(Bounds::default())),
        Just(list()),
        prop::collection::vec("[a-z]{1,4}", 1..3).prop_map(|values| Type::Enum { values }),
        prop::collection::vec("[a-z]{1,6}", 0..2).prop_map(|schemes| Type::Url { schemes }),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,6}",
        "[a-z]{1,6}://[a-z@:/0-9${}]{0,12}",
        "[0-9]{1,4}(ms|s|m|h|d)",
        "[a-z]{1,4}(,[a-z]{0,3}){0,3}",
        "\\PC{0,12}",
        Just("tcp://10.0.0.7:6379".to_owned()),
        Just("/run/good".to_owned()),
        Just("true".to_owned()),
    ]
}

fn variables() -> impl Strategy<Value = Vec<Variable>> {
    let one = (kind(), prop::option::of(text()), 0_u8..3, any::<bool>());
    prop::collection::vec(one, 1..6).prop_map(|all| {
        let made = |(n, (kind, default, aliases, required)): (usize, (Type, Option<String>, u8, bool))| {
            let mut variable = Variable::new(format!("V{n}"), kind).required(Environments::all_when(required));
            variable.aliases = (0..aliases).map(|a| format!("V{n}_OLD{a}").into()).collect();
            match default {
                Some(text) => variable.default(text),
                None => variable,
            }
        };
        all.into_iter().enumerate().map(made).collect()
    })
}

fn given() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(("V[0-5](_OLD[01])?(_FILE)?", text()), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn resolving_twice_is_equal_and_what_resolved_is_of_its_type(variables in variables(), given in given(), n in 0_usize..4) {
        let (schema, given) = (schema(variables), Vars::from_pairs("process", given));
        let before = given.clone();
        let once = resolve(&schema, &Sources::process(&given), Environment::ALL[n], &Four);
        prop_assert_eq!(&once, &resolve(&schema, &Sources::process(&given), Environment::ALL[n], &Four));
        prop_assert_eq!(before, given);
        for variable in &schema.variables {
            let problem = once.problems.iter().any(|p| p.name == variable.name);
            match once.vars.text(&variable.name) {
                Some(text) => {
                    let read: Result<Typed, _> = variable.read(text);
                    prop_assert!(read.is_ok() || problem, "{:?}", variable.kind);
                }
                None => prop_assert!(problem || !variable.required.contains(Environment::ALL[n])),
            }
        }
    }

    #[test]
    fn what_resolved_without_problems_resolves_to_itself(variables in variables(), given in given()) {
        let schema = schema(variables);
        let once = resolve(&schema, &Sources::process(&Vars::from_pairs("process", given)), Environment::Test, &Four);
        if once.problems.is_empty() {
            // Files and old names are still set beside the canonical name: only those may be told now.
            let twice = resolve(&schema, &Sources::process(&once.vars), Environment::Test, &Four);
            for problem in &twice.problems {
                prop_assert!(matches!(problem.rule.code, "ENV-010" | "ENV-012"), "{}", problem);
            }
        }
    }
}
