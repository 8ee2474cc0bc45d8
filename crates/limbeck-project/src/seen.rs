//! What the revision files said when they were last read, so that an upgrade with nothing to do reads none of them.
//!
//! Whether a file is still the one that was read is told by its size, its times and its number on the disk, as Git
//! tells it. A file that was changed a moment before it was listed is not trusted: another change could leave the same
//! times.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use limbeck_history::{History, Locations, RevisionId};
use serde::{Deserialize, Serialize};

use crate::Project;
use crate::cache::{self, Cache};

/// How long a file must have been left alone to be trusted: longer than any file system's times are coarse.
const SETTLED: Duration = Duration::from_secs(3);

/// What the revision files said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// A hash of the files as their folders list them.
    listing: String,
    /// The one head of the history.
    head: SeenHead,
    /// A hash of every revision with its checksum, as [`of_applied`] makes it.
    revisions: String,
}

/// What the head's file said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SeenHead {
    pub(crate) id: RevisionId,
    pub(crate) message: String,
    pub(crate) parents: Vec<RevisionId>,
    /// The file, relative to the project.
    pub(crate) path: PathBuf,
}

/// The files as their folders list them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    hash: String,
    /// Whether all files had been left alone for long enough when they were listed. How old they are once they have been
    /// read tells nothing: reading, and what comes before it is kept, may take long.
    is_settled: bool,
}

impl Seen {
    /// What was seen of the project's revisions, if they are still the same.
    pub(crate) fn recall(project: &Project, listing: &Listing) -> Option<Self> {
        let seen: Self = cache(project).get(&key(project))?;
        (seen.listing == listing.hash).then_some(seen)
    }

    /// Keeps what was read of files that were listed before. A history with several heads is not kept: where to go is
    /// a question then.
    pub(crate) fn keep(project: &Project, listing: &Listing, history: &History) {
        let mut heads = history.heads().into_iter();
        if let (true, Some(head), None) = (listing.is_settled, heads.next(), heads.next())
            && let Some(head) = history.get(head.as_str())
        {
            let mut revisions: Vec<(&RevisionId, &str)> = history
                .order_all()
                .into_iter()
                .map(|revision| (&revision.id, revision.checksum.as_str()))
                .collect();
            revisions.sort_unstable();
            let seen = Self {
                listing: listing.hash.clone(),
                head: SeenHead {
                    id: head.id.clone(),
                    message: head.message.clone(),
                    parents: head.parents.clone(),
                    path: project.relative(&head.path),
                },
                revisions: of_applied(revisions),
            };
            cache(project).put(&key(project), &seen);
        }
    }

    /// The one head.
    pub(crate) fn head(&self) -> &SeenHead {
        &self.head
    }

    /// Whether a database with these heads and applied revisions, in order of their identifiers, is at the head, each
    /// revision as its file says.
    pub(crate) fn is_reached<'a>(
        &self,
        mut heads: impl Iterator<Item = &'a RevisionId>,
        applied: impl IntoIterator<Item = (&'a RevisionId, &'a str)>,
    ) -> bool {
        heads.next() == Some(&self.head.id) && heads.next().is_none() && of_applied(applied) == self.revisions
    }
}

/// A hash of revisions with their checksums.
fn of_applied<'a>(revisions: impl IntoIterator<Item = (&'a RevisionId, &'a str)>) -> String {
    let mut text = String::new();
    for (id, checksum) in revisions {
        text.extend([id.as_str(), " ", checksum, "\n"]);
    }
    cache::key([text.as_str()])
}

fn cache(project: &Project) -> Cache {
    Cache::new(&project.host().directories.cache, "revisions")
}

fn key(project: &Project) -> String {
    let Locations { folders, recursive } = project.locations();
    let folders = folders
        .iter()
        .map(|folder| folder.to_string_lossy().into_owned())
        .collect::<Vec<_>>();
    let fixed = [
        env!("CARGO_PKG_VERSION"),
        if recursive { "recursive" } else { "" },
    ];
    cache::key(fixed.into_iter().chain(folders.iter().map(String::as_str)))
}

impl Listing {
    /// Lists the files of some folders. `None` where what a file is cannot be told without reading it: beyond a link,
    /// and on systems that keep no time of a file's last change of any kind.
    pub(crate) fn read(locations: &Locations) -> Option<Self> {
        let listed = SystemTime::now();
        let mut lines = Vec::new();
        let mut changed = SystemTime::UNIX_EPOCH;
        for entry in locations.entries().ok()? {
            let metadata = entry.metadata().ok()?;
            if !metadata.is_file() {
                return None;
            }
            let mut line = entry.path().into_os_string().into_string().ok()?;
            changed = changed.max(stamp(&mut line, &metadata)?);
            lines.push(line);
        }
        lines.sort_unstable();
        Some(Self {
            hash: cache::key(lines.iter().map(String::as_str)),
            is_settled: is_settled(changed, listed),
        })
    }
}

