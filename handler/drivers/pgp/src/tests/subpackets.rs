// SPDX-License-Identifier: MIT OR Apache-2.0

//! Subpackets of signatures.

use super::*;

/// Returns the item for a signature of version 4 with these subpackets and a
/// time.
fn says(hashed: &[Vec<u8>], unhashed: &[Vec<u8>]) -> PgpItem {
    let hashed = [created(5), hashed.concat()].concat();
    one(2, &signature_body(&hashed, &unhashed.concat()))
}

fn hashed(kind: u8, body: &[u8]) -> PgpItem {
    says(&[subpacket(kind, body)], &[])
}

fn unhashed(kind: u8, body: &[u8]) -> PgpItem {
    says(&[], &[subpacket(kind, body)])
}

/// Returns the item without where things are, which differs with the length of
/// subpackets.
fn without_places(item: PgpItem) -> PgpItem {
    PgpItem {
        hashed: PgpRange::default(),
        left: PgpRange::default(),
        values: [PgpRange::default(); 2],
        ..item
    }
}

/// Asserts that the items say the same.
#[track_caller]
fn assert_same(item: PgpItem, expected: PgpItem) {
    assert_eq!(without_places(item), without_places(expected));
}

/// Returns the item for a signature that says nothing, except for these flags.
fn nothing_but(flags: u32) -> PgpItem {
    PgpItem {
        flags,
        ..says(&[], &[])
    }
}

#[test]
fn time_must_be_there_and_hashed() {
    for (hashed, unhashed, expected) in [
        (vec![], vec![], None),
        (vec![], created(5), None),
        (subpacket(100, &[]), created(5), None),
        (created(5), vec![], Some(5)),
        (created(5), created(6), Some(5)),
        ([created(5), created(6)].concat(), vec![], Some(6)),
        (created(0), vec![], Some(0)),
        (created(u32::MAX), vec![], Some(u32::MAX)),
    ] {
        let item = one(2, &signature_body(&hashed, &unhashed));
        let created = (item.verdict == UMD_PGP_PARSED).then_some(item.created);
        assert_eq!(created, expected);
        let body = Made {
            version: 6,
            hashed: &hashed,
            unhashed: &unhashed,
            salt: &[0x55; 16],
            ..MADE_BY_HAND
        }
        .body();
        let item = one(2, &body);
        let created = (item.verdict == UMD_PGP_PARSED).then_some(item.created);
        assert_eq!(created, expected);
    }
}

#[test]
fn lifetimes_are_hashed() {
    let item = hashed(3, &[0, 0, 1, 0]);
    assert_eq!(
        (item.expires_in, item.key_expires_in, item.flags),
        (256, 0, 0)
    );
    let item = hashed(9, &[0, 0, 1, 0]);
    assert_eq!((item.expires_in, item.key_expires_in), (0, 256));
    assert_eq!(item.flags, UMD_PGP_ITEM_KEY_EXPIRES);
    // For ever.
    let item = hashed(9, &[0; 4]);
    let said = (item.key_expires_in, item.flags);
    assert_eq!(said, (0, UMD_PGP_ITEM_KEY_EXPIRES));
    for kind in [3, 9] {
        assert_same(unhashed(kind, &[0, 0, 1, 0]), nothing_but(0));
        let twice = [subpacket(kind, &[9; 4]), subpacket(kind, &[0, 0, 0, 7])];
        let item = says(&twice, &[]);
        assert_eq!(item.expires_in.max(item.key_expires_in), 7);
    }
}

#[test]
fn key_flags_may_be_empty() {
    for (body, expected) in [(&[0x03][..], 3), (&[0x20, 4], 0x20), (&[0], 0), (&[], 0)] {
        let item = hashed(27, body);
        let said = (item.key_flags, item.flags);
        assert_eq!(said, (expected, UMD_PGP_ITEM_KEY_FLAGS));
        assert_same(unhashed(27, body), nothing_but(0));
    }
    let twice = [subpacket(27, &[3]), subpacket(27, &[])];
    assert_eq!(says(&twice, &[]).key_flags, 0);
}

