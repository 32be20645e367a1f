use super::*;
use crate::{compile, source::SourceFile};

/// What is changed in a rule of this detection.
fn whats(detection: &str) -> Vec<String> {
    let rule = format!(
        "title: T\nid: 11111111-2222-3333-4444-555555555555\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n{detection}\nlevel: low\n"
    );
    let compilation = compile(vec![SourceFile::new("rules/a.yml", rule)], Vec::new());
    let rendered: Vec<_> =
        compilation.diagnostics.iter().map(|each| each.one_line(&compilation.files)).collect();
    assert!(!compilation.has_errors(), "{rendered:?}");
    changes(&compilation.set.rules[0].rule).into_iter().map(|change| change.what).collect()
}

#[test]
fn each_part_of_a_detection_is_changed_in_turn() {
    let cases: [(&str, &[&str]); 11] = [
        ("  s:\n    a: x\n  condition: s", &["`a: x` is dropped", "`a: x` is negated"]),
        (
            "  s:\n    a: x\n    b: null\n  condition: s",
            &[
                "`a: x` is dropped",
                "`a: x` is negated",
                "`b: null` is dropped",
                "`b: null` is negated",
            ],
        ),
        (
            "  s:\n    a|neq|contains:\n      - x\n      - y\n  condition: s",
            &[
                "`a|neq|contains: …` is dropped",
                "`a|neq|contains: …` is negated",
                "`x` is dropped from the list",
                "`y` is dropped from the list",
                "`contains` is dropped from `a|neq|contains: …`",
            ],
        ),
        (
            "  s:\n    a|re|i: x.*y\n    n|gt: 3\n    b|startswith|cased: z\n  condition: s",
            &[
                "`a|re|i: x.*y` is dropped",
                "`a|re|i: x.*y` is negated",
                "`i` is dropped from `a|re|i: x.*y`",
                "`n|gt: 3` is dropped",
                "`n|gt: 3` is negated",
                "`gt` becomes `gte` in `n|gt: 3`",
                "`b|startswith|cased: z` is dropped",
                "`b|startswith|cased: z` is negated",
                "`startswith` becomes `contains` in `b|startswith|cased: z`",
                "`cased` is dropped from `b|startswith|cased: z`",
            ],
        ),
        (
            "  s:\n    - a: x\n      b: y\n    - c: z\n  condition: s",
            &[
                "this part of the list is dropped",
                "`a: x` is dropped",
                "`a: x` is negated",
                "`b: y` is dropped",
                "`b: y` is negated",
                "`c: z` is dropped",
                "`c: z` is negated",
            ],
        ),
        (
            "  s:\n    - x\n    - y\n  condition: s",
            &[
                "`x, …` is dropped",
                "`x, …` is negated",
                "`x` is dropped from the list",
                "`y` is dropped from the list",
            ],
        ),
        // Where the whole condition is negated, so is the rule: the same change is made once.
        ("  s:\n    a: x\n  condition: not s", &["`a: x` is dropped", "`a: x` is negated"]),
        (
            "  s:\n    a: x\n  f:\n    b: y\n  condition: s and not f",
            &[
                "`a: x` is dropped",
                "`a: x` is negated",
                "`b: y` is dropped",
                "`b: y` is negated",
                "`and` becomes `or` in `s and not f`",
                "`not f` is dropped from the condition",
            ],
        ),
        (
            "  s_1:\n    a: x\n  s_2:\n    b: y\n  condition: 1 of s_*",
            &[
                "`a: x` is dropped",
                "`a: x` is negated",
                "`b: y` is dropped",
                "`b: y` is negated",
                "`1 of s_*` becomes `all of`",
                "`s_1` is left out of `1 of s_*`",
                "`s_2` is left out of `1 of s_*`",
            ],
        ),
        (
            "  s_1:\n    a: x\n  s_2:\n    b: y\n  s_3:\n    c: z\n  condition: 2 of s_*",
            &[
                "`a: x` is dropped",
                "`a: x` is negated",
                "`b: y` is dropped",
                "`b: y` is negated",
                "`c: z` is dropped",
                "`c: z` is negated",
                "`2 of s_*` becomes `all of`",
                "`s_1` is left out of `2 of s_*`",
                "`s_2` is left out of `2 of s_*`",
                "`s_3` is left out of `2 of s_*`",
            ],
        ),
        (
            "  s:\n    a: x\n  t:\n    b: y\n  condition:\n    - s\n    - t",
            &[
                "`a: x` is dropped",
                "`a: x` is negated",
                "`b: y` is dropped",
                "`b: y` is negated",
                "the condition `s` is dropped",
                "the condition `t` is dropped",
            ],
        ),
    ];
    for (detection, expected) in cases {
        assert_eq!(whats(detection), expected, "{detection}");
    }
}

#[test]
fn a_change_that_means_the_same_is_left_out() {
    // The second item says what the first says; the unused identifier says nothing.
    let detection = "  s:\n    a: x\n    a|contains|cased|neq: Q\n    A.b: y\n  t:\n    - a: x\n    - a: X\n  condition: s and t";
    let found = whats(detection);
    assert!(!found.iter().any(|what| what.contains("`a: X` is dropped")), "{found:?}");
    let unused = whats("  s:\n    a: x\n  unused:\n    b: y\n  condition: s");
    assert_eq!(unused, ["`a: x` is dropped", "`a: x` is negated"]);
}
