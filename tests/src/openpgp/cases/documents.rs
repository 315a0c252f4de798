// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signatures on a document.

use super::super::guest::DOCUMENT;
use super::super::maker::{SHA1, Signing, subpacket};
use super::super::packet::packet;
use super::{CRITICAL, Case, MADE, Makers};
use anyhow::Result;

const TEXT: u8 = 1;

impl Makers {
    fn document(&self, name: &str, signatures: Vec<u8>, verifies: &'static str) -> Result<Case> {
        Ok(Case {
            signatures,
            verifies,
            ..self.good(format!("document_{name}"), self.plain()?)
        })
    }

    fn signed_as(&self, signing: &Signing, document: &[u8]) -> Result<Vec<u8>> {
        packet(2, &self.owner.sign_as(signing, document)?)
    }

    pub(super) fn documents(&self) -> Result<Vec<Case>> {
        let good = &self.signature;
        let body = good[6..].to_vec();
        let beside = |odd: Vec<u8>| [odd, good.clone()].concat();
        let mut cases = Vec::new();
        for len in [0, 1, 3, 5, 10, body.len() - 1] {
            let cut = packet(2, &body[..len])?;
            cases.push(self.document(&format!("beside_cut_to_{len}"), beside(cut.clone()), "0")?);
            cases.push(self.document(&format!("cut_to_{len}"), cut, "EBADMSG")?);
        }
        for (name, at, value) in [("version", 0, 5), ("algorithm", 2, 99), ("hash", 3, 99)] {
            let mut odd = body.clone();
            odd[at] = value;
            let odd = packet(2, &odd)?;
            cases.push(self.document(
                &format!("beside_another_{name}"),
                beside(odd.clone()),
                "0",
            )?);
            cases.push(self.document(&format!("another_{name}"), odd, "ENOPKG")?);
        }
        for tag in [10, 21, 40, 63] {
            cases.push(self.document(
                &format!("beside_{tag}"),
                beside(packet(tag, b"PGP")?),
                "0",
            )?);
        }
        for tag in [3, 4, 8, 11, 13, 39] {
            let odd = beside(packet(tag, b"odd")?);
            cases.push(self.document(&format!("beside_critical_{tag}"), odd, "EBADMSG")?);
        }
        cases.extend(self.kinds()?);
        cases.extend(self.texts()?);
        Ok(cases)
    }

    fn kinds(&self) -> Result<Vec<Case>> {
        let signed = |signing: &Signing| self.signed_as(signing, DOCUMENT);
        let at = |created: u32| Signing {
            created: Some(created),
            ..Signing::default()
        };
        let certification = Signing {
            kind: 0x10,
            ..Signing::default()
        };
        let weak = Signing {
            hash: SHA1,
            ..Signing::default()
        };
        let with = |hashed: Vec<u8>| Signing {
            hashed: vec![hashed],
            ..Signing::default()
        };
        let over = with(subpacket(3, &1_u32.to_be_bytes())?);
        let critical = with(subpacket(CRITICAL, b"?")?);
        let of_nobody = self.attacker.sign_document(DOCUMENT)?;
        let beside = [&of_nobody[..], &self.signature].concat();
        Ok(vec![
            self.document("certification", signed(&certification)?, "ENOPKG")?,
            self.document("by_sha1", signed(&weak)?, "ENOPKG")?,
            self.document("before_its_key", signed(&at(MADE - 1))?, "EKEYREJECTED")?,
            self.document("of_the_future", signed(&at(u32::MAX - 1))?, "EKEYREJECTED")?,
            self.document("over", signed(&over)?, "EKEYEXPIRED")?,
            self.document("critical", signed(&critical)?, "ENOPKG")?,
            self.document("of_nobody", of_nobody, "ENOKEY")?,
            self.document("of_somebody_else", beside, "0")?,
        ])
    }

    /// A signature of a text has its line ends as carriage return and line feed.
    fn texts(&self) -> Result<Vec<Case>> {
        let of_text = Signing {
            kind: TEXT,
            ..Signing::default()
        };
        // The document ends with a line feed.
        let lines: Vec<&[u8]> = DOCUMENT.split(|byte| *byte == b'\n').collect();
        let text = lines.join(&b"\r\n"[..]);
        Ok(vec![
            self.document("of_text", self.signed_as(&of_text, &text)?, "0")?,
            self.document(
                "of_text_as_it_is",
                self.signed_as(&of_text, DOCUMENT)?,
                "EKEYREJECTED",
            )?,
        ])
    }
}
