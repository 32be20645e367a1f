use super::*;

/// The test of a value as rules write it.
fn pattern(case: Case, text: &str) -> TextTest {
    let mut parts = Vec::new();
    for (at, piece) in text.split('*').enumerate() {
        if at > 0 {
            parts.push(Part::Run);
        }
        for (at, piece) in piece.split('?').enumerate() {
            if at > 0 {
                parts.push(Part::One);
            }
            parts.push(Part::Text(piece.to_owned()));
        }
    }
    TextTest::pattern(case, parts)
}

#[test]
fn a_pattern_covers_what_always_fits_it() {
    let cases = [
        ("CreateUser", "createuser", true),
        ("CreateUser", "Create*", true),
        ("CreateUser", "*User", true),
        ("CreateUser", "*teUs*", true),
        ("CreateUser", "*", true),
        ("CreateUser", "C*U*", true),
        ("CreateUser", "C*e*e*r", true),
        ("CreateUser", "C*er*er", false),
        ("CreateUser", "*User*User", false),
        ("CreateUser", "CreateUse?", false),
        ("CreateUser", "Delete*", false),
        ("Create*", "CreateUser", false),
        ("CreateUser*", "Create*", true),
        ("Create*", "CreateUser*", false),
        ("CreateUser*", "*User*", true),
        ("CreateUser*", "*User", false),
        ("*LoginProfile", "*Profile", true),
        ("*LoginProfile", "*Login*", true),
        ("*LoginProfile*", "*Profile*", true),
        ("*Profile*", "*LoginProfile*", false),
        ("Put*Policy", "Put*", true),
        ("Put*Policy", "*Policy", true),
        ("Put*Policy", "*Pol*", true),
        ("Put*Policy", "*PutPolicy*", false),
        ("Put?Policy", "Put*", true),
        ("a*", "*", true),
        ("*", "a*", false),
        ("", "*", true),
    ];
    for (a, b, expected) in cases {
        let (a, b) = (pattern(Case::Folded, a), pattern(Case::Folded, b));
        assert_eq!(text_implies(&a, &b), expected, "{a:?} ⇒ {b:?}");
    }
}

#[test]
fn exact_text_is_covered_by_text_that_ignores_case_and_not_the_other_way() {
    let (exact, folded) = (pattern(Case::Exact, "Create*"), pattern(Case::Folded, "Create*"));
    assert!(text_implies(&exact, &folded));
    assert!(!text_implies(&folded, &exact));
    assert!(!text_implies(&exact, &pattern(Case::Exact, "create*")));
}

#[test]
fn a_list_is_covered_where_each_of_its_values_is() {
    let list = |texts: &[&str]| {
        TextTest::any_of(texts.iter().map(|text| pattern(Case::Folded, text)).collect())
    };
    assert!(text_implies(&list(&["a", "b"]), &list(&["a", "b", "c"])));
    assert!(!text_implies(&list(&["a", "d"]), &list(&["a", "b", "c"])));
    assert!(text_implies(&list(&["ab", "ac*"]), &list(&["a*"])));
    assert!(text_implies(&list(&["b", "ac*"]), &list(&["a*", "*b*"])));
    // Too much to compare one by one.
    let many: Vec<String> = (0..1000).map(|number| format!("value{number}*")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(!text_implies(&list(&many), &list(&[&many[..], &["x*"]].concat())));
}

#[test]
fn numbers_times_and_networks_lie_in_wider_ones() {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    let cases = [
        ((Greater, 5), (Greater, 5), true),
        ((Greater, 6), (Greater, 5), true),
        ((Greater, 5), (Greater, 6), false),
        ((Greater, 5), (GreaterOrEqual, 5), true),
        ((GreaterOrEqual, 5), (Greater, 5), false),
        ((GreaterOrEqual, 6), (Greater, 5), true),
        ((Less, 5), (LessOrEqual, 5), true),
        ((LessOrEqual, 5), (Less, 5), false),
        ((LessOrEqual, 4), (Less, 5), true),
        ((Less, 4), (Greater, 5), false),
        ((Equal, 5), (GreaterOrEqual, 5), true),
        ((Equal, 5), (Less, 5), false),
        ((Equal, 4), (Less, 5), true),
        ((Equal, 6), (Greater, 5), true),
        ((Greater, 5), (Equal, 5), false),
    ];
    for (a, b, expected) in cases {
        assert_eq!(bound_implies(a, b), expected, "{a:?} ⇒ {b:?}");
    }
    let network = |text: &str| Test::Network(text.parse().unwrap());
    let address = |text: &str| Test::Text(TextTest::Equals(Case::Folded, text.to_owned()));
    assert!(value_implies(&network("10.1.0.0/16"), &network("10.0.0.0/8")));
    assert!(!value_implies(&network("10.0.0.0/8"), &network("10.1.0.0/16")));
    assert!(value_implies(&address("10.1.2.3"), &network("10.0.0.0/8")));
    assert!(!value_implies(&address("s3.amazonaws.com"), &network("0.0.0.0/0")));
    assert!(!value_implies(&network("10.0.0.0/8"), &network("::/0")));
}
