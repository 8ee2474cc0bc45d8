//! What connection strings mean, and what the wrong ones get.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    missing_docs,
    reason = "tests"
)]

use std::time::Duration;

use limbeck_postgres::{
    AuthenticationMethod, ChannelBinding, Defaults, KEYS, Password, RootCertificate, Settings, SettingsError,
    SslMode, Treatment, variables_of_keys,
};
use proptest::prelude::*;

/// A piece of every password here; no text may show it.
const SECRET: &str = "s3cr3t";

fn parse(text: &str) -> Settings {
    Settings::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_mistake_has_its_text() {
    let mistakes = [
        "",
        "   ",
        "mydb",
        "db.example.com:5432",
        "user:s3cr3t@host/db",
        "jdbc:postgresql://host/db?user=u",
        "postgresql+asyncpg://u:s3cr3t@h/d",
        "postgres:host/db",
        "postgress://u@h/d",
        "mysql://u@h/d",
        "sqlite:app.db",
        "\"postgresql://u:s3cr3t@h/d\"",
        "psql 'postgresql://u:s3cr3t@h/d'",
        "${DATABASE_URL}",
        "$DATABASE_URL",
        "postgresql://u:${DB_PASSWORD}@h/d",
        "postgresql://u@/d",
        "postgresql:///d",
        "postgresql://",
        "postgresql://h/d",
        "host=h",
        "dbname=d user=u",
        "postgresql://u:s3cr3t\0x@h/d",
        "host=h user=u password=s3cr3t\0x dbname=d",
        "postgresql://u:s3cr3t/x@h/d",
        "postgresql://u:s3cr3t?x@h/d",
        "postgresql://u:s3cr3t#x@h/d",
        "postgresql://u:a@s3cr3t/x@h/d",
        "postgresql://u@h/d#x",
        "postgresql://u@h/d/x",
        "postgresql://u:s3cr3t",
        "postgresql://u@h:0/d",
        "postgresql://u@h:65536/d",
        "postgresql://u@h:port/d",
        "postgresql://u@h:-1/d",
        "postgresql://u@::1/d",
        "postgresql://u@[::1/d",
        "postgresql://u@[::1]x/d",
        "postgresql://u@a b/d",
        "postgresql://u@@/d?host=@abstract",
        "postgresql://u%zz@h/d",
        "postgresql://u@h/d%ff",
        "postgresql://u@a,b:1,c:2/d?port=1,2",
        "postgresql://u@a,b/d?hostaddr=127.0.0.1",
        "postgresql://u@h/d?hostaddr=localhost",
        "postgresql://u@h/d?sslmod=require",
        "postgresql://u@h/d?schema=public",
        "postgresql://u@h/d?pgbouncer=true&connection_limit=1",
        "postgresql://u@h/d?wolpertinger=1",
        "postgresql://u@h/d?sslmode",
        "postgresql://u@h/d?sslmode=on",
        "postgresql://u@h/d?sslmode=require&sslmode=disable",
        "postgresql://u@h/d?channel_binding=on",
        "postgresql://u@h/d?sslmode=disable&channel_binding=require",
        "postgresql://u@h/d?sslmode=require&sslrootcert=system",
        "postgresql://u@h/d?sslmode=verify-ca",
        "postgresql://u@h/d?sslnegotiation=direct",
        "postgresql://u@h/d?sslcert=a.crt",
        "postgresql://u@h/d?sslcertmode=prefer",
        "postgresql://u@h/d?sslcertmode=require",
        "postgresql://u@h/d?sslmode=disable&sslcertmode=require&sslcert=a.crt&sslkey=a.key",
        "postgresql://u@h/d?require_auth=scram",
        "postgresql://u@h/d?require_auth=!md5,password",
        "postgresql://u@h/d?require_auth=gss,oauth",
        "postgresql://u@h/d?ssl_max_protocol_version=TLSv1.1",
        "postgresql://u@h/d?ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2",
        "postgresql://u@h/d?service=nowhere",
        "postgresql://u@h/d?service=nowhere&servicefile=/nowhere/pg_service.conf",
        "postgresql://u@h/d?connect_timeout=soon",
        "postgresql://u@h/d?keepalives=yes",
        "postgresql://u@h/d?target_session_attrs=master",
        "postgresql://u@h/d?gssencmode=require",
        "postgresql://u@h/d?sslcrl=x",
        "postgresql://u@h/d?replication=database",
        "postgresql://u@h/d?sslpassword=s3cr3t",
        "host=h user=u password=s3cr3t and more",
        "host=h user=u password=a s3cr3t=b",
        "host=h user=u password='s3cr3t",
        "user:s3cr3t@host/db?sslmode=require",
    ];
    let mut texts = String::new();
    for mistake in mistakes {
        let error = Settings::parse(mistake).expect_err(mistake);
        let text = match error.hint() {
            Some(hint) => format!("  {error}\n  hint: {hint}\n"),
            None => format!("  {error}\n"),
        };
        for shown in [&text, &format!("{error:?}")] {
            assert!(!shown.contains(SECRET), "{mistake}: {shown}");
        }
        texts.push_str(&format!("{mistake:?}\n{text}"));
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn no_text_of_settings_shows_the_password() {
    let settings = parse("postgresql://u:s3cr3t@h/d?sslmode=require");
    let texts = [
        settings.to_string(),
        format!("{settings:?}"),
        format!("{settings:#?}"),
        settings.to_url_redacted(),
        serde_json::to_string(&settings).unwrap(),
    ];
    for text in texts {
        assert!(text.contains("u:********@h") && !text.contains(SECRET), "{text}");
    }
    assert_eq!(settings.password().unwrap().expose(), SECRET);
    assert_eq!(
        settings.to_url_with_password(),
        "postgresql://u:s3cr3t@h/d?sslmode=require"
    );
    assert!(settings.with_user("other").password().is_none());
}

#[test]
fn both_forms_mean_the_same() {
    let same = [
        "postgresql://me:s3cr3t@db.example.com:6543/shop?sslmode=require&application_name=a%20b",
        "postgres://me:s3cr3t@db.example.com:6543/shop?sslmode=require&application_name=a%20b",
        "  postgresql://me:s3cr3t@db.example.com:6543/shop?sslmode=require&application_name=a%20b\n",
        "postgresql:///shop?host=db.example.com&port=6543&user=me&password=s3cr3t&ssl=true&application_name=a%20b",
        "host=db.example.com port=6543 user=me password=s3cr3t dbname=shop sslmode=require application_name='a b'",
    ];
    for text in same {
        let settings = parse(text);
        assert_eq!(settings, parse(same[0]), "{text}");
        assert_eq!(
            Settings::parse(&settings.to_url_with_password()).unwrap(),
            settings
        );
    }
    let settings = parse(same[0]);
    assert_eq!((&*settings.host(), settings.port()), ("db.example.com", 6543));
    assert_eq!((settings.user(), settings.database()), ("me", "shop"));
    assert_eq!(settings.application_name(), Some("a b"));
    assert_eq!(settings.ssl_mode(), SslMode::Require);
    assert_eq!(settings.channel_binding(), ChannelBinding::Prefer);
}

#[test]
fn what_is_left_out_has_a_default() {
    let settings = parse("postgresql://me@localhost");
    assert_eq!(
        (settings.port(), settings.database(), settings.ssl_mode()),
        (5432, "me", SslMode::Prefer)
    );
    assert!(settings.password().is_none() && settings.connect_timeout().is_none());
    assert_eq!(settings.to_url_redacted(), "postgresql://me@localhost/me");

    let defaults = Defaults {
        user: Some("os".to_owned()),
        password: Some(Password::new(SECRET)),
        host: Some("/run/postgresql".to_owned()),
        port: Some(5433),
        ..Defaults::default()
    };
    let settings = Settings::parse_with("postgresql:///shop", &defaults).unwrap();
    assert_eq!(
        settings.to_url_redacted(),
        "postgresql://os:********@/shop?host=/run/postgresql&port=5433"
    );
    assert!(settings.is_unix_socket());
    let settings = Settings::parse_with("postgresql://me:x@h:1/d", &defaults).unwrap();
    assert_eq!(settings, parse("postgresql://me:x@h:1/d"));
}

#[test]
fn sockets_are_folders() {
    for text in [
        "postgresql://u@/d?host=/run/my%20socket&port=5433",
        "postgresql://u@%2Frun%2Fmy%20socket:5433/d",
        "host='/run/my socket' port=5433 user=u dbname=d",
    ] {
        let settings = parse(text);
        assert!(settings.is_unix_socket(), "{text}");
        assert_eq!(settings.hosts()[0].to_string(), "/run/my socket/.s.PGSQL.5433");
        assert_eq!(
            settings.to_url_redacted(),
            "postgresql://u@/d?host=/run/my%20socket&port=5433"
        );
    }
    // As in libpq, TLS does not apply to sockets, nor is a binding missed before the server asks for a password.
    parse("postgresql://u@/d?host=/run&sslmode=disable&channel_binding=require");
}

#[test]
fn several_hosts_are_a_list() {
    let settings = parse("postgresql://u@a:1,[::1]:2,c/d?target_session_attrs=primary");
    let hosts: Vec<_> = settings.hosts().iter().map(ToString::to_string).collect();
    assert_eq!(hosts, ["a:1", "[::1]:2", "c:5432"]);
    assert_eq!(
        settings.to_url_redacted(),
        "postgresql://u@a:1,[::1]:2,c/d?target_session_attrs=primary"
    );
    assert_eq!(parse(&settings.to_url_redacted()), settings);

    let settings = parse("host=a,b hostaddr=10.0.0.1,::1 port=7 user=u");
    assert_eq!(
        settings.to_url_redacted(),
        "postgresql://u@a:7,b:7/u?hostaddr=10.0.0.1,::1"
    );
    assert_eq!(parse(&settings.to_url_redacted()), settings);
    assert_eq!(parse("hostaddr=10.0.0.1 user=u").host(), "10.0.0.1");
}

#[test]
fn every_key_is_used_ignored_or_refused_as_documented() {
    for key in KEYS {
        let value = match key.name {
            "host" => "/tmp",
            "hostaddr" => "127.0.0.1",
            "sslmode" => "require",
            "sslnegotiation" => "postgres",
            "channel_binding" => "prefer",
            "target_session_attrs" => "any",
            "client_encoding" => "latin1",
            "gssencmode" => "prefer",
            "sslcertmode" => "disable",
            "require_auth" => "scram-sha-256",
            "ssl_min_protocol_version" | "ssl_max_protocol_version" => "TLSv1.2",
            // What needs another key or a file beside it has a test of its own.
            "sslcert" | "sslkey" | "service" => continue,
            "load_balance_hosts" => "random",
            _ => "1",
        };
        let result = Settings::parse(&format!("postgresql://u@h/d?{}={value}", key.name));
        match key.treatment {
            Treatment::Used => assert!(result.unwrap().ignored().is_empty(), "{}", key.name),
            Treatment::Ignored => {
                let settings = result.unwrap();
                let [ignored] = settings.ignored() else {
                    panic!("{}", key.name)
                };
                assert_eq!(
                    ignored.to_string(),
                    format!("`{}` changes nothing: {}", key.name, key.note)
                );
            }
            Treatment::Refused => {
                let refused = SettingsError::Refused {
                    key: key.name.to_owned(),
                    reason: key.note,
                };
                assert_eq!(result.unwrap_err(), refused);
            }
        }
    }
    let both = parse("postgresql://u@h/d?sslcert=a.crt&sslkey=a.key");
    assert!(both.ignored().is_empty());
}

#[test]
fn what_asks_for_nothing_is_not_told() {
    let settings = parse(
        "postgresql://u@h/d?client_encoding=utf8&gssencmode=disable&sslcompression=0&load_balance_hosts=disable\
         &sslcrl=&passfile=",
    );
    assert!(settings.ignored().is_empty());
}

#[test]
fn values_survive_the_way_to_a_url_and_back() {
    let text = "postgresql://u:p%40%25@h:1/a%2Fb?sslmode=verify-full&sslnegotiation=direct&sslsni=0\
                &sslrootcert=/a%20b/root.crt&sslcert=/c&sslkey=/k&sslcertmode=require&ssl_min_protocol_version=TLSv1.3\
                &channel_binding=require&require_auth=%21password,%21md5&connect_timeout=30\
                &application_name=a&fallback_application_name=b&options=-c%20work_mem%3D1MB\
                &target_session_attrs=read-write&keepalives=0&keepalives_idle=1&keepalives_interval=2\
                &keepalives_count=3&tcp_user_timeout=4000";
    let settings = parse(text);
    assert_eq!(settings.to_url_with_password(), text);
    assert_eq!(settings.connect_timeout(), Some(Duration::from_secs(30)));
    assert_eq!(parse(&settings.to_url_with_password()), settings);
    // Zero is the operating system's value, which is not the default.
    let text = "postgresql://u@h/d?keepalives_idle=0&keepalives_interval=0&keepalives_count=0";
    let settings = parse(text);
    assert_eq!(settings.to_url_with_password(), text);
    assert_eq!(parse(&settings.to_url_with_password()), settings);
    let plain = "postgresql://u@h/d";
    assert_ne!(settings, parse(plain));
    assert_eq!(parse(plain).to_url_with_password(), plain);
}

fn variables(pairs: &[(&str, &str)]) -> Defaults {
    let variables = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Defaults {
        variables,
        ..Defaults::default()
    }
}

#[test]
fn variables_say_what_the_string_does_not() {
    let all = variables(&[
        ("PGHOST", "/run/pg"),
        ("PGHOSTADDR", "10.0.0.1"),
        ("PGPORT", "5433"),
        ("PGUSER", "me"),
        ("PGDATABASE", "shop"),
        ("PGPASSWORD", SECRET),
        ("PGSSLMODE", "require"),
        ("PGAPPNAME", ""),
        ("HOME", "/home/me"),
    ]);
    // The variables' address does not lead the string's host astray.
    let settings = Settings::parse_with("postgresql://you@h/d", &all).unwrap();
    assert_eq!(
        settings.to_url_redacted(),
        "postgresql://you:********@h:5433/d?sslmode=require"
    );
    let without_address = variables(&[("PGHOST", "/run/pg"), ("PGUSER", "me")]);
    let settings = Settings::parse_with("postgresql:///d", &without_address).unwrap();
    assert_eq!(settings.to_url_redacted(), "postgresql://me@/d?host=/run/pg");

    let older = |pairs: &[_], url: &str| Settings::parse_with(url, &variables(pairs)).unwrap().ssl_mode();
    let require = ("PGREQUIRESSL", "1");
    assert_eq!(older(&[require], "postgresql://u@h/d"), SslMode::Require);
    assert_eq!(
        older(&[("PGREQUIRESSL", "0")], "postgresql://u@h/d"),
        SslMode::Prefer
    );
    assert_eq!(
        older(&[require, ("PGSSLMODE", "disable")], "postgresql://u@h/d"),
        SslMode::Disable
    );
    assert_eq!(
        older(&[require], "postgresql://u@h/d?sslmode=allow"),
        SslMode::Allow
    );

    let told = |defaults| {
        let error = Settings::parse_with("postgresql://u@h/d", &defaults).unwrap_err();
        error.to_string()
    };
    insta::assert_snapshot!(told(variables(&[("PGSSLMODE", "on")])), @"`on` is no value for `sslmode`, which takes `disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`, in the variable `PGSSLMODE`");
    insta::assert_snapshot!(told(variables(&[("PGSSLCRL", "x")])), @"`sslcrl` cannot be used: revocation lists are not checked, in the variable `PGSSLCRL`");
}

#[test]
fn a_service_says_what_the_string_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, system) = (folder.path().join("ours"), folder.path().join("system"));
    std::fs::write(
        &ours,
        "[shop]\nhost=db.example.com\nport=6543\nuser=me\n[broken]\nsslmod=require\n",
    )
    .unwrap();
    std::fs::write(&system, "[archive]\nhost=old.example.com\nuser=me\n").unwrap();
    let mut defaults = variables(&[("PGUSER", "you"), ("PGSSLMODE", "require")]);
    defaults.service_files = vec![folder.path().join("missing"), ours.clone(), system];
    let url = |text: &str| Settings::parse_with(text, &defaults).map(|settings| settings.to_url_redacted());

    assert_eq!(
        url("postgresql:///d?service=shop&sslmode=disable").unwrap(),
        "postgresql://me@db.example.com:6543/d?sslmode=disable"
    );
    assert_eq!(
        url("service=archive").unwrap(),
        "postgresql://me@old.example.com/me?sslmode=require"
    );
    let named = format!("service=shop servicefile='{}'", ours.display());
    assert_eq!(Settings::parse(&named).unwrap().host(), "db.example.com");

    let error = url("service=broken").unwrap_err();
    let text = error.to_string().replace(ours.to_str().unwrap(), "FILE");
    insta::assert_snapshot!(text, @"unknown key `sslmod` in the connection string, in the service `broken` of `FILE`");
    assert_eq!(error.hint().as_deref(), Some("did you mean `sslmode`?"));
}

#[test]
fn a_password_file_is_looked_into_last_and_only_when_it_is_ones_own() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passwords");
    std::fs::write(&file, "a:*:*:me:for-a\nb:*:*:me:for-b\n").unwrap();
    let defaults = Defaults {
        password_file: Some(file.clone()),
        ..Defaults::default()
    };
    let parse = |text: &str| Settings::parse_with(text, &defaults).unwrap();
    let permit = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();

    permit(0o600);
    let settings = parse("postgresql://me@b/d");
    assert_eq!(settings.password().unwrap().expose(), "for-b");
    assert!(!format!("{settings:?}").contains("for-b"));
    assert!(settings.with_user("you").password().is_none());
    assert_eq!(
        parse("postgresql://me:own@b/d").password().unwrap().expose(),
        "own"
    );
    assert!(parse("postgresql://me@c/d").password().is_none());

    permit(0o640);
    let settings = parse("postgresql://me@b/d");
    assert!(settings.password().is_none());
    insta::assert_snapshot!(settings.ignored()[0], @"`passfile` changes nothing: others may read the file; make it yours alone by `chmod 600`");
    let missing = format!("postgresql://me@b/d?passfile={}/none", folder.path().display());
    assert!(Settings::parse(&missing).unwrap().password().is_none());
}

