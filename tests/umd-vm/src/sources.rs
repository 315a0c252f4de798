// SPDX-License-Identifier: MIT OR Apache-2.0

//! The machine's own Debian package sources, and sources for other suites of
//! the same mirror.
//!
//! Apt has no command that prints its sources with their keys, and the known
//! crates that read them are larger than this file by far.

use crate::Result;
use crate::error::bail;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// A Debian archive: a mirror and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Archive {
    uri: String,
    signed_by: Option<String>,
    security: bool,
}

/// An entry of a sources file, reduced to the fields that matter here.
#[derive(Debug, Default)]
struct Entry {
    uris: Vec<String>,
    suites: Vec<String>,
    components: Vec<String>,
    signed_by: Option<String>,
}

impl Entry {
    /// Whether it is for the main packages of a Debian release.
    fn is_release(&self, codename: &str) -> bool {
        let names = ["stable", "oldstable", "testing", "sid", "unstable"];
        self.components.iter().any(|component| component == "main")
            && self.suites.iter().any(|suite| {
                let release = suite.split('-').next().unwrap_or_default();
                release == codename || names.contains(&release)
            })
    }
}

/// The Debian archives that the machine is set up for.
///
/// # Errors
///
/// The machine has no Debian archive.
pub(crate) fn debian() -> Result<Vec<Archive>> {
    let codename = os_release("VERSION_CODENAME").unwrap_or_default();
    let mut entries = Vec::new();
    for file in files(Path::new("/etc/apt")) {
        let text = fs::read_to_string(&file).unwrap_or_default();
        if file.extension().is_some_and(|e| e == "sources") {
            entries.extend(parse_deb822(&text));
        } else {
            entries.extend(parse_one_line(&text));
        }
    }
    let archives = archives_of(&entries, &codename);
    if archives.is_empty() {
        bail!(
            "no Debian package source in /etc/apt: kernels come from there, so this needs Debian 12 or later"
        );
    }
    Ok(archives)
}

/// A field of /etc/os-release.
#[must_use]
pub fn os_release(field: &str) -> Option<String> {
    let text = fs::read_to_string("/etc/os-release").ok()?;
    text.lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix('='))
        .map(|value| value.trim_matches('"').to_owned())
}

/// A sources file for `suites` of the archives.
#[must_use]
pub(crate) fn generate(archives: &[Archive], suites: &[&str]) -> String {
    let mut text = String::new();
    for archive in archives {
        let suites: Vec<&str> = suites
            .iter()
            .copied()
            .filter(|suite| suite.ends_with("-security") == archive.security)
            .collect();
        if suites.is_empty() {
            continue;
        }
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "Types: deb\nURIs: {}\nSuites: {}\nComponents: main\nTargets: Packages\n",
            archive.uri,
            suites.join(" ")
        );
        if let Some(key) = &archive.signed_by {
            let _ = writeln!(text, "Signed-By:{key}");
        }
        text.push('\n');
    }
    text
}

/// The address of the folder with the files that sign a suite.
#[must_use]
pub(crate) fn release_folder(archives: &[Archive], suite: &str) -> Option<String> {
    let has_it = |archive: &&Archive| archive.security == suite.ends_with("-security");
    let archive = archives.iter().find(has_it)?;
    let uri = archive.uri.trim_end_matches('/');
    Some(format!("{uri}/dists/{suite}"))
}

/// The files that apt reads, in its order.
fn files(etc: &Path) -> Vec<PathBuf> {
    let mut parts: Vec<PathBuf> = fs::read_dir(etc.join("sources.list.d"))
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|e| e == "list" || e == "sources")
        })
        .collect();
    parts.sort();
    parts.insert(0, etc.join("sources.list"));
    parts
}

/// The entries that are Debian's. Third parties use the same suite names, so
/// the key decides; only where no entry has Debian's (they may have none of
/// their own, or a renamed one), the address does.
fn archives_of(entries: &[Entry], codename: &str) -> Vec<Archive> {
    let mut by_key = Vec::new();
    let mut by_address = Vec::new();
    for entry in entries.iter().filter(|entry| entry.is_release(codename)) {
        let key = entry.signed_by.as_deref().unwrap_or_default();
        for uri in &entry.uris {
            let archive = Archive {
                uri: uri.clone(),
                signed_by: entry.signed_by.clone(),
                security: entry.suites.iter().any(|s| s.contains("-security")),
            };
            if key.contains("debian-archive") {
                by_key.push(archive);
            } else if uri.contains("debian") {
                by_address.push(archive);
            }
        }
    }
    let mut archives = if by_key.is_empty() {
        by_address
    } else {
        by_key
    };
    let mut seen = Vec::new();
    archives.retain(|archive| {
        let new = !seen.contains(archive);
        seen.push(archive.clone());
        new
    });
    archives
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Stanzas of `Key: value` lines; a value goes on in indented lines.
fn parse_deb822(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let uncommented: Vec<&str> = text.lines().filter(|l| !l.starts_with('#')).collect();
    for stanza in uncommented.split(|line| line.trim().is_empty()) {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in stanza {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push('\n');
                    value.push_str(line);
                }
            } else if let Some((key, value)) = line.split_once(':') {
                fields.push((key.trim().to_ascii_lowercase(), value.to_owned()));
            }
        }
        let field = |key: &str| {
            let mut found = fields.iter().filter(|(name, _)| name == key);
            found.next().map_or("", |(_, value)| value.as_str())
        };
        let binary = words(field("types")).iter().any(|kind| kind == "deb");
        if !binary || is_off(field("enabled")) {
            continue;
        }
        entries.push(Entry {
            uris: words(field("uris")),
            suites: words(field("suites")),
            components: words(field("components")),
            signed_by: Some(field("signed-by").to_owned()).filter(|key| !key.trim().is_empty()),
        });
    }
    entries
}

