// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which signature counts.

use super::*;
use sha2::Digest;

const SIGNS: u32 = UMD_PGP_KEY_SIGNS;
const BOUND: u32 = UMD_PGP_KEY_BOUND;
const REVOKED: u32 = UMD_PGP_KEY_REVOKED;

fn primary() -> Vec<u8> {
    ed25519(1)
}

fn subkey() -> Vec<u8> {
    ed25519(2)
}

/// Returns a ring of one primary key, followed by these packets.
fn ring(packets: &[Vec<u8>]) -> Vec<u8> {
    [packet(6, &primary()), packets.concat()].concat()
}

/// Returns the reply about the primary key, followed by these packets.
fn first(packets: &[Vec<u8>]) -> PgpKey {
    key(&ring(packets), 0).unwrap()
}

fn user_id(name: &str) -> Vec<u8> {
    packet(13, name.as_bytes())
}

fn certified(time: u32, says: &[Vec<u8>]) -> Vec<u8> {
    signed(0x13, &primary(), time, says)
}

fn direct(time: u32, says: &[Vec<u8>]) -> Vec<u8> {
    signed(0x1f, &primary(), time, says)
}

fn name(key: &PgpKey) -> &[u8] {
    &key.user_id[..key.user_id_len as usize]
}

#[test]
fn the_newest_of_each_and_of_all_counts() {
    let old = certified(2000, &[key_flags(2)]);
    let new = certified(3000, &[key_flags(1), key_expires(5000)]);
    for order in [[&old, &new], [&new, &old]] {
        let key = first(&[user_id("Me"), order[0].clone(), order[1].clone()]);
        assert_eq!(key.binding.created, 3000);
        assert_eq!(key.expires, u64::from(MADE) + 5000);
        assert!(!has(&key, SIGNS));
    }
    let (me, other) = (user_id("Me"), user_id("Other"));
    let key = first(&[me.clone(), new.clone(), other.clone(), old.clone()]);
    assert_eq!((key.binding.created, name(&key)), (3000, &b"Me"[..]));
    let key = first(&[me, old, other, new]);
    assert_eq!((key.binding.created, name(&key)), (3000, &b"Other"[..]));
    assert_eq!(key.certified.len, 5);
}

#[test]
fn of_the_same_age_the_later_one_counts() {
    let key = first(&[
        user_id("Me"),
        certified(2000, &[key_flags(1)]),
        certified(2000, &[key_flags(2)]),
    ]);
    assert!(has(&key, SIGNS));
}

#[test]
fn key_flags_come_first() {
    let with = certified(2000, &[key_flags(1)]);
    let without = direct(3000, &[key_expires(100)]);
    let key = first(&[without.clone(), user_id("Me"), with]);
    assert_eq!((key.binding.kind, key.binding.created), (0x13, 2000));
    // The expiry that it states counts nevertheless.
    assert_eq!(key.expires, u64::from(MADE) + 100);
    assert!(!has(&key, SIGNS));
    // Without any flags, the key may do all that the algorithm can.
    let key = first(&[without]);
    assert_eq!(key.binding.kind, 0x1f);
    assert!(has(&key, SIGNS));
    assert!(name(&key).is_empty());
    // Empty flags are flags.
    assert!(!has(&first(&[direct(1, &[subpacket(27, &[])])]), SIGNS));
}

#[test]
fn a_user_id_is_told_if_it_is_signed_with_the_key() {
    let user_id_first = [user_id("Me"), certified(2000, &[key_flags(2)])];
    assert_eq!(name(&first(&user_id_first)), b"Me");
    // The handler cannot verify the other signature.
    let key = first(&[
        direct(3000, &[key_flags(2)]),
        user_id("Me"),
        certified(2000, &[]),
    ]);
    assert_eq!((key.binding.kind, key.certified.len), (0x1f, 0));
    assert_eq!(key.user_id_len, 0);
    let long = "x".repeat(300);
    let key = first(&[user_id(&long), certified(2000, &[])]);
    assert_eq!((key.user_id_len, key.certified.len), (256, 300));
}

