// SPDX-License-Identifier: MIT OR Apache-2.0

//! Revocations, and false signatures beside true ones.

use super::super::maker::{Kind, Pair, SHA1, SHA224, SIGNATURE, Signing};
use super::super::packet::packet;
use super::{Case, DAY, MADE, Makers};
use anyhow::Result;

/// Signature types (section 5.2.1).
const KEY_REVOCATION: u8 = 0x20;
const SUBKEY_REVOCATION: u8 = 0x28;
pub(super) const CERTIFICATION_REVOCATION: u8 = 0x30;

/// As many false signatures on a key or user id change nothing.
pub(super) const FALSE_SIGNATURES: usize = 64;

impl Makers {
    /// A revocation of the owner's key, by whomever.
    pub(super) fn revocation(&self, by: &Pair) -> Result<Vec<u8>> {
        self.revocation_as(by, &Signing::default())
    }

    fn revocation_as(&self, by: &Pair, signing: &Signing) -> Result<Vec<u8>> {
        let signing = Signing {
            kind: KEY_REVOCATION,
            ..signing.clone()
        };
        packet(SIGNATURE, &by.sign_as(&signing, &self.owner.hashed()?)?)
    }

    /// Makes a true signature false: nothing of it but the number changes.
    pub(super) fn falsify(mut signature: Vec<u8>, nth: usize) -> Vec<u8> {
        let at = signature.len() - 100 + nth;
        signature[at] ^= 0x55;
        signature
    }

    /// What anybody can append changes nothing, up to a number.
    pub(super) fn false_signatures(&self) -> Result<Vec<Case>> {
        let newer = Signing {
            created: Some(MADE + DAY),
            ..Self::signs()?
        };
        let own = self.certify(&self.owner, "Owner", &newer)?;
        let revocation = self.revocation(&self.owner)?;
        let subkey = [
            self.plain()?,
            self.subkey_packet()?,
            self.bind(&self.owner, &self.binding()?)?,
        ]
        .concat();
        let rebinding = Signing {
            created: Some(MADE + DAY),
            ..self.binding()?
        };
        let binding = self.bind(&self.owner, &rebinding)?;
        let many = |of: &[u8], count: usize| -> Vec<u8> {
            (0..count)
                .flat_map(|nth| Self::falsify(of.to_vec(), nth))
                .collect()
        };
        let mut cases = Vec::new();
        for (count, is_too_many) in [(1, false), (FALSE_SIGNATURES, false), (65, true)] {
            for (name, certificate, signature) in [
                ("self", self.plain()?, &own),
                ("revocation", self.plain()?, &revocation),
            ] {
                let ring = [certificate, many(signature, count)].concat();
                let name = format!("false_{name}_{count}");
                cases.push(if is_too_many {
                    self.bad(name, ring, "E2BIG")
                } else {
                    self.good(name, ring)
                });
            }
            cases.push(Case {
                takes: if is_too_many { "1" } else { "2" },
                ..self.good(
                    format!("false_binding_{count}"),
                    [subkey.clone(), many(&binding, count)].concat(),
                )
            });
        }
        // Somebody else's revocation, in his own name, and in the owner's.
        let ring = [self.plain()?, self.revocation(&self.attacker)?].concat();
        cases.push(self.good("revoked_by_another", ring));
        Ok(cases)
    }

    pub(super) fn revocations(&self) -> Result<Vec<Case>> {
        let plain = self.plain()?;
        let (key, rest) = plain.split_at(self.primary()?.len());
        let revocation = self.revocation(&self.owner)?;
        let of = |hash: u8| Signing {
            hash,
            ..Signing::default()
        };
        let subkey = [
            self.subkey_packet()?,
            self.bind(&self.owner, &self.binding()?)?,
        ]
        .concat();
        let message = [self.owner.hashed()?, self.subkey.hashed()?].concat();
        let signing = Signing {
            kind: SUBKEY_REVOCATION,
            ..Signing::default()
        };
        let of_subkey = packet(SIGNATURE, &self.owner.sign_as(&signing, &message)?)?;
        let revoked = "EKEYREVOKED";
        Ok(vec![
            self.bad(
                "revoked_in_its_place",
                [key, &revocation, rest].concat(),
                revoked,
            ),
            self.bad(
                "revoked_at_the_end",
                [&plain[..], &revocation].concat(),
                revoked,
            ),
            self.bad(
                "revoked_behind_a_subkey",
                [&plain[..], &subkey, &revocation].concat(),
                revoked,
            ),
            self.bad(
                "revoked_by_sha1",
                [&plain[..], &self.revocation_as(&self.owner, &of(SHA1))?].concat(),
                revoked,
            ),
            self.bad(
                "revoked_by_sha224",
                [&plain[..], &self.revocation_as(&self.owner, &of(SHA224))?].concat(),
                revoked,
            ),
            self.good("subkey_revoked", [&plain[..], &subkey, &of_subkey].concat()),
        ])
    }

    /// The revocation of a user id counts if it is newer than what binds that.
    pub(super) fn revocations_of_user_ids(&self) -> Result<Vec<Case>> {
        let plain = self.plain()?;
        let mut cases = Vec::new();
        for (name, created, is_good) in [("before", MADE - 1, true), ("after", MADE + 1, false)] {
            let signing = Signing {
                kind: CERTIFICATION_REVOCATION,
                created: Some(created),
                ..Signing::default()
            };
            let of_user_id = self.certify(&self.owner, "Owner", &signing)?;
            let ring = [&plain[..], &of_user_id].concat();
            let name = format!("user_id_revoked_{name}");
            cases.push(if is_good {
                self.good(name, ring)
            } else {
                self.bad(name, ring, "EKEYREVOKED")
            });
        }
        Ok(cases)
    }

    /// A revocation counts by any hash, also one that is too short for the curve.
    pub(super) fn revocations_by_ecdsa() -> Result<Vec<Case>> {
        let mut cases = Vec::new();
        for (name, hash) in [("sha1", SHA1), ("sha224", SHA224)] {
            let makers = Makers::of(Pair::new(4, Kind::P256)?)?;
            let weak = Signing {
                hash,
                ..Signing::default()
            };
            let plain = makers.plain()?;
            let revocation = makers.revocation_as(&makers.owner, &weak)?;
            cases.push(makers.bad(
                format!("p256_revoked_by_{name}"),
                [plain, revocation].concat(),
                "EKEYREVOKED",
            ));
        }
        Ok(cases)
    }
}
