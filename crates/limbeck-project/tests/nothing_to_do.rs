//! An upgrade with nothing to do reads no revision file again, and misses no change of one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs,
    reason = "tests"
)]

mod support;

use std::time::Duration;

use limbeck_project::commands::{RunSettings, upgrade};
use limbeck_project::{Error, Failure, Interrupt};
use support::Bed;

async fn try_upgrade(bed: &Bed) -> Result<usize, Error> {
    let project = bed.project();
    let report = upgrade(
        &project,
        "head",
        &RunSettings::default(),
        &Interrupt::new(),
        &support::ignore,
    )
    .await?;
    Ok(report.revisions().count())
}

#[tokio::test]
async fn every_change_of_a_file_is_seen() {
    let bed = Bed::of_sql("CREATE TABLE t (a int);\n").await;
    bed.revision("First").await;
    assert_eq!(try_upgrade(&bed).await.unwrap(), 1);
    // Files that are younger are not trusted to be what they were.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let file = bed.revision_files().remove(0);
    let text = std::fs::read_to_string(&file).unwrap();
    for _ in 0..3 {
        assert_eq!(try_upgrade(&bed).await.unwrap(), 0);
    }
    // As long as it was, and of the same time: only that it was changed at all tells.
    let modified = std::fs::metadata(&file).unwrap().modified().unwrap();
    std::fs::write(&file, text.replace("DROP TABLE", "DROP  ABLE")).unwrap();
    let changed = std::fs::File::options().write(true).open(&file).unwrap();
    changed.set_modified(modified).unwrap();
    drop(changed);
    assert_eq!(try_upgrade(&bed).await.unwrap_err().failure(), Failure::History);
    std::fs::write(&file, text).unwrap();
    assert_eq!(try_upgrade(&bed).await.unwrap(), 0);
    // A new file is run, and a database that is elsewhere is brought to the head.
    bed.schema("CREATE TABLE t (a int);\nCREATE TABLE u (a int);\n");
    bed.revision("Second").await;
    assert_eq!(try_upgrade(&bed).await.unwrap(), 1);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(try_upgrade(&bed).await.unwrap(), 0);
    bed.downgrade("-1").await;
    assert_eq!(try_upgrade(&bed).await.unwrap(), 1);
}
