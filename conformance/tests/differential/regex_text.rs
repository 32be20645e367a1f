//! A text in which a regular expression finds something.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::tape::Tape;

/// Builds such a text; anchors and word borders are left to luck.
pub fn find(pattern: &str, tape: &mut Tape<'_>) -> String {
    let mut text = String::new();
    if let Ok(hir) = regex_syntax::parse(pattern) {
        write(&hir, tape, &mut text);
    }
    text
}

fn write(hir: &Hir, tape: &mut Tape<'_>, text: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(character(class, tape)),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min + 3).min(repetition.min + 3);
            let more = tape.below((most - repetition.min + 1) as usize);
            for _ in 0..repetition.min as usize + more {
                write(&repetition.sub, tape, text);
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, tape, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, tape, text)),
        HirKind::Alternation(branches) => write(tape.pick(branches), tape, text),
    }
}

fn character(class: &Class, tape: &mut Tape<'_>) -> Option<char> {
    let Class::Unicode(class) = class else {
        return None;
    };
    let ranges = class.ranges();
    if ranges.is_empty() {
        return None;
    }
    let range = tape.pick(ranges);
    let (first, last) = (u32::from(range.start()), u32::from(range.end()));
    // A plain letter where the class has any character at all.
    let start = if first < 0x61 && last > 0x7a { 0x61 } else { first };
    let length = (last - start + 1) as usize;
    char::from_u32(start + tape.below(length) as u32).or(Some(range.start()))
}
