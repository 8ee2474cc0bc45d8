//! Notices: what a server says besides its results.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio_postgres::error::DbError;

use crate::database_error::DatabaseError;

/// A message of the server that is no error: `NOTICE`, `WARNING`, `INFO`, …
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// `NOTICE`, `WARNING`, `INFO`, `LOG` or `DEBUG`, never translated.
    pub severity: String,
    /// The SQLSTATE; `00000` for a plain `RAISE NOTICE`.
    pub sqlstate: String,
    /// The message, in the server's language.
    pub message: String,
    /// The server's `DETAIL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The server's `HINT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl From<&DbError> for Notice {
    fn from(notice: &DbError) -> Self {
        Self {
            severity: notice
                .parsed_severity()
                .map_or_else(|| notice.severity().to_owned(), |severity| severity.to_string()),
            sqlstate: notice.code().code().to_owned(),
            message: notice.message().to_owned(),
            detail: notice.detail().map(str::to_owned),
            hint: notice.hint().map(str::to_owned),
        }
    }
}

/// Called with each notice when it comes, on the task that drives the connection: it must not wait for the session.
pub type NoticeCallback = Arc<dyn Fn(&Notice) + Send + Sync>;

/// How many notices are kept for [`Session::take_notices`](crate::Session::take_notices); the oldest go first.
const KEPT: usize = 10_000;

/// What the task that drives the connection leaves for the session.
#[derive(Default)]
pub(super) struct Mailbox {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    notices: VecDeque<Notice>,
    callback: Option<NoticeCallback>,
    end: Option<DatabaseError>,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn notice(&self, notice: Notice) {
        // The callback runs without the lock: it may ask the session for something.
        let callback = self.lock().callback.clone();
        if let Some(callback) = callback {
            callback(&notice);
            return;
        }
        let mut inner = self.lock();
        if inner.notices.len() == KEPT {
            inner.notices.pop_front();
        }
        inner.notices.push_back(notice);
    }

    pub(super) fn take_notices(&self) -> Vec<Notice> {
        self.lock().notices.drain(..).collect()
    }

    pub(super) fn set_callback(&self, callback: Option<NoticeCallback>) {
        self.lock().callback = callback;
    }

    /// Why the connection ended.
    pub(super) fn end(&self, error: DatabaseError) {
        self.lock().end.get_or_insert(error);
    }

    pub(super) fn why_ended(&self) -> Option<DatabaseError> {
        self.lock().end.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::{KEPT, Mailbox, Notice};

    fn notice(message: usize) -> Notice {
        Notice {
            severity: "NOTICE".to_owned(),
            sqlstate: "00000".to_owned(),
            message: message.to_string(),
            detail: None,
            hint: None,
        }
    }

    #[test]
    fn the_oldest_notices_go_first() {
        let mailbox = Mailbox::default();
        for number in 0..KEPT + 2 {
            mailbox.notice(notice(number));
        }
        let kept = mailbox.take_notices();
        assert_eq!((kept.len(), kept[0].message.as_str()), (KEPT, "2"));
        assert!(mailbox.take_notices().is_empty());
    }

    #[test]
    fn a_callback_gets_them_instead() {
        let mailbox = Mailbox::default();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&seen);
        mailbox.set_callback(Some(Arc::new(move |notice| {
            sink.lock().unwrap().push(notice.clone());
        })));
        mailbox.notice(notice(1));
        assert_eq!(*seen.lock().unwrap(), [notice(1)]);
        assert!(mailbox.take_notices().is_empty());
    }
}
