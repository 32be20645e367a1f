//! Runs futures without a runtime.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future to its end on this thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// A future that runs others side by side, each of them whenever any of them can go on.
pub struct Side<'f, T>(Vec<Result<T, Pin<Box<dyn Future<Output = T> + 'f>>>>);

/// Runs futures side by side on this thread.
pub fn side_by_side<'f, T>(
    futures: impl IntoIterator<Item = Pin<Box<dyn Future<Output = T> + 'f>>>,
) -> Side<'f, T> {
    Side(futures.into_iter().map(Err).collect())
}

impl<T: Unpin> Future for Side<'_, T> {
    type Output = Vec<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Vec<T>> {
        let futures = &mut self.get_mut().0;
        for slot in futures.iter_mut() {
            if let Err(future) = slot
                && let Poll::Ready(value) = future.as_mut().poll(context)
            {
                *slot = Ok(value);
            }
        }
        if futures.iter().any(Result::is_err) {
            return Poll::Pending;
        }
        Poll::Ready(futures.drain(..).filter_map(Result::ok).collect())
    }
}
