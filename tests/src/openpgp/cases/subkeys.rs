// SPDX-License-Identifier: MIT OR Apache-2.0

//! Subkeys, and what anybody can append to their bindings.

use super::super::maker::{
    EMBEDDED_SIGNATURE, KEY_FLAGS, PRIMARY_BINDING, PUBLIC_SUBKEY, SHA1, Signing, subpacket,
};
use super::super::packet::{number, packet};
use super::{CRITICAL, Case, MADE, Makers};
use anyhow::Result;

/// In the year 2100.
const FUTURE: u32 = 4_102_444_800;

impl Makers {
    /// Subkeys that are of no use are no reason to refuse the primary key.
    pub(super) fn odd_subkeys(&self) -> Result<Vec<Case>> {
        let mut bodies = Vec::new();
        for len in [0, 1, 5, 6, 7, 12] {
            bodies.push((format!("cut_to_{len}"), self.subkey.body()[..len].to_vec()));
        }
        for version in [2, 3, 5, 6] {
            let mut body = self.subkey.body().to_vec();
            body[0] = version;
            bodies.push((format!("version_{version}"), body));
        }
        let head = |algorithm: u8| [&[4][..], &MADE.to_be_bytes(), &[algorithm]].concat();
        let p256 = b"\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
        let compressed = number(&[&[2][..], &[0x5a; 32]].concat())?;
        bodies.push(("unknown".to_owned(), [&head(99)[..], b"numbers"].concat()));
        bodies.push((
            "ecdh_of_another_length".to_owned(),
            [&head(18)[..], p256, &[1, 8], &[4; 33], &[3, 1, 8, 7]].concat(),
        ));
        bodies.push((
            "compressed".to_owned(),
            [&head(19)[..], p256, &compressed].concat(),
        ));
        let mut cases = Vec::new();
        for (name, body) in bodies {
            let ring = [self.plain()?, packet(PUBLIC_SUBKEY, &body)?].concat();
            cases.push(self.good(format!("subkey_{name}"), ring));
        }
        let ring = [self.plain()?, self.subkey_packet()?].concat();
        cases.push(self.good("subkey_unbound", ring));
        Ok(cases)
    }

    /// The binding of a subkey that signs.
    pub(super) fn binding(&self) -> Result<Signing> {
        let back = self.subkey.belong_to(&self.owner)?;
        Ok(Signing {
            hashed: vec![
                subpacket(KEY_FLAGS, &[2])?,
                subpacket(EMBEDDED_SIGNATURE, &back)?,
            ],
            ..Signing::default()
        })
    }

    /// The subkey's own signature is not hashed by its binding: anybody can append a copy
    /// of the binding with another one, which does not count and changes nothing.
    pub(super) fn copies_of_a_binding(&self) -> Result<Vec<Case>> {
        let with = |back: &[u8]| -> Result<Signing> {
            Ok(Signing {
                hashed: vec![subpacket(KEY_FLAGS, &[2])?],
                unhashed: vec![subpacket(EMBEDDED_SIGNATURE, back)?],
                ..Signing::default()
            })
        };
        let true_one = self.subkey.belong_to(&self.owner)?;
        let bound = [
            self.plain()?,
            self.subkey_packet()?,
            self.bind(&self.owner, &with(&true_one)?)?,
        ]
        .concat();
        let message = [self.owner.hashed()?, self.subkey.hashed()?].concat();
        let back = Signing {
            kind: PRIMARY_BINDING,
            ..Signing::default()
        };
        let mut cases = vec![Case {
            takes: "2",
            ..self.good("binding_alone", bound.clone())
        }];
        for (name, signing) in [
            (
                "of_sha1",
                Signing {
                    hash: SHA1,
                    ..back.clone()
                },
            ),
            (
                "of_the_future",
                Signing {
                    created: Some(FUTURE),
                    ..back.clone()
                },
            ),
            (
                "with_something_critical",
                Signing {
                    hashed: vec![subpacket(CRITICAL, b"?")?],
                    ..back.clone()
                },
            ),
        ] {
            let odd = self.attacker.sign_as(&signing, &message)?;
            let copy = self.bind(&self.owner, &with(&odd)?)?;
            cases.push(Case {
                takes: "2",
                ..self.good(
                    format!("binding_and_a_copy_{name}"),
                    [&bound[..], &copy].concat(),
                )
            });
        }
        Ok(cases)
    }
}
