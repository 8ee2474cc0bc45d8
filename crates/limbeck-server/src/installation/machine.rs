//! Where PostgreSQL lies on a machine that has it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Folders with versioned folders in them: the parent, what the entry's name begins with, and what follows it.
const VERSIONED: [(&str, &str, &str); 8] = [
    // Debian, Ubuntu and openSUSE
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr/lib", "postgresql", "bin"),
    // The packages of the PostgreSQL project for Red Hat and its relatives
    ("/usr", "pgsql-", "bin"),
    // Alpine
    ("/usr/libexec", "postgresql", ""),
    // Homebrew, on arm64 and on x86-64
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    // Postgres.app
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    // The installer for macOS
    ("/Library/PostgreSQL", "", "bin"),
];

/// Where PostgreSQL's own build puts itself.
const FIXED: [&str; 2] = ["/usr/local/pgsql/bin", "/usr/local/bin"];

/// Every folder that holds a server's programs, in the order of preference.
pub(super) fn folders(path: Option<&OsStr>) -> Vec<PathBuf> {
    let on_path: Vec<_> = path.map(std::env::split_paths).into_iter().flatten().collect();
    let mut candidates = on_path.clone();
    candidates.extend(on_path.iter().find_map(|folder| configured_folder(folder)));
    for (parent, prefix, suffix) in VERSIONED {
        candidates.extend(versioned(Path::new(parent), prefix, suffix));
    }
    candidates.extend(FIXED.iter().map(PathBuf::from));

    let mut folders = Vec::new();
    for candidate in candidates {
        if let Some(folder) = server_folder(&candidate)
            && !folders.contains(&folder)
        {
            folders.push(folder);
        }
    }
    folders
}

/// The folder that `postgres` really lies in, when `initdb` lies beside it.
fn server_folder(folder: &Path) -> Option<PathBuf> {
    let program = folder
        .join("postgres")
        .canonicalize()
        .ok()
        .filter(|program| program.is_file())?;
    let folder = program.parent()?;
    folder.join("initdb").is_file().then(|| folder.to_path_buf())
}

/// What `pg_config` in this folder says.
fn configured_folder(folder: &Path) -> Option<PathBuf> {
    let program = folder.join("pg_config");
    if !program.is_file() {
        return None;
    }
    let output = Command::new(program)
        .arg("--bindir")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let printed = String::from_utf8(output.stdout).ok()?;
    Some(printed.trim().into()).filter(|_| output.status.success())
}

/// Folders such as `/usr/lib/postgresql/17/bin`, the highest version first.
fn versioned(parent: &Path, prefix: &str, suffix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(prefix)?.trim_start_matches('@');
            let digits = version.split('.').next().unwrap_or_default();
            // `latest` and unversioned folders come last.
            Some((digits.parse().unwrap_or(0), entry.path().join(suffix)))
        })
        .collect();
    found.sort_by(|left, right| right.cmp(left));
    found.into_iter().map(|(_, folder)| folder).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::{folders, server_folder, versioned};

    #[test]
    fn versioned_folders_are_tried_newest_first() {
        let root = tempfile::tempdir().unwrap();
        for name in [
            "postgresql@9",
            "postgresql@17",
            "postgresql@16",
            "postgresql",
            "other",
        ] {
            fs::create_dir_all(root.path().join(name)).unwrap();
        }
        let found = versioned(root.path(), "postgresql", "bin");
        let found: Vec<_> = found
            .iter()
            .map(|path| path.strip_prefix(root.path()).unwrap().to_str())
            .collect();
        let expected = [
            "postgresql@17/bin",
            "postgresql@16/bin",
            "postgresql@9/bin",
            "postgresql/bin",
        ];
        assert_eq!(found, expected.map(Some));
    }

    #[test]
    fn a_link_to_the_server_leads_to_its_folder_and_a_client_alone_is_none() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let (real, links, client) = (root.join("17 real/bin"), root.join("links"), root.join("client"));
        for folder in [&real, &links, &client] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(real.join("postgres"), "").unwrap();
        fs::write(real.join("initdb"), "").unwrap();
        symlink(real.join("postgres"), links.join("postgres")).unwrap();
        fs::write(client.join("psql"), "").unwrap();
        assert_eq!(server_folder(&links), Some(real.clone()));
        assert_eq!(server_folder(&client), None);
        let path = std::env::join_paths([&client, &links, &real]).unwrap();
        assert_eq!(folders(Some(&path)).first(), Some(&real));
    }
}
