use std::{
    fs,
    path::Path,
    pin::pin,
    task::{Context, Poll, Waker},
};

use redb::ReadableTableMetadata;
use tempfile::tempdir;

use super::{sweep::ITEMS_PER_CHECKPOINT, *};

const NOW: Timestamp = Timestamp::constant(1_000_000, 0);

/// What a future gives, which must be there at once.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a local store needs not wait"),
    }
}

fn item(partition: &str, sort: &str, expires: Option<i64>) -> Item {
    let expires = expires.map(|second| Timestamp::from_second(second).expect("a time"));
    Item { key: Key::new(partition, sort), version: 1, expires, body: format!("body of {sort}") }
}

fn put(store: &LocalStore, item: &Item, now: i64) {
    let writes = [Write::Put(item.clone(), When::Always)];
    let now = Timestamp::from_second(now).expect("a time");
    assert_eq!(ready(store.commit(&writes, now)), Ok(Committed::Done));
}

fn all(store: &LocalStore, prefix: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let shown = store.each(prefix, NOW, |item| {
        items.push(item);
        ControlFlow::Continue(())
    });
    assert_eq!(shown, Ok(()));
    items
}

/// How many items the file has, expired ones too.
fn stored(store: &LocalStore) -> u64 {
    let mut state = store.state().expect("no panic");
    let table = state.transaction().expect("it works").open_table(ITEMS).expect("it works");
    table.len().expect("it works")
}

fn refusal(path: &Path) -> StoreError {
    match LocalStore::open(path) {
        Ok(_) => panic!("{} is opened", path.display()),
        Err(error) => {
            let name = path.file_name().expect("a name").to_string_lossy();
            assert!(error.message.contains(&*name), "{error}");
            error
        }
    }
}

/// What the error says of a file that holds this.
fn said_of(content: &[u8]) -> String {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("some file");
    fs::write(&path, content).expect("it can be written");
    let error = refusal(&path);
    assert!(!error.passing, "{error}");
    assert!(fs::read(&path).expect("it can be read") == content, "it is left as it was");
    error.message
}

#[test]
fn what_was_written_is_there_when_opened_again() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("state");
    let (one, two) = (item("a", "1", None), item("a", "2", Some(2_000_000)));
    let store = LocalStore::open(&path).expect("a new file");
    put(&store, &one, 1);
    assert_eq!(store.checkpoint(), Ok(()));
    put(&store, &two, 1);
    drop(store);
    let store = LocalStore::open(&path).expect("the same file");
    assert_eq!(all(&store, ""), [one, two]);
    assert_eq!(store.checkpoint(), Ok(()));
}

#[test]
fn an_empty_file_is_a_new_store() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("state");
    fs::write(&path, "").expect("it can be written");
    put(&LocalStore::open(&path).expect("a new store"), &item("a", "1", None), 1);
    assert_eq!(all(&LocalStore::open(&path).expect("the store"), "").len(), 1);
}

#[test]
fn a_checkpoint_is_made_in_passing() {
    let folder = tempdir().expect("a folder");
    let [path, copy] = ["state", "copy"].map(|name| folder.path().join(name));
    let store = LocalStore::open(&path).expect("a new store");
    for number in 0..WRITES_PER_CHECKPOINT + 10 {
        put(&store, &item("a", &format!("{number:05}"), None), 1);
    }
    // As if the process had died here.
    fs::copy(&path, &copy).expect("it can be copied");
    let copy = LocalStore::open(&copy).expect("the copy");
    assert_eq!(all(&copy, "").len(), WRITES_PER_CHECKPOINT);
}

#[test]
fn other_files_are_refused_and_left_as_they_are() {
    for content in
        [&b"x"[..], b"{\"state\": 1}", &b"SQLite format 3\0".repeat(9_000), &b"\0".repeat(70_000)]
    {
        let said = said_of(content);
        assert!(said.contains("no state file of TrailAlerts"), "{said}");
    }
}

#[test]
fn files_that_are_none_are_refused() {
    let folder = tempdir().expect("a folder");
    assert!(!refusal(folder.path()).passing);
    assert!(!refusal(&folder.path().join("none").join("state")).passing);
}

#[test]
fn a_file_in_use_is_refused_for_a_while() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("state");
    let store = LocalStore::open(&path).expect("a new store");
    let error = refusal(&path);
    assert!(error.passing && error.message.contains("in use by another process"), "{error}");
    drop(store);
    assert!(LocalStore::open(&path).is_ok());
}

/// A file of the database that something else has made.
fn foreign(make: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>) -> String {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("other");
    let database = Database::create(&path).expect("a database");
    let write = database.begin_write().expect("it works");
    make(&write).expect("it works");
    write.commit().expect("it works");
    drop(database);
    let error = refusal(&path);
    assert!(!error.passing, "{error}");
    error.message
}

#[test]
fn other_databases_are_refused() {
    use redb::TableDefinition;
    const LAYOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("trailalerts_layout");
    const OTHER: TableDefinition<'_, &str, u64> = TableDefinition::new("items");
    let said = foreign(|write| {
        write.open_table(OTHER)?.insert("x", 1)?;
        Ok(())
    });
    assert!(said.contains("no state file of TrailAlerts"), "{said}");
    let said = foreign(|write| {
        write.open_table(OTHER)?;
        write.open_table(LAYOUT)?.insert("version", 1)?;
        Ok(())
    });
    assert!(said.contains("no state file of TrailAlerts"), "{said}");
    let said = foreign(|write| {
        write.open_table(LAYOUT)?.insert("version", 2)?;
        Ok(())
    });
    assert!(said.contains("newer TrailAlerts (layout 2"), "{said}");
}

