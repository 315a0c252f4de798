// SPDX-License-Identifier: MIT OR Apache-2.0

//! Armor and clearsigned documents.

use super::*;
use std::format;
use std::string::{String, ToString};

const BEGIN: &str = "-----BEGIN PGP SIGNATURE-----\n";
const END: &str = "-----END PGP SIGNATURE-----\n";

/// Requests the content of a text from the byte `index`.
fn content(op: u16, index: u32, part: u32, text: &str) -> Result<(u32, u32, Vec<u8>), Status> {
    let reply = ask(op, index, part, text.as_bytes())?;
    let (head, bytes) = reply.split_at(16);
    let number = |at: usize| u32::from_ne_bytes(head[at..at + 4].try_into().unwrap());
    assert_eq!(number(8) as usize, bytes.len());
    Ok((number(0), number(4), bytes.to_vec()))
}

fn dearmor(text: &str) -> Result<Vec<u8>, Status> {
    content(UMD_OP_PGP_DEARMOR, 0, 0, text).map(|(_, _, bytes)| bytes)
}

fn block(content: &str) -> String {
    format!("{BEGIN}\n{content}\n{END}")
}

#[test]
fn base64_has_one_form() {
    for (symbols, bytes) in [
        ("AAEC", &[0, 1, 2][..]),
        ("+/+/", &[0xfb, 0xff, 0xbf]),
        ("azAZ\n0959", &[0x6b, 0x30, 0x19, 0xd3, 0xde, 0x7d]),
        ("AAE=", &[0, 1]),
        ("AA==", &[0]),
        ("A\nA\nE\nC", &[0, 1, 2]),
        ("AAEC \t\r", &[0, 1, 2]),
        ("AAEC\n\n", &[0, 1, 2]),
    ] {
        let answer = dearmor(&block(symbols));
        assert_eq!(answer.as_deref(), Ok(bytes), "{symbols:?}");
    }
    for symbols in [
        "A",
        "AA",
        "AAA",
        "AAEC=",
        "AAE",
        "AA=",
        "A===",
        "AB==",
        "AAF=",
        "AA=A",
        "AA==AAEC",
        "AA==\nAAEC",
        "AA*A",
        "AA A",
        "AAEC-",
        "AAE\u{e9}",
        "A A==",
        "AAECAw\n==x",
    ] {
        let answer = dearmor(&block(symbols));
        assert_eq!(answer, Err(Status::EBADMSG), "{symbols:?}");
    }
}

#[test]
fn a_checksum_is_not_looked_at() {
    for checksum in ["=AAAA", "=", "=njUN", "= what ever"] {
        let text = block(&format!("AAEC\n{checksum}"));
        assert_eq!(dearmor(&text), Ok(vec![0, 1, 2]), "{checksum}");
    }
    let answer = dearmor(&block("AAEC\n=AAAA\n=AAAA"));
    assert_eq!(answer, Err(Status::EBADMSG));
}

#[test]
fn nothing_is_around_a_block() {
    let plain = block("AAEC");
    assert_eq!(dearmor(&plain), Ok(vec![0, 1, 2]));
    for text in [
        format!("\n \t\r\n{plain}"),
        format!("{plain}\n\n \n"),
        plain.trim_end().to_string(),
        plain.replace('\n', "\r\n"),
        plain.replace("-----\n\n", "-----\nVersion: 1\nComment: a: b\n \n"),
    ] {
        assert_eq!(dearmor(&text), Ok(vec![0, 1, 2]), "{text:?}");
    }
    for text in [
        format!("text\n{plain}"),
        format!("{plain}text\n"),
        format!("{plain}{plain}"),
        format!(" {plain}"),
        plain.replace("-----\n\n", "-----\n"),
        plain.replace("-----\n\n", "-----\nno header\n\n"),
        plain.replace("END PGP SIGNATURE", "END PGP PUBLIC KEY BLOCK"),
        plain.replace("END PGP SIGNATURE-----", "END PGP SIGNATURE"),
        plain.replace("SIGNATURE", "PRIVATE KEY BLOCK"),
        plain.replace("SIGNATURE", "MESSAGE"),
        plain.replace("SIGNATURE", "SIGNATURE "),
        plain.replace(END, ""),
        BEGIN.to_string(),
        format!("{BEGIN}Comment: cut\n"),
        format!("{BEGIN}\nAAEC\n=AAAA\n"),
        plain.replace("BEGIN PGP", "BEGIN"),
        String::new(),
        "-----".to_string(),
    ] {
        assert_eq!(dearmor(&text), Err(Status::EBADMSG), "{text:?}");
    }
}

