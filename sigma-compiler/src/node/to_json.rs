//! Nodes as JSON, for what is kept as it is and read by others.

use serde_json::{Number, Value};

use super::{Kind, Node, Scalar};

impl Node {
    /// The value as compact JSON text. Numbers that JSON cannot write are texts.
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        self.write_json(&mut json);
        json
    }

    // The depth of a node is bounded, so the recursion is bounded too.
    fn write_json(&self, json: &mut String) {
        match &self.kind {
            Kind::Scalar(Scalar::Null) => json.push_str("null"),
            Kind::Scalar(Scalar::Bool(value)) => json.push_str(&value.to_string()),
            Kind::Scalar(Scalar::Int(text) | Scalar::Float(text)) if is_json_number(text) => {
                json.push_str(text);
            }
            Kind::Scalar(
                Scalar::Int(text)
                | Scalar::Float(text)
                | Scalar::Timestamp(text)
                | Scalar::String(text),
            ) => quote(text, json),
            Kind::Sequence(nodes) => {
                json.push('[');
                for (at, node) in nodes.iter().enumerate() {
                    separate(at, json);
                    node.write_json(json);
                }
                json.push(']');
            }
            Kind::Mapping(entries) => {
                json.push('{');
                for (at, entry) in entries.iter().enumerate() {
                    separate(at, json);
                    quote(&entry.key.value, json);
                    json.push(':');
                    entry.value.write_json(json);
                }
                json.push('}');
            }
        }
    }
}

fn separate(at: usize, json: &mut String) {
    if at > 0 {
        json.push(',');
    }
}

fn quote(text: &str, json: &mut String) {
    json.push_str(&Value::from(text).to_string());
}

fn is_json_number(text: &str) -> bool {
    serde_json::from_str::<Number>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::read_yaml;
    use crate::source::FileId;

    #[test]
    fn every_kind_of_value_has_its_json() {
        let cases = [
            ("text", r#""text""#),
            ("'say \"hi\" \\ there'", r#""say \"hi\" \\ there""#),
            ("\"a\\tb\\nc\"", r#""a\tb\nc""#),
            ("2026-01-02", r#""2026-01-02""#),
            ("yes", "true"),
            ("~", "null"),
            ("017", "15"),
            ("-12", "-12"),
            ("1.50", "1.50"),
            ("1.5e+3", "1.5e+3"),
            (".5", r#"".5""#),
            (".inf", r#"".inf""#),
            ("[a, [], {}]", r#"["a",[],{}]"#),
            ("{b: 1, a: [~]}", r#"{"b":1,"a":[null]}"#),
        ];
        for (yaml, expected) in cases {
            let mut diagnostics = Vec::new();
            let nodes = read_yaml(FileId(0), yaml, &mut diagnostics);
            assert_eq!(nodes.len(), 1, "{yaml}: {diagnostics:?}");
            assert_eq!(nodes[0].to_json(), expected, "{yaml}");
        }
    }
}
