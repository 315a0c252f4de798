// SPDX-License-Identifier: MIT OR Apache-2.0

//! Packets with any contents.

use super::*;

#[test]
fn each_form_of_a_length_is_read() {
    let body = ed25519(1);
    let len = u8::try_from(body.len()).unwrap();
    let long = [0, 0, 0, len];
    for head in [
        &[0x98, len][..],
        &[0x99, 0, len],
        &[0x9a, 0, 0, 0, len],
        &[0xc6, len],
        &[&[0xc6, 0xff], &long[..]].concat(),
    ] {
        let ring = [head, &body].concat();
        let key = key(&ring, 0).unwrap();
        let offset = u32::try_from(head.len()).unwrap();
        let len = len.into();
        assert_eq!(key.subject, PgpRange { offset, len });
        assert_eq!(key.fingerprint[..20], fingerprint(&body));
    }
    // 192 and more, in two bytes.
    let body = key_body(4, 100, &[7; 300]);
    let ring = [&[0xc6, 192, 114][..], &body].concat();
    assert_eq!(key(&ring, 0).unwrap().subject.len, 306);
}

#[test]
fn lengths_that_are_not_told_are_refused() {
    let body = ed25519(1);
    for head in [
        // Indeterminate, partial in both ways, not the start of a packet.
        &[0x9b][..],
        &[0xc6, 224 + 5],
        &[0xc6, 254],
        &[0x46, 38],
        // Cut off within the length.
        &[0x99],
    ] {
        let ring = [head, &body].concat();
        assert_eq!(key(&ring, 0), Err(Status::EBADMSG), "{head:x?}");
    }
    for head in [&[0xc6, 0xff, 0, 0][..], &[0xc6, 200], &[0xc6], &[0x9a, 0]] {
        assert_eq!(key(head, 0), Err(Status::EBADMSG), "{head:x?}");
    }
}

#[test]
fn no_length_leads_behind_the_end() {
    let ring = [
        packet(6, &ed25519(1)),
        packet(13, b"Me"),
        signed(0x13, &ed25519(1), 2000, &[]),
    ]
    .concat();
    assert!(has(&key(&ring, 0).unwrap(), UMD_PGP_KEY_BOUND));
    let ends = [44, 52, ring.len()];
    for len in 0..=ring.len() {
        let answer = key(&ring[..len], 0).map(|_| ());
        let expected = if ends.contains(&len) {
            Ok(())
        } else {
            Err(Status::EBADMSG)
        };
        assert_eq!(answer, expected, "{len}");
    }
}

#[test]
fn what_means_nothing_is_skipped() {
    let plain = packet(6, &ed25519(1));
    for tag in [10, 12, 21, 40, 59, 60, 63] {
        let other = packet(tag, b"what");
        let ring = [&other[..], &plain, &other, &packet(14, &ed25519(2)), &other].concat();
        assert_eq!(key(&ring, 1).unwrap().count, 2, "{tag}");
        let signature_packet = signed(0, &ed25519(1), 1, &[]);
        let packets = [&other[..], &signature_packet, &other].concat();
        assert_eq!(signature(&packets, 0).unwrap().count, 1, "{tag}");
    }
}

#[test]
fn what_has_no_place_is_refused() {
    let plain = packet(6, &ed25519(1));
    for tag in [0, 1, 3, 4, 5, 7, 8, 9, 11, 15, 16, 18, 19, 20, 22, 39] {
        let ring = [&plain[..], &packet(tag, &ed25519(1))].concat();
        assert_eq!(key(&ring, 0), Err(Status::EBADMSG), "{tag}");
        let packets = [signed(0, &ed25519(1), 1, &[]), packet(tag, b"")].concat();
        assert_eq!(signature(&packets, 0), Err(Status::EBADMSG), "{tag}");
    }
    // Before any primary key.
    for tag in [2, 13, 14, 17] {
        let ring = [&packet(tag, &ed25519(1))[..], &plain].concat();
        assert_eq!(key(&ring, 0), Err(Status::EBADMSG), "{tag}");
    }
    assert_eq!(signature(&plain, 0), Err(Status::EBADMSG));
}

#[test]
fn other_versions_are_skipped() {
    let other = |version| packet(6, &key_body(version, 27, &[3; 32]));
    for version in [0, 2, 3, 5, 7, 255] {
        assert_eq!(key(&other(version), 0), Err(Status::ENOPKG), "{version}");
        let ring = [
            &other(version)[..],
            &packet(14, &ed25519(1)),
            &packet(13, b"Me"),
            &packet(6, &ed25519(2)),
            &packet(14, &key_body(version, 27, &[4; 32])),
            &packet(14, &ed25519(5)),
        ]
        .concat();
        let first = key(&ring, 0).unwrap();
        assert_eq!(first.count, 2, "{version}");
        assert_eq!(first.fingerprint[..20], fingerprint(&ed25519(2)));
        let second = key(&ring, 1).unwrap();
        assert_eq!(second.fingerprint[..20], fingerprint(&ed25519(5)));
        assert_eq!(key(&ring, 2), Err(Status::ENODATA));

        let mut body = signature_body(0, &created(1), &[]);
        body[0] = version;
        let one = packet(2, &body);
        assert_eq!(signature(&one, 0), Err(Status::ENOPKG), "{version}");
        let two = [&one[..], &signed(0, &ed25519(1), 1, &[])].concat();
        assert_eq!(signature(&two, 0).unwrap().count, 1);
        assert_eq!(signature(&two, 1), Err(Status::ENODATA));
    }
    // A subkey of the other supported version is skipped too.
    let mixed = [
        packet(6, &ed25519(1)),
        packet(14, &key_body(6, 27, &[4; 32])),
    ];
    assert_eq!(key(&mixed.concat(), 0).unwrap().count, 1);
}
