// SPDX-License-Identifier: MIT OR Apache-2.0

//! Requests of packets.

use super::*;

#[test]
fn each_packet_has_an_item_in_order() {
    let key = ed25519();
    let old = key_body(3, 27, &[1; 32]);
    let signature = signature_body(&created(5), &[]);
    // Each packet after the first begins at an odd address.
    let request = [
        packet(6, &key),
        packet(2, b"\x04"),
        packet(2, &signature),
        packet(14, &old),
        packet(14, &key),
        packet(6, &[]),
    ]
    .concat();
    let items = items(&request).unwrap();
    let verdicts: Vec<u32> = items.iter().map(|item| item.verdict).collect();
    assert_eq!(verdicts, [0, 1, 0, 2, 0, 1]);
    assert_eq!(items[0], one(6, &key));
    assert_eq!(items[1], failed(UMD_PGP_MALFORMED));
    assert_eq!(items[2], one(2, &signature));
    assert_eq!(items[3], failed(UMD_PGP_UNSUPPORTED));
    assert_eq!(items[4], items[0]);
    assert_eq!(items[5], items[1]);
}

#[test]
fn other_packets_are_not_served() {
    for tag in [0, 1, 3, 4, 5, 7, 8, 10, 13, 15, 17, 21, 0x102, u32::MAX] {
        let answer = items(&packet(tag, &ed25519()));
        assert_eq!(answer, Err(Status::EINVAL), "{tag}");
        // Not behind another one either.
        let request = [packet(6, &ed25519()), packet(tag, b"")].concat();
        assert_eq!(items(&request), Err(Status::EINVAL), "{tag}");
    }
}

#[test]
fn packets_fill_the_request() {
    let whole = [packet(6, &ed25519()), packet(14, &ed25519())].concat();
    let ends = [whole.len() / 2, whole.len()];
    for len in 0..=whole.len() {
        let answer = items(&whole[..len]).map(|items| items.len());
        let place = ends.iter().position(|end| *end == len);
        let expected = place.map(|place| place + 1).ok_or(Status::EINVAL);
        assert_eq!(answer, expected, "{len}");
    }
    let behind = [&whole[..], &[0]].concat();
    assert_eq!(items(&behind), Err(Status::EINVAL));
    for len in [u32::MAX, 0x8000_0000, 65_537] {
        let head = PgpPacket { tag: 6, len };
        let request = [head.as_bytes(), &[4; 65_536]].concat();
        assert_eq!(items(&request), Err(Status::EINVAL), "{len}");
    }
}

#[test]
fn numbers_and_lengths_have_limits() {
    let most = packet(6, &[]).repeat(UMD_PGP_MAX_PACKETS as usize);
    let expected = vec![failed(UMD_PGP_MALFORMED); UMD_PGP_MAX_PACKETS as usize];
    assert_eq!(items(&most), Ok(expected));
    let more = [&most[..], &packet(6, &[])].concat();
    assert_eq!(items(&more), Err(Status::EINVAL));
    // A body may be as long as 64 KiB, but not longer.
    let mut long = key_body(6, 99, &[]);
    long.resize(UMD_PGP_MAX_BODY as usize, 0);
    long[6..10].copy_from_slice(&(UMD_PGP_MAX_BODY - 10).to_be_bytes());
    assert_eq!(one(6, &long).version, 6);
    long.push(0);
    assert_eq!(items(&packet(6, &long)), Err(Status::EINVAL));
    // The largest request.
    let mut most = packet(6, &long[..UMD_PGP_MAX_BODY as usize]);
    most.extend(packet(2, &[]).repeat(255));
    assert_eq!(most.len(), UMD_PGP_MAX_REQUEST as usize);
    let most = items(&most).unwrap();
    assert_eq!((most.len(), most[0].version), (256, 6));
}
