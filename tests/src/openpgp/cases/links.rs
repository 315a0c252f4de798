// SPDX-License-Identifier: MIT OR Apache-2.0

//! Certificates that others have certified, and revokers. `suite_pgp_links.sh` says what
//! the kernel makes of each.

use super::super::maker::{
    DIRECT_KEY, KEY_FLAGS, Kind, POSITIVE, Pair, RSA2048, SHA1, SIGNATURE, Signing, Use, subpacket,
};
use super::super::packet::packet;
use super::certificates::PRIMARY_USER_ID;
use super::revocations::{CERTIFICATION_REVOCATION, FALSE_SIGNATURES};
use super::{CRITICAL, DAY, MADE, Makers};
use anyhow::{Context, Result};

/// Subpackets (section 5.2.3.7).
const EXPIRES: u8 = 3;
const REVOKER: u8 = 12;

/// Named files.
type Files = Vec<(String, Vec<u8>)>;

/// Those who speak of the owner's key.
struct Others {
    owner: Makers,
    /// The owner's certificate, as nobody but the owner has certified it.
    plain: Vec<u8>,
    certifier: Pair,
    certifiers_subkey: Pair,
    revoker: Pair,
    next: Pair,
}

/// Returns the files: certificates, and fingerprints as `NAME.fpr`.
pub(in super::super) fn files() -> Result<Files> {
    let others = Others::new()?;
    let mut files = others.certifiers()?;
    files.extend(others.certified()?);
    files.extend(others.refused()?);
    files.extend(others.chain()?);
    files.extend(others.kinds()?);
    files.extend(others.revoked()?);
    Ok(files)
}

fn fingerprint(name: &str, of: &Pair) -> (String, Vec<u8>) {
    (format!("{name}.fpr"), of.fingerprint().into_bytes())
}

fn fingerprint_bytes(of: &Pair) -> Result<Vec<u8>> {
    let digits = of.fingerprint();
    let byte = |at: usize| Ok(u8::from_str_radix(&digits[2 * at..2 * at + 2], 16)?);
    (0..20).map(byte).collect()
}

impl Others {
    fn new() -> Result<Self> {
        let owner = Makers::of(Pair::new(4, RSA2048)?)?;
        Ok(Self {
            plain: owner.owner.certificate("Owner", Use::Both)?,
            owner,
            certifier: Pair::new(4, RSA2048)?,
            certifiers_subkey: Pair::new(4, RSA2048)?,
            revoker: Pair::new(4, RSA2048)?,
            next: Pair::new(4, RSA2048)?,
        })
    }

    /// What a certification by another key says.
    fn says() -> Signing {
        Signing {
            kind: POSITIVE,
            created: Some(MADE + DAY),
            ..Signing::default()
        }
    }

    fn certifies(&self, by: &Pair, signing: &Signing) -> Result<Vec<u8>> {
        self.owner.certify(by, "Owner", signing)
    }

    /// The owner's certificate with these signatures on its user id.
    fn with(&self, signatures: &[&[u8]]) -> Vec<u8> {
        [&self.plain, &signatures.concat()[..]].concat()
    }

    /// Keys that certify, with a subkey that may sign.
    fn certifiers(&self) -> Result<Files> {
        let certificate = self.certifier.certificate("Certifier", Use::Certify)?;
        let back = self.certifiers_subkey.belong_to(&self.certifier)?;
        let subkey = self.certifier.bind(&self.certifiers_subkey, Some(&back))?;
        let signing = self.certifier.certificate("Certifier", Use::Sign)?;
        Ok(vec![
            ("certifier".into(), certificate.clone()),
            (
                "certifier.sig".into(),
                self.certifier.sign_document(super::DOCUMENT)?,
            ),
            (
                "certifier_with_subkey".into(),
                [certificate, subkey].concat(),
            ),
            ("certifier_that_only_signs".into(), signing),
            ("owner.sig".into(), self.owner.signature.clone()),
            fingerprint("certifier", &self.certifier),
            fingerprint("certifiers_subkey", &self.certifiers_subkey),
            fingerprint("owner", &self.owner.owner),
            fingerprint("subkey", &self.owner.subkey),
        ])
    }