/// Returns a signature of version 6 on a key of version 6.
fn version_6(kind: u8, key: &[u8], says: &[Vec<u8>]) -> Vec<u8> {
    let body = [
        &[0x9b][..],
        &u32::try_from(key.len()).unwrap().to_be_bytes(),
        key,
    ]
    .concat();
    let issuer = [&[6][..], &sha2::Sha256::digest(body)].concat();
    let hashed = [created(2000), subpacket(33, &issuer), says.concat()].concat();
    let len = u32::try_from(hashed.len()).unwrap().to_be_bytes();
    let mut signature = vec![6, kind, 27, 8];
    signature.extend([&len[..], &hashed, &[0; 4], &[0x12, 0x34, 16], &[7; 80]].concat());
    packet(2, &signature)
}

#[test]
fn a_version_6_key_is_bound_by_a_direct_key_signature_alone() {
    let primary = key_body(6, 27, &[1; 32]);
    let certified = version_6(0x13, &primary, &[key_flags(2)]);
    let bound = version_6(0x1f, &primary, &[key_flags(1), key_expires(100)]);
    let of = |packets: &[Vec<u8>]| {
        let ring = [packet(6, &primary), packets.concat()].concat();
        key(&ring, 0).unwrap()
    };
    let key = of(&[bound.clone(), user_id("Me"), certified.clone()]);
    assert_eq!((key.binding.kind, key.user_id_len), (0x1f, 0));
    assert!(has(&key, BOUND) && !has(&key, SIGNS));
    assert_eq!(key.expires, u64::from(MADE) + 100);
    // Without the direct-key signature, the key could do what it forbids.
    let key = of(&[user_id("Me"), certified]);
    assert!(!has(&key, BOUND) && !has(&key, SIGNS));
}

#[test]
fn signatures_of_others_and_of_nobody_do_not_bind() {
    let hashed = created(2000);
    let of_nobody = packet(2, &signature_body(0x13, &hashed, &[]));
    let other = signed(0x13, &subkey(), 2000, &[]);
    let key = first(&[user_id("Me"), of_nobody, other]);
    assert_eq!((key.flags, key.user_id_len), (UMD_PGP_KEY_PRIMARY, 0));
    // By key id, hashed or not; but a fingerprint takes precedence.
    let id = subpacket(16, &fingerprint(&primary())[12..]);
    let of_id = packet(2, &signature_body(0x13, &hashed, &id));
    assert!(has(&first(&[user_id("Me"), of_id]), BOUND));
    let both = [id, issuer(&subkey())].concat();
    let of_both = packet(2, &signature_body(0x13, &hashed, &both));
    assert!(!has(&first(&[user_id("Me"), of_both]), BOUND));
}

#[test]
fn signatures_count_in_their_place_only() {
    for kind in 0..=255 {
        let bound = |packets: &[Vec<u8>]| has(&first(packets), BOUND);
        let by = |kind| signed(kind, &primary(), 2000, &[]);
        assert_eq!(bound(&[by(kind)]), kind == 0x1f, "{kind:x}");
        let certifies = (0x10..=0x13).contains(&kind);
        assert_eq!(bound(&[user_id("Me"), by(kind)]), certifies, "{kind:x}");
        assert!(!bound(&[packet(17, b"picture"), by(kind)]), "{kind:x}");
        assert!(!bound(&[packet(14, &subkey()), by(kind)]), "{kind:x}");
        let ring = ring(&[packet(14, &subkey()), by(kind)]);
        let subkey = key(&ring, 1).unwrap();
        assert_eq!(has(&subkey, BOUND), kind == 0x18, "{kind:x}");
    }
}

