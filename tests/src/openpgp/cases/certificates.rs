// SPDX-License-Identifier: MIT OR Apache-2.0

//! Certificates.

use super::super::maker::{KEY_FLAGS, Kind, Pair, SHA1, SIGNATURE, Signing, Use, subpacket};
use super::super::packet::packet;
use super::{CRITICAL, Case, DAY, MADE, Makers};
use anyhow::{Context, Result};

/// Subpackets (section 5.2.3.7).
const EXPIRES: u8 = 3;
const KEY_EXPIRES: u8 = 9;
pub(super) const PRIMARY_USER_ID: u8 = 25;

/// The most bytes of a certificate.
const MAX_CERTIFICATE: usize = (1 << 20) - 1;

/// What add_key() says of more than 64 KiB: the kernel asks its own parser first.
const LONG: &str = "EMSGSIZE";

/// The most signatures of a certificate that are its own.
const MAX_OWN: usize = 4096;

impl Makers {
    pub(super) fn certificates(&self) -> Result<Vec<Case>> {
        let mut cases = vec![self.good("plain", self.plain()?)];
        cases.extend(self.malformed_signatures()?);
        cases.extend(self.odd_packets()?);
        cases.extend(self.copies()?);
        cases.extend(self.times()?);
        cases.extend(self.user_ids()?);
        cases.extend(self.left_out()?);
        cases.extend(self.hashes()?);
        cases.extend(self.lengths()?);
        cases.extend(Self::many_signatures()?);
        Ok(cases)
    }

    /// A signature of somebody else that is malformed spoils nothing (section 5.2.5).
    fn malformed_signatures(&self) -> Result<Vec<Case>> {
        let other = Signing {
            kind: 0x10,
            ..Signing::default()
        };
        let message = self.owner.user_id_message("Owner")?;
        let mut bodies = Self::damaged(&self.attacker.sign_as(&other, &message)?);
        for (name, hashed, unhashed) in [
            (
                "key_expiry_of_5",
                vec![subpacket(KEY_EXPIRES, &[0; 5])?],
                vec![],
            ),
            ("unhashed_overrun", vec![], vec![vec![25, 16, 1, 2]]),
            ("issuer_of_5", vec![], vec![subpacket(16, &[0; 5])?]),
            ("empty_subpacket", vec![], vec![vec![0]]),
        ] {
            let signing = Signing {
                hashed,
                unhashed,
                ..other.clone()
            };
            bodies.push((name.to_owned(), self.attacker.sign_as(&signing, &message)?));
        }
        let timeless = Signing {
            created: None,
            ..other
        };
        bodies.push((
            "no_time".to_owned(),
            self.attacker.sign_as(&timeless, &message)?,
        ));
        let mut cases = self.malformed_own()?;
        for (name, body) in bodies {
            let ring = [self.plain()?, packet(SIGNATURE, &body)?].concat();
            cases.push(self.good(format!("third_{name}"), ring));
        }
        Ok(cases)
    }

    /// Names, and what is made of the body of a signature's packet.
    fn damaged(whole: &[u8]) -> Vec<(String, Vec<u8>)> {
        let mut bodies: Vec<(String, Vec<u8>)> = (0..whole.len().min(24))
            .map(|len| (format!("cut_to_{len}"), whole[..len].to_vec()))
            .collect();
        for version in [2, 3, 5, 7, 255] {
            let mut body = whole.to_vec();
            body[0] = version;
            bodies.push((format!("version_{version}"), body));
        }
        let mut overrun = whole.to_vec();
        overrun[5] = overrun[5].wrapping_add(1);
        bodies.push(("hashed_overrun".to_owned(), overrun));
        bodies.push(("trailing".to_owned(), [whole, &[0]].concat()));
        bodies
    }

    /// A signature of the owner may be malformed, too, beside one that is not.
    fn malformed_own(&self) -> Result<Vec<Case>> {
        let zero = [&[0x08, 0x08, 0x00][..], &[0xff; 256]].concat();
        let message = self.owner.user_id_message("Owner")?;
        let own = self.owner.sign_as(&Self::signs()?, &message)?;
        let mut cases = Vec::new();
        for (name, body) in [
            ("own_cut", own[..own.len() - 1].to_vec()),
            (
                "own_number_too_long",
                [&own[..own.len() - 258], &zero].concat(),
            ),
        ] {
            let ring = [self.plain()?, packet(SIGNATURE, &body)?].concat();
            cases.push(self.good(name, ring));
        }
        Ok(cases)
    }