    /// Certificates that a keyring takes that is restricted by the certifier.
    fn certified(&self) -> Result<Files> {
        let says = Self::says();
        let link = self.certifies(&self.certifier, &says)?;
        let by_key_id = Signing {
            by_key_id: true,
            ..says.clone()
        };
        let revocation = Signing {
            kind: CERTIFICATION_REVOCATION,
            created: Some(MADE + 2 * DAY),
            ..says.clone()
        };
        let false_revocation = Makers::falsify(self.certifies(&self.certifier, &revocation)?, 0);
        let older_revocation = Signing {
            created: Some(MADE),
            ..revocation.clone()
        };
        let renewed = Signing {
            created: Some(MADE + 3 * DAY),
            ..says.clone()
        };
        let newest = Signing {
            created: Some(MADE + 9 * DAY),
            ..says.clone()
        };
        let other = self.certifies(&self.owner.attacker, &newest)?;
        // Of somebody whom a keyring may take without a chain.
        let by_two = self.certifies(&self.next, &newest)?;
        let ends = Signing {
            hashed: vec![subpacket(EXPIRES, &u32::MAX.to_be_bytes())?],
            ..says.clone()
        };
        let many: Vec<u8> = (0..FALSE_SIGNATURES)
            .flat_map(|nth| Makers::falsify(link.clone(), nth))
            .collect();
        let direct = Signing {
            kind: DIRECT_KEY,
            ..says.clone()
        };
        let hashed = self.owner.owner.hashed()?;
        let direct = packet(SIGNATURE, &self.certifier.sign_as(&direct, &hashed)?)?;
        let (key, rest) = self.plain.split_at(self.owner.primary()?.len());
        Ok([
            ("certified", self.with(&[&link])),
            (
                "certified_by_key_id",
                self.with(&[&self.certifies(&self.certifier, &by_key_id)?]),
            ),
            ("certified_directly", [key, &direct, rest].concat()),
            ("certified_again", {
                let revocation = self.certifies(&self.certifier, &revocation)?;
                let again = self.certifies(&self.certifier, &renewed)?;
                self.with(&[&link, &revocation, &again])
            }),
            ("certified_after_a_revocation", {
                let revocation = self.certifies(&self.certifier, &older_revocation)?;
                self.with(&[&link, &revocation])
            }),
            (
                "certified_and_falsely_revoked",
                self.with(&[&link, &false_revocation]),
            ),
            ("certified_by_another_too", self.with(&[&other, &link])),
            ("certified_by_two", self.with(&[&link, &by_two])),
            (
                "certified_until_a_date",
                self.with(&[&self.certifies(&self.certifier, &ends)?]),
            ),
            ("certified_and_many_false", self.with(&[&link, &many])),
        ]
        .map(|(name, bytes)| (name.to_owned(), bytes))
        .into())
    }

