use super::*;
use proptest::prelude::*;

fn ids(plan: &Plan) -> Vec<&str> {
    plan.order().iter().map(|n| plan.card(*n).id.as_str()).collect()
}

fn card(id: &str, needs: &[&str]) -> Card {
    needs.iter().fold(Card::fix(id, id), |card, need| card.needs(*need))
}

#[test]
fn needs_come_first_and_the_rest_stays_as_declared() {
    let plan = Plan::new(vec![card("d", &["b"]), card("a", &[]), card("b", &["c"]), card("c", &[])]).unwrap();
    assert_eq!(ids(&plan), ["a", "c", "b", "d"]);
}

#[test]
fn all_unknown_names_are_told_with_the_nearest_right_spelling() {
    let errors = Plan::new(vec![card("environment", &["nope"]), card("ports", &["enviroment"])]).unwrap_err();
    let text: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        text,
        [
            "`environment` needs `nope`, which does not exist",
            "`ports` needs `enviroment`, which does not exist; did you mean `environment`?"
        ]
    );
}

#[test]
fn duplicates_are_refused() {
    let errors = Plan::new(vec![card("a", &[]), card("a", &[])]).unwrap_err();
    assert_eq!(errors, [PlanError::Duplicate { id: "a".into() }]);
}

#[test]
fn redis_that_waits_for_startup_which_waits_for_redis_is_refused_with_the_whole_ring() {
    let errors = Plan::new(vec![
        card("free", &[]),
        card("startup", &["redis"]),
        card("redis", &["pool"]),
        card("pool", &["startup"]),
        card("behind", &["pool"]),
    ])
    .unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(
        errors[0].to_string(),
        "these wait for each other: `startup` needs `redis` needs `pool` needs `startup`"
    );
}

#[test]
fn each_knot_is_told_and_a_node_that_needs_itself_is_one() {
    let errors = Plan::new(vec![card("x", &["x"]), card("b", &["a"]), card("a", &["b"])]).unwrap_err();
    assert_eq!(
        errors,
        [PlanError::Cycle { ring: vec!["x".into()] }, PlanError::Cycle { ring: vec!["b".into(), "a".into()] }]
    );
}

#[test]
fn five_steps_of_ten_seconds_behind_each_other_are_said_to_exceed_thirty() {
    let cards =
        (0..5).map(|i| if i == 0 { card("0", &[]) } else { card(&i.to_string(), &[&(i - 1).to_string()]) }).collect();
    let worst = Plan::new(cards).unwrap().worst_case(&Policy::builtin(crate::Environment::Test));
    assert_eq!(worst.longest, Duration::from_secs(50));
    assert_eq!(worst.bounded, Duration::from_secs(30));
    assert!(worst.exceeds_budget);
    assert_eq!(worst.path, ["0", "1", "2", "3", "4"]);
}

#[test]
fn steps_beside_each_other_do_not_add_up() {
    let worst = Plan::new((0..5).map(|i| card(&i.to_string(), &[])).collect())
        .unwrap()
        .worst_case(&Policy::builtin(crate::Environment::Test));
    assert_eq!((worst.longest, worst.exceeds_budget), (Duration::from_secs(10), false));
}

proptest! {
    /// Any graph whose edges point backwards is accepted, and every need stands before its dependent.
    #[test]
    fn a_random_graph_is_ordered_needs_first(edges in proptest::collection::vec((0_usize..40, 0_usize..40), 0..120)) {
        let mut cards: Vec<Card> = (0..40).map(|i| Card::fix(i.to_string(), "t")).collect();
        for (a, b) in edges.iter().filter(|(a, b)| a != b) {
            let (from, to) = (a.max(b), a.min(b));
            cards[*from] = cards[*from].clone().needs(to.to_string());
        }
        let plan = Plan::new(cards.clone()).unwrap();
        prop_assert_eq!(plan.order().len(), 40);
        let place = |node: Node| plan.order().iter().position(|n| *n == node).unwrap();
        for node in plan.order() {
            for (need, _) in plan.needs(*node) {
                prop_assert!(place(*need) < place(*node));
            }
        }
        let again = Plan::new(cards).unwrap();
        prop_assert_eq!(plan.order(), again.order());
    }

    /// Any edges at all: either an order of everything, or rings in which each member really needs the next.
    #[test]
    fn a_refused_graph_is_refused_for_a_real_ring(edges in proptest::collection::vec((0_usize..12, 0_usize..12), 0..40)) {
        let mut cards: Vec<Card> = (0..12).map(|i| Card::fix(i.to_string(), "t")).collect();
        for (a, b) in &edges {
            cards[*a] = cards[*a].clone().needs(b.to_string());
        }
        match Plan::new(cards) {
            Ok(plan) => prop_assert_eq!(plan.order().len(), 12),
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                for error in errors {
                    let PlanError::Cycle { ring } = error else { panic!("{error}") };
                    for (i, id) in ring.iter().enumerate() {
                        let next = &ring[(i + 1) % ring.len()];
                        prop_assert!(edges.iter().any(|(a, b)| a.to_string() == *id && b.to_string() == *next));
                    }
                }
            }
        }
    }
}
