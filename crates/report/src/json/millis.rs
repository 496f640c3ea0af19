//! Milliseconds in the document.

use serde::{Serialize, Serializer};
use std::time::Duration;

/// Milliseconds, to the microsecond. Written without a fraction when there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Millis(pub f64);

impl From<Duration> for Millis {
    fn from(took: Duration) -> Self {
        Self(crate::time::ms(took))
    }
}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // Beyond 2^53 an integer has digits that no reader keeps.
        let whole = self.0.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&self.0);
        if whole { to.serialize_u64(self.0 as u64) } else { to.serialize_f64(self.0) }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Millis {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Millis".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "minimum": 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_milliseconds_have_no_fraction_and_others_keep_theirs() {
        let written = |took| serde_json::to_string(&Millis::from(took)).unwrap();
        assert_eq!(written(Duration::from_secs(30)), "30000");
        assert_eq!(written(Duration::from_micros(1_400)), "1.4");
        assert_eq!(written(Duration::ZERO), "0");
        assert!(written(Duration::MAX).starts_with("1.8446744073709552e"), "{}", written(Duration::MAX));
    }
}
