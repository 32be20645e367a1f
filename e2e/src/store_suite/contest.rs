use std::time::Duration;

use super::*;

const WRITERS: u64 = 8;
const INCREMENTS: u64 = 25;

/// Increments the counter so often, each time with these writes beside.
async fn increment<S: Store>(store: Arc<S>, beside: impl Fn(u64) -> Vec<Write>) {
    for increment in 0..INCREMENTS {
        loop {
            let there = get(&*store, &Key::new("counter", "counter")).await;
            let (count, when) = match &there {
                Some(item) => {
                    let count: u64 = item.body.parse().expect("a number");
                    assert_eq!(item.version, count);
                    (count + 1, When::Version(count))
                }
                None => (1, When::Absent),
            };
            let mut writes = vec![put(item("counter", "counter", count, &count.to_string()), when)];
            writes.extend(beside(increment));
            if commit(&*store, &writes).await == Committed::Done {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

async fn contest<S, B>(store: &Arc<S>, beside: impl Fn(u64) -> B)
where
    S: Store + Send + 'static,
    B: Fn(u64) -> Vec<Write> + Send + Sync + 'static,
{
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(increment(Arc::clone(store), beside(writer))))
        .collect();
    for writer in writers {
        writer.await.expect("a writer ends");
    }
    let count = get(&**store, &Key::new("counter", "counter")).await.expect("a counter");
    assert_eq!(count.body, (WRITERS * INCREMENTS).to_string());
    assert_eq!(count.version, WRITERS * INCREMENTS);
}

pub async fn writers_of_one_item_lose_no_write<S: Store + Send + 'static>(store: Arc<S>) {
    contest(&store, |_| |_| Vec::new()).await;
}

pub async fn writers_of_several_items_lose_no_write<S: Store + Send + 'static>(store: Arc<S>) {
    let beside = |writer| {
        move |increment| {
            let sort = format!("{writer} {increment}");
            vec![put(item("marks", &sort, 1, ""), When::Absent)]
        }
    };
    contest(&store, beside).await;
    let marks = query(&*store, &whole("marks")).await;
    assert_eq!(marks.len() as u64, WRITERS * INCREMENTS);
}

pub async fn one_of_many_is_first<S: Store + Send + 'static>(store: Arc<S>) {
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            let own = put(item("a", "b", writer, ""), When::Absent);
            tokio::spawn(async move { commit(&*store, &[own]).await })
        })
        .collect();
    let mut done = 0;
    for writer in writers {
        done += u32::from(writer.await.expect("a writer ends") == Committed::Done);
    }
    assert_eq!(done, 1);
}
