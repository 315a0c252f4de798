// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the handler says of packets, and lies about it.

mod changes;

use self::changes::*;
use super::{Cases, Record, What};
use crate::openpgp::packet::{ECDSA, P256, P384, RSA, curve_point, key_body, number};
use anyhow::{Context, Result};
use std::mem::offset_of;
use std::ops::Range;
use umd_pgp::*;
use umd_pgp_fuzz::{check, items, packets_request};
use zerocopy::IntoBytes;

const EDDSA_LEGACY: u8 = 22;
const ED25519: u8 = 27;
const ED448: u8 = 28;

/// A packet, and what the handler says of it.
#[derive(Clone, Debug)]
struct Sample {
    name: String,
    tag: u32,
    body: Vec<u8>,
    item: PgpItem,
}

impl Sample {
    fn new(name: &str, tag: u32, body: Vec<u8>) -> Result<Self> {
        let request = packets_request(&[(tag, &body)]);
        let reply = check(UMD_OP_PGP_PACKETS, &request)
            .ok()
            .context("no reply")?;
        let [item] = items(&reply)[..] else {
            anyhow::bail!("not one item");
        };
        Ok(Self {
            name: name.to_owned(),
            tag,
            body,
            item,
        })
    }

    fn record(&self) -> Record {
        Record {
            what: What::Item,
            argument: self.tag,
            data: self.body.clone(),
            reply: self.item.as_bytes().to_vec(),
        }
    }

    /// The bytes of the item in which no bit may differ.
    fn lies(&self) -> Vec<usize> {
        let mut fields = vec![
            // The lower values of the first byte are verdicts.
            place(offset_of!(PgpItem, verdict) + 1, 3),
            place(offset_of!(PgpItem, flags) + 1, 3),
            place(offset_of!(PgpItem, version), 5),
            place(offset_of!(PgpItem, hashed) + 4, 4),
            place(offset_of!(PgpItem, left) + 4, 4),
        ];
        // The kernel needs to know no length for a hash that it does not accept.
        if self.item.version == 4 || (8..=10).contains(&self.item.hash) {
            fields.push(place(offset_of!(PgpItem, salt) + 4, 4));
        }
        if self.tag == UMD_PGP_TAG_SIGNATURE {
            fields.push(place(offset_of!(PgpItem, hashed), 4));
        } else {
            fields.push(place(offset_of!(PgpItem, created), 4));
            fields.push(place(offset_of!(PgpItem, issuer_len), 1));
            fields.push(place(offset_of!(PgpItem, embedded) + 4, 4));
            fields.push(place(offset_of!(PgpItem, revoker) + 4, 4));
            fields.push(place(offset_of!(PgpItem, values), 4));
            // One bit less, and there are no numbers, which is no lie.
            if !self.item.values[0].len.is_power_of_two() {
                fields.push(place(offset_of!(PgpItem, values) + 4, 4));
            }
            if self.item.curve == UMD_PGP_CURVE_NONE {
                fields.push(place(offset_of!(PgpItem, values) + 8, 8));
            }
        }
        fields.into_iter().flatten().collect()
    }
}

const fn place(start: usize, len: usize) -> Range<usize> {
    start..start + len
}

fn key(name: &str, version: u8, algorithm: u8, values: &[u8]) -> Result<Sample> {
    let body = key_body(version, algorithm, values)?;
    Sample::new(name, UMD_PGP_TAG_PRIMARY_KEY, body)
}

/// A signature of version 4 or 6 with its time and these subpackets.
fn signature(version: u8, hash: u8, subpackets: &[u8], values: &[u8]) -> Result<Vec<u8>> {
    let area = [&[5, 2, 0x65, 0, 0, 0][..], subpackets].concat();
    let count = u32::try_from(area.len())?.to_be_bytes();
    let skip = if version == 6 { 0 } else { 2 };
    let mut body = [&[version, 0, RSA, hash], &count[skip..], &area[..]].concat();
    body.extend_from_slice(&[0; 4][skip..]);
    body.extend_from_slice(b"LR");
    if version == 6 {
        let salt = match hash {
            8 | 11 | 12 => 16,
            9 => 24,
            _ => 32,
        };
        body.push(salt);
        body.extend(vec![0x5a; salt.into()]);
    }
    body.extend_from_slice(values);
    Ok(body)
}

