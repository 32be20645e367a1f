//! A process that is killed while it writes leaves what it had made durable.

use std::{
    env,
    error::Error,
    io::{BufRead, BufReader, Write as _},
    ops::ControlFlow,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use jiff::Timestamp;
use libtest_mimic::Failed;
use trailalerts_processor::store::{Committed, Item, Key, LocalStore, Store, When, Write};

use crate::RUNTIME;

/// Makes this program write to the file that it names.
const FILE: &str = "TRAILALERTS_E2E_WRITES_UNTIL_KILLED";

/// Commits between checkpoints.
const COMMITS: u64 = 500;

/// Items of a commit.
const ITEMS: u64 = 3;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// Where this program was started to write, writes and never comes back.
pub fn writes_until_killed() -> bool {
    let Some(path) = env::var_os(FILE) else { return false };
    RUNTIME.block_on(write(Path::new(&path))).expect("the store works");
    true
}

async fn write(path: &Path) -> Result<(), Box<dyn Error>> {
    let store = LocalStore::open(path)?;
    let mut next = count(&store)? / ITEMS;
    loop {
        for _ in 0..COMMITS {
            let writes: Vec<_> = (0..ITEMS).map(|part| put(next, part)).collect();
            assert_eq!(store.commit(&writes, NOW).await?, Committed::Done);
            next += 1;
        }
        store.checkpoint()?;
        println!("{next}");
        std::io::stdout().flush()?;
    }
}

fn put(commit: u64, part: u64) -> Write {
    let key = Key::new("killed", sort(commit * ITEMS + part));
    let body = format!("{commit} ").repeat(20);
    Write::Put(Item { key, version: commit, expires: None, body }, When::Absent)
}

fn sort(number: u64) -> String {
    format!("{number:010}")
}

/// How many items there are, none of which is missing in between.
fn count(store: &LocalStore) -> Result<u64, Box<dyn Error>> {
    let mut count = 0;
    store.each("", NOW, |item| {
        assert_eq!(item.key.sort, sort(count));
        assert_eq!(item.version, count / ITEMS);
        count += 1;
        ControlFlow::Continue(())
    })?;
    Ok(count)
}

pub fn survives() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("state.redb");
    let mut before = 0;
    for round in 0..6 {
        let mut child =
            Command::new(env::current_exe()?).env(FILE, &path).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let mut durable: u64 = 0;
        for _ in 0..=round {
            durable = lines.next().ok_or("the writer ended early")??.parse()?;
        }
        // Somewhere in the middle of what follows, another place each round.
        thread::sleep(Duration::from_millis(3 * round));
        child.kill()?;
        child.wait()?;
        // What was said before it was killed counts, too.
        for line in lines {
            durable = line?.parse()?;
        }
        let store = LocalStore::open(&path)?;
        let count = count(&store)?;
        assert_eq!(count % ITEMS, 0, "commits are whole");
        assert!(count >= durable * ITEMS, "{count} of {durable} commits");
        assert!(count > before, "it went on from where it was");
        before = count;
    }
    Ok(())
}
