use super::*;

pub async fn an_empty_commit_is_done<S: Store>(store: Arc<S>) {
    assert_eq!(commit(&*store, &[]).await, Committed::Done);
}

pub async fn a_commit_writes_all<S: Store>(store: Arc<S>) {
    let (old, kept) = (item("a", "old", 1, ""), item("a", "kept", 1, ""));
    put_all(&*store, &[old.clone(), kept.clone()]).await;
    let (changed, new) = (item("a", "kept", 2, "changed"), item("b", "new", 1, "new"));
    let writes = [
        delete(&old.key, When::Version(1)),
        put(changed.clone(), When::Version(1)),
        put(new.clone(), When::Absent),
    ];
    assert_eq!(commit(&*store, &writes).await, Committed::Done);
    assert_eq!(query(&*store, &whole("a")).await, [changed]);
    assert_eq!(query(&*store, &whole("b")).await, [new]);
}

pub async fn a_commit_of_100_writes<S: Store>(store: Arc<S>) {
    let items: Vec<_> = (0..100).map(|n| item("a", &format!("{n:03}"), n, "x")).collect();
    let writes: Vec<_> = items.iter().map(|item| put(item.clone(), When::Absent)).collect();
    assert_eq!(commit(&*store, &writes).await, Committed::Done);
    assert_eq!(query(&*store, &whole("a")).await, items);
    assert_eq!(commit(&*store, &writes).await, Committed::Conflict);
    let deletes: Vec<_> =
        items.iter().map(|item| delete(&item.key, When::Version(item.version))).collect();
    assert_eq!(commit(&*store, &deletes).await, Committed::Done);
    assert_eq!(query(&*store, &whole("a")).await, []);
}

/// One write of several asks for what is not so: at the beginning, in the middle, at the end.
pub async fn a_commit_writes_all_or_nothing<S: Store>(store: Arc<S>) {
    let before = [item("a", "0", 1, ""), item("a", "1", 1, ""), item("a", "gone", 1, "")];
    put_all(&*store, &before).await;
    let wrong = [
        put(item("a", "0", 2, "wrong"), When::Absent),
        put(item("a", "0", 2, "wrong"), When::Version(2)),
        delete(&Key::new("a", "0"), When::Version(2)),
        put(item("a", "none", 2, "wrong"), When::Version(1)),
    ];
    for wrong in wrong {
        for place in 0..=3 {
            let mut writes = vec![
                put(item("a", "1", 2, "wrong"), When::Version(1)),
                put(item("a", "2", 1, "wrong"), When::Always),
                delete(&Key::new("a", "gone"), When::Always),
            ];
            writes.insert(place, wrong.clone());
            assert_eq!(commit(&*store, &writes).await, Committed::Conflict);
            assert_eq!(query(&*store, &whole("a")).await, before, "{place} {wrong:?}");
        }
    }
}

pub async fn conditions_are_asked_of_what_was_there_before<S: Store>(store: Arc<S>) {
    let (one, two) = (item("a", "1", 1, ""), item("a", "2", 1, ""));
    put_all(&*store, std::slice::from_ref(&one)).await;
    let moved = [delete(&one.key, When::Version(1)), put(two.clone(), When::Absent)];
    assert_eq!(commit(&*store, &moved).await, Committed::Done);
    assert_eq!(commit(&*store, &moved).await, Committed::Conflict);
    assert_eq!(query(&*store, &whole("a")).await, [two]);
}