#[test]
fn certificates_of_ones_own_are_taken_where_nothing_else_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let defaults = Defaults {
        certificates: Some(folder.path().to_owned()),
        ..Defaults::default()
    };
    let url = |text: &str| {
        let settings = Settings::parse_with(text, &defaults).unwrap();
        let ignored: Vec<_> = settings.ignored().iter().map(|ignored| ignored.key).collect();
        let url = settings
            .to_string()
            .replace(folder.path().to_str().unwrap(), "FOLDER");
        format!("{url} {ignored:?}")
    };
    // What is not there is not missed.
    assert_eq!(url("postgresql://u@h/d"), "postgresql://u@h/d []");
    for name in ["root.crt", "root.crl", "postgresql.crt"] {
        std::fs::write(file(name), "").unwrap();
    }
    assert_eq!(
        url("postgresql://u@h/d"),
        "postgresql://u@h/d?sslrootcert=FOLDER/root.crt&sslcert=FOLDER/postgresql.crt&sslkey=FOLDER/postgresql.key \
         [\"sslcrl\"]"
    );
    assert_eq!(
        url("postgresql://u@h/d?sslrootcert=system&sslcert=/c"),
        "postgresql://u@h/d?sslrootcert=system&sslcert=/c&sslkey=FOLDER/postgresql.key []"
    );
    // Neon has the system's roots behind it, unless something else is asked for.
    let neon = |text: &str| Settings::parse_with(text, &defaults).unwrap();
    let settings = neon("postgresql://u@ep-x.neon.tech/d");
    assert_eq!(
        (settings.ssl_mode(), settings.root_certificate()),
        (SslMode::VerifyFull, None)
    );
    let settings = neon("postgresql://u@ep-x.neon.tech/d?sslmode=require");
    let own = RootCertificate::File(file("root.crt"));
    assert_eq!(
        (settings.ssl_mode(), settings.root_certificate()),
        (SslMode::Require, Some(&own))
    );
}

