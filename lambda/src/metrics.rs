//! Metrics in CloudWatch's embedded metric format: a line of the log that CloudWatch counts from.
//!
//! Metrics have one dimension, the function. Counts by rule, decision or channel are members of the
//! same line, which Logs Insights can sum: as metrics each of them would cost on its own.

use std::{
    collections::BTreeMap,
    env,
    io::{self, Write},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Map, Value, json};

/// The namespace of all metrics.
pub const NAMESPACE: &str = "TrailAlerts";

/// Metrics of one invocation.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    values: BTreeMap<&'static str, (&'static str, Vec<f64>)>,
    counts: BTreeMap<&'static str, BTreeMap<String, u64>>,
}

impl Metrics {
    /// Counts so many more; none is a count as well.
    pub fn count(&mut self, name: &'static str, more: u64) {
        let (_, values) = self.values.entry(name).or_insert_with(|| ("Count", vec![0.0]));
        if let Some(value) = values.first_mut() {
            *value += more as f64;
        }
    }

    /// Adds a value in seconds.
    pub fn seconds(&mut self, name: &'static str, seconds: f64) {
        self.values.entry(name).or_insert_with(|| ("Seconds", Vec::new())).1.push(seconds);
    }

    /// Counts so many more of a kind: a member of the line, and no metric.
    pub fn count_of(&mut self, name: &'static str, kind: &str, more: u64) {
        *self.counts.entry(name).or_default().entry(kind.to_owned()).or_default() += more;
    }

    /// The sum of what was counted.
    pub fn total(&self, name: &str) -> u64 {
        self.values.get(name).map_or(0, |(_, values)| values.iter().sum::<f64>() as u64)
    }

    /// The line, for a function, at a time in milliseconds since 1970.
    pub fn line(&self, function: &str, time: u128) -> String {
        let mut line = Map::new();
        let units: Vec<Value> = self
            .values
            .iter()
            .map(|(name, (unit, _))| json!({"Name": name, "Unit": unit}))
            .collect();
        line.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": time as u64,
                "CloudWatchMetrics": [
                    {"Namespace": NAMESPACE, "Dimensions": [["Function"]], "Metrics": units}
                ],
            }),
        );
        line.insert("Function".to_owned(), json!(function));
        for (name, (_, values)) in &self.values {
            let value = match values.as_slice() {
                [value] => json!(value),
                // Of more values CloudWatch takes the first hundred.
                values => json!(values.get(..100).unwrap_or(values)),
            };
            line.insert((*name).to_owned(), value);
        }
        for (name, counts) in &self.counts {
            line.insert((*name).to_owned(), json!(counts));
        }
        Value::Object(line).to_string()
    }

    /// Writes the line to standard output, for this function, now.
    pub fn write(&self) {
        let function = env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis());
        // Where nobody reads the log, there is nobody to tell.
        let _ = writeln!(io::stdout().lock(), "{}", self.line(&function, time));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_its_metrics_are() {
        let mut metrics = Metrics::default();
        metrics.count("RecordsRead", 40);
        metrics.count("RecordsRead", 2);
        metrics.count("Failures", 0);
        metrics.seconds("Delay", 1.5);
        metrics.seconds("Delay", 2.5);
        metrics.count_of("MatchesByRule", "a", 3);
        let line: Value = serde_json::from_str(&metrics.line("detector", 7)).unwrap();
        let expected = json!({
            "_aws": {
                "Timestamp": 7,
                "CloudWatchMetrics": [{
                    "Namespace": "TrailAlerts",
                    "Dimensions": [["Function"]],
                    "Metrics": [
                        {"Name": "Delay", "Unit": "Seconds"},
                        {"Name": "Failures", "Unit": "Count"},
                        {"Name": "RecordsRead", "Unit": "Count"},
                    ],
                }],
            },
            "Function": "detector",
            "Delay": [1.5, 2.5],
            "Failures": 0.0,
            "RecordsRead": 42.0,
            "MatchesByRule": {"a": 3},
        });
        assert_eq!(line, expected);
    }
}