#[test]
fn the_last_word_on_the_primary_user_id_counts() {
    let primary = UMD_PGP_ITEM_PRIMARY_USER_ID;
    for (bodies, expected) in [
        (&[&[1][..]][..], primary),
        (&[&[0xff]], primary),
        (&[&[0]], 0),
        (&[&[1], &[0]], 0),
        (&[&[0], &[1]], primary),
        // Malformed: unknown.
        (&[&[]], 0),
        (&[&[1, 1]], 0),
        (&[&[1], &[0, 0]], primary),
    ] {
        let subpackets: Vec<_> = bodies.iter().map(|body| subpacket(25, body)).collect();
        assert_same(says(&subpackets, &[]), nothing_but(expected));
        assert_same(says(&[], &subpackets), nothing_but(0));
    }
}

#[test]
fn a_reason_has_a_code() {
    for (body, code) in [(&[0][..], 0), (&[2], 2), (b"\x03retired", 3)] {
        let item = hashed(29, body);
        assert_eq!((item.reason, item.flags), (code, UMD_PGP_ITEM_REASON));
        assert_same(unhashed(29, body), nothing_but(0));
    }
    // A revocation counts without a reason too.
    assert_same(hashed(29, &[]), nothing_but(0));
}

#[test]
fn a_designated_revoker_is_hashed() {
    let revoker = |class, fill| [&[class, 1][..], &[fill; 20]].concat();
    let said = |hashed: &[Vec<u8>], unhashed: &[Vec<u8>]| {
        let body = signature_body(&[created(5), hashed.concat()].concat(), &unhashed.concat());
        let item = one(2, &body);
        assert_eq!((item.verdict, item.flags), (UMD_PGP_PARSED, 0));
        bytes_in(&body, item.revoker).to_vec()
    };
    for class in [0x80, 0xc0, 0xff] {
        let one = subpacket(12, &revoker(class, 9));
        assert_eq!(said(std::slice::from_ref(&one), &[]), [9; 20]);
        assert_eq!(said(&[], &[one]), []);
    }
    let two = [
        subpacket(12, &revoker(0x80, 1)),
        subpacket(12, &revoker(0xc0, 2)),
    ];
    assert_eq!(said(&two, &[]), [2; 20]);
    for malformed in [
        revoker(0x7f, 9),
        revoker(0x80, 9)[..21].to_vec(),
        [revoker(0x80, 9), vec![0]].concat(),
        vec![],
    ] {
        assert_eq!(said(&[subpacket(12, &malformed)], &[]), []);
    }
}

#[test]
fn an_embedded_signature_is_anywhere_and_not_parsed() {
    let said = |hashed: &[Vec<u8>], unhashed: &[Vec<u8>]| {
        let body = signature_body(&[created(5), hashed.concat()].concat(), &unhashed.concat());
        let item = one(2, &body);
        assert_eq!((item.verdict, item.flags), (UMD_PGP_PARSED, 0));
        bytes_in(&body, item.embedded).to_vec()
    };
    let embedded = |body: &[u8]| vec![subpacket(32, body)];
    assert_eq!(said(&embedded(b"junk"), &[]), b"junk");
    assert_eq!(said(&[], &embedded(b"junk")), b"junk");
    assert_eq!(said(&embedded(b"in"), &embedded(b"out")), b"in");
    assert_eq!(said(&embedded(&[]), &embedded(b"out")), b"out");
    let two = [embedded(b"first"), embedded(b"last")].concat();
    assert_eq!(said(&two, &[]), b"last");
    assert_eq!(said(&[], &two), b"last");
    // The body is that of a packet.
    let inside = signature_body(&created(9), &[]);
    let body = signature_body(&[created(5), subpacket(32, &inside)].concat(), &[]);
    let range = one(2, &body).embedded;
    assert_eq!(one(2, bytes_in(&body, range)).created, 9);
}

