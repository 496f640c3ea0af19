//! Known programs stay readable; secrets do not, wherever they stand.

use super::*;
use proptest::prelude::*;

fn shown(words: &[&str]) -> String {
    masked(&words.iter().map(|word| format!("{word}\0")).collect::<String>()).unwrap()
}

#[test]
fn what_people_start_stays_readable() {
    for line in [
        "/usr/bin/node server.js --port 8000",
        "python3 -m http.server 8000",
        "python manage.py runserver 0.0.0.0:8000",
        "uvicorn app.main:app --host 0.0.0.0 --port 8000 --log-level info",
        "gunicorn --bind=127.0.0.1:8000 --workers=4 app:app",
        "java -jar /srv/app.jar --server.port=8080",
        "redis-server *:6379",
        "nginx: master process /usr/sbin/nginx -g daemon off;",
        "/usr/lib/postgresql/15/bin/postgres -D ***",
        "docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80",
        "cargo run --release",
        "php -S ***",
        "etcd --listen-client-urls http://127.0.0.1:2379",
    ] {
        assert_eq!(shown(&line.split(' ').collect::<Vec<_>>()), line);
    }
    assert_eq!(masked("redis-server 127.0.0.1:6379\0\0\0").unwrap(), "redis-server 127.0.0.1:6379");
    assert_eq!((masked(""), masked("\0\0")), (None, None), "a kernel thread has none");
}

#[test]
fn what_may_be_a_secret_is_hidden() {
    for (words, line) in [
        (&["mysql", "-uroot", "-phunter2", "shop"][..], "mysql -u*** *** ***"),
        (&["redis-cli", "-a", "hunter2", "-p", "6379"], "redis-cli -a *** -p ***"),
        (&["x", "--password", "hunter2", "--port", "80"], "x --password *** --port 80"),
        (&["x", "--api-key=hunter2", "--token", "-hunter2"], "x --api-key=*** --token ***"),
        (&["curl", "-H", "Authorization: Bearer hunter2"], "curl -H ***"),
        (&["x", "postgres://me:hunter2@db/app"], "x postgres://***@db/app"),
        (&["x", "--url=postgres://me:hunter2@db/app"], "x --url=postgres://***@db/app"),
        (&["env", "PORT=8000", "API=hunter2", "node"], "env PORT=8000 API=*** ***"),
        (&["sh", "-c", "HUNTER=2 x"], "sh -c ***"),
        (&["htpasswd", "-b", "/etc/pw", "bob", "hunter2"], "htpasswd -b *** *** ***"),
        (&["x", "me:8000", "aHVudGVyMg==", "hunter2=="], "x *** *** ***"),
        (&["x", "--4f66ad9a0b2e5c3d1f7a", "y"], "x *** ***"),
        (&["hunter 2 \u{1b}[2J", "x"], "*** ***"),
        (&["x", "-", "--", "serve"], "x *** -- serve"),
    ] {
        assert_eq!(shown(words), line);
    }
}

#[test]
fn a_long_line_is_cut_between_words_and_control_characters_never_come_through() {
    let words: Vec<_> = std::iter::once("x").chain(std::iter::repeat_n("--port", 100)).collect();
    let line = shown(&words);
    assert!(line.ends_with("--port ...") && line.len() <= LONGEST + 4, "{line}");
    assert!(shown(&[&"x/".repeat(2000), "--port"]).len() <= LONGEST + 4);
    assert_eq!(shown(&["x", "--a\u{7}b", "/a\u{1b}[2J", "a\nb"]), "x *** *** ***");
}

/// Command lines with the secret at one place.
fn lines(secret: &str) -> Vec<Vec<String>> {
    let words = |line: &str| line.split(' ').map(|word| word.replace('@', secret)).collect::<Vec<_>>();
    [
        "x @",
        "x serve @",
        "x --password @",
        "x --password=@",
        "x -p @",
        "x -p@",
        "x -p=@",
        "x --db-pass=@",
        "x PASSWORD=@",
        "x TOKEN=@ serve",
        "x --x=@",
        "x --x @",
        "x -x@",
        "x -Dpass=@",
        "x me:@",
        "x :@",
        "x --a -b @",
        "x --header=@",
        "x -m @",
        "x - @",
        "x -- @",
        "x http://me:@$h/",
        "x http://:@$h/",
        "x --name=me:@",
        "x --user me:@",
        "x -jar @",
    ]
    .map(|line| words(line).into_iter().map(|word| word.replace('$', "@")).collect())
    .to_vec()
}

#[test]
fn what_looks_like_a_url_and_may_be_a_name_and_its_password_is_hidden() {
    assert_eq!(shown(&["x", "me://aaAaaa000"]), "x ***");
    assert_eq!(shown(&["x", "http://aaAaaa000bbb"]), "x ***");
}

proptest! {
    #[test]
    fn a_secret_is_hidden_wherever_it_stands(secret in "[A-Za-z0-9+/_.-]{4,10}[A-Z][a-z]{3}[0-9]{3}[A-Za-z0-9+/_=-]{0,30}") {
        for words in lines(&secret) {
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let line = shown(&words);
            prop_assert!(!line.contains(&secret), "{:?} became {}", words, line);
        }
    }

    #[test]
    fn a_password_of_letters_is_hidden_behind_whatever_takes_one(secret in "[a-z]{5,12}") {
        let known = masked(&format!("x\0{secret}")).unwrap().contains(&secret);
        for words in lines(&secret).into_iter().filter(|words| !known && words[1] != "-m") {
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let line = shown(&words);
            prop_assert!(!line.contains(&secret), "{:?} became {}", words, line);
        }
    }

    #[test]
    fn whatever_the_line_holds_it_is_bounded_and_plain(line in "\\PC{0,400}") {
        let shown = masked(&line).unwrap_or_default();
        prop_assert!(shown.len() <= LONGEST + 4 && shown.bytes().all(|b| b.is_ascii_graphic() || b == b' '), "{}", shown);
    }
}