    /// Certificates that it refuses.
    fn refused(&self) -> Result<Files> {
        let says = Self::says();
        let by = |signing: &Signing| self.certifies(&self.certifier, signing);
        let link = by(&says)?;
        let revocation = by(&Signing {
            kind: CERTIFICATION_REVOCATION,
            ..says.clone()
        })?;
        let revocation_by_key_id = by(&Signing {
            kind: CERTIFICATION_REVOCATION,
            by_key_id: true,
            ..says.clone()
        })?;
        let expired = Signing {
            hashed: vec![subpacket(EXPIRES, &DAY.to_be_bytes())?],
            ..says.clone()
        };
        let expired_later = Signing {
            created: Some(MADE + 2 * DAY),
            ..expired.clone()
        };
        let critical = Signing {
            hashed: vec![subpacket(CRITICAL, b"")?],
            ..says.clone()
        };
        let weak = Signing {
            hash: SHA1,
            ..says.clone()
        };
        let future = Signing {
            created: Some(u32::MAX - 1),
            ..says.clone()
        };
        let early = Signing {
            created: Some(MADE - 1),
            ..says.clone()
        };
        let many: Vec<u8> = (0..=FALSE_SIGNATURES)
            .flat_map(|nth| Makers::falsify(link.clone(), nth))
            .collect();
        let unbound = Signing {
            kind: CERTIFICATION_REVOCATION,
            created: Some(MADE + 5 * DAY),
            ..Signing::default()
        };
        let of_the_owner = self.owner.certify(&self.owner.owner, "Other", &unbound)?;
        let other_id = [
            self.owner.user_id("Other")?,
            self.owner
                .certify(&self.owner.owner, "Other", &Makers::signs()?)?,
            self.owner.certify(&self.certifier, "Other", &says)?,
            of_the_owner,
        ]
        .concat();
        let alone = [
            self.owner.user_id("Other")?,
            self.owner.certify(&self.certifier, "Other", &says)?,
        ]
        .concat();
        Ok([
            ("nobody", self.plain.clone()),
            (
                "another",
                self.with(&[&self.certifies(&self.owner.attacker, &says)?]),
            ),
            ("false", self.with(&[&Makers::falsify(link.clone(), 0)])),
            (
                "subkey",
                self.with(&[&self.certifies(&self.certifiers_subkey, &says)?]),
            ),
            ("revoked", self.with(&[&link, &revocation])),
            (
                "revoked_by_key_id",
                self.with(&[&link, &revocation_by_key_id]),
            ),
            ("expired", self.with(&[&by(&expired)?])),
            (
                "expired_after_another",
                self.with(&[&link, &by(&expired_later)?]),
            ),
            ("critical", self.with(&[&by(&critical)?])),
            ("weak", self.with(&[&by(&weak)?])),
            ("future", self.with(&[&by(&future)?])),
            ("early", self.with(&[&by(&early)?])),
            ("revoked_user_id", self.with(&[&other_id])),
            ("unbound_user_id", self.with(&[&alone])),
            ("many_false", self.with(&[&link, &many])),
        ]
        .map(|(name, bytes)| (format!("uncertified.{name}"), bytes))
        .into())
    }

    /// A certified key with a subkey, and a key that the owner has certified.
    fn chain(&self) -> Result<Files> {
        let link = self.certifies(&self.certifier, &Self::says())?;
        let back = self.owner.subkey.belong_to(&self.owner.owner)?;
        let subkey = self.owner.owner.bind(&self.owner.subkey, Some(&back))?;
        let message = self.next.user_id_message("Next")?;
        let by_owner = self.owner.owner.sign_as(&Self::says(), &message)?;
        let by_certifier = self.certifier.sign_as(&Self::says(), &message)?;
        let certificate = self.next.certificate("Next", Use::Both)?;
        let renewed = Signing {
            created: Some(MADE + 5 * DAY),
            hashed: vec![
                subpacket(KEY_FLAGS, &[Use::Both as u8])?,
                subpacket(PRIMARY_USER_ID, &[1])?,
            ],
            ..Self::says()
        };
        let renamed = [
            self.with(&[&link]),
            self.owner.user_id("Renamed")?,
            self.owner.certify(&self.owner.owner, "Renamed", &renewed)?,
        ]
        .concat();
        Ok(vec![
            (
                "with_subkey".into(),
                [&self.with(&[&link]), &subkey[..]].concat(),
            ),
            (
                "next".into(),
                [&certificate[..], &packet(SIGNATURE, &by_owner)?].concat(),
            ),
            (
                "next_by_certifier".into(),
                [certificate, packet(SIGNATURE, &by_certifier)?].concat(),
            ),
            ("renamed".into(), renamed),
            fingerprint("next", &self.next),
        ])
    }

