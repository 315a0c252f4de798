// SPDX-License-Identifier: MIT OR Apache-2.0

//! Certificates and signatures as attackers, old programs and the RFC's corners have
//! them, each with the verdict that the driver must give. `suite_pgp_cases.sh` has the
//! kernel judge them.

mod certificates;
mod documents;
pub(super) mod links;
mod revocations;
mod subkeys;

use super::guest::DOCUMENT;
use super::maker::{
    KEY_FLAGS, POSITIVE, PUBLIC_KEY, PUBLIC_SUBKEY, Pair, RSA2048, SIGNATURE, SUBKEY_BINDING,
    Signing, USER_ID, subpacket,
};
use super::packet::{TIME, packet};
use anyhow::Result;

/// When the keys were made, in seconds since 1970.
const MADE: u32 = u32::from_be_bytes(TIME);

const DAY: u32 = 24 * 60 * 60;

/// A subpacket that is critical, of an unknown type.
const CRITICAL: u8 = 0x80 | 100;

/// A certificate or ring, signatures on [`DOCUMENT`], and what is expected.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// In the names of files.
    pub(super) name: String,
    /// The ring.
    pub(super) ring: Vec<u8>,
    /// The signatures.
    pub(super) signatures: Vec<u8>,
    /// What add_key() says: 0 or the name of an errno.
    pub(super) adds: &'static str,
    /// How many keys an import takes, or the name of an errno.
    pub(super) takes: &'static str,
    /// What a verification with the imported keys says: 0 or the name of an errno.
    pub(super) verifies: &'static str,
}

/// The keys that the cases are made of.
#[derive(Debug)]
struct Makers {
    owner: Pair,
    subkey: Pair,
    attacker: Pair,
    /// The owner's signature on the document.
    signature: Vec<u8>,
}

/// Returns all cases.
///
/// # Errors
///
/// OpenSSL is missing or fails.
pub(super) fn all() -> Result<Vec<Case>> {
    let makers = Makers::of(Pair::new(4, RSA2048)?)?;
    let mut cases = makers.certificates()?;
    cases.extend(makers.odd_subkeys()?);
    cases.extend(makers.copies_of_a_binding()?);
    cases.extend(makers.false_signatures()?);
    cases.extend(makers.revocations()?);
    cases.extend(makers.revocations_of_user_ids()?);
    cases.extend(Makers::revocations_by_ecdsa()?);
    cases.extend(makers.documents()?);
    Ok(cases)
}

impl Makers {
    /// The owner with that key.
    fn of(owner: Pair) -> Result<Self> {
        Ok(Self {
            signature: owner.sign_document(DOCUMENT)?,
            owner,
            subkey: Pair::new(4, RSA2048)?,
            attacker: Pair::new(4, RSA2048)?,
        })
    }

    /// A certificate that must be taken, by which the document is verified.
    fn good(&self, name: impl Into<String>, ring: Vec<u8>) -> Case {
        Case {
            name: name.into(),
            ring,
            signatures: self.signature.clone(),
            adds: "0",
            takes: "1",
            verifies: "0",
        }
    }

    /// A certificate of which no key may be taken.
    fn bad(&self, name: impl Into<String>, ring: Vec<u8>, errno: &'static str) -> Case {
        Case {
            adds: errno,
            takes: errno,
            verifies: "ENOKEY",
            ..self.good(name, ring)
        }
    }

    /// The owner's primary key.
    fn primary(&self) -> Result<Vec<u8>> {
        packet(PUBLIC_KEY, self.owner.body())
    }

    /// A signature on a user id that the owner's key is said to have made.
    fn certify(&self, by: &Pair, user_id: &str, signing: &Signing) -> Result<Vec<u8>> {
        let message = self.owner.user_id_message(user_id)?;
        packet(SIGNATURE, &by.sign_as(signing, &message)?)
    }

    /// A user id without its signatures.
    fn user_id(&self, user_id: &str) -> Result<Vec<u8>> {
        packet(USER_ID, user_id.as_bytes())
    }

    /// What a self-signature says of a key that certifies and signs.
    fn signs() -> Result<Signing> {
        Ok(Signing {
            kind: POSITIVE,
            hashed: vec![subpacket(KEY_FLAGS, &[3])?],
            ..Signing::default()
        })
    }

    /// A key with one user id, and its self-signature.
    fn plain(&self) -> Result<Vec<u8>> {
        Ok([
            self.primary()?,
            self.user_id("Owner")?,
            self.certify(&self.owner, "Owner", &Self::signs()?)?,
        ]
        .concat())
    }

    /// The subkey's packet.
    fn subkey_packet(&self) -> Result<Vec<u8>> {
        packet(PUBLIC_SUBKEY, self.subkey.body())
    }

    /// A binding of the subkey.
    fn bind(&self, by: &Pair, signing: &Signing) -> Result<Vec<u8>> {
        let message = [self.owner.hashed()?, self.subkey.hashed()?].concat();
        let signing = Signing {
            kind: SUBKEY_BINDING,
            ..signing.clone()
        };
        packet(SIGNATURE, &by.sign_as(&signing, &message)?)
    }
}