/// `deb [options] URI suite component...`
fn parse_one_line(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or("").trim();
        let Some(mut rest) = line
            .strip_prefix("deb")
            .filter(|r| r.starts_with([' ', '\t']))
        else {
            continue;
        };
        rest = rest.trim_start();
        let mut signed_by = None;
        if let Some((options, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
            signed_by = words(options)
                .iter()
                .find_map(|option| option.strip_prefix("signed-by="))
                .map(|key| format!(" {}", key.replace(',', " ")));
            rest = after;
        }
        let mut fields = rest.split_whitespace().map(str::to_owned);
        let (Some(uri), Some(suite)) = (fields.next(), fields.next()) else {
            continue;
        };
        entries.push(Entry {
            uris: vec![uri],
            suites: vec![suite],
            components: fields.collect(),
            signed_by,
        });
    }
    entries
}

/// Whether apt takes it for a no.
fn is_off(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    ["no", "false", "without", "off", "disable", "0"].contains(&value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

    #[test]
    fn both_formats_give_the_same_sources() {
        let deb822 = format!(
            "# comment\nTypes: deb deb-src\nURIs: http://mirror.test/debian\n# comment\nSuites: bookworm bookworm-updates\n\
             Components: main\nSigned-By: {KEY}\n\nTypes: deb\nURIs: http://mirror.test/debian-security\n\
             Suites: bookworm-security\nComponents: main\nSigned-By: {KEY}\n"
        );
        let one_line = format!(
            "deb [arch=amd64 signed-by={KEY}] http://mirror.test/debian bookworm main # comment\n\
             deb-src http://mirror.test/debian bookworm main\n\
             deb [signed-by={KEY}] http://mirror.test/debian-security bookworm-security main contrib\n"
        );
        let first = archives_of(&parse_deb822(&deb822), "bookworm");
        let second = archives_of(&parse_one_line(&one_line), "bookworm");
        assert_eq!(first, second);
        let text = generate(&first, &["trixie", "trixie-security"]);
        assert!(text.contains("URIs: http://mirror.test/debian\nSuites: trixie\n"));
        assert!(
            text.contains("URIs: http://mirror.test/debian-security\nSuites: trixie-security\n")
        );
        assert_eq!(text.matches(KEY).count(), 2);
    }

    #[test]
    fn without_keys_of_their_own_the_address_tells() {
        let text = "deb http://mirror.test/debian stable main\ndeb http://vendor.test/apt stable main\n\
                    deb http://mirror.test/debian stable-updates main\n";
        let archives = archives_of(&parse_one_line(text), "bookworm");
        let text = generate(&archives, &["sid"]);
        assert_eq!(text.matches("URIs: ").count(), 1);
        assert!(text.contains("URIs: http://mirror.test/debian\nSuites: sid\n"));
    }

    #[test]
    fn third_party_and_disabled_sources_are_left_out() {
        let text = format!(
            "Types: deb\nURIs: https://vendor.test/debian\nSuites: bookworm\nComponents: main\n\
             Signed-By: /usr/share/keyrings/vendor.gpg\n\n\
             Enabled: no\nTypes: deb\nURIs: http://off.test/debian\nSuites: bookworm\nComponents: main\n\n\
             Enabled: False\nTypes: deb\nURIs: http://false.test/debian\nSuites: bookworm\nComponents: main\n\n\
             Types: deb\nURIs: http://contrib.test/debian\nSuites: bookworm\nComponents: contrib\n\n\
             Types: deb\nURIs: http://mirror.test/debian\nSuites: bookworm\nComponents: main\nSigned-By: {KEY}\n"
        );
        let archives = archives_of(&parse_deb822(&text), "bookworm");
        let uris: Vec<&str> = archives.iter().map(|a| a.uri.as_str()).collect();
        assert_eq!(uris, ["http://mirror.test/debian"]);
    }
}
