// SPDX-License-Identifier: MIT OR Apache-2.0

//! The part of a crate that is for C, by the syntax tree.

use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use syn::{
    Attribute, Expr, ExprLit, Field, Ident, Item, ItemMod, ItemStruct, Lit, Type, Visibility,
};

/// The derive that makes a struct one for C.
const DERIVE: &str = "Wire";

/// The public items of a crate.
#[derive(Debug, Default)]
pub(super) struct Items {
    /// The structs that are `Wire`.
    pub(super) structs: Vec<Struct>,
    /// The names of other types, which C has not.
    pub(super) only_rust: Vec<String>,
    /// The values of constants that are numbers.
    constants: BTreeMap<String, usize>,
}

/// A struct that is `Wire`.
#[derive(Debug)]
pub(super) struct Struct {
    /// The name in Rust.
    pub(super) name: String,
    fields: Vec<(String, Type)>,
}

impl Struct {
    /// The name in C: `FrameHeader` is `umd_frame_header`.
    pub(super) fn c_name(&self) -> String {
        let mut name = "umd".to_owned();
        for letter in self.name.chars() {
            if letter.is_uppercase() {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        }
        name
    }
}

impl Items {
    /// Reads the library of the crate in `folder`.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut items = Self::default();
        items.add_file(&folder.join("src/lib.rs"))?;
        Ok(items)
    }

    /// Whether no header is needed.
    pub(super) fn are_nothing_for_c(&self) -> bool {
        self.structs.is_empty() && self.constants.is_empty()
    }

