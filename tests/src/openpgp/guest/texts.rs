// SPDX-License-Identifier: MIT OR Apache-2.0

//! Armor and clearsigned documents.

use super::super::maker::{Pair, RSA2048, SIGNATURE, Signing, Use};
use super::super::packet::packet;
use super::{DOCUMENT, Made, user_id};
use crate::command;
use anyhow::{Context, Result, bail};
use std::process::Command;
use umd_pgp::UMD_PGP_MAX_TEXT;
use umd_pgp_fuzz::samples;

/// The most bytes of a clearsigned document, with its signatures: `UMD_PGP_MAX_CLEARTEXT`.
const MAX_CLEARTEXT: usize = 16 << 20;

/// The type of a signature of a text (section 5.2.1).
const TEXT: u8 = 1;

impl Made<'_> {
    pub(super) fn texts(&self) -> Result<()> {
        let rsa = self.fingerprint("rsa2048")?;
        let clear = |text: &[u8]| self.gpg.run(&["-u", &rsa, "--clear-sign"], text);
        self.write("clearsigned.empty", &clear(b"")?)?;
        self.clearsigned_lengths(&clear)?;
        self.clearsigned_lines()?;
        self.blocks()?;
        let signed = String::from_utf8(clear(DOCUMENT)?)?;
        self.write("clearsigned", signed.as_bytes())?;
        let other = signed.replacen("A document", "B document", 1);
        self.write("clearsigned.flipped", other.as_bytes())?;
        let other = signed.replacen("\n\n", ", and what follows is void\n\n", 1);
        self.write("clearsigned.header", other.as_bytes())?;
        // A signature of an empty text, without the text's BEGIN line.
        let arguments = ["-u", &rsa, "--textmode", "--armor", "--detach-sign"];
        self.write("clearsigned.headless", &self.gpg.run(&arguments, b"")?)
    }

    /// Writes `clearsigned.long`, which takes several requests, and `clearsigned.longest`.
    fn clearsigned_lengths(&self, clear: &dyn Fn(&[u8]) -> Result<Vec<u8>>) -> Result<()> {
        let line = |len: usize| {
            let mut line = vec![b'x'; len];
            if let Some(last) = line.last_mut() {
                *last = b'\n';
            }
            line
        };
        let lines = |len: usize| [line(64).repeat(len / 64), line(len % 64)].concat();
        self.write("clearsigned.long", &clear(&lines(200_000))?)?;
        let mut len = MAX_CLEARTEXT - 1000;
        // The length of a signature varies.
        for _ in 0..10 {
            let longest = clear(&lines(len))?;
            if longest.len() == MAX_CLEARTEXT {
                self.write("clearsigned.longest", &longest)?;
                break;
            }
            len = len + MAX_CLEARTEXT - longest.len();
        }
        self.folder
            .join("clearsigned.longest")
            .metadata()
            .context("no such length")?;
        Ok(())
    }

    /// Writes `clearsigned.line.N`, whose line has as many bytes as a request has without
    /// the line's end, and one more, and the key `lines`. GnuPG cuts long lines.
    fn clearsigned_lines(&self) -> Result<()> {
        let pair = Pair::new(4, RSA2048)?;
        self.write("lines", &pair.certificate(&user_id("lines"), Use::Sign)?)?;
        self.write("lines.fpr", pair.fingerprint().as_bytes())?;
        let of_text = Signing {
            kind: TEXT,
            ..Signing::default()
        };
        let most = UMD_PGP_MAX_TEXT as usize;
        for len in [most - 1, most] {
            let long = "x".repeat(len);
            let signed = format!("before\r\n{long}\r\nbehind");
            let signature = packet(SIGNATURE, &pair.sign_as(&of_text, signed.as_bytes())?)?;
            let path = self.gpg.file("signature", &signature)?;
            let mut openssl = Command::new("openssl");
            let armor = command::output(openssl.arg("base64").arg("-in").arg(path))?;
            let armor = armor.trim_end();
            let document = format!(
                "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nbefore\n{long}\nbehind\n\
                 -----BEGIN PGP SIGNATURE-----\n\n{armor}\n-----END PGP SIGNATURE-----\n"
            );
            self.write(&format!("clearsigned.line.{len}"), document.as_bytes())?;
        }
        Ok(())
    }

    /// Writes `blocks.asc`, two keys in armor of their own with text around it, and
    /// `mixed.asc`, a key and a signature.
    fn blocks(&self) -> Result<()> {
        let armored = |name: &str| {
            let fingerprint = self.fingerprint(name)?;
            self.gpg.run(&["--armor", "--export", &fingerprint], b"")
        };
        let [one, other] = [armored("rsa2048")?, armored("nistp256")?];
        let text: &[u8] = b"Some text.\n- - - - -\n";
        let blocks = [text, &one, text, &other, text].concat();
        self.write("blocks.asc", &blocks)?;
        let by = self.fingerprint("rsa2048")?;
        let arguments = ["-u", &by, "--armor", "--detach-sign"];
        let signature = self.gpg.run(&arguments, DOCUMENT)?;
        self.write("around.sig", &[text, &signature, text].concat())?;
        self.write("mixed.asc", &[one, signature].concat())
    }

    /// Writes the keys and signatures of the RFC's appendix.
    pub(super) fn rfc(&self) -> Result<()> {
        self.write("rfc", samples::CERTIFICATE.as_bytes())?;
        self.write("rfc.clearsigned", samples::DOCUMENT.as_bytes())?;
        let other = samples::DOCUMENT.replacen("tofu", "tofa", 1);
        if other == samples::DOCUMENT {
            bail!("the document has changed");
        }
        self.write("rfc.clearsigned.flipped", other.as_bytes())
    }
}