#[test]
fn the_issuer_is_who_is_named_in_the_hashed_part() {
    let id = |byte| subpacket(16, &[byte; 8]);
    let fingerprint = |byte| subpacket(33, &[&[4][..], &[byte; 12], &[byte + 1; 8]].concat());
    for (hashed, unhashed, expected) in [
        (vec![], vec![], (0, 0, 0)),
        (vec![id(1)], vec![], (0, 0, 1)),
        (vec![], vec![id(1)], (0, 0, 1)),
        (vec![id(1)], vec![id(2)], (0, 0, 1)),
        (vec![id(1), id(2)], vec![], (0, 0, 2)),
        (vec![fingerprint(3)], vec![], (20, 3, 4)),
        (vec![], vec![fingerprint(3)], (20, 3, 4)),
        (vec![fingerprint(3)], vec![fingerprint(5)], (20, 3, 4)),
        (vec![fingerprint(3), fingerprint(5)], vec![], (20, 5, 6)),
        // A fingerprint counts more than a key id.
        (vec![fingerprint(3), id(1)], vec![], (20, 3, 4)),
        (vec![id(1)], vec![fingerprint(3)], (20, 3, 4)),
    ] {
        let item = says(&hashed, &unhashed);
        let (len, first, id) = expected;
        assert_eq!(
            (item.issuer_len, item.issuer[0], item.flags),
            (len, first, 0)
        );
        assert_eq!(item.issuer_key_id, [id; 8]);
        assert_eq!(item.issuer[20..], [0; 12]);
    }
}

#[test]
fn the_issuer_of_version_6_has_32_bytes() {
    let issuer = |version: u8, len| {
        let body = Made {
            version: 6,
            hashed: &[
                created(5),
                subpacket(33, &[&[version][..], &vec![9; len]].concat()),
            ]
            .concat(),
            salt: &[0x55; 16],
            ..MADE_BY_HAND
        }
        .body();
        one(2, &body)
    };
    let item = issuer(6, 32);
    assert_eq!((item.issuer_len, item.issuer), (32, [9; 32]));
    assert_eq!((item.issuer_key_id, item.flags), ([9; 8], 0));
    assert_eq!(issuer(6, 20).verdict, UMD_PGP_MALFORMED);
    let item = issuer(4, 20);
    assert_eq!((item.verdict, item.issuer_len), (UMD_PGP_PARSED, 0));
    assert_eq!(item.flags, UMD_PGP_ITEM_UNUSABLE);
    // The first bytes are the key id.
    let fingerprint: Vec<u8> = (0..32).collect();
    let body = Made {
        version: 6,
        hashed: &created(5),
        unhashed: &subpacket(33, &[&[6][..], &fingerprint].concat()),
        salt: &[0x55; 16],
        ..MADE_BY_HAND
    }
    .body();
    assert_eq!(one(2, &body).issuer_key_id, fingerprint[..8]);
}

#[test]
fn keys_make_signatures_of_their_own_version() {
    for version in [0, 3, 5, 6] {
        for len in [0, 20, 32] {
            let other = [&[version][..], &vec![9; len]].concat();
            assert_same(unhashed(33, &other), nothing_but(0));
            assert_same(hashed(33, &other), nothing_but(UMD_PGP_ITEM_UNUSABLE));
        }
    }
}

#[test]
fn what_matters_is_well_formed_if_hashed() {
    for (kind, right) in [(2, 4), (3, 4), (9, 4), (16, 8), (33, 21)] {
        for critical in [0, 0x80] {
            for len in 0..40 {
                let kind = critical | kind;
                let verdict = hashed(kind, &vec![4; len]).verdict;
                assert_eq!(verdict == UMD_PGP_PARSED, len == right, "{kind} {len}");
                let item = unhashed(kind, &vec![4; len]);
                assert_eq!(item.verdict, UMD_PGP_PARSED, "{kind} {len}");
                if len != right {
                    // As if it were unknown, except for those that do not
                    // count there.
                    let matters = matches!(kind & 0x7f, 16 | 33) && critical != 0;
                    let flags = if matters { UMD_PGP_ITEM_UNUSABLE } else { 0 };
                    assert_same(item, nothing_but(flags));
                }
            }
        }
    }
    // What came before is kept.
    let twice = [subpacket(16, &[1; 8]), subpacket(16, &[2; 7])];
    assert_eq!(says(&[], &twice).issuer_key_id, [1; 8]);
}

