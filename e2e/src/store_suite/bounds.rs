use trailalerts_processor::store::{
    MAX_BODY_BYTES, MAX_COMMIT_BYTES, MAX_PARTITION_BYTES, MAX_SORT_BYTES, MAX_WRITES,
};

use super::*;

/// Puts an item and reads it back, both ways.
async fn keeps<S: Store>(store: &S, item: Item) {
    put_all(store, std::slice::from_ref(&item)).await;
    assert_eq!(get(store, &item.key).await.as_ref(), Some(&item));
    let sort = &item.key.sort;
    let only = Range { from: sort.clone(), to: sort.clone(), ..whole(&item.key.partition) };
    assert_eq!(query(store, &only).await, [item]);
}

pub async fn keys_of_any_characters<S: Store>(store: Arc<S>) {
    let parts = [
        " ",
        "\0",
        "\n",
        "#:/\\\"'`%+&<>{}[]()*?|",
        "arn:aws:iam::123456789012:role/a b/ç",
        "e\u{301}",
        "é",
        "😀\u{200d}",
        "\u{feff}\u{202e}",
        "\u{10ffff}",
        ":now",
    ];
    for (version, part) in (0..).zip(parts) {
        keeps(&*store, item(part, "s", version, part)).await;
        keeps(&*store, item("p", part, version, part)).await;
    }
    assert_eq!(query(&*store, &whole("p")).await.len(), parts.len());
}

pub async fn the_longest_keys<S: Store>(store: Arc<S>) {
    for letter in ["x", "é", "😀"] {
        let partition = letter.repeat(MAX_PARTITION_BYTES / letter.len());
        let sort = letter.repeat(MAX_SORT_BYTES / letter.len());
        keeps(&*store, item(&partition, &sort, 1, letter)).await;
        // The end of a range may be longer.
        let range =
            Range { to: letter.repeat(MAX_SORT_BYTES * 2 / letter.len()), ..whole(&partition) };
        assert_eq!(query(&*store, &range).await.len(), 1);
    }
}

pub async fn bodies_of_any_characters<S: Store>(store: Arc<S>) {
    let controls: String = ('\0'..='\u{1f}').chain(['\u{7f}', '\u{85}', '\u{2028}']).collect();
    let bodies =
        ["", " ", "{}", "\\\"", "ünïcödé 漢字 😀", "\u{fffe}\u{ffff}\u{10ffff}", &controls];
    for (version, body) in (0..).zip(bodies) {
        keeps(&*store, item("a", "b", version, body)).await;
    }
}

pub async fn the_largest_body<S: Store>(store: Arc<S>) {
    for letter in ["x", "😀", "\u{1}"] {
        let body = letter.repeat(MAX_BODY_BYTES / letter.len());
        keeps(&*store, item("a", "b", 1, &body)).await;
    }
}

pub async fn any_version<S: Store>(store: Arc<S>) {
    for version in [0, 1, u64::from(u32::MAX), 1 << 53, (1 << 53) + 1, u64::MAX] {
        keeps(&*store, item("a", "b", version, "")).await;
        let same = [put(item("a", "b", version, ""), When::Version(version))];
        assert_eq!(commit(&*store, &same).await, Committed::Done);
        let other = [put(item("a", "b", version, ""), When::Version(version ^ 1))];
        assert_eq!(commit(&*store, &other).await, Committed::Conflict);
    }
}

pub async fn keys_that_no_store_takes<S: Store>(store: Arc<S>) {
    let keys = [
        Key::new("", "s"),
        Key::new("p", ""),
        Key::new("p".repeat(MAX_PARTITION_BYTES + 1), "s"),
        Key::new("p", "s".repeat(MAX_SORT_BYTES + 1)),
    ];
    for key in keys {
        refused(store.get(&key, NOW).await, "a get");
        let new = Item { key: key.clone(), ..item("p", "s", 1, "") };
        refused(store.commit(&[put(new, When::Always)], NOW).await, "a put");
        refused(store.commit(&[delete(&key, When::Always)], NOW).await, "a delete");
    }
    refused(store.query(&whole(""), NOW).await, "a partition without a name");
    let long = "x".repeat(2 * MAX_SORT_BYTES + 1);
    refused(store.query(&Range { to: long.clone(), ..whole("p") }, NOW).await, "a long end");
    refused(store.query(&Range { from: long, ..whole("p") }, NOW).await, "a long beginning");
}

pub async fn bodies_that_no_store_takes<S: Store>(store: Arc<S>) {
    let large = item("a", "large", 1, &"x".repeat(MAX_BODY_BYTES + 1));
    let small = item("a", "small", 1, "");
    refused(store.commit(&[put(large.clone(), When::Always)], NOW).await, "alone");
    let both = [put(small, When::Always), put(large, When::Always)];
    refused(store.commit(&both, NOW).await, "with another");
    assert_eq!(query(&*store, &whole("a")).await, []);
}

pub async fn commits_that_no_store_takes<S: Store>(store: Arc<S>) {
    let many: Vec<_> =
        (0..=MAX_WRITES).map(|n| put(item("a", &n.to_string(), 1, ""), When::Always)).collect();
    refused(store.commit(&many, NOW).await, "too many");
    let twice =
        [put(item("a", "b", 1, ""), When::Always), delete(&Key::new("a", "b"), When::Always)];
    refused(store.commit(&twice, NOW).await, "twice the same");
    let body = "x".repeat(MAX_BODY_BYTES);
    let full = MAX_COMMIT_BYTES / (MAX_BODY_BYTES + 3);
    let large = |count: usize| -> Vec<_> {
        (0..count).map(|n| put(item("a", &format!("{n:02}"), 1, &body), When::Always)).collect()
    };
    refused(store.commit(&large(full + 1), NOW).await, "too large together");
    assert_eq!(query(&*store, &whole("a")).await, []);
    assert_eq!(commit(&*store, &large(full)).await, Committed::Done);
    assert_eq!(query(&*store, &whole("a")).await.len(), full);
}
