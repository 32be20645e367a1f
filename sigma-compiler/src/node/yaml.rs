//! YAML into nodes.

mod unsupported;

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as YamlSpan, Tag};

use super::{
    Entries, Entry, Kind, MAX_DEPTH, MAX_NODES, Node, Scalar,
    scan_error::{Stop, explain},
};
use crate::{
    diagnostic::{Code, Diagnostic, Edit},
    source::{FileId, Span, Spanned},
};
use unsupported::key_of;

/// Reads every document of a YAML text; those before an error are returned with it.
pub fn read_yaml(file: FileId, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Node> {
    if let Some(diagnostic) = control_character(file, text) {
        diagnostics.push(diagnostic);
        return Vec::new();
    }
    let mut reader = Reader {
        file,
        text,
        offsets: Offsets::new(text),
        diagnostics,
        stack: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        documents: Vec::new(),
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let done = match event {
            Ok((event, span)) => reader.event(event, span),
            Err(error) => {
                let diagnostic = reader.scan_error(&error);
                Err(diagnostic)
            }
        };
        if let Err(diagnostic) = done {
            reader.diagnostics.push(diagnostic);
            break;
        }
    }
    reader.documents
}

/// The scanner lets characters pass that YAML forbids and that would hide in a terminal.
fn control_character(file: FileId, text: &str) -> Option<Diagnostic> {
    let (start, found) = text
        .char_indices()
        .find(|(_, c)| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}'))?;
    let code = u32::from(found);
    let span = Span { file, start, end: start + found.len_utf8() };
    Some(
        Diagnostic::error(
            Code::InvalidYaml,
            format!("the text holds the control character U+{code:04X}"),
        )
        .at(span, "an invisible character")
        .help(format!("remove it, or write `\\x{code:02x}` inside double quotes"))
        .edit(Edit::remove(span)),
    )
}

/// A collection that is being read.
struct Frame {
    span: Span,
    anchor: usize,
    kind: FrameKind,
}

enum FrameKind {
    Sequence(Vec<Node>),
    Mapping { entries: Entries, key: Option<Spanned<String>> },
}

/// A value that aliases may repeat, with the number of nodes in it and its depth.
struct Anchored {
    node: Node,
    size: usize,
    depth: usize,
}

impl Anchored {
    fn new(node: Node) -> Self {
        let (size, depth) = measure(&node);
        Self { node, size, depth }
    }
}

fn measure(node: &Node) -> (usize, usize) {
    let children: Vec<_> = match &node.kind {
        Kind::Scalar(_) => return (1, 0),
        Kind::Sequence(nodes) => nodes.iter().map(measure).collect(),
        Kind::Mapping(entries) => entries.iter().map(|entry| measure(&entry.value)).collect(),
    };
    children.iter().fold((1, 1), |(size, depth), child| (size + child.0, depth.max(child.1 + 1)))
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    offsets: Offsets,
    diagnostics: &'a mut Vec<Diagnostic>,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
    documents: Vec<Node>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, span: YamlSpan) -> Result<(), Diagnostic> {
        let span = self.span(span);
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let unwritten = value.is_empty() && style == ScalarStyle::Plain && tag.is_none();
                if unwritten && anchor != 0 {
                    return Err(self.anchor_of_nothing(span));
                }
                if let Some(tag) = tag.as_deref().filter(|tag| !is_core(tag, &["str"])) {
                    return Err(self.unsupported_tag(tag, span));
                }
                let span = match unwritten {
                    true => Span { end: span.start, ..span },
                    false => self.without_properties(span),
                };
                let scalar = match style == ScalarStyle::Plain && tag.is_none() {
                    true => Scalar::resolve(&value),
                    false => Scalar::String(value.into_owned()),
                };
                self.add(Node { span, kind: Kind::Scalar(scalar) }, anchor, 1)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(FrameKind::Sequence(Vec::new()), span, anchor, tag.as_deref())
            }
            Event::MappingStart(anchor, tag) => self.open(
                FrameKind::Mapping { entries: Entries::default(), key: None },
                span,
                anchor,
                tag.as_deref(),
            ),
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(Anchored { node, size, depth }) => {
                    // Checked before the copy is made: the size of nested aliases is exponential.
                    self.check_size(*size, span)?;
                    self.check_depth(*depth, span)?;
                    let (node, size) = (Node { span, ..node.clone() }, *size);
                    self.add(node, 0, size)
                }
                None => Err(Diagnostic::error(
                    Code::InvalidYaml,
                    "this alias refers to the value that holds it",
                )
                .at(span, "a value cannot hold itself")),
            },
            _ => Ok(()),
        }
    }

    /// The span of a scalar without the anchor and the tag before it.
    fn without_properties(&self, span: Span) -> Span {
        let written = self.text.get(span.range()).unwrap_or_default();
        let mut value = written;
        while value.starts_with(['&', '!']) {
            let end = value.find(char::is_whitespace).unwrap_or(value.len());
            value = value[end..].trim_start();
        }
        Span { start: span.end - value.len(), ..span }
    }

    fn open(
        &mut self,
        kind: FrameKind,
        span: Span,
        anchor: usize,
        tag: Option<&Tag>,
    ) -> Result<(), Diagnostic> {
        if let Some(tag) = tag.filter(|tag| !is_core(tag, &["map", "seq"])) {
            return Err(self.unsupported_tag(tag, span));
        }
        self.check_depth(1, span)?;
        // The span of a block collection begins at its first token and ends with its last child.
        self.stack.push(Frame { span: Span { end: span.start, ..span }, anchor, kind });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), Diagnostic> {
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        let (kind, last) = match frame.kind {
            FrameKind::Sequence(nodes) => {
                let last = nodes.last().map_or(frame.span.end, |node| node.span.end);
                (Kind::Sequence(nodes), last)
            }
            FrameKind::Mapping { entries, .. } => {
                (Kind::Mapping(entries.entries), entries.end.max(frame.span.end))
            }
        };
        // A flow collection ends with its bracket; a block collection has no token of its own.
        let bracket =
            self.text.get(end.start..end.end).is_some_and(|text| matches!(text, "]" | "}"));
        let end = if bracket { end.end } else { last };
        let node = Node { span: Span { end: end.max(frame.span.start), ..frame.span }, kind };
        self.add(node, frame.anchor, 1)
    }

    fn check_size(&self, more: usize, span: Span) -> Result<(), Diagnostic> {
        if self.nodes + more <= MAX_NODES {
            return Ok(());
        }
        Err(Diagnostic::error(
            Code::TooManyNodes,
            format!("this document grows beyond {MAX_NODES} values"),
        )
        .at(span, "the limit is passed here")
        .help("write the values out instead of repeating an alias"))
    }

    fn check_depth(&self, more: usize, span: Span) -> Result<(), Diagnostic> {
        if self.stack.len() + more <= MAX_DEPTH {
            return Ok(());
        }
        Err(Diagnostic::error(
            Code::TooDeep,
            format!("this document nests deeper than {MAX_DEPTH} levels"),
        )
        .at(span, "one level too many")
        .help("flatten the document; a rule needs no more than five or six levels"))
    }

    /// Puts a finished node where it belongs: as key, value, element or document.
    fn add(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), Diagnostic> {
        self.check_size(size, node.span)?;
        self.nodes += size;
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored::new(node.clone()));
        }
        let Some(frame) = self.stack.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match &mut frame.kind {
            FrameKind::Sequence(nodes) => nodes.push(node),
            FrameKind::Mapping { entries, key } => match key.take() {
                Some(key) => {
                    entries.insert(Entry { key, value: node }, self.diagnostics);
                }
                None => *key = Some(key_of(node, self.text)?),
            },
        }
        Ok(())
    }

    fn span(&self, span: YamlSpan) -> Span {
        let start = self.offsets.byte(span.start.index());
        let end = self.offsets.byte(span.end.index()).max(start);
        // Spans of plain and block scalars run on to the next token.
        let text = self.text.get(start..end).unwrap_or_default();
        Span { file: self.file, start, end: start + text.trim_end().len() }
    }

    fn scan_error(&self, error: &ScanError) -> Diagnostic {
        let at = self.offsets.byte(error.marker().index()).min(self.text.len());
        let bracket = self.stack.iter().rev().find_map(|frame| {
            let span = Span { end: frame.span.start + 1, ..frame.span };
            matches!(self.text.get(span.range()), Some("[" | "{")).then_some(span)
        });
        explain(error, &Stop { file: self.file, text: self.text, at, bracket })
    }
}

/// Whether a tag is `!!` and one of these names.
fn is_core(tag: &Tag, names: &[&str]) -> bool {
    tag.is_yaml_core_schema() && names.contains(&tag.suffix.as_str())
}

/// Byte offsets of character indices.
struct Offsets(Option<Vec<usize>>);

impl Offsets {
    fn new(text: &str) -> Self {
        Self(
            (!text.is_ascii())
                .then(|| text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()),
        )
    }

    fn byte(&self, index: usize) -> usize {
        match &self.0 {
            None => index,
            Some(offsets) => offsets.get(index).or(offsets.last()).copied().unwrap_or(0),
        }
    }
}