#[test]
fn critical_and_unknown_does_not_bind_but_revokes() {
    for (kind, is_known) in [
        (27, true),
        (4, true),
        (20, false),
        (37, false),
        (100, false),
    ] {
        let critical = subpacket(kind | 0x80, &[2]);
        let key = first(&[direct(2000, std::slice::from_ref(&critical))]);
        assert_eq!(has(&key, BOUND), is_known, "{kind}");
        let not_critical = subpacket(kind, &[2]);
        assert!(has(&first(&[direct(2000, &[not_critical])]), BOUND));
        let revoked = signed(0x20, &primary(), 2000, &[critical]);
        assert!(has(&first(&[revoked]), REVOKED));
    }
}

#[test]
fn revocations_are_believed_in_doubt() {
    let own = direct(3000, &[]);
    for (revocation, of_primary, of_subkey) in [
        // At any age, also from an unnamed issuer, but not from another key.
        (signed(0x20, &primary(), 1, &[]), true, true),
        (
            packet(2, &signature_body(0x20, &created(1), &[])),
            true,
            true,
        ),
        (signed(0x20, &subkey(), 1, &[]), false, false),
        (signed(0x28, &primary(), 1, &[]), false, true),
        (signed(0x28, &subkey(), 1, &[]), false, false),
    ] {
        let key = first(&[own.clone(), revocation.clone()]);
        assert_eq!(has(&key, REVOKED), of_primary);
        let key = first(&[own.clone(), user_id("Me"), revocation.clone()]);
        assert_eq!(has(&key, REVOKED), of_primary);
        let other = packet(14, &ed25519(3));
        let ring = ring(&[own.clone(), packet(14, &subkey()), revocation, other]);
        assert_eq!(has(&key_of(&ring, 0), REVOKED), of_primary);
        assert_eq!(has(&key_of(&ring, 1), REVOKED), of_subkey);
        assert_eq!(has(&key_of(&ring, 2), REVOKED), of_primary);
    }
}

fn key_of(ring: &[u8], index: u32) -> PgpKey {
    key(ring, index).unwrap()
}

#[test]
fn a_certification_that_is_taken_back_does_not_count() {
    let taken_back = |time| signed(0x30, &primary(), time, &[]);
    let one = |packets: &[Vec<u8>]| has(&first(packets), BOUND);
    let certified = certified(2000, &[]);
    for (time, counts) in [(1999, true), (2000, false), (2001, false)] {
        let (me, back) = (user_id("Me"), taken_back(time));
        assert_eq!(one(&[me.clone(), certified.clone(), back.clone()]), counts);
        assert_eq!(one(&[me.clone(), back.clone(), certified.clone()]), counts);
        // A revocation for another user id.
        let other = [me, certified.clone(), user_id("Other"), back];
        assert!(one(&other));
    }
    // A revocation by another key.
    let other = signed(0x30, &subkey(), 3000, &[]);
    assert!(one(&[user_id("Me"), certified, other]));
}

#[test]
fn a_direct_key_signature_that_is_taken_back_does_not_count() {
    for (time, counts) in [(1999, true), (2000, false), (2001, false)] {
        let back = signed(0x30, &primary(), time, &[]);
        let own = direct(2000, &[key_flags(2), key_expires(100)]);
        let key = first(&[own.clone(), back.clone()]);
        assert_eq!((has(&key, BOUND), has(&key, SIGNS)), (counts, counts));
        // The expiry that it states counts nevertheless.
        assert_eq!(key.expires, u64::from(MADE) + 100);
        let key = first(&[back, own, user_id("Me"), certified(1000, &[])]);
        assert_eq!(key.binding.kind, if counts { 0x1f } else { 0x13 });
    }
    let primary = key_body(6, 27, &[1; 32]);
    let own = version_6(0x1f, &primary, &[]);
    let ring = |packets: &[Vec<u8>]| [packet(6, &primary), packets.concat()].concat();
    assert!(has(&key_of(&ring(std::slice::from_ref(&own)), 0), SIGNS));
    let back = version_6(0x30, &primary, &[]);
    assert!(!has(&key_of(&ring(&[own, back]), 0), BOUND));
}

