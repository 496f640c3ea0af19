//! What has no value because something else has a problem: told once, and who is to blame is known.

use super::*;

fn failed(resolved: &Resolved) -> Vec<(&str, &str)> {
    resolved.failed.iter().map(|(name, by)| (name.as_str(), by.as_str())).collect()
}

fn strings<const N: usize>(names: [&str; N]) -> Schema {
    schema(names.map(|name| Variable::new(name, Type::String)))
}

#[test]
fn whatever_refers_to_a_variable_without_a_value_names_the_one_that_has_the_problem() {
    let mut all = strings(["A", "B", "C", "D", "E", "F", "G", "UNSET"]);
    all.variables[4] = all.variables[4].clone().default("${B}");
    let file = "A=${MISSING}\nB=${A}\nC=x${B}y\nOTHER=${NOWHERE}\nD=${OTHER}\nF=${A:-x}\nG=${UNSET:-x}\n";
    let resolved = run_files(&all, &[], &[(".env", file)]);
    assert_eq!(failed(&resolved), [("A", "A"), ("B", "A"), ("C", "A"), ("D", "OTHER"), ("E", "A"), ("F", "A")]);
    let named: Vec<&str> = resolved.problems.iter().map(|problem| problem.name.as_str()).collect();
    assert_eq!(named, ["A", "OTHER"], "each problem is told once: {:?}", all_told(&resolved));
    assert_eq!(resolved.vars.text("G"), Some("x"), "what nobody set is no failure");
}

#[test]
fn all_of_a_ring_blame_the_one_of_which_it_is_told() {
    let resolved = run_files(&strings(["A", "B", "C", "D"]), &[], &[(".env", "A=${B}\nB=${C}\nC=${A}\nD=${A}\n")]);
    let told = &resolved.problems[0].name;
    assert_eq!((resolved.problems.len(), resolved.failed.len()), (1, 4), "{:?}", all_told(&resolved));
    assert!(resolved.failed.values().all(|by| by == told), "{:?}", resolved.failed);
}

#[test]
fn a_value_or_default_below_what_failed_is_not_silently_used() {
    let one = schema([Variable::new("A", Type::Secret).default("x")]);
    let resolved = run(&one, &[("A_FILE", "/run/nowhere")], Environment::Test);
    assert_eq!((failed(&resolved), resolved.vars.text("A")), (vec![("A", "A")], None));
    let below = run_files(&strings(["A", "B"]), &[], &[(".env.local", "A=${A}/x\nB=${MISSING}"), (".env", "A=${B}")]);
    assert_eq!(failed(&below), [("A", "B"), ("B", "B")]);
}

fn redis(required: Environments) -> Schema {
    let mut schema = Schema::default();
    schema.add(Group::named("redis", "", None).unwrap());
    let url = schema.variables.iter_mut().find(|variable| variable.name == "REDIS_URL").unwrap();
    *url = url.clone().required(required);
    schema.variables.push(Variable::new("BROKER", Type::url()).default("${REDIS_URL:-redis://elsewhere}/1"));
    schema
}

#[test]
fn a_url_blames_the_part_that_is_wrong_and_is_not_called_missing() {
    for (file, blamed) in [("REDIS_HOST=${MISSING}\n", "REDIS_HOST"), ("REDIS_HOST=c\nREDIS_PORT=none\n", "REDIS_PORT")]
    {
        let resolved = run_files(&redis(Environments::ALL), &[], &[(".env", file)]);
        assert_eq!(resolved.problems.len(), 1, "{:?}", all_told(&resolved));
        for name in ["REDIS_URL", "BROKER"] {
            assert_eq!(resolved.failed.get(name).map(String::as_str), Some(blamed), "{name}: {file}");
        }
    }
    let set = "REDIS_URL=redis://c\nREDIS_PORT=none\n";
    let resolved = run_files(&redis(Environments::ALL), &[], &[(".env", set)]);
    assert_eq!((failed(&resolved), resolved.vars.text("BROKER")), (vec![], Some("redis://c/1")));
}