#[test]
fn neon_is_always_told_the_host() {
    let settings = parse("postgresql://u@ep-x.neon.tech/d?sslsni=0");
    insta::assert_snapshot!(settings.ignored()[0], @"`sslsni` changes nothing: Neon finds the database by the name in the TLS handshake");
    assert!(!settings.to_string().contains("sslsni"));
    assert!(parse("postgresql://u@h/d?sslsni=0").ignored().is_empty());
}

#[test]
fn what_is_accepted_of_a_server_is_known() {
    let settings = parse("postgresql://u@h/d?require_auth=!password,!md5");
    let required = settings.required_authentication().unwrap();
    assert!(required.accepts(AuthenticationMethod::ScramSha256));
    assert!(!required.accepts(AuthenticationMethod::Password));
    assert!(parse("postgresql://u@h/d").required_authentication().is_none());
}

/// Holds a table against a part of a file; with `LIMBECK_BLESS=1` it is written there anew.
#[track_caller]
fn assert_documented(file: &str, part: Option<&str>, table: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, documented, after) = match part {
        None => ("", text.as_str(), ""),
        Some(part) => {
            let (begin, end) = (format!("<!-- {part} -->\n"), format!("\n<!-- end of {part} -->"));
            let start = text.find(&begin).unwrap() + begin.len();
            let end = text.find(&end).unwrap().max(start);
            (&text[..start], &text[start..end], &text[end..])
        }
    };
    if std::env::var_os("LIMBECK_BLESS").is_some() {
        let table = if part.is_some() {
            format!("\n{table}")
        } else {
            table.to_owned()
        };
        std::fs::write(&path, format!("{before}{table}{after}")).unwrap();
        return;
    }
    assert_eq!(documented.trim(), table.trim(), "LIMBECK_BLESS=1 writes it anew");
}

