// SPDX-License-Identifier: MIT OR Apache-2.0

//! Signature packets and their subpackets.

use super::*;

fn one(body: &[u8]) -> Result<PgpSignature, Status> {
    signature(&packet(2, body), 0).map(|reply| reply.signature)
}

/// Parses a signature of another algorithm with these values.
fn with_values(version: u8, algorithm: u8, values: &[u8]) -> Result<PgpSignature, Status> {
    let hashed = created(5);
    let mut body = vec![version, 0, algorithm, 8];
    let size = if version == 6 { 4 } else { 2 };
    for area in [&hashed[..], &[]] {
        let len = u32::try_from(area.len()).unwrap().to_be_bytes();
        body.extend(&len[4 - size..]);
        body.extend(area);
    }
    body.extend([0x12, 0x34]);
    if version == 6 {
        body.push(16);
        body.extend([0x55; 16]);
    }
    body.extend(values);
    one(&body)
}

#[test]
fn fields_are_as_in_the_packet() {
    let key = ed25519(1);
    let hashed = [created(77), issuer(&key), subpacket(3, &[0, 0, 0, 9])].concat();
    let body = signature_body(0x01, &hashed, &[]);
    let found = one(&body).unwrap();
    assert_eq!((found.created, found.expires), (77, 86));
    assert_eq!((found.version, found.kind), (4, 1));
    assert_eq!((found.algorithm, found.hash), (27, 8));
    assert_eq!(found.left, [0x12, 0x34]);
    let len = u32::try_from(6 + hashed.len()).unwrap();
    assert_eq!(found.hashed, PgpRange { offset: 6, len });
    assert_eq!(found.trailer_len, 6);
    let [a, b, c, d] = len.to_be_bytes();
    assert_eq!(found.trailer, [4, 0xff, a, b, c, d, 0, 0]);
    assert_eq!(found.issuer[..20], fingerprint(&key));
    assert_eq!(found.issuer_key_id, fingerprint(&key)[12..]);
    assert_eq!((found.issuer_len, found.salt_len, found.flags), (20, 0, 0));
    assert_eq!(found.value_len, 64);
    assert_eq!(found.value[..64], [0x77; 64]);
}

#[test]
fn values_are_in_the_kernels_form() {
    let value = |version, algorithm, values: &[u8]| {
        with_values(version, algorithm, values)
            .map(|found| found.value[..found.value_len as usize].to_vec())
    };
    let two = [integer(&[0x80]), integer(&[5])].concat();
    assert_eq!(value(4, 1, &integer(&[9; 512])), Ok(vec![9; 512]));
    assert_eq!(value(4, 3, &integer(&[0x80, 1])), Ok(vec![0x80, 1]));
    for version in [4, 6] {
        // More bits than the number has.
        let padded = value(version, 3, &[0, 24, 0, 0x80, 1]);
        assert_eq!(padded, Err(Status::EBADMSG));
    }
    assert_eq!(value(4, 1, &integer(&[9; 545])), Ok(vec![]));
    assert_eq!(
        value(4, 19, &two),
        Ok(vec![0x30, 7, 2, 2, 0, 0x80, 2, 1, 5])
    );
    assert_eq!(
        value(4, 19, &[0, 0, 0, 0]),
        Ok(vec![0x30, 6, 2, 1, 0, 2, 1, 0])
    );
    // The value is empty, whichever part does not fit.
    for (r, s) in [(300, 300), (534, 1), (536, 1), (600, 1)] {
        let large = [integer(&vec![9; r]), integer(&vec![0x80; s])].concat();
        assert_eq!(value(4, 19, &large), Ok(vec![]), "{r}");
    }
    let most = value(4, 19, &[integer(&[9; 530]), integer(&[0x80])].concat());
    assert_eq!(most.map(|value| value.len()), Ok(542));
    let mut padded = vec![0; 64];
    (padded[31], padded[63]) = (0x80, 5);
    assert_eq!(value(4, 22, &two), Ok(padded.clone()));
    // Leading zeros are removed, but the bits must suffice.
    let zeros = [&[0, 24, 0, 0, 0x80][..], &integer(&[5])].concat();
    assert_eq!(value(4, 22, &zeros), Ok(padded));
    let short = [&[0, 7, 0x80][..], &integer(&[5])].concat();
    assert_eq!(value(4, 22, &short), Err(Status::EBADMSG));
    assert_eq!(value(6, 22, &two), Ok(vec![]));
    let long = [integer(&[1; 33]), integer(&[5])].concat();
    assert_eq!(value(4, 22, &long), Err(Status::EBADMSG));
    for version in [4, 6] {
        assert_eq!(value(version, 27, &[3; 64]), Ok(vec![3; 64]));
        assert_eq!(value(version, 28, &[3; 114]), Ok(vec![3; 114]));
    }
    for other in [2, 16, 17, 99] {
        assert_eq!(value(4, other, &[1, 2, 3]), Ok(vec![]));
    }
    for algorithm in [19, 22] {
        assert_eq!(value(4, algorithm, &integer(&[5])), Err(Status::EBADMSG));
    }
    for (algorithm, len) in [
        (1, 1),
        (1, 2),
        (19, 3),
        (22, 4),
        (27, 63),
        (27, 65),
        (28, 113),
    ] {
        let answer = value(4, algorithm, &vec![1; len]);
        assert_eq!(answer, Err(Status::EBADMSG), "{algorithm} {len}");
    }
}

