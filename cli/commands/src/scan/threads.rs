//! Reading inputs on several threads.

use std::{
    collections::VecDeque,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, SyncSender, channel, sync_channel},
    },
    thread,
};

use super::{
    files::Input,
    read::{Part, Reader},
};
use crate::Failure;

/// The number of threads that was asked for, else one per processor.
pub fn number(wanted: Option<NonZeroUsize>) -> usize {
    wanted.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
}

/// Reads the inputs on several threads and hands on what they give in the order of the inputs.
///
/// Each input has a channel of its own, of bounded size: a thread that is ahead waits until its
/// parts are wanted. The input whose turn it is always has a thread, so that none waits for ever.
///
/// # Errors
/// Those of `take`; what is not read by then is left.
pub fn read(
    reader: &Reader,
    inputs: Vec<Input>,
    threads: usize,
    take: &mut dyn FnMut(Part) -> Result<(), Failure>,
) -> Result<(), Failure> {
    type Job = (Input, SyncSender<Part>);
    thread::scope(|scope| {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..threads {
            let queue = Arc::clone(&queue);
            scope.spawn(move || {
                let mut tools = reader.tools();
                let next = || queue.lock().ok()?.recv().ok();
                while let Some((input, parts)) = next() {
                    // A closed channel means that nobody wants the rest.
                    let _ = reader.read(&input, &mut tools, &parts);
                }
            });
        }
        let mut waiting: VecDeque<Receiver<Part>> = VecDeque::new();
        for input in inputs {
            let (sender, receiver) = sync_channel(16);
            // No more than a few inputs are read ahead of the one whose turn it is.
            while waiting.len() > 2 * threads {
                take_next(&mut waiting, take)?;
            }
            waiting.push_back(receiver);
            if jobs.send((input, sender)).is_err() {
                break;
            }
        }
        drop(jobs);
        while !waiting.is_empty() {
            take_next(&mut waiting, take)?;
        }
        Ok(())
    })
}

fn take_next(
    waiting: &mut VecDeque<Receiver<Part>>,
    take: &mut dyn FnMut(Part) -> Result<(), Failure>,
) -> Result<(), Failure> {
    waiting.pop_front().into_iter().flatten().try_for_each(take)
}