#[test]
fn a_key_that_is_there_twice_is_malformed() {
    let other = [packet(6, &ed25519(9)), packet(14, &subkey())].concat();
    let mine = ring(&[direct(2000, &[]), packet(14, &subkey())]);
    let revoked = ring(&[signed(0x20, &primary(), 2000, &[])]);
    for two in [[&mine[..], &other, &revoked], [&revoked, &other, &mine]] {
        for index in [0, 4] {
            let key = key(&two.concat(), index);
            assert_eq!(key, Err(Status::EBADMSG), "{index}");
        }
    }
    let twice = [&mine[..], &packet(14, &ed25519(3)), &packet(14, &subkey())].concat();
    assert!(key(&twice, 0).is_ok() && key(&twice, 2).is_ok());
    for index in [1, 3] {
        assert_eq!(key(&twice, index), Err(Status::EBADMSG), "{index}");
    }
    // Two primary keys may share a subkey.
    let both = [mine, other].concat();
    for index in 0..4 {
        assert!(key(&both, index).is_ok(), "{index}");
    }
}

#[test]
fn a_certification_of_version_6_does_not_bind_the_empty_user_id() {
    let primary = key_body(6, 27, &[1; 32]);
    let certified = version_6(0x13, &primary, &[key_flags(2)]);
    let ring = [packet(6, &primary), user_id(""), certified].concat();
    assert!(!has(&key_of(&ring, 0), BOUND));
}

/// Returns a ring with a subkey, whose binding embeds the signature `inside`.
fn bound(inside: Option<&[u8]>, flags: u8) -> Vec<u8> {
    let mut says = vec![key_flags(flags)];
    says.extend(inside.map(|body| subpacket(32, body)));
    ring(&[
        direct(2000, &[key_flags(1), key_expires(7000)]),
        packet(14, &subkey()),
        signed(0x18, &primary(), 3000, &says),
    ])
}

#[test]
fn a_subkey_signs_if_it_says_so_itself() {
    let back = |kind, by: &[u8], says: &[u8]| {
        let hashed = [&created(2500)[..], &issuer(by), says].concat();
        signature_body(kind, &hashed, &[])
    };
    let own = back(0x19, &subkey(), &[]);
    let key = key_of(&bound(Some(&own), 2), 1);
    assert!(has(&key, SIGNS) && has(&key, UMD_PGP_KEY_BACK));
    assert_eq!((key.back.kind, key.back.created), (0x19, 2500));
    assert_eq!((key.index, key.primary_index, key.count), (1, 0, 2));
    assert_eq!(key.expires, u64::from(MADE) + 7000);
    assert!(!has(&key_of(&bound(Some(&own), 0x0c), 1), SIGNS));

    let unnamed = signature_body(0x19, &created(2500), &[]);
    assert!(has(&key_of(&bound(Some(&unnamed), 2), 1), SIGNS));
    let short = &own[..20];
    for inside in [
        None,
        Some(&back(0x18, &subkey(), &[])[..]),
        Some(&back(0x19, &primary(), &[])),
        Some(short),
    ] {
        let key = key_of(&bound(inside, 2), 1);
        assert!(has(&key, BOUND) && !has(&key, SIGNS), "{inside:x?}");
        assert!(!has(&key, UMD_PGP_KEY_BACK));
        assert!(key.back.as_bytes().iter().all(|byte| *byte == 0));
    }
    // The signature is present, but marks itself as unusable.
    let critical = back(0x19, &subkey(), &subpacket(0x80 | 20, b"what"));
    let key = key_of(&bound(Some(&critical), 2), 1);
    assert!(has(&key, UMD_PGP_KEY_BACK) && !has(&key, SIGNS));
    assert_eq!(key.back.flags, UMD_PGP_SIGNATURE_UNUSABLE);
    // A primary key has no back signature.
    let says = [subpacket(32, &own)];
    assert!(!has(&first(&[direct(2000, &says)]), UMD_PGP_KEY_BACK));
}