#[test]
fn salts_are_as_long_as_the_hash_has_it() {
    for (hash, expected) in [
        (8, Some(16)),
        (9, Some(24)),
        (10, Some(32)),
        (11, Some(16)),
        (12, Some(16)),
        (14, Some(32)),
        (2, None),
        (13, None),
    ] {
        for len in 0..=40 {
            let mut body = vec![6, 0, 27, hash, 0, 0, 0, 6];
            body.extend(created(5));
            body.extend([0, 0, 0, 0, 0x12, 0x34, len]);
            body.extend(vec![0x55; len.into()]);
            body.extend([0x77; 64]);
            let answer = one(&body).map(|found| (found.salt_len, found.hashed.len));
            let expected = match expected {
                None => Err(Status::ENOPKG),
                Some(expected) if expected == len => Ok((len, 14)),
                Some(_) => Err(Status::EBADMSG),
            };
            assert_eq!(answer, expected, "{hash} {len}");
        }
    }
}

#[test]
fn time_must_be_there_and_hashed() {
    let key = ed25519(1);
    assert_eq!(one(&signature_body(0, &[], &[])), Err(Status::EBADMSG));
    let body = signature_body(0, &issuer(&key), &created(5));
    assert_eq!(one(&body), Err(Status::EBADMSG));
    // An expiry does not count either if it is not hashed.
    let expires = subpacket(3, &[0, 0, 0, 1]);
    let found = one(&signature_body(
        0,
        &created(5),
        &[created(6), expires].concat(),
    ))
    .unwrap();
    assert_eq!((found.created, found.expires), (5, 0));
    let twice = [created(5), created(6)].concat();
    assert_eq!(one(&signature_body(0, &twice, &[])).unwrap().created, 6);
}

#[test]
fn the_issuer_is_who_is_named_in_the_hashed_part() {
    let (first, second) = (ed25519(1), ed25519(2));
    let hashed = [created(5), issuer(&first)].concat();
    let found = one(&signature_body(0, &hashed, &issuer(&second))).unwrap();
    assert_eq!(found.issuer[..20], fingerprint(&first));
    let found = one(&signature_body(0, &created(5), &issuer(&second))).unwrap();
    assert_eq!(found.issuer[..20], fingerprint(&second));
    assert_eq!(found.flags, 0);
    // Keys make signatures of their own version only.
    for version in [5, 6] {
        let other = subpacket(33, &[&[version][..], &[9; 32]].concat());
        let found = one(&signature_body(0, &created(5), &other)).unwrap();
        assert_eq!((found.issuer_len, found.issuer_key_id), (0, [0; 8]));
        assert_eq!(found.flags, 0);
        let hashed = [created(5), other].concat();
        let found = one(&signature_body(0, &hashed, &issuer(&first))).unwrap();
        assert_eq!(found.flags, UMD_PGP_SIGNATURE_UNUSABLE);
    }
    for (kind, body) in [
        (33, &[4, 1][..]),
        (33, &[4; 22]),
        (33, &[]),
        (16, &[1; 7]),
        (16, &[1; 9]),
    ] {
        let body = signature_body(0, &created(5), &subpacket(kind, body));
        assert_eq!(one(&body), Err(Status::EBADMSG), "{kind}");
    }
}

