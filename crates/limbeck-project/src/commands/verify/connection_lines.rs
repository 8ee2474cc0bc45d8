//! What a connection came to, a line each.

use super::connection::{ConnectionReport, RoleReport, Unbound};
use super::{Failed, Finding};
use limbeck_postgres::{AuthenticationMethod, ClientCertificateUse, Pooling, ServerIdentity};

/// Every line, with its name.
pub(super) fn lines(report: &ConnectionReport) -> Vec<(&'static str, Finding)> {
    let mut lines = vec![
        ("encryption", Ok(encryption(report))),
        ("the server's identity", Ok(identity(report))),
        ("channel binding", Ok(binding(report))),
        ("authentication", Ok(authentication(report))),
        ("the way to the server", way(report)),
        ("the role", Ok(role(&report.role))),
        ("the role's rights", rights(&report.role)),
        ("writing", writing(report)),
        ("settings of the role and the database", Ok(settings(report))),
        ("event triggers", Ok(event_triggers(report))),
        ("round trip", Ok(format!("{:.2} ms", report.round_trip * 1000.0))),
    ];
    if let Some(neon) = &report.neon {
        let mut detail = format!("the endpoint `{}`", neon.host.endpoint);
        if let Some(region) = &neon.host.region {
            detail.push_str(&format!(" in {region}"));
        }
        if neon.host.pooled {
            detail.push_str(", written with its pooler, and reached directly");
        }
        for (name, value) in &neon.settings {
            detail.push_str(&format!(", {name} {value}"));
        }
        lines.push(("Neon", Ok(detail)));
    }
    lines
}

fn encryption(report: &ConnectionReport) -> String {
    match &report.tls {
        Some(tls) => format!("{}, {}", tls.version, tls.cipher),
        None if report.host.starts_with('/') => "none; a unix socket needs none".to_owned(),
        None if report.is_local => "none; what is sent stays on this machine".to_owned(),
        None => "none: whoever is on the way reads what is sent; `sslmode=verify-full` encrypts".to_owned(),
    }
}

fn identity(report: &ConnectionReport) -> String {
    let identity = report
        .tls
        .as_ref()
        .map_or(ServerIdentity::Unchecked, |tls| tls.identity);
    let root = match report.root.as_deref() {
        Some("system") | None => "a root of the system".to_owned(),
        Some(file) => format!("a root of `{file}`"),
    };
    match identity {
        ServerIdentity::RootAndName => {
            format!("{root} stands behind its certificate, which bears the host's name")
        }
        ServerIdentity::Root => {
            format!("{root} stands behind its certificate; the name in it was not looked at")
        }
        ServerIdentity::Unchecked if report.authentication.bound => {
            "its certificate was not checked; the binding tells that nobody sits in between".to_owned()
        }
        ServerIdentity::Unchecked if report.is_local => "not checked; it is on this machine".to_owned(),
        ServerIdentity::Unchecked => {
            "not checked: anybody could have answered; `sslmode=verify-full` checks it".to_owned()
        }
    }
}

fn binding(report: &ConnectionReport) -> String {
    let reason = match report.unbound {
        None => return "in force".to_owned(),
        Some(Unbound::NoTls) => "there is no TLS to bind to",
        Some(Unbound::Disabled) => "`channel_binding=disable`",
        Some(Unbound::NoScram) => "the server did not ask for a password by SCRAM",
        Some(Unbound::Certificate) => "the signature of the server's certificate defines none",
        Some(Unbound::NotOffered) => "the server does not offer it",
    };
    format!("not in force: {reason}")
}

fn authentication(report: &ConnectionReport) -> String {
    let method = match report.authentication.method {
        AuthenticationMethod::None => "without a password".to_owned(),
        method => format!("by {}", method.as_str()),
    };
    let certificate = match report.tls.as_ref().map(|tls| tls.client_certificate) {
        None => return method,
        Some(ClientCertificateUse::Sent) => "the client's certificate was sent",
        Some(ClientCertificateUse::NotSent) => "the server asked for a client's certificate and got none",
        Some(ClientCertificateUse::NotAsked) => "no client's certificate was asked for",
    };
    format!("{method}; {certificate}")
}

fn way(report: &ConnectionReport) -> Finding {
    let Pooling { kind, learnt } = report.pooling;
    let detail = format!("{kind}, told by {learnt}");
    if kind.is_shared() {
        return Err(Failed::new(
            detail,
            "reading works through it; to migrate, name the server itself (`--allow-pooler` lets steps in transactions pass)",
        ));
    }
    Ok(detail)
}

fn role(role: &RoleReport) -> String {
    let rights = [
        (role.superuser, "superuser"),
        (role.create_role, "may make roles"),
        (role.create_database, "may make databases"),
        (role.bypass_row_security, "policies do not hold for it"),
    ];
    let told: Vec<&str> = rights
        .iter()
        .filter(|(has, _)| *has)
        .map(|(_, told)| *told)
        .collect();
    if told.is_empty() {
        format!("`{}`, an ordinary one", role.name)
    } else {
        format!("`{}`: {}", role.name, told.join(", "))
    }
}

fn rights(role: &RoleReport) -> Finding {
    let may = |has: bool, what: &str| format!("{} {what}", if has { "may" } else { "may not" });
    let creates_in = match role.creates_in.as_slice() {
        [] => "may create in none of the schemas that are there".to_owned(),
        schemas => format!("may create in {}", listed(schemas)),
    };
    let owns = match role.owns_version_schema {
        Some(true) => "owns Limbeck's own tables",
        Some(false) => "does not own Limbeck's own tables",
        None => "Limbeck's own tables are not there yet",
    };
    let detail = [
        may(role.create_schema, "make schemas"),
        creates_in,
        owns.to_owned(),
        may(role.ends_own_sessions, "end its own sessions"),
        may(role.ends_other_sessions, "end those of others"),
        may(role.sees_other_sessions, "see what they run"),
    ]
    .join(", ");
    if role.ends_own_sessions {
        return Ok(detail);
    }
    Err(Failed::new(
        detail,
        "without it, no run can take over from one that died: `GRANT EXECUTE ON FUNCTION pg_terminate_backend TO …`",
    ))
}

fn writing(report: &ConnectionReport) -> Finding {
    if report.standby {
        return Err(Failed::new(
            "the server is a standby, which takes no writes",
            "name the primary, or all hosts and `target_session_attrs=read-write`",
        ));
    }
    if !report.read_write {
        return Err(Failed::new(
            "transactions are read-only by `default_transaction_read_only`",
            "turn it off for the role that migrates: `ALTER ROLE … SET default_transaction_read_only = off`",
        ));
    }
    Ok("the server is a primary, and transactions may write".to_owned())
}

fn settings(report: &ConnectionReport) -> String {
    if report.settings.is_empty() {
        return "none that matters".to_owned();
    }
    let told: Vec<String> = report
        .settings
        .iter()
        .map(|setting| format!("{} = {} (of the {})", setting.name, setting.value, setting.of))
        .collect();
    format!(
        "{}; a run has timeouts and a search path of its own",
        told.join(", ")
    )
}

fn event_triggers(report: &ConnectionReport) -> String {
    match report.event_triggers.as_slice() {
        [] => "none".to_owned(),
        names => format!("{}; they see what a run does, and may refuse it", listed(names)),
    }
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