/// The tables of the documentation, for people and beside the code.
#[test]
fn the_documented_keys_are_the_keys() {
    let mut table = String::from("| key | here | |\n|---|---|---|\n");
    for key in KEYS {
        let treatment = match key.treatment {
            Treatment::Used => "used",
            Treatment::Ignored => "ignored, with a notice",
            Treatment::Refused => "refused",
        };
        table.push_str(&format!("| `{}` | {treatment} | {} |\n", key.name, key.note));
    }
    assert_documented("src/settings/keys.md", None, &table);
    assert_documented("../../docs/connection-settings.md", Some("keys"), &table);

    let mut table = String::from("| variable | key |\n|---|---|\n");
    for (variable, key) in variables_of_keys() {
        table.push_str(&format!("| `{variable}` | `{key}` |\n"));
    }
    table.push_str("| `PGREQUIRESSL` | 1 is `sslmode=require`, where nothing else says something of it |\n");
    table.push_str("| `PGSYSCONFDIR` | the folder of the system's `pg_service.conf` |\n");
    table.push_str(
        "| `PGDATESTYLE`, `PGTZ`, `PGGEQO` | ignored: what they set is pinned, or changes no result |\n",
    );
    assert_documented("../../docs/connection-settings.md", Some("variables"), &table);
}

