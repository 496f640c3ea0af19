//! `jwt`: keys and claims of JSON Web Tokens.

use super::{Group, Names, condition};
use crate::{Bounds, Type, Variable};

/// RFC 7518, 3.1, and RFC 8037.
const ALGORITHMS: [&str; 13] = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA",
];

/// The fewest characters of a shared secret: RFC 7518, 3.2 asks for a key as long as the hash, 32 bytes for HS256.
const SHORTEST_SECRET: u32 = 32;

pub(super) fn group(names: &Names<'_>) -> Group {
    let algorithms = Type::Enum { values: ALGORITHMS.iter().map(|word| (*word).to_owned()).collect() };
    let secret = Variable {
        length: Bounds { min: Some(SHORTEST_SECRET), max: None },
        ..names.known_as(&["JWT_SECRET", "JWT_SECRET_KEY"], Type::Secret, "The key that signs tokens (HS*).")
    };
    Group {
        variables: vec![
            names.known_as(&["JWT_ALGORITHM", "JWT_ALG"], algorithms, "How tokens are signed.").default("HS256"),
            Variable { required_if: where_required(names, "in ['HS256', 'HS384', 'HS512']"), ..secret },
            Variable {
                required_if: where_required(names, "not in ['HS256', 'HS384', 'HS512']"),
                // Public, although it is called a key.
                secret: Some(false),
                ..names.known_as(&["JWT_PUBLIC_KEY"], Type::String, "The key that tokens are verified with.")
            },
            names.known_as(
                &["JWT_PRIVATE_KEY"],
                Type::Secret,
                "The key that signs tokens; where none are signed, unset.",
            ),
            names.known_as(&["JWT_ISSUER"], Type::String, "The claim `iss`."),
            names.known_as(&["JWT_AUDIENCE"], Type::List { values: vec![] }, "The claim `aud`."),
            names.known_as(
                &["JWT_EXPIRES_IN", "JWT_EXPIRATION"],
                Type::Duration(Bounds::default()),
                "How long a token is good.",
            ),
        ],
        ..Group::default()
    }
}

fn where_required(names: &Names<'_>, algorithm: &str) -> Option<crate::Condition> {
    let words: Vec<String> = names.required.iter().map(|environment| format!("'{environment}'")).collect();
    if words.is_empty() {
        return None;
    }
    condition(&format!("{} {algorithm} and ENVIRONMENT in [{}]", names.name("JWT_ALGORITHM"), words.join(", ")))
}