#[test]
fn kinds_and_pieces_are_told() {
    let key = block("AAEC").replace("SIGNATURE", "PUBLIC KEY BLOCK");
    let answer = content(UMD_OP_PGP_DEARMOR, 0, 0, &key).unwrap();
    assert_eq!(answer, (3, UMD_PGP_ARMOR_PUBLIC_KEY, vec![0, 1, 2]));
    let answer = content(UMD_OP_PGP_DEARMOR, 2, 0, &block("AAEC")).unwrap();
    assert_eq!(answer, (3, UMD_PGP_ARMOR_SIGNATURE, vec![2]));
    let at_end = content(UMD_OP_PGP_DEARMOR, 3, 0, &block("AAEC")).unwrap();
    assert_eq!(at_end, (3, UMD_PGP_ARMOR_SIGNATURE, vec![]));
    for index in [4, u32::MAX] {
        let answer = content(UMD_OP_PGP_DEARMOR, index, 0, &block("AAEC"));
        assert_eq!(answer, Err(Status::ENODATA));
    }
    let long = block(&"AAEC".repeat(6000));
    for (index, len) in [(0, 16_384), (1, 16_384), (1616, 16_384), (1617, 16_383)] {
        let (total, _, bytes) = content(UMD_OP_PGP_DEARMOR, index, 0, &long).unwrap();
        assert_eq!((total, bytes.len()), (18_000, len));
        assert_eq!(u32::from(bytes[0]), index % 3);
    }
}

fn document(headers: &str, text: &str) -> String {
    format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\n{headers}\n{text}{}",
        block("AAEC")
    )
}

fn text(document: &str) -> Result<String, Status> {
    let (_, kind, text) = content(UMD_OP_PGP_CLEARTEXT, 0, 0, document)?;
    assert_eq!(kind, UMD_PGP_ARMOR_NONE);
    let signatures = content(UMD_OP_PGP_CLEARTEXT, 0, 1, document).unwrap();
    assert_eq!(signatures, (3, UMD_PGP_ARMOR_SIGNATURE, vec![0, 1, 2]));
    Ok(String::from_utf8(text).unwrap())
}

#[test]
fn text_is_canonical() {
    for (given, canonical) in [
        ("", ""),
        ("\n", ""),
        ("one\n", "one"),
        ("one\n\n", "one\r\n"),
        ("one \t\r\ntwo\r\n", "one\r\ntwo"),
        ("- -dash\n- \n- - -\n", "-dash\r\n\r\n- -"),
        ("a\rb\n", "a\rb"),
        ("- From here\n", "From here"),
    ] {
        assert_eq!(text(&document("", given)).as_deref(), Ok(canonical));
        let with_hash = document("Hash: SHA256,SHA384 , SHA3-512\nHash: SHA1\n", given);
        assert_eq!(text(&with_hash).as_deref(), Ok(canonical));
    }
}

#[test]
fn nothing_is_beside_a_document() {
    let plain = document("", "text\n");
    assert_eq!(text(&plain).as_deref(), Ok("text"));
    assert_eq!(text(&format!("\n{plain}\n")).as_deref(), Ok("text"));
    for other in [
        format!("before\n{plain}"),
        format!("{plain}behind\n"),
        format!("{plain}{plain}"),
        document("Comment: this is signed, too\n", "text\n"),
        document("Hash: SHA256 \u{e9}\n", "text\n"),
        document("Hash: SHA256; and more\n", "text\n"),
        document("Hash: SHA256, All before this is void\n", "text\n"),
        document("Hash: SHA257\n", "text\n"),
        document("Hash: SHA256,\n", "text\n"),
        document("Hash: \n", "text\n"),
        document("Hash:\n", "text\n"),
        document("", "-dash\n"),
        document("", "-----BEGIN PGP SIGNED MESSAGE-----\n"),
        document("", "-\n"),
        plain.replace("SIGNATURE", "PUBLIC KEY BLOCK"),
        plain.replace("SIGNED ", ""),
        plain.replace("BEGIN PGP SIGNATURE", "BEGIN"),
        block("AAEC"),
        "-----BEGIN PGP SIGNED MESSAGE-----\n\ntext".to_string(),
        "-----BEGIN PGP SIGNED MESSAGE-----".to_string(),
    ] {
        for part in [0, 1] {
            let answer = content(UMD_OP_PGP_CLEARTEXT, 0, part, &other);
            assert_eq!(answer, Err(Status::EBADMSG), "{other:?}");
        }
    }
}
