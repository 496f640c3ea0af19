//! A real second process: this test program again, which does what it is told line by line.

use bootproof_ports::{PortSpec, Protocol, UnixSpec, hold_unix, reserve, state_of};
use socket2::{Domain, Socket, Type};
use std::{
    any::Any,
    fs::{self, Permissions},
    io::{self, BufRead, BufReader, Write},
    net::{IpAddr, SocketAddr, TcpListener, UdpSocket},
    os::unix::{fs::PermissionsExt, net::UnixListener, process::CommandExt},
    process::{ChildStdin, ChildStdout, Command, Stdio},
};

/// The user "nobody" of every Linux system: owns nothing and may do nothing.
const NOBODY: u32 = 65534;

/// A process that does what [`Child::ask`] says; killed when dropped.
pub(crate) struct Child {
    process: std::process::Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
    _program: Option<tempfile::TempDir>,
}

impl Child {
    /// A process of this user.
    pub(crate) fn start() -> Self {
        Self::run(Command::new(std::env::current_exe().unwrap()), None)
    }

    /// A process of the user "nobody". Needs root.
    pub(crate) fn of_nobody() -> Self {
        assert!(nix::unistd::geteuid().is_root(), "this test needs root: it starts a process of another user");
        // Copied to where everybody may read it.
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let program = folder.path().join("child");
        fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        let mut command = Command::new(program);
        command.uid(NOBODY).gid(NOBODY).current_dir("/");
        Self::run(command, Some(folder))
    }

    /// A process in a network namespace of its own, where only what it does itself is there.
    pub(crate) fn in_a_network_of_its_own() -> Self {
        let mut command = Command::new("unshare");
        command.arg(if nix::unistd::geteuid().is_root() { "-n" } else { "-rn" });
        command.arg(std::env::current_exe().unwrap());
        Self::run(command, None)
    }

