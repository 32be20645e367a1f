//! The field paths of the generated code, each looked at once, when the code is compiled.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ident;

/// Field paths by their text, with the names of their statics.
#[derive(Default)]
pub struct Paths(BTreeMap<String, Ident>);

impl Paths {
    /// The static of a path.
    pub fn name(&mut self, path: &str) -> Ident {
        if let Some(name) = self.0.get(path) {
            return name.clone();
        }
        // What is left of it behind its first key is a path, too.
        if let Some((_, rest)) = path.split_once('.') {
            self.name(rest);
        }
        let base = constant_name(path);
        let taken = |name: &str| self.0.values().any(|ident| ident == name);
        let mut names = (1..).map(|number| match number {
            1 => base.clone(),
            _ => format!("{base}_{number}"),
        });
        let name = ident(&names.find(|name| !taken(name)).unwrap_or(base.clone()));
        self.0.insert(path.to_owned(), name.clone());
        name
    }

    /// The module of all statics.
    pub fn module(&self) -> TokenStream {
        let statics = self.0.iter().map(|(path, name)| {
            let value = match path.split_once('.').and_then(|(_, rest)| self.0.get(rest)) {
                Some(rest) => quote!(Path::nested(#path, &#rest)),
                None => quote!(Path::new(#path)),
            };
            quote!(pub static #name: Path<'static> = #value;)
        });
        quote! {
            /// The fields that the rules look at.
            mod path {
                #[allow(unused_imports, reason = "there may be no field")]
                use ::trailalerts_core::record::Path;

                #(#statics)*
            }
        }
    }
}

/// `userIdentity.type` → `USER_IDENTITY_TYPE`
fn constant_name(path: &str) -> String {
    let mut name = String::new();
    let mut after_lower = false;
    for c in path.chars() {
        if after_lower && c.is_ascii_uppercase() {
            name.push('_');
        }
        after_lower = c.is_ascii_lowercase();
        name.push(if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    }
    if name.starts_with(|c: char| c.is_ascii_uppercase()) { name } else { format!("FIELD_{name}") }
}