fn signatures() -> Result<Vec<Sample>> {
    let value = number(&[0x7f; 20])?;
    let issuer = [&[22, 33, 4][..], &[9; 20]].concat();
    let issuer_6 = [&[34, 33, 6][..], &[9; 32]].concat();
    let revoker = [&[23, 12, 0x80, 1][..], &[7; 20]].concat();
    let old = [
        &[3, 5, 0, 0x65, 0, 0, 0][..],
        &[8; 8],
        &[RSA, 2],
        b"LR",
        &value,
    ]
    .concat();
    let new = |name: &str, body: Vec<u8>| Sample::new(name, UMD_PGP_TAG_SIGNATURE, body);
    Ok(vec![
        new("a signature", signature(4, 8, &[], &value)?)?,
        new(
            "a signature with an issuer",
            signature(4, 8, &issuer, &value)?,
        )?,
        new(
            "a signature with a revoker",
            signature(4, 8, &revoker, &value)?,
        )?,
        new("SHA-256 of version 6", signature(6, 8, &issuer_6, &value)?)?,
        new("SHA-384 of version 6", signature(6, 9, &[], &value)?)?,
        new("SHA-512 of version 6", signature(6, 10, &[], &value)?)?,
        new("SHA3-256 of version 6", signature(6, 12, &[], &value)?)?,
        new("version 3", old)?,
        new("SHA-224 of version 6", signature(6, 11, &[], &value)?)?,
        new("SHA3-512 of version 6", signature(6, 14, &[], &value)?)?,
    ])
}

/// The curves whose points have a first byte: algorithm, name, that byte, length.
fn curves() -> [(u8, &'static [u8], u8, usize); 7] {
    [
        (ECDSA, &P256, 4, 65),
        (ECDSA, &P384, 4, 97),
        (ECDSA, &[0x2b, 0x81, 0x04, 0x00, 0x23], 4, 133),
        (
            EDDSA_LEGACY,
            &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01],
            0x40,
            33,
        ),
        (ECDSA, &[0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7], 4, 65),
        (ECDSA, &[0x2b, 0x24, 3, 3, 2, 8, 1, 1, 11], 4, 97),
        (ECDSA, &[0x2b, 0x24, 3, 3, 2, 8, 1, 1, 13], 4, 129),
    ]
}

fn keys() -> Result<Vec<Sample>> {
    let rsa = [number(&[0xa5; 257])?, number(&[1, 0, 1])?].concat();
    let mut all = Vec::new();
    for version in [4, 6] {
        all.push(key("RSA", version, RSA, &rsa)?);
        all.push(key("RSA that signs", version, 3, &rsa)?);
        for (algorithm, name, first, len) in curves() {
            if version == 6 && algorithm == EDDSA_LEGACY {
                continue;
            }
            let mut point = vec![0xa5; len];
            point[0] = first;
            all.push(key(
                "a point",
                version,
                algorithm,
                &curve_point(name, &point)?,
            )?);
        }
        all.push(key("Ed25519", version, ED25519, &[0xa5; 32])?);
        all.push(key("Ed448", version, ED448, &[0xa5; 57])?);
    }
    Ok(all)
}

fn change(cases: &mut Cases, sample: &Sample, changes: &[Change]) -> Result<()> {
    for (at, (change, verdict)) in changes.iter().enumerate() {
        let mut changed = sample.clone();
        change(&mut changed.item, &mut changed.body);
        let name = format!("{}, change {at}", sample.name);
        cases.say(&name, &changed.record(), verdict)?;
    }
    Ok(())
}

/// What only signatures have, one by one.
fn of_signatures_only(cases: &mut Cases, key: &Sample) -> Result<()> {
    let one = PgpRange { offset: 0, len: 1 };
    let changes: [fn(&mut PgpItem, PgpRange); 8] = [
        |item, _| item.kind = 1,
        |item, _| item.hash = 1,
        |item, _| item.issuer_len = 20,
        |item, one| item.hashed = one,
        |item, one| item.salt = one,
        |item, one| item.left = one,
        |item, one| item.embedded = one,
        |item, one| item.revoker = one,
    ];
    for change in changes {
        let mut changed = key.clone();
        change(&mut changed.item, one);
        let verdict = "a key with what only signatures have";
        cases.say("a key", &changed.record(), verdict)?;
    }
    Ok(())
}

pub(super) fn add(cases: &mut Cases) -> Result<()> {
    let (keys, signatures) = (keys()?, signatures()?);
    for sample in keys.iter().chain(&signatures) {
        cases.accept(&sample.name, &sample.record(), &sample.lies())?;
    }
    let key = |version: u8, algorithm: u8| {
        let of = |sample: &&Sample| (sample.item.version, sample.item.algorithm);
        let found = keys
            .iter()
            .find(|sample| of(sample) == (version, algorithm));
        found.context("no such key")
    };
    of_signatures_only(cases, key(4, RSA)?)?;
    change(cases, key(4, RSA)?, OF_KEY)?;
    change(cases, key(6, RSA)?, OF_KEY_6)?;
    change(cases, key(4, ECDSA)?, OF_POINT)?;
    change(cases, key(4, ED25519)?, OF_FIXED)?;
    change(cases, &signatures[0], OF_SIGNATURE)?;
    change(cases, &signatures[3], OF_SIGNATURE_6)?;
    change(cases, &signatures[7], OF_SIGNATURE_3)
}