    fn add_file(&mut self, file: &Path) -> Result<()> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        self.add_text(file, &text)
            .with_context(|| file.display().to_string())
    }

    fn add_text(&mut self, file: &Path, text: &str) -> Result<()> {
        for item in syn::parse_file(text)?.items {
            if let Item::Mod(ItemMod {
                content: Some((_, items)),
                ident,
                ..
            }) = &item
            {
                ensure_no_layout(ident, items)?;
            }
            match item {
                Item::Struct(item) if is_public(&item.vis) => self.add_struct(item)?,
                Item::Type(item) if is_public(&item.vis) => {
                    self.only_rust.push(item.ident.to_string());
                }
                Item::Const(item) if is_public(&item.vis) => {
                    if let Some(value) = number(&item.expr) {
                        self.constants.insert(item.ident.to_string(), value);
                    }
                }
                Item::Mod(module) => {
                    if let Some(file) = file_of(&module, file) {
                        self.add_file(&file)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn add_struct(&mut self, item: ItemStruct) -> Result<()> {
        let name = item.ident.to_string();
        if has_word(&item.attrs, "derive", DERIVE) {
            let fields = item.fields.into_iter().map(field);
            let fields = fields.collect::<Option<_>>();
            let fields = fields.with_context(|| format!("a field of {name} has no name"))?;
            self.structs.push(Struct { name, fields });
            return Ok(());
        }
        ensure!(
            !has_word(&item.attrs, "repr", "C"),
            "{name} is public and #[repr(C)], but no header has it: add {DERIVE} to its derives"
        );
        self.only_rust.push(name);
        Ok(())
    }

    /// Checks that C's declarations have each field by its own name: cbindgen changes those
    /// that are words of C or C++, such as `class`.
    pub(super) fn ensure_names(&self, declarations: &str) -> Result<()> {
        let code = declarations
            .lines()
            .filter(|line| !line.trim_start().starts_with(['*', '/']));
        let words: Vec<&str> = code
            .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
            .collect();
        for item in &self.structs {
            let mut names = item.fields.iter().map(|(name, _)| name);
            if let Some(name) = names.find(|name| !words.contains(&name.as_str())) {
                bail!(
                    "{}: the field {name} is a word of C or C++: use another name",
                    item.name
                );
            }
        }
        Ok(())
    }

    /// Assertions of the size of each struct and the offset of each field.
    pub(super) fn assertions(&self) -> Result<String> {
        let mut text = String::new();
        for item in &self.structs {
            let name = item.c_name();
            let size = self.size_of(item)?;
            writeln!(
                text,
                "\nstatic_assert(sizeof(struct {name}) == {size}, \"{name}\");"
            )?;
            let mut offset = 0;
            for (field, of) in &item.fields {
                let place = format!("__builtin_offsetof(struct {name}, {field})");
                writeln!(text, "static_assert({place} == {offset}, \"{field}\");")?;
                offset += self.size(of)?;
            }
        }
        Ok(text)
    }

    fn size_of(&self, item: &Struct) -> Result<usize> {
        let sizes = item.fields.iter().map(|(field, of)| {
            self.size(of)
                .with_context(|| format!("field {field} of {}", item.name))
        });
        sizes.sum()
    }

    /// The size of a type in bytes.
    fn size(&self, of: &Type) -> Result<usize> {
        match of {
            Type::Array(array) => Ok(self.size(&array.elem)? * self.length(&array.len)?),
            Type::Path(path) => {
                let name = path.path.segments.last().context("a type has a name")?;
                let name = name.ident.to_string();
                if let Some(item) = self.structs.iter().find(|item| item.name == name) {
                    return self.size_of(item);
                }
                let bits = name.trim_start_matches("__").strip_prefix(['u', 's', 'i']);
                match bits {
                    Some("8") => Ok(1),
                    Some("16") => Ok(2),
                    Some("32") => Ok(4),
                    Some("64") => Ok(8),
                    _ => bail!("{name} is no integer of a fixed size and no {DERIVE} struct"),
                }
            }
            _ => bail!("neither an integer, nor an array, nor a {DERIVE} struct"),
        }
    }

    fn length(&self, length: &Expr) -> Result<usize> {
        let known = match length {
            Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|name| self.constants.get(&name.to_string()).copied()),
            other => number(other),
        };
        known.context("the length of an array must be a number, or a public constant that is one")
    }
}

/// cbindgen takes the structs of files, not those of modules inside a file.
fn ensure_no_layout(module: &Ident, items: &[Item]) -> Result<()> {
    for item in items {
        let Item::Struct(item) = item else { continue };
        let is_wire = has_word(&item.attrs, "derive", DERIVE);
        let is_c = is_public(&item.vis) && has_word(&item.attrs, "repr", "C");
        ensure!(
            !is_wire && !is_c,
            "move {} out of the module {module} into a file of its own: a struct that C \
             shares is found in files only",
            item.ident
        );
    }
    Ok(())
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn field(field: Field) -> Option<(String, Type)> {
    Some((field.ident?.to_string(), field.ty))
}

/// Whether `word` stands in an attribute of that name, such as `derive`.
fn has_word(attributes: &[Attribute], attribute: &str, word: &str) -> bool {
    let mut found = false;
    for one in attributes.iter().filter(|a| a.path().is_ident(attribute)) {
        // The rest of an attribute, behind a path, is of no meaning here.
        let _ = one.parse_nested_meta(|meta| {
            let last = meta.path.segments.last();
            found |= last.is_some_and(|segment| segment.ident == word);
            // An argument, as in align(8), is of no meaning here.
            if meta.input.peek(syn::token::Paren) {
                let argument;
                syn::parenthesized!(argument in meta.input);
                argument.parse::<Expr>()?;
            }
            Ok(())
        });
    }
    found
}

fn number(value: &Expr) -> Option<usize> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => number.base10_parse().ok(),
        _ => None,
    }
}

/// The file of a module in `parent` that every build has.
fn file_of(module: &ItemMod, parent: &Path) -> Option<PathBuf> {
    let has = |attribute: &str| module.attrs.iter().any(|a| a.path().is_ident(attribute));
    if module.content.is_some() || has("cfg") || has("path") {
        return None;
    }
    let folder = match parent.file_stem().and_then(|stem| stem.to_str()) {
        Some("lib" | "mod") => parent.parent()?.to_path_buf(),
        _ => parent.with_extension(""),
    };
    let name = module.ident.to_string();
    let file = folder.join(format!("{name}.rs"));
    Some(if file.is_file() {
        file
    } else {
        folder.join(name).join("mod.rs")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Result<Items> {
        let mut items = Items::default();
        items.add_text(Path::new("lib.rs"), text)?;
        Ok(items)
    }

    #[track_caller]
    fn assert_refused(text: &str, because: &str) {
        let error = items(text).and_then(|items| items.assertions());
        let error = format!("{:#}", error.unwrap_err());
        assert!(error.contains(because), "{error}");
    }

    #[test]
    fn a_field_with_a_word_of_c_for_a_name_is_refused() {
        let items =
            items("#[repr(C)] #[derive(Wire)] pub struct Elf { pub class: __u8, pub of: __u8 }")
                .unwrap();
        let error = items.ensure_names("struct umd_elf {\n\t/* class */\n\t__u8 class_;\n");
        let error = error.unwrap_err().to_string();
        assert!(
            error.starts_with("Elf: the field class is a word"),
            "{error}"
        );
        items.ensure_names("\t__u8 class;\n\t__u8 of;\n").unwrap();
    }

    #[test]
    fn offsets_are_sums_of_sizes() {
        let items = items(
            "pub const COUNT: u32 = 1_0;
             #[repr(C)] #[derive(Clone, umd_abi::Wire)] pub struct InNer { pub a: __u16 }
             #[repr(C)] #[derive(Wire)] pub struct Outer {
                 pub a: [InNer; COUNT], pub b: __s32, pub c: [u8; 8], pub d: __u64,
             }",
        );
        let text = items.unwrap().assertions().unwrap();
        for expected in [
            "sizeof(struct umd_in_ner) == 2,",
            "sizeof(struct umd_outer) == 40,",
            "(struct umd_outer, a) == 0,",
            "(struct umd_outer, b) == 20,",
            "(struct umd_outer, c) == 24,",
            "(struct umd_outer, d) == 32,",
        ] {
            assert!(text.contains(expected), "no {expected} in {text}");
        }
    }

    #[test]
    fn a_struct_that_no_header_has_is_refused() {
        assert_refused("#[repr(C)] pub struct A { pub a: u8 }", "A is public");
        assert_refused(
            "#[repr(align(8), C)] pub struct A { pub a: u8 }",
            "A is public",
        );
        for attribute in ["repr(C)", "derive(Wire)"] {
            let inside = format!("mod m {{ #[{attribute}] pub struct A {{ pub a: u8 }} }}");
            assert_refused(&inside, "move A out of the module m");
        }
        let of = |field: &str| format!("#[derive(Wire)] pub struct A {{ pub a: {field} }}");
        assert_refused(&of("usize"), "field a of A: usize is no integer");
        assert_refused(&of("[u8; N]"), "the length of an array");
        assert_refused(&of("&u8"), "neither");
        assert_refused("#[derive(Wire)] pub struct A(pub u8);", "has no name");
    }

    #[test]
    fn what_is_not_for_c_is_known() {
        let items = items(
            "pub struct A; pub type B = u8; struct C; #[repr(C)] struct D { a: u8 }
             pub(crate) const E: u8 = 1;",
        );
        let items = items.unwrap();
        assert_eq!(items.only_rust, ["A", "B"]);
        assert!(items.are_nothing_for_c());
    }
}
