use super::*;

fn range(from: &str, to: &str) -> Range {
    Range { from: from.to_owned(), to: to.to_owned(), ..whole("a") }
}

/// Items `0000`, `0001` and so on of the partition `a`.
fn numbered(count: u64) -> Vec<Item> {
    (0..count).map(|n| item("a", &format!("{n:04}"), n, "x")).collect()
}

pub async fn both_ends_belong_to_a_range<S: Store>(store: Arc<S>) {
    let items = ["a", "b", "ba", "c", "ca", "d"].map(|sort| item("a", sort, 1, ""));
    put_all(&*store, &items).await;
    assert_eq!(sorts(&*store, &range("b", "c")).await, ["b", "ba", "c"]);
    assert_eq!(sorts(&*store, &range("b", "b")).await, ["b"]);
    assert_eq!(sorts(&*store, &range("aa", "az")).await, [""; 0]);
    assert_eq!(sorts(&*store, &range("0", "a")).await, ["a"]);
    assert_eq!(sorts(&*store, &range("ca", "z")).await, ["ca", "d"]);
}

pub async fn a_range_is_of_one_partition<S: Store>(store: Arc<S>) {
    let partitions = ["a", "a ", "a#", "aa", "A", "b"];
    put_all(&*store, &partitions.map(|partition| item(partition, "1", 1, partition))).await;
    for partition in partitions {
        let found = query(&*store, &whole(partition)).await;
        assert_eq!(found, [item(partition, "1", 1, partition)]);
    }
    assert_eq!(query(&*store, &whole("c")).await, []);
}

pub async fn ranges_are_read_in_both_orders<S: Store>(store: Arc<S>) {
    put_all(&*store, &numbered(20)).await;
    let mut expected: Vec<_> = numbered(20).drain(5..=9).collect();
    let forwards = range("0005", "0009");
    assert_eq!(query(&*store, &forwards).await, expected);
    let backwards = Range { order: Order::Descending, ..forwards };
    expected.reverse();
    assert_eq!(query(&*store, &backwards).await, expected);
    let newest = Range { limit: 2, ..backwards };
    assert_eq!(sorts(&*store, &newest).await, ["0009", "0008"]);
}

pub async fn items_are_sorted_by_bytes<S: Store>(store: Arc<S>) {
    // In UTF-16, the last two stand the other way around.
    let sorted =
        ["\0", " ", "#", "-", "1", "10", "2", "A", "a", "a\0", "a ", "é", "\u{ffff}", "😀"];
    assert!(sorted.is_sorted());
    let mut items = sorted.map(|sort| item("a", sort, 1, ""));
    items.reverse();
    put_all(&*store, &items).await;
    assert_eq!(sorts(&*store, &whole("a")).await, sorted);
}

pub async fn limits_cut_exactly<S: Store>(store: Arc<S>) {
    put_all(&*store, &numbered(30)).await;
    for order in [Order::Ascending, Order::Descending] {
        for limit in [0, 1, 2, 9, 10, 11, 29, 30, 31, 1_000] {
            let ten = Range { order, limit, ..range("0010", "0019") };
            assert_eq!(query(&*store, &ten).await.len(), limit.min(10));
            let all = Range { order, limit, ..whole("a") };
            assert_eq!(query(&*store, &all).await.len(), limit.min(30));
        }
    }
}

pub async fn ends_can_be_empty_or_crossed<S: Store>(store: Arc<S>) {
    put_all(&*store, &numbered(3)).await;
    assert_eq!(sorts(&*store, &range("", "0001")).await, ["0000", "0001"]);
    assert_eq!(sorts(&*store, &range("", "")).await, [""; 0]);
    assert_eq!(sorts(&*store, &range("0001", "")).await, [""; 0]);
    assert_eq!(sorts(&*store, &range("0002", "0001")).await, [""; 0]);
}

pub async fn expired_items_do_not_count<S: Store>(store: Arc<S>) {
    let mut items = numbered(40);
    for (index, item) in items.iter_mut().enumerate() {
        // Two of three have expired.
        let seconds = if index % 3 == 0 { 60 } else { -60 };
        item.expires = Some(later(seconds));
    }
    put_all(&*store, &items).await;
    let mut there: Vec<_> = items.into_iter().step_by(3).collect();
    for order in [Order::Ascending, Order::Descending] {
        for limit in [1, 2, 5, there.len() - 1, there.len(), there.len() + 1] {
            let found = query(&*store, &Range { order, limit, ..whole("a") }).await;
            assert_eq!(found, there.iter().take(limit).cloned().collect::<Vec<_>>());
        }
        there.reverse();
    }
}

/// Whole pages of what has expired, with something behind.
pub async fn many_expired_items_are_passed_over<S: Store>(store: Arc<S>) {
    let items: Vec<_> = numbered(1_200).into_iter().map(|item| expiring(item, -1)).collect();
    put_all(&*store, &items).await;
    let last = [item("a", "9998", 1, ""), item("a", "9999", 1, "")];
    put_all(&*store, &last).await;
    for limit in [1, 2, 3, 600, usize::MAX] {
        let found = query(&*store, &Range { limit, ..whole("a") }).await;
        assert_eq!(found, &last[..limit.min(2)]);
    }
}

pub async fn many_items_are_read<S: Store>(store: Arc<S>) {
    // More than are asked for at once.
    let items = numbered(2_100);
    put_all(&*store, &items).await;
    for limit in [999, 1_000, 1_001, 2_000, 2_100, usize::MAX] {
        let found = query(&*store, &Range { limit, ..whole("a") }).await;
        assert!(found == items[..limit.min(items.len())], "{limit}: {}", found.len());
    }
}

/// Over 1 MB, at which `DynamoDB` ends a page.
pub async fn large_items_are_read<S: Store>(store: Arc<S>) {
    let mut items = numbered(60);
    for (index, item) in items.iter_mut().enumerate() {
        item.body = format!("{index}").repeat(60_000 / 2);
        if index % 4 == 0 {
            item.expires = Some(later(-1));
        }
    }
    put_all(&*store, &items).await;
    items.retain(|item| item.expires.is_none());
    for order in [Order::Ascending, Order::Descending] {
        for limit in [1, 20, items.len() - 1, items.len(), usize::MAX] {
            let found = query(&*store, &Range { order, limit, ..whole("a") }).await;
            let expected = &items[..limit.min(items.len())];
            assert!(found == expected, "{limit}: {} of {}", found.len(), expected.len());
        }
        items.reverse();
    }
}