/// Whether a file that was changed then, and listed then, shows by its times when it is changed again.
fn is_settled(changed: SystemTime, listed: SystemTime) -> bool {
    listed.duration_since(changed).is_ok_and(|age| age > SETTLED)
}

/// Adds to a file's name what changes with its content, and gives the time of its last change.
#[cfg(unix)]
fn stamp(line: &mut String, metadata: &std::fs::Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    write!(
        line,
        "/{} {}.{} {}.{} {}",
        metadata.size(),
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ctime(),
        metadata.ctime_nsec(),
        metadata.ino()
    )
    .ok()?;
    let changed = u64::try_from(metadata.ctime()).ok()?;
    let changed = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(changed + 1))?;
    Some(changed.max(metadata.modified().ok()?))
}

/// Elsewhere a file's content can change without a trace in its metadata.
#[cfg(not(unix))]
fn stamp(_line: &mut String, _metadata: &std::fs::Metadata) -> Option<SystemTime> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(folder: &std::path::Path) -> Option<Listing> {
        Listing::read(&Locations::folder(folder))
    }

    fn id(text: &str) -> RevisionId {
        RevisionId::new(text).unwrap()
    }

    #[test]
    fn a_listing_changes_with_every_change_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sql");
        let mut seen = vec![listing(folder.path()).unwrap()];
        for text in ["one", "two"] {
            std::fs::write(&path, text).unwrap();
            seen.push(listing(folder.path()).unwrap());
            // The clock of files ticks every few milliseconds; that is why what is young is not kept.
            std::thread::sleep(Duration::from_millis(50));
        }
        let touched = std::fs::File::options().write(true).open(&path).unwrap();
        touched.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        seen.push(listing(folder.path()).unwrap());
        std::fs::rename(&path, folder.path().join("b.sql")).unwrap();
        seen.push(listing(folder.path()).unwrap());
        for (number, listing) in seen.iter().enumerate() {
            assert!(!seen[..number].contains(listing), "{number}: {seen:#?}");
        }
        assert_eq!(listing(folder.path()).as_ref(), seen.last());
    }

    #[test]
    fn what_was_changed_when_it_was_listed_is_not_trusted_however_late_it_is_kept() {
        let at = |milliseconds| SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds);
        let cases = [
            ("the same tick", 10_000, 10_000, false),
            ("the tick before", 9_990, 10_000, false),
            ("times in whole seconds", 9_000, 10_000, false),
            ("times in two seconds, as of FAT", 8_000, 10_000, false),
            ("on the edge", 7_000, 10_000, false),
            ("left alone", 6_999, 10_000, true),
            ("a time to come", 20_000, 10_000, false),
        ];
        for (what, changed, listed, expected) in cases {
            assert_eq!(is_settled(at(changed), at(listed)), expected, "{what}");
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.sql"), "one").unwrap();
        let young = listing(folder.path()).unwrap();
        assert!(!young.is_settled);
    }

    #[test]
    fn a_listing_goes_as_deep_as_reading_does() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.sql"), "").unwrap();
        std::fs::create_dir(folder.path().join("in")).unwrap();
        let recursive = Locations {
            recursive: true,
            ..Locations::folder(folder.path())
        };
        let (flat, deep) = (listing(folder.path()), Listing::read(&recursive));
        assert!(flat.is_some() && deep.is_some());
        std::fs::write(folder.path().join("in/b.sql"), "").unwrap();
        assert_eq!(listing(folder.path()), flat);
        assert_ne!(Listing::read(&recursive), deep);
    }

    #[cfg(unix)]
    #[test]
    fn what_lies_beyond_a_link_is_not_listed() {
        let folder = tempfile::tempdir().unwrap();
        let target = tempfile::NamedTempFile::new().unwrap();
        std::os::unix::fs::symlink(target.path(), folder.path().join("a.sql")).unwrap();
        assert_eq!(listing(folder.path()), None);
    }

    #[test]
    fn only_the_very_same_revisions_are_reached() {
        let (a, b) = (id("a"), id("b"));
        let seen = Seen {
            listing: String::new(),
            head: SeenHead {
                id: b.clone(),
                message: String::new(),
                parents: vec![a.clone()],
                path: PathBuf::new(),
            },
            revisions: of_applied([(&a, "1"), (&b, "2")]),
        };
        let is_reached = |heads: &[&RevisionId], applied: &[(&RevisionId, &str)]| {
            seen.is_reached(heads.iter().copied(), applied.iter().copied())
        };
        assert!(is_reached(&[&b], &[(&a, "1"), (&b, "2")]));
        assert!(!is_reached(&[], &[]));
        assert!(!is_reached(&[&a], &[(&a, "1")]));
        assert!(!is_reached(&[&a, &b], &[(&a, "1"), (&b, "2")]));
        assert!(!is_reached(&[&b], &[(&a, "1"), (&b, "3")]));
        assert!(!is_reached(&[&b], &[(&a, "1"), (&b, "2"), (&id("c"), "3")]));
    }
}
