//! `require_auth`: which ways of authentication are accepted, and nothing else.

use super::AuthenticationMethod;

/// The ways of authentication that a connection string accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredAuthentication {
    text: String,
    accepted: Vec<AuthenticationMethod>,
}

impl RequiredAuthentication {
    pub(crate) const EXPECTED: &'static str = "`password`, `md5`, `gss`, `sspi`, `scram-sha-256`, `oauth` and `none`, \
        each at most once, separated by commas, and a `!` before all of them or before none";

    /// Reads `scram-sha-256,none` or `!password,!md5`, as libpq does.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let negated = text.starts_with('!');
        let mut named = Vec::new();
        for item in text.split(',') {
            let name = if negated { item.strip_prefix('!')? } else { item };
            let method = AuthenticationMethod::ALL
                .into_iter()
                .find(|method| method.as_str() == name)?;
            if named.contains(&method) {
                return None;
            }
            named.push(method);
        }
        let accepted = AuthenticationMethod::ALL
            .into_iter()
            .filter(|method| named.contains(method) != negated)
            .collect();
        Some(Self {
            text: text.to_owned(),
            accepted,
        })
    }

    /// Whether a way of authentication is accepted.
    pub fn accepts(&self, method: AuthenticationMethod) -> bool {
        self.accepted.contains(&method)
    }

    /// Whether anything that is accepted is spoken here.
    pub(crate) fn can_be_kept(&self) -> bool {
        self.accepted.iter().any(|method| method.is_supported())
    }

    /// The value as the connection string writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::super::AuthenticationMethod::{Gss, Md5, None as Nothing, Password, ScramSha256};
    use super::RequiredAuthentication;

    #[test]
    fn a_list_accepts_what_it_names() {
        let required = RequiredAuthentication::from_text("scram-sha-256,none").unwrap();
        assert!(required.accepts(ScramSha256) && required.accepts(Nothing));
        assert!(!required.accepts(Password) && !required.accepts(Md5) && !required.accepts(Gss));
    }

    #[test]
    fn a_list_of_what_is_not_accepted_accepts_the_rest() {
        let required = RequiredAuthentication::from_text("!password,!md5").unwrap();
        assert!(required.accepts(ScramSha256) && required.accepts(Nothing) && required.accepts(Gss));
        assert!(!required.accepts(Password) && !required.accepts(Md5));
    }

    #[test]
    fn what_libpq_refuses_is_refused() {
        for wrong in [
            "",
            "scram",
            "md5,md5",
            "md5,",
            "md5, password",
            "!md5,password",
            "md5,!password",
            "!",
            "MD5",
        ] {
            assert_eq!(RequiredAuthentication::from_text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_nobody_here_speaks_cannot_be_kept() {
        let kept = |text| RequiredAuthentication::from_text(text).unwrap().can_be_kept();
        assert!(kept("md5") && kept("gss,none") && kept("!none"));
        assert!(!kept("gss") && !kept("sspi,oauth"));
    }
}