/// What libpq says of itself.
fn options_of_libpq() -> Vec<(&'static str, Option<&'static str>, u32)> {
    include_str!("libpq_options.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let [key, variable, since] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            (
                key,
                Some(variable).filter(|it| *it != "-"),
                since.parse().unwrap(),
            )
        })
        .collect()
}

#[test]
fn no_key_or_variable_of_libpq_is_unknown_and_none_is_made_up() {
    let variable_of = |key: &str| {
        variables_of_keys()
            .find(|(_, of)| *of == key)
            .map(|(name, _)| name)
    };
    for (key, variable, _) in options_of_libpq() {
        assert!(KEYS.iter().any(|known| known.name == key), "{key}");
        assert_eq!(variable_of(key), variable, "{key}");
    }
    let made_up: Vec<_> = KEYS
        .iter()
        .filter(|key| options_of_libpq().iter().all(|(of, ..)| *of != key.name))
        .map(|key| (key.name, variable_of(key.name)))
        .collect();
    // Of 19.
    assert_eq!(made_up, [("servicefile", Some("PGSERVICEFILE"))]);
}

/// The list that the test above goes by, held against the `psql` of this machine.
#[tokio::test]
async fn psql_knows_the_keys_that_are_said_to_be_libpqs() {
    let installation = limbeck_server::testing::installation().await;
    let settings = limbeck_server::testing::shared_scratch()
        .await
        .settings("postgres");
    if limbeck_server::testing::client_command("psql", &settings)
        .await
        .is_none()
    {
        eprintln!("this installation has no psql to ask");
        return;
    }
    for (key, _, since) in options_of_libpq().into_iter().chain([("sslmod", None, 99)]) {
        let mut psql = limbeck_server::testing::client_command("psql", &settings)
            .await
            .unwrap();
        // Nothing listens there; before that is found out, an unknown key is.
        let connection = format!("host=/nonexistent user=u {key}=''");
        let output = psql
            .args(["--no-psqlrc", "--dbname", &connection])
            .output()
            .await
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!told.is_empty(), "{key}");
        let is_known = !told.contains("invalid connection option");
        assert_eq!(is_known, since <= installation.version.major, "{key}: {told}");
    }
}

