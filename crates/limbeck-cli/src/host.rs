//! The surroundings: the environment, the user, and where caches and data belong.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use limbeck_project::{ConnectionDefaults, Directories, Host};

use crate::environment::{LIMBECK_CACHE_DIR, LIMBECK_DATA_DIR};

const SHARED_MEMORY: &str = "/dev/shm";

/// Looks around.
#[expect(clippy::disallowed_methods, reason = "this is the command line")]
pub(crate) fn look_around() -> Host {
    // A variable that is no UTF-8 can be neither a name in `limbeck.toml` nor a URL.
    let variables: BTreeMap<String, String> = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let user = rustix::process::geteuid();
    let surroundings = Surroundings {
        variables: &variables,
        home: env::home_dir().filter(|home| home.is_absolute()),
        is_root: user.is_root(),
        is_macos: cfg!(target_os = "macos"),
        fallback: env::temp_dir().join(format!("limbeck-{}", user.as_raw())),
    };
    let directories = Directories {
        cache: surroundings.cache(),
        data: surroundings.data(),
        temporary: env::temp_dir(),
        shared_memory: Some(PathBuf::from(SHARED_MEMORY)).filter(|folder| folder.is_dir()),
    };
    Host {
        os_user: ["USER", "LOGNAME"]
            .iter()
            .find_map(|name| variables.get(*name))
            .cloned(),
        host_name: rustix::system::uname()
            .nodename()
            .to_str()
            .ok()
            .map(str::to_owned),
        path: env::var_os("PATH"),
        connection: surroundings.connection(Path::new(SOCKETS).is_dir()),
        directories,
        variables,
    }
}

/// The folder of the unix socket where Debian and others have it; elsewhere it is PostgreSQL's own default.
const SOCKETS: &str = "/var/run/postgresql";
const OTHER_SOCKETS: &str = "/tmp";

/// What decides where folders are.
struct Surroundings<'a> {
    variables: &'a BTreeMap<String, String>,
    home: Option<PathBuf>,
    is_root: bool,
    is_macos: bool,
    /// Where there is no home.
    fallback: PathBuf,
}

impl Surroundings<'_> {
    /// What can always be made again.
    fn cache(&self) -> PathBuf {
        self.folder(
            LIMBECK_CACHE_DIR,
            "/var/cache/limbeck",
            "XDG_CACHE_HOME",
            ".cache",
            "Library/Caches",
        )
    }

    /// What must last: the embedded databases.
    fn data(&self) -> PathBuf {
        let apple = "Library/Application Support";
        self.folder(
            LIMBECK_DATA_DIR,
            "/var/lib/limbeck",
            "XDG_DATA_HOME",
            ".local/share",
            apple,
        )
    }

    /// What libpq looks for in the home folder and in the system's.
    fn connection(&self, has_sockets: bool) -> ConnectionDefaults {
        let at_home = |name: &str| Some(self.home.as_ref()?.join(name));
        let of_system = match self
            .variables
            .get("PGSYSCONFDIR")
            .filter(|folder| !folder.is_empty())
        {
            Some(folder) => vec![PathBuf::from(folder)],
            None => vec![PathBuf::from("/etc/postgresql-common"), PathBuf::from("/etc")],
        };
        let of_system = of_system.iter().map(|folder| folder.join("pg_service.conf"));
        ConnectionDefaults {
            host: Some(if has_sockets { SOCKETS } else { OTHER_SOCKETS }.to_owned()),
            password_file: at_home(".pgpass"),
            service_files: at_home(".pg_service.conf").into_iter().chain(of_system).collect(),
            certificates: at_home(".postgresql"),
            ..ConnectionDefaults::default()
        }
    }

    /// PostgreSQL refuses to run as root, so for root the server runs as `nobody`, who cannot reach root's home.
    fn folder(&self, own: &str, for_root: &str, xdg: &str, below_home: &str, apple: &str) -> PathBuf {
        if let Some(folder) = self.absolute(own) {
            return folder;
        }
        if self.is_root {
            return PathBuf::from(for_root);
        }
        let base = match (&self.home, self.is_macos) {
            (Some(home), true) => home.join(apple),
            (home, _) => match (self.absolute(xdg), home) {
                (Some(folder), _) => folder,
                (None, Some(home)) => home.join(below_home),
                (None, None) => {
                    return self
                        .fallback
                        .join(Path::new(below_home).file_name().unwrap_or_default());
                }
            },
        };
        base.join("limbeck")
    }

    /// The XDG specification: a relative path is to be ignored.
    fn absolute(&self, variable: &str) -> Option<PathBuf> {
        self.variables
            .get(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(
        variables: &[(&str, &str)],
        home: Option<&str>,
        is_root: bool,
        is_macos: bool,
    ) -> (String, String) {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let surroundings = Surroundings {
            variables: &variables,
            home: home.map(PathBuf::from),
            is_root,
            is_macos,
            fallback: PathBuf::from("/tmp/limbeck-1000"),
        };
        (
            surroundings.cache().display().to_string(),
            surroundings.data().display().to_string(),
        )
    }

    fn pair(cache: &str, data: &str) -> (String, String) {
        (cache.to_owned(), data.to_owned())
    }

    #[test]
    fn below_home() {
        let expected = pair("/home/anna/.cache/limbeck", "/home/anna/.local/share/limbeck");
        assert_eq!(folders(&[], Some("/home/anna"), false, false), expected);
    }

    #[test]
    fn where_xdg_says() {
        let variables = [("XDG_CACHE_HOME", "/c"), ("XDG_DATA_HOME", "relative")];
        let expected = pair("/c/limbeck", "/home/anna/.local/share/limbeck");
        assert_eq!(folders(&variables, Some("/home/anna"), false, false), expected);
    }

    #[test]
    fn where_macos_has_them() {
        let expected = pair(
            "/Users/anna/Library/Caches/limbeck",
            "/Users/anna/Library/Application Support/limbeck",
        );
        assert_eq!(folders(&[], Some("/Users/anna"), false, true), expected);
    }

    #[test]
    fn where_nobody_reaches_them_for_root() {
        let variables = [("XDG_CACHE_HOME", "/root/c")];
        assert_eq!(
            folders(&variables, Some("/root"), true, false),
            pair("/var/cache/limbeck", "/var/lib/limbeck")
        );
    }

    #[test]
    fn where_the_user_says() {
        let variables = [("LIMBECK_CACHE_DIR", "/a"), ("LIMBECK_DATA_DIR", "/b")];
        for is_root in [false, true] {
            assert_eq!(
                folders(&variables, Some("/home/anna"), is_root, false),
                pair("/a", "/b")
            );
        }
    }

    #[test]
    fn without_a_home() {
        assert_eq!(
            folders(&[], None, false, false),
            pair("/tmp/limbeck-1000/.cache", "/tmp/limbeck-1000/share")
        );
    }
}
