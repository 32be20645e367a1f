use super::*;

/// The same question asked of the `regex` crate.
fn fits_as_regex(pattern: &Pattern, text: &str, cased: bool) -> bool {
    let pieces = pattern.0.iter().map(|piece| match piece {
        Piece::Char(c) => regex::escape(&c.to_string()),
        Piece::AnyOne => ".".to_owned(),
        Piece::AnyRun => ".*".to_owned(),
        Piece::AnyDash => "[-/\u{2013}\u{2014}\u{2015}]".to_owned(),
    });
    let flags = if cased { "s" } else { "is" };
    search(&format!("(?{flags})^{}$", pieces.collect::<String>()), text)
}

/// All texts of up to `longest` characters of an alphabet.
fn texts(alphabet: &[char], longest: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..longest {
        let upto = all.len();
        for at in from..upto {
            all.extend(alphabet.iter().map(|c| format!("{}{c}", all[at])).collect::<Vec<_>>());
        }
        from = upto;
    }
    all
}

#[test]
fn agrees_with_regular_expressions() {
    let patterns = texts(&['a', 'B', '*', '?'], 4);
    let texts = texts(&['a', 'b', '\n'], 5);
    for pattern in &patterns {
        let pattern = Pattern::with_wildcards(pattern);
        for (at, text) in texts.iter().enumerate() {
            let cased = at % 2 == 0;
            let expected = fits_as_regex(&pattern, text, cased);
            assert_eq!(pattern.fits(text, cased), expected, "{pattern:?} on {text:?}");
        }
    }
}

#[test]
fn folds_as_unicode_says() {
    let rows = [
        ('A', 'a', true),
        ('k', '\u{212a}', true),
        ('s', 'ſ', true),
        ('ß', 'ẞ', true),
        ('Σ', 'ς', true),
        ('µ', 'Μ', true),
        ('ა', 'Ა', true),
        ('𐐀', '𐐨', true),
        ('i', 'İ', false),
        ('I', 'ı', false),
        ('e', 'é', false),
        ('[', '{', false),
    ];
    for (left, right, same) in rows {
        assert_eq!(folded(left) == folded(right), same, "{left} and {right}");
        let pattern = Pattern::literal(&left.to_string());
        assert_eq!(pattern.fits(&right.to_string(), false), same, "{left} and {right}");
        assert_eq!(fits_as_regex(&pattern, &right.to_string(), false), same, "{left} and {right}");
    }
}

#[test]
fn long_texts() {
    let long = "kSß".repeat(100_000);
    let mut pattern = Pattern::literal(&long);
    assert!(pattern.fits(&long.to_lowercase(), false));
    assert!(!pattern.fits(&format!("{long}x"), false));
    pattern.open_start();
    assert!(pattern.fits(&format!("x{long}"), false));
    assert!(!pattern.fits(&long.to_lowercase(), true));
}