#[test]
fn damage_is_told_and_stays_told() {
    let store = LocalStore::temporary().expect("a store");
    put(&store, &item("a", "1", None), 1);
    {
        let mut state = store.state().expect("no panic");
        let mut table = state.transaction().expect("it works").open_table(ITEMS).expect("it works");
        table.insert((&b"a"[..], &b"2"[..]), (1, None, &b"\xff"[..])).expect("it works");
    }
    let error = ready(store.get(&Key::new("a", "2"), NOW)).expect_err("it is damaged");
    assert!(!error.passing && error.message.contains("is damaged"), "{error}");
    assert_eq!(ready(store.get(&Key::new("a", "1"), NOW)), Err(error.clone()));
    assert_eq!(store.checkpoint(), Err(error));
}

/// Wherever a file is damaged: it is refused, or read, but nothing panics.
#[test]
fn damaged_files_do_no_harm() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("state");
    let store = LocalStore::open(&path).expect("a new store");
    for number in 0..500 {
        put(&store, &item("a", &format!("{number:05}"), None), 1);
    }
    drop(store);
    let whole = fs::read(&path).expect("it can be read");
    let mut refused = 0;
    let rounds = 100;
    for round in 0..rounds {
        let mut damaged = whole.clone();
        // Half of them in the header, where most depends on every byte.
        let span = if round % 2 == 0 { 400 } else { damaged.len() };
        let at = round * 7_919 * 31 % span;
        if round % 10 == 9 {
            damaged.truncate(at);
        } else if let Some(byte) = damaged.get_mut(at) {
            *byte ^= 1 << (round % 8);
        }
        fs::write(&path, damaged).expect("it can be written");
        match LocalStore::open(&path) {
            Err(_) => refused += 1,
            Ok(store) => {
                let _ = store.each("", NOW, |_| ControlFlow::Continue(()));
                let _ = ready(
                    store.commit(&[Write::Delete(Key::new("a", "00001"), When::Always)], NOW),
                );
                let _ = store.checkpoint();
            }
        }
    }
    assert!(refused > rounds / 4, "{refused} were refused");
}

#[test]
fn each_shows_what_begins_so_in_the_order_of_keys() {
    let store = LocalStore::temporary().expect("a store");
    let keys =
        [("a", "2"), ("a", "10"), ("b", "1"), ("aa", "1"), ("b", "\0"), ("A", "1"), ("é", "1")];
    for (partition, sort) in keys {
        put(&store, &item(partition, sort, None), 1);
    }
    put(&store, &item("aa", "0", Some(NOW.as_second())), 1);
    let shown = |prefix: &str| -> Vec<_> {
        let keys = all(&store, prefix).into_iter().map(|item| item.key);
        keys.map(|key| format!("{} {}", key.partition, key.sort)).collect()
    };
    assert_eq!(shown(""), ["A 1", "a 10", "a 2", "aa 1", "b \0", "b 1", "é 1"]);
    assert_eq!(shown("a"), ["a 10", "a 2", "aa 1"]);
    assert_eq!(shown("aa"), ["aa 1"]);
    assert_eq!(shown("é"), ["é 1"]);
    assert_eq!(shown("c"), [""; 0]);
}

#[test]
fn each_goes_on_while_the_store_is_used_and_ends_when_told() {
    let store = LocalStore::temporary().expect("a store");
    let count = 3 * ITEMS_AT_ONCE;
    for number in 0..count {
        put(&store, &item("a", &format!("{number:05}"), None), 1);
    }
    assert_eq!(all(&store, "a").len(), count);
    let mut shown = 0;
    let all_shown = store.each("a", NOW, |item| {
        let delete = Write::Delete(item.key, When::Version(1));
        assert_eq!(ready(store.commit(&[delete], NOW)), Ok(Committed::Done));
        shown += 1;
        if shown == count / 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(all_shown, Ok(()));
    assert_eq!(all(&store, "a").len(), count - count / 2);
}

#[test]
fn checkpoints_remove_what_has_expired() {
    let store = LocalStore::temporary().expect("a store");
    put(&store, &item("a", "1", Some(10)), 1);
    put(&store, &item("a", "2", Some(20)), 1);
    put(&store, &item("a", "3", None), 1);
    assert_eq!(store.checkpoint(), Ok(()));
    assert_eq!(stored(&store), 3);
    // The earlier of two times counts, and each time for one checkpoint.
    put(&store, &item("b", "1", None), 15);
    put(&store, &item("b", "1", None), 1_000_000_000);
    assert_eq!(store.checkpoint(), Ok(()));
    assert_eq!(stored(&store), 3);
    put(&store, &item("b", "1", None), 20);
    assert_eq!(store.checkpoint(), Ok(()));
    assert_eq!(stored(&store), 2);
}

#[test]
fn the_sweep_comes_around_to_every_item() {
    let store = LocalStore::temporary().expect("a store");
    let count = ITEMS_PER_CHECKPOINT + ITEMS_PER_CHECKPOINT / 2;
    for number in 0..count {
        put(&store, &item("a", &format!("{number:05}"), Some(10)), 1);
    }
    // Wherever it was before, twice is once around.
    for most in [count - ITEMS_PER_CHECKPOINT / 2, 0] {
        put(&store, &item("b", "kept", None), 10);
        assert_eq!(store.checkpoint(), Ok(()));
        let left = stored(&store) - 1;
        assert!(left <= most as u64, "{left} are left");
        assert!(left == 0 || left >= (count - ITEMS_PER_CHECKPOINT) as u64, "work is bounded");
    }
}