#[test]
fn what_belongs_to_an_encrypted_message_is_not_taken() {
    for kind in [35, 0x80 | 35] {
        let recipient = subpacket(kind, &[&[4][..], &[9; 20]].concat());
        let hashed = [created(5), recipient].concat();
        let found = one(&signature_body(0, &hashed, &[])).unwrap();
        assert_eq!(found.flags, UMD_PGP_SIGNATURE_UNUSABLE);
        // Anybody can add an unhashed subpacket.
        let added = &hashed[created(5).len()..];
        let found = one(&signature_body(0, &created(5), added)).unwrap();
        assert_eq!(found.flags, 0);
    }
}

#[test]
fn malformed_subpackets_are_refused() {
    for area in [
        &[0][..],
        &[5, 2, 0, 0, 0],
        &[6, 2, 0, 0, 0, 5, 1],
        &[4, 2, 0, 0, 5],
        &[192],
        &[255, 0, 0],
        &[255, 0xff, 0xff, 0xff, 0xff, 2],
    ] {
        let hashed = [&created(5)[..], area].concat();
        assert_eq!(one(&signature_body(0, &hashed, &[])), Err(Status::EBADMSG));
        let answer = one(&signature_body(0, &created(5), area));
        // A time that is not hashed is ignored, whatever its contents.
        let is_time = area.get(1) == Some(&2) && usize::from(area[0]) < area.len();
        assert_eq!(answer.is_ok(), is_time, "{area:x?}");
    }
    for kind in [2, 3, 9] {
        for len in [0, 3, 5] {
            let hashed = [created(5), subpacket(kind, &vec![0; len])].concat();
            let answer = one(&signature_body(0, &hashed, &[]));
            assert_eq!(answer, Err(Status::EBADMSG), "{kind} {len}");
        }
    }
    // Lengths of two and five bytes. 192 is not a partial length here.
    for head in [&[192, 8][..], &[255, 0, 0, 0, 200]] {
        let long = [head, &[100], &[0; 199]].concat();
        let hashed = [&created(5)[..], &long].concat();
        assert!(one(&signature_body(0, &hashed, &[])).is_ok());
    }
    let longer = [&[230, 0][..], &[100], &vec![0; (230 - 192) * 256 + 191]].concat();
    let hashed = [&created(5)[..], &longer].concat();
    assert!(one(&signature_body(0, &hashed, &[])).is_ok());
}

#[test]
fn a_signature_packet_is_whole() {
    let body = signature_body(0, &created(5), &created(6));
    for len in 0..body.len() {
        assert_eq!(one(&body[..len]), Err(Status::EBADMSG), "{len}");
    }
    assert_eq!(one(&[&body[..], &[0]].concat()), Err(Status::EBADMSG));
    let mut body = vec![6, 0, 27, 8, 0, 0, 0, 6];
    body.extend(created(5));
    body.extend([0, 0, 0, 0, 0x12, 0x34, 16]);
    body.extend([0x55; 16 + 64]);
    assert!(one(&body).is_ok());
    for len in 0..body.len() {
        assert_eq!(one(&body[..len]), Err(Status::EBADMSG), "{len}");
    }
    // Truncated packets after the signature are malformed too.
    let packets = [packet(2, &body), vec![0xc2, 5]].concat();
    assert_eq!(signature(&packets, 0), Err(Status::EBADMSG));
}