fn lenient(mut schema: Schema, code: &str, severity: Severity) -> Schema {
    let reason = "it is known".to_owned();
    schema.severities.push(Override { environment: Environment::Test, code: code.into(), severity, reason });
    schema
}

#[test]
fn every_required_variable_is_told_when_what_left_it_without_a_value_only_warns() {
    for severity in [Severity::Warning, Severity::Off] {
        let required = ["A", "B", "C"].map(|name| Variable::new(name, Type::String).required(Environments::ALL));
        let all = lenient(schema(required), "ENV-006", severity);
        let resolved = run_files(&all, &[], &[(".env", "A=${MISSING}\nB=${A}\nC=${MISSING}\n")]);
        let missing: Vec<&str> = resolved.errors().map(|problem| problem.name.as_str()).collect();
        assert_eq!(missing, ["A", "B", "C"], "{severity:?}: {:?}", all_told(&resolved));
        assert_eq!(failed(&resolved), [("A", "A"), ("B", "A"), ("C", "C")]);
    }
}

#[test]
fn an_error_elsewhere_does_not_hide_what_is_missing() {
    let required = Variable::new("A", Type::String).required(Environments::ALL);
    let all = lenient(schema([required, Variable::new("PORT", port())]), "ENV-006", Severity::Warning);
    let resolved = run_files(&all, &[], &[(".env", "A=${MISSING}\nPORT=none\n")]);
    let errors: Vec<&str> = resolved.errors().map(|problem| problem.rule.code).collect();
    assert_eq!(errors, ["ENV-002", "ENV-007"]);
}

#[test]
fn a_condition_says_nothing_of_whether_something_is_set_that_failed() {
    for condition in ["A is set", "A is not set", "A == 'x'"] {
        let mut all = strings(["A", "B"]);
        all.conditions.push(Demand { condition: Condition::parse(condition).unwrap(), message: None });
        all.variables[1].required_if = Some(Condition::parse(condition).unwrap());
        let resolved = run_files(&all, &[], &[(".env", "A=${MISSING}\n")]);
        assert_eq!(resolved.problems.len(), 1, "{condition}: {:?}", all_told(&resolved));
    }
}

#[test]
fn what_is_not_text_under_an_older_name_is_a_problem_of_the_variable() {
    let one = schema([Variable::new("NAME", Type::String).alias("OLD")]);
    let mut process = Vars::default();
    process.set_not_text("OLD");
    let resolved = resolve(&one, &Sources::process(&process), Environment::Test, &Four);
    assert_eq!((resolved.problems[0].name.as_str(), failed(&resolved)), ("NAME", vec![("NAME", "NAME")]));
    assert!(resolved.problems[0].sentence.contains("`OLD`"));
}

#[test]
fn the_file_of_an_older_name_is_told_once_however_often_it_is_referred_to() {
    let refers = |text: &str| {
        let b = Variable::new("B", Type::String).default(text);
        let c = Variable::new("C", Type::String).default(text);
        schema([b, Variable::new("KEY", Type::Secret).alias("OLD"), c])
    };
    for (path, code) in [("/run/nowhere", "ENV-011"), ("/run/empty", "ENV-013"), ("/run/open", "ENV-035")] {
        let resolved = run(&refers("x${OLD}"), &[("OLD_FILE", path)], Environment::Test);
        let told: Vec<&str> = resolved.problems.iter().map(|problem| problem.rule.code).collect();
        assert_eq!(told, [code], "{path}: {:?}", all_told(&resolved));
    }
}

#[test]
fn what_is_set_and_failed_is_not_missed_by_a_similar_name() {
    let resolved = run_files(&strings(["PORTS"]), &[], &[(".env", "PORTS=${MISSING}\nPORT=1\n")]);
    assert_eq!(resolved.problems.len(), 1, "{:?}", all_told(&resolved));
}
