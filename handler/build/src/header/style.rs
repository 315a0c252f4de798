// SPDX-License-Identifier: MIT OR Apache-2.0

//! From cbindgen's layout to the kernel's.

use super::items::Items;
use std::collections::BTreeMap;

/// Rust names that comments mention, and what C calls them.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// Adds those of a crate.
    pub(super) fn add(&mut self, items: &Items) {
        for item in &items.structs {
            let c_name = format!("struct {}", item.c_name());
            self.0.insert(item.name.clone(), c_name);
        }
        for name in &items.only_rust {
            self.0.insert(name.clone(), name.to_lowercase());
        }
    }

    /// The name in C of what Rust calls `path`.
    fn c_name<'a>(&'a self, path: &'a str) -> &'a str {
        let name = path.rsplit("::").next().unwrap_or(path);
        self.0.get(name).map_or(name, String::as_str)
    }
}

/// `header` with tabs, comments of the kernel's form without Rust's mark-up,
/// and negative constants in parentheses.
pub(super) fn kernel(header: &str, names: &Names) -> String {
    let mut lines = Vec::new();
    for line in header.lines() {
        let text = line.trim_start();
        let mut line = "\t".repeat((line.len() - text.len()) / 8);
        // The space before the star of a comment's line.
        if text.starts_with('*') {
            line.push(' ');
        }
        line += &match text {
            "/**" => "/*".to_owned(),
            text if text.starts_with('*') => without_links(text, names),
            text => parenthesised(text),
        };
        lines.push(line);
    }
    shortened_comments(&lines)
}

/// `[`Name`](path)`, `[`Name`]` and `` `name` `` as plain names.
fn without_links(comment: &str, names: &Names) -> String {
    let mut plain = String::new();
    let mut rest = comment;
    while let Some((before, after)) = rest.split_once("[`") {
        let Some((name, after)) = after.split_once("`]") else {
            break;
        };
        plain += before;
        plain += names.c_name(name);
        rest = match after.strip_prefix('(') {
            Some(path) => path.split_once(')').map_or("", |(_, after)| after),
            None => after,
        };
    }
    plain += rest;
    plain.replace('`', "")
}

/// `#define NAME -1` as `#define NAME (-1)`.
fn parenthesised(line: &str) -> String {
    match line.rsplit_once(' ') {
        Some((define, value)) if line.starts_with("#define") && value.starts_with('-') => {
            format!("{define} ({value})")
        }
        _ => line.to_owned(),
    }
}

/// Comments of one line of text on one line.
fn shortened_comments(lines: &[String]) -> String {
    let mut text = String::new();
    let mut rest = lines;
    while let Some((line, after)) = rest.split_first() {
        rest = after;
        text += line;
        if let [only, end, after @ ..] = rest
            && line.ends_with("/*")
            && end.trim() == "*/"
        {
            text += only.trim_start().trim_start_matches('*');
            text += " */";
            rest = after;
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_lose_mark_up() {
        let hello = ("Hello".to_owned(), "struct umd_hello".to_owned());
        let names = Names(BTreeMap::from([hello]));
        let plain = |comment| without_links(comment, &names);
        assert_eq!(plain("* [`UMD_X`]."), "* UMD_X.");
        assert_eq!(
            plain("* a [`crate::Hello`] and [`B`](crate::B), `c`"),
            "* a struct umd_hello and B, c"
        );
        assert_eq!(plain("* [`open"), "* [open");
    }

    #[test]
    fn layout_is_the_kernels() {
        let header = "/**\n * One.\n */\nstruct a {\n        /**\n         * Two\n         * lines.\n         */\n        __u32 b;\n};\n#define C -1\n";
        let expected = "/* One. */\nstruct a {\n\t/*\n\t * Two\n\t * lines.\n\t */\n\t__u32 b;\n};\n#define C (-1)\n";
        assert_eq!(kernel(header, &Names::default()), expected);
    }
}
