// SPDX-License-Identifier: MIT OR Apache-2.0

//! Generates the C headers: of the core contract, and of each driver.
//!
//! cbindgen writes the constants and structs; this module gives them the
//! kernel's layout and adds assertions of every size and offset. The figures are sums
//! of the fields' sizes, to which `derive(Wire)` holds the Rust compiler, so
//! that a C compiler that lays out a struct differently refuses the header.

mod items;
mod style;

use crate::file;
use crate::workspace::{Driver, Workspace};
use anyhow::{Context, Result};
use cbindgen::{Config, DocumentationStyle, ExportConfig, Language, Style};
use items::Items;
use std::fs;
use std::path::{Path, PathBuf};

/// The name of the core contract's header.
const CORE: &str = "umd_abi.h";

/// The start of the core contract's header, behind the guard.
const INCLUDES: &str = "\
#include <linux/types.h>
/* For static_assert(). */
#ifdef __KERNEL__
#include <linux/build_bug.h>
#else
#include <assert.h>
#endif
";

/// A generated header.
#[derive(Clone, Debug)]
pub struct Header {
    /// The committed file.
    pub path: PathBuf,
    /// As the sources have it now.
    pub text: String,
}

impl Header {
    /// Whether the committed file is the same.
    #[must_use]
    pub fn is_up_to_date(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|committed| committed == self.text)
    }

    /// Writes the committed file.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write(&self) -> Result<()> {
        let folder = self.path.parent().context("a header is in a folder")?;
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        file::write(&self.path, self.text.as_bytes())
    }
}

/// All headers of the workspace: that of the core contract, if it is in there,
/// as `loader-c/include/umd_abi.h`, and that of each driver NAME which has
/// structs or constants for the kernel, as `loader-c/NAME/umd_NAME_abi.h`.
///
/// # Errors
///
/// A crate has something that C cannot have.
pub fn all(workspace: &Workspace) -> Result<Vec<Header>> {
    let loader = workspace.root.join("loader-c");
    let mut headers = Vec::new();
    let mut names = style::Names::default();
    if let Some(core) = &workspace.core {
        let items = Items::read(core)?;
        names.add(&items);
        headers.push(Header {
            path: loader.join("include").join(CORE),
            text: generate(workspace, core, &items, &names, CORE, INCLUDES)?,
        });
    }
    for driver in &workspace.drivers {
        headers.extend(of_driver(workspace, driver, names.clone())?);
    }
    Ok(headers)
}

fn of_driver(
    workspace: &Workspace,
    driver: &Driver,
    mut names: style::Names,
) -> Result<Option<Header>> {
    let items = Items::read(&driver.folder)?;
    if items.are_nothing_for_c() {
        return Ok(None);
    }
    names.add(&items);
    let name = driver.name();
    let file = format!("umd_{name}_abi.h");
    let includes = format!("#include \"{CORE}\"\n");
    let text = generate(workspace, &driver.folder, &items, &names, &file, &includes)?;
    let path = workspace.root.join("loader-c").join(name).join(file);
    Ok(Some(Header { path, text }))
}

/// The header `file` of the crate in `folder`.
fn generate(
    workspace: &Workspace,
    folder: &Path,
    items: &Items,
    names: &style::Names,
    file: &str,
    includes: &str,
) -> Result<String> {
    let bindings = cbindgen::Builder::new()
        .with_crate(folder)
        .with_config(config(items))
        .generate()
        .with_context(|| folder.display().to_string())?;
    let mut declarations = Vec::new();
    bindings.write(&mut declarations);
    let declarations = String::from_utf8(declarations)?;
    items.ensure_names(&declarations)?;
    let declarations = style::kernel(&declarations, names);
    let guard = file
        .to_uppercase()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let from = folder.strip_prefix(&workspace.root).unwrap_or(folder);
    Ok(format!(
        "/* SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0 */\n\
         /* Generated from {}/ by cargo header, do not edit. */\n\
         #ifndef {guard}\n#define {guard}\n\n{includes}\n{}\n{}\n#endif /* {guard} */\n",
        from.display(),
        declarations.trim(),
        items.assertions()?,
    ))
}

fn config(items: &Items) -> Config {
    let names = items.structs.iter();
    Config {
        language: Language::C,
        style: Style::Tag,
        no_includes: true,
        tab_width: 8,
        line_length: 80,
        documentation_style: DocumentationStyle::Doxy,
        export: ExportConfig {
            include: names.clone().map(|item| item.name.clone()).collect(),
            exclude: items.only_rust.clone(),
            rename: names
                .map(|item| (item.name.clone(), item.c_name()))
                .collect(),
            ..ExportConfig::default()
        },
        ..Config::default()
    }
}