    /// A process whose files can hold 1,024 bytes each: for it the disk is full.
    pub(crate) fn with_files_of_one_kilobyte() -> Self {
        let mut command = Command::new("bash"); // whose unit is 1,024 bytes; the signal would end the process
        command.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""]).arg(std::env::current_exe().unwrap());
        Self::run(command, None)
    }

    fn run(mut command: Command, program: Option<tempfile::TempDir>) -> Self {
        command.args(["child::serve", "--exact", "--ignored", "--nocapture", "--skip", "pass-hunter2"]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (asks, answers) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let mut child = Self { process, asks, answers, _program: program };
        assert_eq!(child.ask("hello"), "hello");
        child
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Has it do one thing, and gives its answer.
    pub(crate) fn ask(&mut self, what: &str) -> String {
        writeln!(self.asks, "{what}").unwrap();
        loop {
            let mut line = String::new();
            assert_ne!(self.answers.read_line(&mut line).unwrap(), 0, "the child ended at `{what}`");
            if let Some((_, answer)) = line.trim_end().split_once("@ ") {
                return answer.to_owned();
            }
        }
    }

    /// Has it listen at `address`.
    pub(crate) fn listening_at(address: SocketAddr) -> Self {
        let mut child = Self::start();
        assert_eq!(child.ask(&format!("listen {address}")), "ok");
        child
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the second process does.
#[test]
#[ignore = "not a test: other tests run it as a second process"]
fn serve() {
    let mut kept: Vec<Box<dyn Any>> = vec![];
    for line in io::stdin().lines() {
        let line = line.unwrap();
        let words: Vec<_> = line.split(' ').collect();
        let answer = obey(&words, &mut kept).unwrap_or_else(|error| format!("{:?}: {error}", error.kind()));
        writeln!(io::stdout(), "@ {answer}").unwrap();
    }
}

fn obey(words: &[&str], kept: &mut Vec<Box<dyn Any>>) -> io::Result<String> {
    match words {
        ["hello"] => return Ok("hello".into()),
        ["listen", address] => kept.push(Box::new(TcpListener::bind(address)?)),
        ["beside", address] => kept.push(Box::new(beside(address.parse().unwrap())?)),
        ["bind", address] => kept.push(Box::new(only_bind(address.parse().unwrap())?)),
        ["udp", address] => kept.push(Box::new(UdpSocket::bind(address)?)),
        ["udp-beside", address] => kept.push(Box::new(udp_beside(address.parse().unwrap())?)),
        ["release"] => kept.clear(),
        ["hide"] => nix::sys::prctl::set_dumpable(false)?,
        ["loopback", "up"] => loopback_up()?,
        ["ipv6", "off"] => fs::write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1")?,
        ["reserve", host, port] => return Ok(try_reserve(host, port.parse().unwrap(), kept)),
        ["unix", path] => kept.push(Box::new(UnixListener::bind(path)?)),
        ["unix-bind", path] => kept.push(Box::new(unix_bind(path)?)),
        ["hold-unix", path] => return Ok(hold(path, kept)),
        ["write", file, text] => fs::write(file, text)?,
        ["state", host, port] => return Ok(state_of(host_of(host), port.parse().unwrap(), Protocol::Tcp).to_string()),
        ["verify", host, port] => return Ok(crate::family::verify(host_of(host), port.parse().unwrap())),
        ["ledger", rest @ ..] => return Ok(crate::ledger::obey(rest, kept)),
        other => panic!("what is {other:?}?"),
    }
    Ok("ok".into())
}

fn host_of(text: &str) -> bootproof_ports::Host {
    match text {
        "localhost" => bootproof_ports::Host::Localhost,
        "any" => bootproof_ports::Host::Any,
        ip => bootproof_ports::Host::Address(ip.parse::<IpAddr>().unwrap()),
    }
}

fn try_reserve(host: &str, port: u16, kept: &mut Vec<Box<dyn Any>>) -> String {
    match reserve(&PortSpec::new("api", port).host(host_of(host))) {
        Ok(held) => {
            let text = format!("holds {:?} without {:?}", held.addresses(), held.absent());
            kept.push(Box::new(held));
            text
        }
        Err(error) => error.to_string(),
    }
}

/// Listens with every sharing option.
fn beside(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(1)?;
    Ok(socket)
}

/// Binds for UDP with every sharing option.
fn udp_beside(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Binds a path and does not listen there.
fn unix_bind(path: &str) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.bind(&socket2::SockAddr::unix(path)?)?;
    Ok(socket)
}

fn hold(path: &str, kept: &mut Vec<Box<dyn Any>>) -> String {
    match hold_unix(&UnixSpec::new("api", path)) {
        Ok(held) => {
            kept.push(Box::new(held));
            "ok".into()
        }
        Err(error) => error.to_string(),
    }
}

/// Binds and does not listen: the system's table does not show it.
fn only_bind(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Brings the loopback interface up: `ip link set lo up`, for machines without iproute2.
fn loopback_up() -> io::Result<()> {
    use nix::sys::socket::{AddressFamily, SockFlag, SockProtocol, SockType, socket};
    let netlink = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::empty(), SockProtocol::NetlinkRoute)?;
    let mut message: Vec<u8> = vec![];
    // struct nlmsghdr: length, RTM_NEWLINK, NLM_F_REQUEST, sequence, sender
    message.extend(32_u32.to_ne_bytes());
    message.extend(16_u16.to_ne_bytes());
    message.extend(1_u16.to_ne_bytes());
    message.extend([0; 8]);
    // struct ifinfomsg: family, padding, type; interface 1, which is always the loopback; IFF_UP on
    message.extend([0; 4]);
    message.extend([1_u32, 1, 1].into_iter().flat_map(u32::to_ne_bytes));
    fs::File::from(netlink).write_all(&message)
}

/// Runs the ignored tests that `filter` finds in a process of its own, where nothing else happens; they are `least` or more. A process
/// that a test starts has a copy of every open socket of its parent until it becomes its program: the ports of tests beside it look taken
/// for that moment.
pub(crate) fn alone(filter: &str, least: usize) {
    let output = Command::new(std::env::current_exe().unwrap()).args([filter, "--ignored", "--nocapture"]).output();
    let output = output.unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let passed = out.split("test result: ok. ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
    assert!(output.status.success() && passed >= Some(least), "{passed:?} passed\n{out}{err}");
}
