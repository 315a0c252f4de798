// SPDX-License-Identifier: MIT OR Apache-2.0

//! The archive with the guest's root file system, built for each boot.

use crate::Result;
use crate::error::bail;
use anyhow::Context;
use cpio::newc::{self, ModeFileType};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes an archive that the kernel unpacks as its root file system.
#[derive(Debug)]
pub(crate) struct Archive {
    out: Option<BufWriter<File>>,
    folders: BTreeSet<String>,
    files: BTreeSet<String>,
    inode: u32,
}

impl Archive {
    /// Starts an archive at `path`.
    ///
    /// # Errors
    ///
    /// The file cannot be made.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        Ok(Self {
            out: Some(BufWriter::new(File::create(path)?)),
            folders: BTreeSet::new(),
            files: BTreeSet::new(),
            inode: 0,
        })
    }

    /// Adds a folder and those above it; once is enough.
    ///
    /// # Errors
    ///
    /// The archive cannot be written.
    pub(crate) fn folder(&mut self, name: &str) -> Result<()> {
        if !self.folders.insert(name.to_owned()) {
            return Ok(());
        }
        self.add_above(name)?;
        self.entry(name, ModeFileType::Directory, 0o755, &[], (0, 0))
    }

    /// Adds a file.
    ///
    /// # Errors
    ///
    /// The archive cannot be written.
    pub(crate) fn file(&mut self, name: &str, mode: u32, contents: &[u8]) -> Result<()> {
        self.new_file(name)?;
        self.entry(name, ModeFileType::Regular, mode, contents, (0, 0))
    }

    /// Adds a copy of a file of the machine.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or the archive cannot be written.
    pub(crate) fn copy(&mut self, name: &str, mode: u32, from: &Path) -> Result<()> {
        let contents = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
        self.file(name, mode, &contents)
    }

    /// Adds a symbolic link to `target`.
    ///
    /// # Errors
    ///
    /// The archive cannot be written.
    pub(crate) fn link(&mut self, name: &str, target: &str) -> Result<()> {
        self.new_file(name)?;
        self.entry(
            name,
            ModeFileType::Symlink,
            0o777,
            target.as_bytes(),
            (0, 0),
        )
    }

    /// Adds a character device.
    ///
    /// # Errors
    ///
    /// The archive cannot be written.
    pub(crate) fn device(&mut self, name: &str, mode: u32, number: (u32, u32)) -> Result<()> {
        self.new_file(name)?;
        self.entry(name, ModeFileType::Char, mode, &[], number)
    }

    /// Adds the folders above a file. The kernel would take the second of two files
    /// without a word.
    fn new_file(&mut self, name: &str) -> Result<()> {
        if self.folders.contains(name) || !self.files.insert(name.to_owned()) {
            bail!("the guest has a /{name} already: give the file another name");
        }
        self.add_above(name)
    }

    fn add_above(&mut self, name: &str) -> Result<()> {
        match name.rsplit_once('/') {
            Some((above, _)) if self.files.contains(above) => {
                bail!("/{above} is a file of the guest: give /{name} another name")
            }
            Some((above, _)) => self.folder(above),
            None => Ok(()),
        }
    }

    fn entry(
        &mut self,
        name: &str,
        kind: ModeFileType,
        mode: u32,
        contents: &[u8],
        (major, minor): (u32, u32),
    ) -> Result<()> {
        let out = self.out.take().context("the archive failed before")?;
        self.inode += 1;
        let size = u32::try_from(contents.len())
            .with_context(|| format!("{name} is too large for the guest"))?;
        let mut writer = newc::Builder::new(name)
            .ino(self.inode)
            .nlink(1)
            .mode(mode)
            .set_mode_file_type(kind)
            .rdev_major(major)
            .rdev_minor(minor)
            .write(out, size);
        writer.write_all(contents)?;
        self.out = Some(writer.finish()?);
        Ok(())
    }

    /// Ends the archive.
    ///
    /// # Errors
    ///
    /// The archive cannot be written.
    pub(crate) fn finish(mut self) -> Result<()> {
        let out = self.out.take().context("the archive failed before")?;
        newc::trailer(out)?.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_reads_back() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("archive");
        let mut archive = Archive::create(&path)?;
        archive.file("lib/modules/one.ko", 0o644, b"module")?;
        archive.file("lib/modules/two.ko", 0o644, b"")?;
        archive.link("bin/sh", "busybox")?;
        for taken in ["bin/sh", "lib/modules", "bin/sh/more"] {
            let error = archive.file(taken, 0o644, b"").err();
            let message = error.map_or_else(String::new, |error| error.to_string());
            assert!(message.contains(taken), "{message}");
        }
        archive.finish()?;
        let mut bytes = &fs::read(&path)?[..];
        let mut names = Vec::new();
        loop {
            let reader = newc::Reader::new(bytes)?;
            if reader.entry().is_trailer() {
                break;
            }
            names.push((reader.entry().name().to_owned(), reader.entry().mode()));
            bytes = reader.finish()?;
        }
        let expected = [
            ("lib", 0o40755),
            ("lib/modules", 0o40755),
            ("lib/modules/one.ko", 0o100_644),
            ("lib/modules/two.ko", 0o100_644),
            ("bin", 0o40755),
            ("bin/sh", 0o120_777),
        ];
        assert_eq!(names, expected.map(|(name, mode)| (name.to_owned(), mode)));
        Ok(())
    }
}
