use super::*;

pub async fn nothing_is_there_at_first<S: Store>(store: Arc<S>) {
    assert_eq!(get(&*store, &Key::new("a", "b")).await, None);
    assert_eq!(query(&*store, &whole("a")).await, []);
}

pub async fn what_was_put_is_read<S: Store>(store: Arc<S>) {
    let plain = item("a", "b", 7, r#"{"x":1}"#);
    let other = expiring(item("a", "c", 0, "[]"), 60);
    put_all(&*store, &[plain.clone(), other.clone()]).await;
    assert_eq!(get(&*store, &plain.key).await, Some(plain.clone()));
    assert_eq!(get(&*store, &other.key).await, Some(other.clone()));
    assert_eq!(query(&*store, &whole("a")).await, [plain, other]);
}

pub async fn a_put_replaces_all_of_an_item<S: Store>(store: Arc<S>) {
    let before = expiring(item("a", "b", 7, "[1, 2]"), 60);
    let after = item("a", "b", 3, "[]");
    put_all(&*store, &[before]).await;
    put_all(&*store, std::slice::from_ref(&after)).await;
    assert_eq!(get(&*store, &after.key).await, Some(after));
}

pub async fn what_was_deleted_is_gone<S: Store>(store: Arc<S>) {
    let (one, two) = (item("a", "b", 1, "1"), item("a", "c", 1, "2"));
    put_all(&*store, &[one.clone(), two.clone()]).await;
    assert_eq!(commit(&*store, &[delete(&one.key, When::Always)]).await, Committed::Done);
    assert_eq!(get(&*store, &one.key).await, None);
    assert_eq!(query(&*store, &whole("a")).await, [two]);
    // What is not there can be deleted, too.
    assert_eq!(commit(&*store, &[delete(&one.key, When::Always)]).await, Committed::Done);
}

/// Every condition in every state, for puts and deletes, alone and in a transaction.
pub async fn each_write_asks_for_what_is_there<S: Store>(store: Arc<S>) {
    let states = [None, Some((1, None)), Some((2, None)), Some((1, Some(0))), Some((1, Some(1)))];
    let whens = [When::Always, When::Absent, When::Version(1), When::Version(2)];
    let mut number = 0;
    for state in states {
        for when in whens {
            for (deletes, alone) in [(false, true), (false, false), (true, true), (true, false)] {
                let there = state.map(|(version, expires)| Item {
                    expires: expires.map(later),
                    ..item("a", &number.to_string(), version, "before")
                });
                number += 1;
                if let Some(there) = &there {
                    put_all(&*store, std::slice::from_ref(there)).await;
                }
                let visible = there.filter(|item| !item.has_expired(NOW));
                let fits = match when {
                    When::Always => true,
                    When::Absent => visible.is_none(),
                    When::Version(version) => {
                        visible.as_ref().is_some_and(|item| item.version == version)
                    }
                };
                let new = item("a", &(number - 1).to_string(), 9, "after");
                let key = new.key.clone();
                let write = if deletes { delete(&key, when) } else { put(new.clone(), when) };
                let mut writes = vec![write];
                if !alone {
                    writes.push(put(item("b", &key.sort, 1, "beside"), When::Always));
                }
                let case = format!("{state:?} {when:?} deletes {deletes} alone {alone}");
                let (committed, left) = match (fits, deletes) {
                    (false, _) => (Committed::Conflict, visible),
                    (true, true) => (Committed::Done, None),
                    (true, false) => (Committed::Done, Some(new)),
                };
                assert_eq!(commit(&*store, &writes).await, committed, "{case}");
                assert_eq!(get(&*store, &key).await, left, "{case}");
                let beside = get(&*store, &Key::new("b", key.sort)).await;
                assert_eq!(beside.is_some(), fits && !alone, "{case}");
            }
        }
    }
}

pub async fn an_item_expires_to_the_second<S: Store>(store: Arc<S>) {
    // Parts of a second are not kept.
    let expires = Timestamp::new(NOW.as_second() + 10, 900_000_000).expect("a time");
    let written = Item { expires: Some(expires), ..item("a", "b", 1, "") };
    let kept = Item { expires: Some(later(10)), ..written.clone() };
    put_all(&*store, std::slice::from_ref(&written)).await;
    let last = Timestamp::new(NOW.as_second() + 9, 999_999_999).expect("a time");
    for (now, there) in [(NOW, true), (last, true), (later(10), false), (later(11), false)] {
        let expected = there.then(|| kept.clone());
        assert_eq!(store.get(&written.key, now).await.expect(WORKS), expected, "{now}");
        let queried = store.query(&whole("a"), now).await.expect(WORKS);
        assert_eq!(queried, Vec::from_iter(expected), "{now}");
    }
    // In its place, there is nothing.
    let new = put(item("a", "b", 1, "new"), When::Absent);
    let committed = store.commit(std::slice::from_ref(&new), last).await;
    assert_eq!(committed.expect(WORKS), Committed::Conflict);
    let committed = store.commit(&[new], later(10)).await;
    assert_eq!(committed.expect(WORKS), Committed::Done);
}

pub async fn reads_follow_writes<S: Store>(store: Arc<S>) {
    for version in 1..=50 {
        let new = item("a", "b", version, &version.to_string());
        let when = if version == 1 { When::Absent } else { When::Version(version - 1) };
        assert_eq!(commit(&*store, &[put(new.clone(), when)]).await, Committed::Done);
        assert_eq!(get(&*store, &new.key).await.as_ref(), Some(&new));
        assert_eq!(query(&*store, &whole("a")).await, [new]);
    }
}