    /// Certifiers of other kinds, each with the owner's certificate as certified by them.
    fn kinds(&self) -> Result<Files> {
        let mut files = Vec::new();
        for (name, kind) in [("p256", Kind::P256), ("rsa3104", Kind::rsa(3104))] {
            let certifier = Pair::new(4, kind)?;
            let link = self.certifies(&certifier, &Self::says())?;
            files.push((
                format!("certifier.{name}"),
                certifier.certificate("Certifier", Use::Certify)?,
            ));
            files.push((format!("certified.{name}"), self.with(&[&link])));
            files.push(fingerprint(&format!("certifier.{name}"), &certifier));
        }
        Ok(files)
    }

    /// What the owner says of a revoker, and what revokers say.
    fn revoked(&self) -> Result<Files> {
        let (key, rest) = self.plain.split_at(self.owner.primary()?.len());
        let designate = |by: &Pair, revoker: &Pair| -> Result<Vec<u8>> {
            let name = fingerprint_bytes(revoker)?;
            let signing = Signing {
                kind: DIRECT_KEY,
                hashed: vec![subpacket(REVOKER, &[&[0x80, 1], &name[..]].concat())?],
                ..Signing::default()
            };
            packet(
                SIGNATURE,
                &by.sign_as(&signing, &self.owner.owner.hashed()?)?,
            )
        };
        let designation = designate(&self.owner.owner, &self.revoker)?;
        let revocation = self.owner.revocation(&self.revoker)?;
        let is_false = Makers::falsify(revocation.clone(), 0);
        let by_attacker = self.owner.revocation(&self.owner.attacker)?;
        let undesignated = Makers::falsify(designation.clone(), 0);
        let with = |signatures: &[&[u8]]| [key, &signatures.concat(), rest].concat();
        let many = |count: usize| -> Vec<u8> {
            (0..count)
                .flat_map(|nth| Makers::falsify(revocation.clone(), nth))
                .collect()
        };
        let strangers = |count: usize| -> Result<Vec<u8>> {
            let name = fingerprint_bytes(&self.owner.attacker)?;
            let mut all = Vec::new();
            for nth in 0..count {
                let mut one = by_attacker.clone();
                // The issuer, whom nobody knows.
                let at = one.windows(20).position(|bytes| bytes == name);
                one[at.context("an issuer")?] = u8::try_from(nth)?;
                all.extend(one);
            }
            Ok(all)
        };
        Ok(vec![
            (
                "revoker".into(),
                self.revoker.certificate("Revoker", Use::Both)?,
            ),
            fingerprint("revoker", &self.revoker),
            ("designated".into(), with(&[&designation])),
            (
                "revoked_by_revoker".into(),
                with(&[&revocation, &designation]),
            ),
            ("falsely_revoked".into(), with(&[&is_false, &designation])),
            (
                "revoked_by_a_stranger".into(),
                with(&[&by_attacker, &designation]),
            ),
            (
                "revoked_without_designation".into(),
                with(&[&revocation, &undesignated]),
            ),
            (
                "revoked_behind_many_false".into(),
                with(&[&many(FALSE_SIGNATURES), &revocation, &designation]),
            ),
            (
                "revoked_by_two".into(),
                with(&[
                    &by_attacker,
                    &revocation,
                    &designate(&self.owner.owner, &self.owner.attacker)?,
                    &designation,
                ]),
            ),
            (
                "revoked_behind_many_strangers".into(),
                with(&[&strangers(FALSE_SIGNATURES)?, &revocation, &designation]),
            ),
            (
                "revoked_behind_too_many_strangers".into(),
                with(&[&strangers(FALSE_SIGNATURES + 1)?, &revocation, &designation]),
            ),
            (
                "revoked_behind_too_many_false".into(),
                with(&[&many(FALSE_SIGNATURES + 1), &revocation, &designation]),
            ),
        ])
    }
}