    /// Unknown packets are skipped or spoil their certificate, but no ring (section 4.3).
    fn odd_packets(&self) -> Result<Vec<Case>> {
        let mut cases = Vec::new();
        for tag in [10, 12, 21, 40, 41, 60, 63] {
            let odd = packet(tag, b"PGP")?;
            let ring = [self.primary()?, odd.clone()].concat();
            let rest = self.plain()?[self.primary()?.len()..].to_vec();
            cases.push(self.good(format!("skipped_{tag}"), [ring, rest, odd].concat()));
        }
        for tag in [3, 4, 5, 7, 8, 9, 11, 18, 20, 22, 39] {
            let ring = [self.plain()?, packet(tag, b"odd")?].concat();
            cases.push(self.bad(format!("critical_{tag}"), ring, "EBADMSG"));
        }
        let other = self.attacker.certificate("Attacker", Use::Sign)?;
        let ring = [self.plain()?, packet(22, b"odd")?, other].concat();
        cases.push(Case {
            takes: "1",
            ..self.bad("critical_in_the_first_of_two", ring, "EBADMSG")
        });
        Ok(cases)
    }

    /// Several copies of a key are one.
    fn copies(&self) -> Result<Vec<Case>> {
        let plain = self.plain()?;
        let subkey = [
            self.subkey_packet()?,
            self.bind(&self.owner, &self.binding()?)?,
        ]
        .concat();
        let other = self.attacker.certificate("Attacker", Use::Sign)?;
        let revocation = self.revocation(&self.owner)?;
        let both = |first: &[u8], second: &[u8]| [first, second].concat();
        Ok(vec![
            self.good("twice", both(&plain, &plain)),
            self.good(
                "user_id_twice",
                both(&plain, &plain[self.primary()?.len()..]),
            ),
            Case {
                takes: "2",
                ..self.good("subkey_twice", [&plain[..], &subkey, &subkey].concat())
            },
            Case {
                takes: "3",
                ..self.good("twice_and_another", [&plain[..], &other, &plain].concat())
            },
            self.bad(
                "revoked_copy",
                [&plain[..], &plain, &revocation].concat(),
                "EKEYREVOKED",
            ),
        ])
    }

    /// A certificate whose only user id has these self-signatures.
    fn with(&self, signings: &[Signing]) -> Result<Vec<u8>> {
        let mut ring = [self.primary()?, self.user_id("Owner")?].concat();
        for signing in signings {
            ring.extend(self.certify(&self.owner, "Owner", signing)?);
        }
        Ok(ring)
    }

    fn times(&self) -> Result<Vec<Case>> {
        let at = |created: u32, more: Vec<Vec<u8>>| -> Result<Signing> {
            let mut signing = Self::signs()?;
            signing.created = Some(created);
            signing.hashed.extend(more);
            Ok(signing)
        };
        let future = u32::MAX - 1;
        let second = 1_u32.to_be_bytes();
        Ok(vec![
            self.bad(
                "self_before_its_key",
                self.with(&[at(MADE - 1, vec![])?])?,
                "EKEYREJECTED",
            ),
            self.bad(
                "self_of_the_future",
                self.with(&[at(future, vec![])?])?,
                "EKEYREJECTED",
            ),
            self.good(
                "self_of_the_future_beside_another",
                self.with(&[at(MADE, vec![])?, at(future, vec![])?])?,
            ),
            self.bad(
                "key_that_has_expired",
                self.with(&[at(MADE, vec![subpacket(KEY_EXPIRES, &second)?])?])?,
                "EKEYEXPIRED",
            ),
            self.good(
                "key_whose_end_was_put_off",
                self.with(&[
                    at(MADE + DAY, vec![])?,
                    at(MADE, vec![subpacket(KEY_EXPIRES, &second)?])?,
                ])?,
            ),
            self.bad(
                "self_that_has_expired",
                self.with(&[
                    at(MADE, vec![])?,
                    at(MADE + DAY, vec![subpacket(EXPIRES, &second)?])?,
                ])?,
                "EKEYEXPIRED",
            ),
            self.good(
                "self_with_something_critical",
                self.with(&[
                    at(MADE, vec![])?,
                    at(MADE + DAY, vec![subpacket(CRITICAL, b"?")?])?,
                ])?,
            ),
            self.bad(
                "only_with_something_critical",
                self.with(&[at(MADE, vec![subpacket(CRITICAL, b"?")?])?])?,
                "EKEYREJECTED",
            ),
        ])
    }

