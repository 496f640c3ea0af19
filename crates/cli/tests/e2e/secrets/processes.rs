//! What everybody on the machine can see while a start runs: command lines and names of processes.

use super::planted::{assert_hidden, planted};
use crate::setup::*;
use bootproof_testkit::{Sandbox, faults::Link};
use std::{collections::BTreeMap, fs, time::Duration};

/// The command lines of `root` and of all below it, by process.
fn command_lines(root: i32) -> BTreeMap<i32, String> {
    let mut family = vec![root];
    let mut lines = BTreeMap::new();
    while let Some(pid) = family.pop() {
        let read = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
        let text = [read("cmdline"), read("comm")].concat();
        lines.insert(pid, String::from_utf8_lossy(&text).replace('\0', " "));
        let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        for thread in threads {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            family.extend(children.split_whitespace().filter_map(|pid| pid.parse::<i32>().ok()));
        }
    }
    lines
}

fn slow(secret_url: &str) -> Sandbox {
    service(&format!(
        "[env.BY_PROCESS]\ntype = \"secret\"\n[env.DATABASE_URL]\ntype = \"url\"\nlocalhost = true\n[database.main]\nurl = \"${{DATABASE_URL}}\"\n\
         [http.api]\nurl = \"{secret_url}\"\n[command.first]\ncommand = [\"sleep\", \"1\"]\n[tasks.second]\ncommand = [\"sleep\", \"1\"]\n",
    ))
}

#[tokio::test]
async fn no_process_of_a_start_shows_a_secret_on_its_command_line() {
    let silent = Link::silent().unwrap();
    let at = silent.address();
    let sandbox = slow(&format!("http://u:{}@{at}/", planted("a raw password of a URL")));
    let vars = [
        var("BY_PROCESS", planted("a process variable")),
        var("DATABASE_URL", format!("postgres://u:{}@{at}/x", planted("an encoded password of a URL"))),
    ];
    for command in ["verify", "check"] {
        let running =
            bootproof(&sandbox, "development", &[command, "--timeout", "3s", "-vv"]).vars(vars.clone()).spawn();
        let (mut looked, mut children) = (0, 0);
        for _ in 0..100 {
            let lines = command_lines(running.pid());
            looked += usize::from(lines.values().any(|line| line.contains("bootproof")));
            children += usize::from(lines.values().any(|line| line.contains("sleep")));
            for line in lines.values() {
                assert_hidden(line, &format!("a command line of `{command}`"));
            }
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
        assert!(looked > 10 && children > 10, "`{command}`: {looked} looks at the process, {children} at its children");
        let output = running.wait().await;
        assert_hidden(&output.stdout, command);
        assert_hidden(&output.stderr, command);
    }
}
