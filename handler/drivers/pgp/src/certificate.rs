// SPDX-License-Identifier: MIT OR Apache-2.0

//! Transferable public keys (section 10.1), one or many.

use super::bytes::Bytes;
use super::fingerprint::Identity;
use super::key::Key;
use super::packet::{self, Packet};
use super::signature::{Issuer, Signature, kind};
use umd_abi::Status;

/// A primary key, as the start of its certificate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Certificate<'a> {
    /// The primary key.
    pub(super) primary: Key<'a>,
    /// The number of the primary key among all keys.
    pub(super) index: u32,
}

/// The requested key.
#[derive(Debug)]
pub(super) struct Found<'a> {
    /// The number of all keys.
    pub(super) count: u32,
    /// The certificate that the key is part of.
    pub(super) certificate: Certificate<'a>,
    /// The key itself.
    pub(super) key: Key<'a>,
}

/// Finds the key number `index`. Reads all packets once, so that malformed data
/// is malformed for any index.
pub(super) fn find(data: Bytes<'_>, index: u32) -> Result<Found<'_>, Status> {
    let mut rest = data;
    let mut found = None;
    let mut count = 0;
    let mut has_primary = false;
    let mut certificate: Option<Certificate<'_>> = None;
    while let Some(Packet { tag, body }) = Packet::next(&mut rest)? {
        has_primary |= tag == packet::PUBLIC_KEY;
        match tag {
            _ if !has_primary => return Err(Status::EBADMSG),
            packet::PUBLIC_KEY | packet::PUBLIC_SUBKEY => {
                let key = supported(Key::parse(body))?;
                if tag == packet::PUBLIC_KEY {
                    certificate = key.map(|primary| Certificate {
                        primary,
                        index: count,
                    });
                }
                let (Some(key), Some(certificate)) = (key, certificate) else {
                    continue;
                };
                // Versions do not mix (section 10.1.1).
                if key.version != certificate.primary.version {
                    continue;
                }
                key.material()?;
                if count == index {
                    found = Some((certificate, key));
                }
                count += 1;
            }
            packet::SIGNATURE => {
                supported(Signature::parse(body))?;
            }
            packet::USER_ID | packet::USER_ATTRIBUTE => {}
            _ => return Err(Status::EBADMSG),
        }
    }
    match (found, count) {
        (Some((certificate, key)), _) => Ok(Found {
            count,
            certificate,
            key,
        }),
        (None, 0) if has_primary => Err(Status::ENOPKG),
        (None, 0) => Err(Status::EBADMSG),
        (None, _) => Err(Status::ENODATA),
    }
}

/// Returns `None` for an object of an unsupported version.
pub(super) fn supported<T>(parsed: Result<T, Status>) -> Result<Option<T>, Status> {
    match parsed {
        Ok(parsed) => Ok(Some(parsed)),
        Err(Status::ENOPKG) => Ok(None),
        Err(status) => Err(status),
    }
}

/// A self-signature on a user id, or on the key alone.
#[derive(Clone, Debug)]
pub(super) struct SelfSignature<'a> {
    /// The signature.
    pub(super) signature: Signature<'a>,
    /// The user id; empty if the signature is on the key alone.
    pub(super) user_id: Bytes<'a>,
}

/// The statements of a certificate's signatures about its primary key and one
/// of its subkeys.
#[derive(Debug)]
pub(super) struct Says<'a> {
    primary: Identity,
    /// The object that the next signatures are about.
    about: About<'a>,
    /// The newest signature of `primary` on that object.
    newest: Option<Signature<'a>>,
    /// The date of the newest revocation of such signatures.
    taken_back: Option<u32>,

    /// Whether either key is revoked.
    pub(super) is_revoked: bool,
    /// The self-signature that counts.
    pub(super) own: Option<SelfSignature<'a>>,
    /// The newest direct-key signature.
    pub(super) direct: Option<Signature<'a>>,
    /// The newest binding signature of the subkey.
    pub(super) binding: Option<Signature<'a>>,
}

/// The object of signatures, given by the packet before them.
#[derive(Clone, Copy, Debug)]
enum About<'a> {
    /// The primary key.
    Primary,
    /// A user id.
    UserId(Bytes<'a>),
    /// The requested subkey.
    Subkey,
    /// An object that was not requested.
    Other,
}

