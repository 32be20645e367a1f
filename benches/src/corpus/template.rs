//! Texts with places in them that are filled in for each record.
//!
//! `<name>` stands for a value, `<2-5|TEXT>` for two to five times the text with commas between.

use super::values::{self, Scene, Write};
use crate::random::Random;

/// A text to fill in.
#[derive(Debug)]
pub struct Template(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(&'static str),
    Value(Write),
    Repeat { least: u64, most: u64, each: Template },
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &'static str) -> Result<Self, String> {
        let mut rest = text;
        let template = Self::read(&mut rest)?;
        match rest {
            "" => Ok(template),
            _ => Err(format!("a `>` without its `<` in `{text}`")),
        }
    }

    /// Reads up to the end or to a `>` that is not its own.
    fn read(rest: &mut &'static str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let text = rest.find(['<', '>']).unwrap_or(rest.len());
            if text > 0 {
                pieces.push(Piece::Text(&rest[..text]));
                *rest = &rest[text..];
            } else if rest.starts_with('>') {
                break;
            } else {
                pieces.push(Self::place(rest)?);
            }
        }
        Ok(Self(pieces))
    }

    /// Reads `<…>`.
    fn place(rest: &mut &'static str) -> Result<Piece, String> {
        let from = *rest;
        let unclosed = || format!("a `<` without its `>` in `{from}`");
        let inner = &from[1..];
        if !inner.starts_with(|first: char| first.is_ascii_digit()) {
            let (name, after) = inner.split_once('>').ok_or_else(unclosed)?;
            *rest = after;
            return values::find(name).map(Piece::Value);
        }
        let (times, after) = inner.split_once('|').ok_or_else(unclosed)?;
        let times = times
            .split_once('-')
            .and_then(|(least, most)| Some((least.parse().ok()?, most.parse().ok()?)));
        let (least, most) = times.ok_or_else(|| format!("not `<LEAST-MOST|`: `{from}`"))?;
        *rest = after;
        let each = Self::read(rest)?;
        *rest = rest.strip_prefix('>').ok_or_else(unclosed)?;
        Ok(Piece::Repeat { least, most, each })
    }

    /// Writes the text with its places filled in.
    pub fn write(&self, scene: &Scene, random: &mut Random, out: &mut String) {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Value(write) => write(scene, random, out),
                Piece::Repeat { least, most, each } => {
                    // The elements of a list are different things.
                    let scene = &Scene { steady: false, ..scene.clone() };
                    for time in 0..random.between(*least, *most) {
                        if time > 0 {
                            out.push(',');
                        }
                        each.write(scene, random, out);
                    }
                }
            }
        }
    }
}
