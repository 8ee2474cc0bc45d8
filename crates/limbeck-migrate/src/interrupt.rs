//! The handle by which a caller stops a run.

use tokio::sync::watch;

/// Stops runs: given to each of them, and kept by whoever listens for Ctrl-C. Clones are the same handle.
///
/// An interrupted run cancels its statement on the server, which rolls back, gives the lease back, and says what
/// stands.
#[derive(Debug, Clone)]
pub struct Interrupt {
    sender: watch::Sender<bool>,
}

impl Default for Interrupt {
    fn default() -> Self {
        Self::new()
    }
}

impl Interrupt {
    /// A handle that has not been used yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            sender: watch::Sender::new(false),
        }
    }

    /// Stops every run that was given this handle, those that are yet to begin too.
    pub fn interrupt(&self) {
        self.sender.send_replace(true);
    }

    /// Whether [`Interrupt::interrupt`] was called.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        *self.sender.borrow()
    }

    /// Waits until [`Interrupt::interrupt`] is called.
    pub async fn interrupted(&self) {
        let mut receiver = self.sender.subscribe();
        if receiver.wait_for(|interrupted| *interrupted).await.is_err() {
            // The sender lives in `self`, so it cannot be gone.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn clones_are_one_handle() {
        let interrupt = Interrupt::new();
        let other = interrupt.clone();
        assert!(!other.is_interrupted());
        let waiting = tokio::spawn(async move { other.interrupted().await });
        interrupt.interrupt();
        waiting.await.unwrap();
        interrupt.interrupted().await;
        assert!(interrupt.is_interrupted());
    }
}