/// Pieces of connection strings in any order, of which one is the secret, always where a password stands.
fn nearly_strings() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "postgresql://",
        "postgres://",
        "jdbc:",
        "u",
        "u:s3cr3t@",
        ":s3cr3t@",
        "h",
        ":5432",
        "[::1]",
        "/d",
        "?",
        "&",
        "=",
        ",",
        "#",
        "%",
        "%2",
        "%00",
        "%40",
        "@",
        "'",
        "\\",
        " ",
        "\n",
        "é",
        "\0",
        "host=h ",
        "password=s3cr3t ",
        "password='s3cr3t' ",
        "port=",
        "sslmode=require",
        "sslmode=verify-full",
        "options=-c%20a",
        "connect_timeout=5",
        "hostaddr=::1",
        "${X}",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Connection strings as they should be.
fn good_strings() -> impl Strategy<Value = String> {
    let name = "[a-z%40é]{0,3}".prop_map(|name| name.replace('%', "%25"));
    let keys = prop::sample::subsequence(
        vec![
            "sslmode=require",
            "connect_timeout=5",
            "application_name=a%20b",
            "keepalives_idle=3",
            "require_auth=!md5",
            "target_session_attrs=primary",
            "options=endpoint%3Dx",
            "channel_binding=require",
        ],
        0..5,
    );
    (
        name.clone(),
        prop::option::of("[a-z@%]{1,8}"),
        prop::collection::vec("[a-z]{1,4}(:[1-9]{1,4})?", 1..4),
        name,
        keys,
    )
        .prop_map(|(user, password, hosts, database, keys)| {
            let password = password
                .map(|password| format!(":{password}"))
                .unwrap_or_default();
            format!(
                "postgresql://u{user}{password}@{}/d{database}?{}",
                hosts.join(","),
                keys.join("&")
            )
        })
}