#[test]
fn a_subkey_of_a_primary_key_without_signatures_does_not_sign() {
    let back = [created(2500), issuer(&subkey())].concat();
    let says = [subpacket(32, &signature_body(0x19, &back, &[]))];
    let ring = ring(&[packet(14, &subkey()), signed(0x18, &primary(), 3000, &says)]);
    let key = key_of(&ring, 1);
    assert!(has(&key, BOUND) && has(&key, UMD_PGP_KEY_BACK) && !has(&key, SIGNS));
}

#[test]
fn the_end_is_the_earliest() {
    let expires = |seconds: u32| subpacket(3, &seconds.to_be_bytes());
    let key = first(&[direct(2000, &[key_expires(5000), expires(1000)])]);
    assert_eq!((key.expires, key.binding.expires), (3000, 3000));
    let key = first(&[direct(2000, &[key_expires(500), expires(1000)])]);
    assert_eq!((key.expires, key.binding.expires), (1500, 3000));
    let key = first(&[direct(2000, &[key_expires(0), expires(0)])]);
    assert_eq!((key.expires, key.binding.expires), (0, 0));
    let key = first(&[direct(
        u32::MAX,
        &[key_expires(u32::MAX), expires(u32::MAX)],
    )]);
    assert_eq!(key.expires, u64::from(u32::MAX) + 1000);
}

#[test]
fn other_certificates_are_not_looked_at() {
    let second = ed25519(9);
    let ring = [
        ring(&[user_id("Me"), certified(2000, &[])]),
        packet(6, &second),
        user_id("Other"),
        signed(0x13, &primary(), 3000, &[]),
        signed(0x20, &primary(), 3000, &[]),
        signed(0x13, &second, 2500, &[]),
    ]
    .concat();
    let (first, second) = (key_of(&ring, 0), key_of(&ring, 1));
    assert_eq!(
        (first.binding.created, second.binding.created),
        (2000, 2500)
    );
    assert!(!has(&first, REVOKED) && !has(&second, REVOKED));
    assert_eq!((first.primary_index, second.primary_index), (0, 1));
    assert_eq!(name(&second), b"Other");
}

#[test]
fn malformed_signatures_make_the_whole_ring_malformed() {
    let short = packet(2, &signature_body(0x13, &[], &[]));
    let malformed = ring(&[user_id("Me"), short, packet(6, &ed25519(9))]);
    for index in 0..2 {
        assert_eq!(key(&malformed, index), Err(Status::EBADMSG));
    }
    // The handler parses only the values of signatures in the reply.
    let mut of_me = signed(0x13, &primary(), 2000, &[]);
    of_me.pop();
    // Shortens the packet's length by one.
    of_me[5] -= 1;
    let cut = ring(&[user_id("Me"), of_me, packet(6, &ed25519(9))]);
    assert_eq!(key(&cut, 0), Err(Status::EBADMSG));
    assert!(key(&cut, 1).is_ok());
    let mut back = signature_body(0x19, &created(2500), &[]);
    back.pop();
    assert_eq!(key(&bound(Some(&back), 2), 1), Err(Status::EBADMSG));
}

#[test]
fn signatures_of_other_versions_do_not_bind() {
    let mut version_3 = signature_body(0x13, &created(2000), &[]);
    version_3[0] = 3;
    let mut version_6 = vec![6, 0x13, 27, 8, 0, 0, 0];
    let hashed = [created(2000), issuer(&primary())].concat();
    version_6.push(u8::try_from(hashed.len()).unwrap());
    version_6.extend(hashed);
    version_6.extend([0, 0, 0, 0, 0x12, 0x34, 16]);
    version_6.extend([0x55; 16 + 64]);
    for body in [version_3, version_6] {
        let key = first(&[user_id("Me"), packet(2, &body)]);
        assert_eq!(key.flags, UMD_PGP_KEY_PRIMARY);
    }
}
