//! Correlations that name each other in a circle, and an order where none do.

use super::{CheckedCorrelation, Member};
use crate::{
    diagnostic::{Code, Diagnostic, Edit},
    source::Span,
};

/// Correlations in an order in which each comes after those it names, and those that no order can
/// hold: the ones in a circle and the ones that lead to it.
pub fn order(checked: &[CheckedCorrelation]) -> (Vec<usize>, Vec<bool>) {
    let mut waiting_for: Vec<usize> = Vec::new();
    let mut named_by: Vec<Vec<usize>> = vec![Vec::new(); checked.len()];
    for (at, each) in checked.iter().enumerate() {
        let mut count = 0;
        for member in &each.members {
            if let Member::Correlation(other) = member {
                count += 1;
                named_by[*other].push(at);
            }
        }
        waiting_for.push(count);
    }
    let mut order: Vec<usize> = (0..checked.len()).filter(|&at| waiting_for[at] == 0).collect();
    let mut done = 0;
    while let Some(&at) = order.get(done) {
        done += 1;
        for &other in &named_by[at] {
            waiting_for[other] -= 1;
            if waiting_for[other] == 0 {
                order.push(other);
            }
        }
    }
    let circular: Vec<bool> = waiting_for.iter().map(|&count| count > 0).collect();
    (order, if circular.contains(&true) { circular } else { Vec::new() })
}

/// Reports each circle once, with all references that make it.
pub fn report_circles(
    checked: &[CheckedCorrelation],
    circular: &[bool],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut visited = vec![false; checked.len()];
    for start in 0..checked.len() {
        let mut path: Vec<(usize, Span)> = Vec::new();
        let mut at = start;
        while circular[at] && !visited[at] {
            visited[at] = true;
            let each = &checked[at];
            let next =
                each.members.iter().zip(&each.correlation.rules).find_map(|(member, reference)| {
                    match member {
                        Member::Correlation(other) if circular[*other] => {
                            Some((*other, reference.span))
                        }
                        _ => None,
                    }
                });
            let Some((next, place)) = next else {
                break;
            };
            path.push((at, place));
            at = next;
        }
        let Some(begin) = path.iter().position(|(each, _)| *each == at) else {
            continue;
        };
        diagnostics.push(circle(checked, &path[begin..]));
    }
}

fn circle(checked: &[CheckedCorrelation], path: &[(usize, Span)]) -> Diagnostic {
    let title = |at: usize| checked[at].correlation.title.value.as_str();
    let message = match path {
        [(at, _)] => format!("the correlation `{}` names itself", title(*at)),
        _ => "these correlations name each other in a circle".to_owned(),
    };
    let mut diagnostic = Diagnostic::error(Code::CircularCorrelation, message);
    for (number, (at, place)) in path.iter().enumerate() {
        let next = path.get(number + 1).or(path.first()).map_or(*at, |(next, _)| *next);
        let label = match path.len() {
            1 => String::new(),
            _ => format!("`{}` names `{}`", title(*at), title(next)),
        };
        diagnostic = diagnostic.at(*place, label);
    }
    let diagnostic = diagnostic.help("remove one of the references");
    match path {
        // Of several, which one is not meant is not known.
        [(at, place)] if checked[*at].members.len() > 1 => {
            diagnostic.edit(Edit::remove_entry(*place))
        }
        _ => diagnostic,
    }
}