proptest! {
    #[test]
    fn any_text_is_settings_or_a_mistake_and_shows_no_password(
        text in prop_oneof![nearly_strings(), any::<String>()]
    ) {
        let shown = match Settings::parse(&text) {
            Err(error) => format!("{error} {error:?} {:?}", error.hint()),
            Ok(settings) => {
                // Where the password came to stand as a name, a name is all it is.
                let name = [settings.user(), settings.database(), &settings.host()].concat();
                if name.contains(SECRET) || settings.application_name().is_some_and(|name| name.contains(SECRET)) {
                    return Ok(());
                }
                format!("{settings} {settings:?} {}", serde_json::to_string(&settings).unwrap())
            }
        };
        prop_assert!(!shown.contains(SECRET), "{} gives {}", text, shown);
    }

    #[test]
    fn a_good_string_is_written_as_one_that_means_the_same(text in good_strings()) {
        let settings = Settings::parse(&text).unwrap();
        let url = settings.to_url_with_password();
        prop_assert_eq!(Settings::parse(&url).unwrap(), settings, "{} by {}", text, url);
    }

    #[test]
    fn any_files_of_passwords_and_services_are_read(
        passwords in "(([a-z*]{0,3}:|\\\\|#|\n|[^\n]){0,20})",
        services in "(\\[s\\]|\\[a\\]|host=h|user=u|dbname=d|port=|=|#|\n| |[^\n]){0,20}",
    ) {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (password_file, service_file) = (folder.path().join("pgpass"), folder.path().join("services"));
        std::fs::write(&password_file, passwords).unwrap();
        std::fs::set_permissions(&password_file, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&service_file, services).unwrap();
        let defaults = Defaults {
            user: Some("u".to_owned()),
            password_file: Some(password_file),
            service_files: vec![service_file],
            ..Defaults::default()
        };
        for text in ["postgresql://u@h/d", "service=s"] {
            if let Err(error) = Settings::parse_with(text, &defaults) {
                let _ = (error.to_string(), error.hint());
            }
        }
    }
}
