//! `http-server`: where a service listens, and what it takes.

use super::{Group, Names, port};
use crate::{Bounds, Type};

pub(super) fn group(names: &Names<'_>) -> Group {
    let list = || Type::List { values: vec![] };
    Group {
        variables: vec![
            // Listening on this machine's own address is what a server behind a proxy does.
            names.known_as(&["HOST", "BIND_ADDRESS"], Type::Host, "The address to listen on.").localhost(),
            names.known_as(&["PORT", "HTTP_PORT"], port(), "The port to listen on.").required(names.required),
            names.url(&["PUBLIC_URL", "BASE_URL", "APP_URL"], &["http", "https"], "Where clients find the service."),
            names.known_as(&["CORS_ORIGINS", "ALLOWED_ORIGINS"], list(), "Origins that may call it from a browser."),
            names.known_as(&["TRUSTED_PROXIES"], list(), "Proxies whose forwarding headers are believed."),
            names.known_as(&["REQUEST_TIMEOUT"], Type::Duration(Bounds::default()), "How long a request may take."),
            names.known_as(&["MAX_BODY_SIZE"], Type::Bytes(Bounds::default()), "The largest body of a request."),
        ],
        ..Group::default()
    }
}
