use super::*;

fn report(outcome: WaitOutcome) -> WaitReport {
    let said = Ok(Identity("PostgreSQL 15.18, database app".into()));
    let refused = Diagnosis::new("NET-003", "`127.0.0.1:1` refuses connections: nobody listens there");
    let refused = Err(refused.why("127.0.0.1:1 refuses the connection").action("start the server").away());
    let there = WaitTarget::new("postgres://***@db/app", Some(&said), Some(Duration::from_millis(1240)));
    let missing = WaitTarget { tries: 3021, ..WaitTarget::new("127.0.0.1:1", Some(&refused), None) };
    WaitReport {
        schema_version: WAIT_SCHEMA_VERSION,
        outcome,
        exit_code: 124,
        any: false,
        not: false,
        took: Duration::from_secs(30),
        limit: Some(Duration::from_secs(30)),
        targets: vec![there, missing],
    }
}

#[test]
fn who_came_and_who_did_not_is_told_with_the_last_error_time_and_tries() {
    assert_eq!(
        report(WaitOutcome::TimeOut).text(&Style::default(), false),
        "ready: postgres://***@db/app: PostgreSQL 15.18, database app, after 1.24 s\n\
         \n\
         not ready: 127.0.0.1:1, after 30.0 s and 3021 tries\n  \
           last   NET-003: `127.0.0.1:1` refuses connections: nobody listens there\n  \
           why    127.0.0.1:1 refuses the connection\n         \
                  the same for 30.0 s\n  \
           do     start the server\n  \
           more   bootproof explain NET-003\n\
         \n\
         time is over: 1 of 2 targets did not come in 30 s\n"
    );
}

#[test]
fn when_all_is_well_quiet_says_nothing_and_what_is_missing_for_any_is_not_told() {
    let came = report(WaitOutcome::Came);
    assert_eq!(came.text(&Style::default(), true), "");
    assert!(!came.text(&Style::default(), false).contains("NET-003"));
    assert!(report(WaitOutcome::TimeOut).text(&Style::default(), true).starts_with("not ready: "));
}

#[test]
fn the_document_tells_times_in_milliseconds() {
    let json: serde_json::Value = serde_json::from_str(&report(WaitOutcome::TimeOut).json()).unwrap();
    assert_eq!((json["outcome"].as_str(), json["tookMs"].as_f64()), (Some("time-out"), Some(30_000.0)));
    assert_eq!(
        (json["targets"][0]["afterMs"].as_f64(), json["targets"][0]["came"].as_bool()),
        (Some(1240.0), Some(true))
    );
    assert_eq!(json["targets"][1]["diagnosis"]["code"], "NET-003");
    assert!(json["targets"][1]["identity"].is_null() && json["targets"][1]["afterMs"].is_null());
}