    /// Flags and end are those of the primary user id.
    fn user_ids(&self) -> Result<Vec<Case>> {
        let with = |first: &Signing, second: &Signing| -> Result<Vec<u8>> {
            Ok([
                self.primary()?,
                self.user_id("Owner")?,
                self.certify(&self.owner, "Owner", first)?,
                self.user_id("Other")?,
                self.certify(&self.owner, "Other", second)?,
            ]
            .concat())
        };
        let says = |flags: u8, created: u32, more: Vec<Vec<u8>>| -> Result<Signing> {
            Ok(Signing {
                created: Some(created),
                hashed: [vec![subpacket(KEY_FLAGS, &[flags])?], more].concat(),
                ..Self::signs()?
            })
        };
        let primary = || -> Result<Vec<u8>> { subpacket(PRIMARY_USER_ID, &[1]) };
        let over = subpacket(KEY_EXPIRES, &1_u32.to_be_bytes())?;
        let weak = Signing {
            hash: SHA1,
            ..says(3, MADE + DAY, vec![])?
        };
        Ok(vec![
            self.bad(
                "primary_user_id_only_certifies",
                with(
                    &says(1, MADE, vec![primary()?])?,
                    &says(3, MADE + 10, vec![])?,
                )?,
                "EKEYREJECTED",
            ),
            self.good(
                "primary_user_id_signs",
                with(
                    &says(3, MADE, vec![primary()?])?,
                    &says(1, MADE + 10, vec![])?,
                )?,
            ),
            self.bad(
                "primary_user_id_ends",
                with(
                    &says(3, MADE, vec![primary()?, over])?,
                    &says(3, MADE + 10, vec![])?,
                )?,
                "EKEYEXPIRED",
            ),
            self.bad(
                "newest_user_id_only_certifies",
                with(&says(3, MADE, vec![])?, &says(1, MADE + 10, vec![])?)?,
                "EKEYREJECTED",
            ),
            self.good(
                "newest_user_id_by_sha1",
                with(&says(3, MADE, vec![])?, &weak)?,
            ),
        ])
    }

    /// Certificates of two user ids, and what anybody can leave out of them.
    fn left_out(&self) -> Result<Vec<Case>> {
        let says = |created: u32, more: Vec<Vec<u8>>| -> Result<Signing> {
            let mut signing = Self::signs()?;
            signing.created = Some(created);
            signing.hashed.extend(more);
            Ok(signing)
        };
        let second = 1_u32.to_be_bytes();
        let primary = || subpacket(PRIMARY_USER_ID, &[1]);
        let ended = says(MADE, vec![primary()?, subpacket(KEY_EXPIRES, &second)?])?;
        let renewed = says(MADE + DAY, vec![primary()?])?;
        let over = says(MADE + DAY, vec![subpacket(EXPIRES, &second)?])?;
        let other = [
            self.user_id("Other")?,
            self.certify(&self.owner, "Other", &says(MADE + 2 * DAY, vec![])?)?,
        ]
        .concat();
        let whole =
            |of: &[Signing]| -> Result<Vec<u8>> { Ok([self.with(of)?, other.clone()].concat()) };
        Ok(vec![
            self.good("whole_with_a_self_that_has_expired", whole(&[over])?),
            self.good(
                "whole_with_a_renewed_self",
                whole(&[ended.clone(), renewed])?,
            ),
            self.bad("without_the_renewed_self", whole(&[ended])?, "EKEYEXPIRED"),
        ])
    }

    fn hashes(&self) -> Result<Vec<Case>> {
        let weak = Signing {
            hash: SHA1,
            ..Self::signs()?
        };
        let newer = Signing {
            created: Some(MADE + DAY),
            ..weak.clone()
        };
        Ok(vec![
            self.bad("by_sha1", self.with(&[weak])?, "ENOPKG"),
            self.good("newest_by_sha1", self.with(&[Self::signs()?, newer])?),
        ])
    }

    /// The longest certificate, and one byte more, by a signature that nobody looks at.
    fn lengths(&self) -> Result<Vec<Case>> {
        let plain = self.plain()?;
        let of_len = |len: usize| -> Result<Vec<u8>> {
            let head = packet(SIGNATURE, &[])?.len();
            let left = len.checked_sub(plain.len() + head).context("a length")?;
            Ok([&plain[..], &packet(SIGNATURE, &vec![0; left])?].concat())
        };
        Ok(vec![
            Case {
                adds: LONG,
                ..self.good("longest", of_len(MAX_CERTIFICATE)?)
            },
            Case {
                // The kernel's own limit.
                adds: "EINVAL",
                ..self.bad("too_long", of_len(MAX_CERTIFICATE + 1)?, "EMSGSIZE")
            },
        ])
    }

    /// The most signatures, and one more: copies of the first, which are short.
    fn many_signatures() -> Result<Vec<Case>> {
        let makers = Makers::of(Pair::new(4, Kind::P256)?)?;
        let key = [makers.primary()?, makers.user_id("Owner")?].concat();
        let own = makers.certify(&makers.owner, "Owner", &Self::signs()?)?;
        let with = |count: usize| [&key[..], &own.repeat(count)].concat();
        Ok(vec![
            Case {
                adds: LONG,
                ..makers.good("most_signatures", with(MAX_OWN))
            },
            Case {
                adds: LONG,
                ..makers.bad("too_many_signatures", with(MAX_OWN + 1), "E2BIG")
            },
        ])
    }
}