#[test]
fn what_is_critical_is_understood() {
    const KNOWN: [u8; 24] = [
        2, 3, 4, 5, 6, 7, 9, 11, 12, 16, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 32, 33, 35, 39,
    ];
    /// A body that is well-formed for the type.
    fn body(kind: u8) -> Vec<u8> {
        match kind {
            2 | 3 | 9 => vec![9; 4],
            12 => [&[0x80, 1][..], &[9; 20]].concat(),
            16 => vec![9; 8],
            33 => [&[4][..], &[9; 20]].concat(),
            _ => vec![1],
        }
    }
    for kind in 0..0x80 {
        let known = KNOWN.contains(&kind);
        for is_hashed in [false, true] {
            let item = |critical| {
                let one = [subpacket(critical | kind, &body(kind))];
                if is_hashed {
                    says(&one, &[])
                } else {
                    says(&[], &one)
                }
            };
            let unusable = |item: PgpItem| item.flags & UMD_PGP_ITEM_UNUSABLE != 0;
            // An encrypted message (35).
            let never = kind == 35 && is_hashed;
            assert_eq!(unusable(item(0)), never, "{kind}");
            assert_eq!(unusable(item(0x80)), !known || never, "{kind}");
            // Nothing else changes.
            let flags = if known { 0 } else { UMD_PGP_ITEM_UNUSABLE };
            let expected = item(0);
            let flags = flags | expected.flags;
            assert_same(item(0x80), PgpItem { flags, ..expected });
        }
    }
    for malformed in [(12, &[][..]), (25, &[]), (29, &[]), (32, &[])] {
        let (kind, body) = malformed;
        assert_same(hashed(kind, body), nothing_but(0));
        let flagged = nothing_but(UMD_PGP_ITEM_UNUSABLE);
        assert_same(hashed(0x80 | kind, body), flagged);
    }
}

#[test]
fn subpackets_fill_their_area() {
    for area in [
        &[5, 2, 0, 0, 0][..],
        &[2, 100],
        &[192],
        &[192, 0],
        &[255, 0, 0],
        &[255, 0, 0, 0, 2, 100],
        &[255, 0xff, 0xff, 0xff, 0xff, 2],
    ] {
        for (hashed, unhashed) in [(area, &[][..]), (&[], area)] {
            let hashed = [&created(5), hashed].concat();
            let item = one(2, &signature_body(&hashed, unhashed));
            assert_eq!(item.verdict, UMD_PGP_MALFORMED, "{area:x?}");
        }
    }
    // One without a type, which is malformed itself.
    assert_same(says(&[], &[vec![0]]), nothing_but(0));
    assert_eq!(says(&[vec![0]], &[]).verdict, UMD_PGP_MALFORMED);
    // Lengths of one, two and five bytes. 192 is not a partial length here.
    for (head, len) in [
        (&[1][..], 0),
        (&[191], 190),
        (&[192, 8], 199),
        (&[230, 5], 9924),
        (&[254, 255], 16_318),
        (&[255, 0, 0, 0, 200], 199),
        (&[255, 0, 0, 0, 1], 0),
    ] {
        let long = [head, &[100], &vec![0; len]].concat();
        let followed = [long, subpacket(27, &[1])].concat();
        assert_eq!(
            says(std::slice::from_ref(&followed), &[]).key_flags,
            1,
            "{head:?}"
        );
        assert_same(says(&[], &[followed]), nothing_but(0));
    }
}

#[test]
fn areas_are_as_long_as_they_can_be() {
    let most = [created(5), subpacket(100, &[]).repeat(32_764), vec![1]].concat();
    let tail = [&most[..], &[100]].concat();
    assert_eq!(tail.len(), 65_536);
    let body = Made {
        version: 6,
        hashed: &tail[..65_000],
        salt: &[0x55; 16],
        ..MADE_BY_HAND
    }
    .body();
    let item = one(2, &body);
    assert_eq!((item.verdict, item.created), (UMD_PGP_PARSED, 5));
    assert_eq!(item.hashed.len, 65_008);
}