impl<'a> Says<'a> {
    /// Reads the signatures of `certificate`, which is in `data`, for its
    /// subkey `key`, or for the primary key itself.
    pub(super) fn read(
        data: Bytes<'a>,
        certificate: &Certificate<'a>,
        key: &Key<'a>,
    ) -> Result<Self, Status> {
        let mut says = Self {
            primary: certificate.primary.identity(),
            about: About::Other,
            newest: None,
            taken_back: None,
            is_revoked: false,
            own: None,
            direct: None,
            binding: None,
        };
        let mut rest = data;
        let mut is_inside = false;
        while let Some(Packet { tag, body }) = Packet::next(&mut rest)? {
            match tag {
                packet::PUBLIC_KEY => {
                    is_inside = is_only(body, &certificate.primary)?;
                    says.turn_to(About::Primary);
                }
                _ if !is_inside => {}
                packet::SIGNATURE => {
                    if let Some(signature) = supported(Signature::parse(body))? {
                        says.take_in(signature);
                    }
                }
                packet::USER_ID => says.turn_to(About::UserId(body)),
                packet::PUBLIC_SUBKEY if is_only(body, key)? => says.turn_to(About::Subkey),
                _ => says.turn_to(About::Other),
            }
        }
        says.turn_to(About::Other);
        Ok(says)
    }

    /// Takes in one signature. This program cannot verify signatures. In doubt,
    /// the handler therefore believes a signature that forbids something, but
    /// not a signature that allows something.
    fn take_in(&mut self, signature: Signature<'a>) {
        let issuer = signature.issuer(&self.primary);
        if issuer == Issuer::Other {
            return;
        }
        match (signature.kind, self.about) {
            (kind::KEY_REVOCATION, _) | (kind::SUBKEY_REVOCATION, About::Subkey) => {
                self.is_revoked = true;
            }
            (kind::CERTIFICATION_REVOCATION, About::UserId(_) | About::Primary) => {
                self.taken_back = self.taken_back.max(Some(signature.created));
            }
            (kind::DIRECT_KEY, About::Primary)
            | (kind::CERTIFICATION_FIRST..=kind::CERTIFICATION_LAST, About::UserId(_))
            | (kind::SUBKEY_BINDING, About::Subkey) => {
                let is_newest = self
                    .newest
                    .as_ref()
                    .is_none_or(|newest| signature.created >= newest.created);
                let is_good = issuer == Issuer::Named && !signature.says.is_unusable;
                if is_good && is_newest {
                    self.newest = Some(signature);
                }
            }
            _ => {}
        }
    }

    /// Concludes the current object, and goes on to the `next` one.
    fn turn_to(&mut self, next: About<'a>) {
        let taken_back = self.taken_back.take();
        let about = core::mem::replace(&mut self.about, next);
        let Some(signature) = self.newest.take() else {
            return;
        };
        let user_id = match about {
            // The key flags of a version 6 key are on the key alone, so that
            // their removal does not go unnoticed (section 10.1.1).
            About::UserId(user_id) if self.primary.version == 4 => user_id,
            About::Primary => {
                self.direct = Some(signature.clone());
                Bytes::default()
            }
            About::Subkey => {
                self.binding = Some(signature);
                return;
            }
            About::UserId(_) | About::Other => return,
        };
        let counts = Some(signature.created) > taken_back;
        let own = SelfSignature { signature, user_id };
        if counts && newer(&own, self.own.as_ref()) {
            self.own = Some(own);
        }
    }
}

/// Returns whether `body` is the packet of `key`, which may occur only once.
/// Otherwise the packets after one copy, such as a revocation, would be missed
/// for the other.
fn is_only(body: Bytes<'_>, key: &Key<'_>) -> Result<bool, Status> {
    if body.range() == key.body.range() {
        Ok(true)
    } else if body.as_slice() == key.body.as_slice() {
        Err(Status::EBADMSG)
    } else {
        Ok(false)
    }
}

/// Returns whether `new` counts rather than `old`: key flags take precedence,
/// then the newer one.
fn newer(new: &SelfSignature<'_>, old: Option<&SelfSignature<'_>>) -> bool {
    let rank = |own: &SelfSignature<'_>| {
        let has_flags = own.signature.says.key_flags.is_some();
        (has_flags, own.signature.created)
    };
    old.is_none_or(|old| rank(new) >= rank(old))
}
