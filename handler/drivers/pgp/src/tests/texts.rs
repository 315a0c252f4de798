// SPDX-License-Identifier: MIT OR Apache-2.0

//! Armor and clearsigned documents.

use super::*;
use std::format;
use std::string::{String, ToString};

const BEGIN: &str = "-----BEGIN PGP SIGNATURE-----\n";
const END: &str = "-----END PGP SIGNATURE-----\n";
const BEGIN_KEY: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n";
const DOCUMENT: &str = "-----BEGIN PGP SIGNED MESSAGE-----\n";

const LAST: u32 = UMD_PGP_TEXT_LAST;
const LOOSE: u32 = UMD_PGP_TEXT_LOOSE;

/// The start of a text.
const START: (u32, u32) = (UMD_PGP_TEXT_OUTSIDE, UMD_PGP_ARMOR_NONE);

/// Asks about a chunk that begins in a state and a kind of armor.
fn chunk(at: (u32, u32), flags: u32, text: &[u8]) -> Result<PgpTextReply, Status> {
    let request = PgpText {
        state: at.0,
        kind: at.1,
        flags,
        reserved: 0,
    };
    let reply = ask(UMD_OP_PGP_TEXT, &[request.as_bytes(), text].concat())?;
    Ok(PgpTextReply::read_from_bytes(&reply).unwrap())
}

/// What a text has, in order: signed text, content with its kind, ends.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Signed(String),
    Content(u32, String),
    End,
}

/// Reads a whole text as the kernel does, in chunks of at most `size` bytes,
/// and more where the handler wants more. Joins what belongs together.
fn read(text: &str, flags: u32, size: usize) -> Result<Vec<Part>, Status> {
    let mut parts = Vec::new();
    let (mut at, mut start, mut longer) = (START, 0, 0);
    loop {
        let end = text.len().min(start + size + longer);
        let last = if end == text.len() { LAST } else { 0 };
        let bytes = &text.as_bytes()[start..end];
        let reply = chunk(at, flags | last, bytes)?;
        let consumed = reply.consumed as usize;
        let said = String::from_utf8(bytes_in(bytes, reply.range).to_vec()).unwrap();
        assert!(said.is_empty() || bytes[..consumed].ends_with(said.as_bytes()));
        match (reply.what, parts.last_mut()) {
            (UMD_PGP_TEXT_NOTHING, _) => {
                assert!(said.is_empty());
                if consumed == 0 {
                    if last != 0 {
                        break;
                    }
                    assert!(!bytes.contains(&b'\n'));
                    longer += 1;
                    continue;
                }
            }
            (UMD_PGP_TEXT_END, _) => {
                assert!(said.is_empty());
                parts.push(Part::End);
            }
            (UMD_PGP_TEXT_CONTENT, Some(Part::Content(kind, joined))) => {
                assert_eq!(*kind, reply.kind);
                joined.push_str(&said);
            }
            (UMD_PGP_TEXT_CONTENT, _) => parts.push(Part::Content(reply.kind, said)),
            (UMD_PGP_TEXT_SIGNED, Some(Part::Signed(joined))) => joined.push_str(&said),
            (UMD_PGP_TEXT_SIGNED, _) => parts.push(Part::Signed(said)),
            (what, _) => panic!("{what}"),
        }
        at = (reply.state, reply.kind);
        start += consumed;
        longer = 0;
        if start == text.len() {
            assert_eq!(at, START);
            break;
        }
    }
    Ok(parts)
}

/// Reads a whole text, and checks that the chunks make no difference.
fn parts(text: &str, flags: u32) -> Result<Vec<Part>, Status> {
    let whole = read(text, flags, 65_536);
    for size in [1, 2, 7, 30, 31, 64, 100] {
        assert_eq!(read(text, flags, size), whole, "{size} {text:?}");
    }
    whole
}

fn refused() -> Result<Vec<Part>, Status> {
    Err(Status::EBADMSG)
}

fn block(content: &str) -> String {
    format!("{BEGIN}\n{content}\n{END}")
}

fn signature(content: &str) -> Vec<Part> {
    let content = content.to_string();
    vec![Part::Content(UMD_PGP_ARMOR_SIGNATURE, content), Part::End]
}

fn key(content: &str) -> Vec<Part> {
    let content = content.to_string();
    vec![Part::Content(UMD_PGP_ARMOR_PUBLIC_KEY, content), Part::End]
}

fn document(headers: &str, text: &str) -> String {
    format!("{DOCUMENT}{headers}\n{text}{}", block("AAEC"))
}

fn signed(text: &str) -> Vec<Part> {
    let mut parts = vec![Part::Signed(text.to_string())];
    parts.retain(|part| *part != Part::Signed(String::new()));
    parts.extend(signature("AAEC\n"));
    parts
}

#[test]
fn requests_have_this_form() {
    for state in 0..=7 {
        for kind in 0..=4 {
            let fits = match state {
                0 | 4 | 5 => kind == 0,
                1..=3 => kind == 1 || kind == 2,
                _ => false,
            };
            let answer = chunk((state, kind), 0, b"");
            let expected = PgpTextReply {
                state,
                kind,
                ..PgpTextReply::default()
            };
            let expected = if fits {
                Ok(expected)
            } else {
                Err(Status::EINVAL)
            };
            assert_eq!(answer, expected, "{state} {kind}");
        }
    }
    for flags in [4, 8, 0x8000_0000, u32::MAX] {
        assert_eq!(chunk(START, flags, b"\n"), Err(Status::EINVAL));
    }
    let request = |reserved| PgpText {
        state: 0,
        kind: 0,
        flags: 0,
        reserved,
    };
    for len in 0..16 {
        let whole = request(0);
        let cut = &whole.as_bytes()[..len];
        assert_eq!(ask(UMD_OP_PGP_TEXT, cut), Err(Status::EINVAL), "{len}");
    }
    assert!(ask(UMD_OP_PGP_TEXT, request(0).as_bytes()).is_ok());
    let answer = ask(UMD_OP_PGP_TEXT, request(1).as_bytes());
    assert_eq!(answer, Err(Status::EINVAL));
    let lines = vec![b'\n'; 65_537];
    assert_eq!(chunk(START, 0, &lines), Err(Status::EINVAL));
    assert_eq!(chunk(START, 0, &lines[1..]).unwrap().consumed, 65_536);
}

#[test]
fn a_reply_has_one_range() {
    let text = format!("\n{BEGIN}Version: 1\n\nAAEC\nAAEC\n=AAAA\n{END}\n");
    let bytes = text.as_bytes();
    let start = u32::try_from(text.find("AAEC").unwrap()).unwrap();
    let content = PgpTextReply {
        state: UMD_PGP_TEXT_ARMOR_BODY,
        kind: UMD_PGP_ARMOR_SIGNATURE,
        what: UMD_PGP_TEXT_CONTENT,
        consumed: start + 10,
        range: PgpRange {
            offset: start,
            len: 10,
        },
    };
    assert_eq!(chunk(START, 0, bytes), Ok(content));
    let rest = &bytes[content.consumed as usize..];
    let end = PgpTextReply {
        state: UMD_PGP_TEXT_OUTSIDE,
        kind: UMD_PGP_ARMOR_NONE,
        what: UMD_PGP_TEXT_END,
        consumed: u32::try_from(rest.len() - 1).unwrap(),
        range: PgpRange::default(),
    };
    assert_eq!(chunk((content.state, content.kind), 0, rest), Ok(end));
    let all = PgpTextReply {
        consumed: 1,
        ..PgpTextReply::default()
    };
    assert_eq!(chunk(START, LAST, b"\n"), Ok(all));
}

#[test]
fn only_whole_lines_are_consumed() {
    let body = (UMD_PGP_TEXT_ARMOR_BODY, UMD_PGP_ARMOR_SIGNATURE);
    for (at, text, consumed) in [
        (START, "", 0),
        (START, " ", 0),
        (START, "\n ", 1),
        (START, "-----BEGIN PGP SIGNATURE-----", 0),
        (body, "AAEC", 0),
        (body, "AAEC\nAA", 5),
        (body, "AAEC\n\r", 5),
        (body, "AAEC\n-----END PGP SIGNATURE-----", 5),
        ((UMD_PGP_TEXT_CLEAR_TEXT, 0), "a\n-", 2),
    ] {
        let reply = chunk(at, 0, text.as_bytes()).unwrap();
        assert_eq!(reply.consumed, consumed, "{text:?}");
        if consumed == 0 {
            assert_eq!((reply.state, reply.kind, reply.what), (at.0, at.1, 0));
        }
    }
    // A line that is not whole is not judged, unless it is the last one.
    let line = b"-----BEGIN PGP MESSAGE-----";
    assert_eq!(chunk(START, LOOSE, line).unwrap().consumed, 0);
    let answer = chunk(START, LOOSE | LAST, line);
    assert_eq!(answer, Err(Status::EBADMSG));
    let long = vec![b'x'; 65_536];
    assert_eq!(chunk(START, LOOSE, &long).unwrap().consumed, 0);
    let last = chunk(START, LOOSE | LAST, &long).unwrap();
    assert_eq!(last.consumed, 65_536);
}

#[test]
fn nothing_ends_inside() {
    for text in [
        document("Hash: SHA256\n", "text\n"),
        block("AAEC\n=AAAA"),
        block("=AAAA\n"),
    ] {
        let end = text.trim_end().len();
        for len in 1..text.len() {
            // All of the lines are there, but not the armor's end.
            let answer = parts(&text[..len], 0);
            assert_eq!(answer.is_ok(), len >= end, "{:?}", &text[..len]);
            assert!(len >= end || answer == refused());
        }
    }
    for state in 1..=5 {
        let kind = if state < 4 {
            UMD_PGP_ARMOR_SIGNATURE
        } else {
            0
        };
        let answer = chunk((state, kind), LAST, b"");
        assert_eq!(answer, Err(Status::EBADMSG), "{state}");
        assert!(chunk((state, kind), 0, b"").is_ok());
    }
    assert_eq!(parts("", 0), Ok(vec![]));
    assert_eq!(parts("", LOOSE), Ok(vec![]));
}

#[test]
fn content_is_whole_lines_as_they_are() {
    for content in [
        "AAEC\n",
        "AAEC \t\r\n",
        "AAEC\n\n",
        "\n\nAAEC\n \n",
        " =A\n",
        "A A*\u{e9}\n==\n",
        "AAEC\nAAEC\n",
        "\n",
    ] {
        // A line that begins with = is the checksum.
        let expected = content.split("==").next().unwrap();
        let text = format!("{BEGIN}\n{content}{END}");
        assert_eq!(parts(&text, 0), Ok(signature(expected)), "{content:?}");
        let text = text.replace("SIGNATURE", "PUBLIC KEY BLOCK");
        assert_eq!(parts(&text, 0), Ok(key(expected)), "{content:?}");
    }
    assert_eq!(parts(&format!("{BEGIN}\n{END}"), 0), Ok(vec![Part::End]));
}

#[test]
fn a_checksum_is_not_looked_at() {
    for checksum in ["=AAAA", "=", "=njUN \t\r", "= what ever", "=AAAA\n\n \r"] {
        let text = block(&format!("AAEC\n{checksum}"));
        assert_eq!(parts(&text, 0), Ok(signature("AAEC\n")), "{checksum}");
    }
    for behind in ["=AAAA\n=AAAA", "=AAAA\nAAEC", "=AAAA\n-"] {
        let text = block(&format!("AAEC\n{behind}"));
        assert_eq!(parts(&text, 0), refused(), "{behind}");
        assert_eq!(parts(&text, LOOSE), refused(), "{behind}");
    }
}

#[test]
fn armor_has_its_form() {
    let plain = block("AAEC");
    for flags in [0, LOOSE] {
        for text in [
            plain.clone(),
            format!("\n \t\r\n{plain}"),
            format!("{plain}\n\n \n"),
            plain.trim_end().to_string(),
            plain.replace("-----\n", "----- \t\n"),
            plain.replace("-----\n\n", "-----\nVersion: 1\nComment: a: b\n \n"),
        ] {
            assert_eq!(parts(&text, flags), Ok(signature("AAEC\n")), "{text:?}");
        }
        let with_returns = plain.replace('\n', "\r\n");
        assert_eq!(parts(&with_returns, flags), Ok(signature("AAEC\r\n")));
        for text in [
            plain.replace("-----\n\n", "-----\n"),
            plain.replace("-----\n\n", "-----\nno header\n\n"),
            plain.replace("END PGP SIGNATURE", "END PGP PUBLIC KEY BLOCK"),
            plain.replace("END PGP SIGNATURE-----", "END PGP SIGNATURE"),
            plain.replace("END PGP SIGNATURE-----", "END PGP SIGNATURE----- x"),
            plain.replace("END PGP", "BEGIN PGP"),
            plain.replace("-----END", "- -----END"),
            plain.replace("AAEC", "-AEC"),
            plain.replace("AAEC", "- AAEC"),
            plain.replace("SIGNATURE", "PRIVATE KEY BLOCK"),
            plain.replace("SIGNATURE", "MESSAGE"),
            plain.replace("SIGNATURE", "MESSAGE, PART 1"),
            plain.replace("SIGNATURE", "SIGNATURE "),
            plain.replace("SIGNATURE", "signature"),
            plain.replace("BEGIN PGP SIGNATURE-----", "BEGIN PGP SIGNATURE"),
            plain.replace("BEGIN PGP SIGNATURE-----", "BEGIN PGP SIGNATURE----- x"),
            END.to_string(),
            format!("{plain}{END}"),
            format!("{plain}{BEGIN}"),
        ] {
            assert_eq!(parts(&text, flags), refused(), "{flags} {text:?}");
        }
    }
}

#[test]
fn each_block_has_its_end() {
    let both = format!("{}\n{}", block("AAEC"), block("AAED"));
    let keys = both.replacen("SIGNATURE", "PUBLIC KEY BLOCK", 2);
    for flags in [0, LOOSE] {
        let expected = [signature("AAEC\n"), signature("AAED\n")].concat();
        assert_eq!(parts(&both, flags), Ok(expected));
        let expected = [key("AAEC\n"), signature("AAED\n")].concat();
        assert_eq!(parts(&keys, flags), Ok(expected));
    }
}

#[test]
fn text_outside_is_for_loose_texts() {
    let plain = block("AAEC");
    for outside in [
        "The following is a key.\n",
        "pub  rsa4096/0123\nuid  [ unknown] -----BEGIN\n",
        " -----BEGIN PGP SIGNATURE-----\n",
        "- -----BEGIN PGP SIGNATURE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n",
        "-----\n",
        "Hash: SHA256\n",
        "=AAAA\n",
        "\u{e9}\u{0}\n",
    ] {
        for text in [
            format!("{outside}{plain}"),
            format!("{plain}{outside}"),
            format!("{outside}\n{plain}\n{}", outside.trim_end()),
        ] {
            assert_eq!(parts(&text, LOOSE), Ok(signature("AAEC\n")), "{text:?}");
            assert_eq!(parts(&text, 0), refused(), "{text:?}");
        }
    }
    assert_eq!(parts("only text", LOOSE), Ok(vec![]));
    for outside in [
        "-----BEGIN PGP MESSAGE-----\n",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n",
        "-----BEGIN PGP X\n",
        "-----END PGP SIGNATURE-----\n",
        "-----END PGP MESSAGE-----\n",
        DOCUMENT,
    ] {
        for text in [format!("{outside}{plain}"), format!("{plain}{outside}")] {
            assert_eq!(parts(&text, LOOSE), refused(), "{text:?}");
            assert_eq!(parts(&text, 0), refused(), "{text:?}");
        }
    }
}

#[test]
fn text_that_is_signed_is_as_it_is() {
    for text in [
        "",
        "\n",
        "one\n",
        "one\n\n",
        "one \t\r\ntwo\r\n",
        "- -dash\n- \n- - -\n",
        "a\rb\n",
        "- From here\nHash: SHA1\n=AAAA\n",
        "- -----BEGIN PGP SIGNATURE-----\n",
        " -----BEGIN PGP SIGNATURE-----\n",
    ] {
        assert_eq!(parts(&document("", text), 0), Ok(signed(text)), "{text:?}");
        let headers = "Hash: SHA256,SHA384 , SHA3-512\nHash: SHA1 \t\r\n";
        assert_eq!(parts(&document(headers, text), 0), Ok(signed(text)));
        assert_eq!(parts(&document("", text), LOOSE), refused());
    }
    let spaces = document("", "a\n").replace("-----\n", "-----  \r\n");
    assert_eq!(parts(&spaces, 0), Ok(signed("a\n")));
    let line = "x".repeat(70);
    let many = format!("{line}\n").repeat(30);
    assert_eq!(parts(&document("", &many), 0), Ok(signed(&many)));
}

#[test]
fn each_hash_has_a_name() {
    for hash in [
        "MD5",
        "SHA1",
        "RIPEMD160",
        "SHA256",
        "SHA384",
        "SHA512",
        "SHA224",
        "SHA3-256",
        "SHA3-512",
    ] {
        let text = document(&format!("Hash: {hash}\n"), "text\n");
        assert_eq!(parts(&text, 0), Ok(signed("text\n")), "{hash}");
    }
}

#[test]
fn nothing_is_beside_a_document() {
    let plain = document("", "text\n");
    assert_eq!(parts(&format!("\n{plain}\n"), 0), Ok(signed("text\n")));
    for other in [
        format!("before\n{plain}"),
        format!("{plain}behind\n"),
        document("Comment: this is signed, too\n", "text\n"),
        document("Hash: SHA256 \u{e9}\n", "text\n"),
        document("Hash: SHA256; and more\n", "text\n"),
        document("Hash: SHA256, All before this is void\n", "text\n"),
        document("Hash: SHA257\n", "text\n"),
        document("Hash: SHA256,\n", "text\n"),
        document("Hash: \n", "text\n"),
        document("Hash:\n", "text\n"),
        document("Hash:SHA256\n", "text\n"),
        document(" Hash: SHA256\n", "text\n"),
        document("", "-dash\n"),
        document("", DOCUMENT),
        document("", BEGIN_KEY),
        document("", END),
        document("", "-\n"),
        document("", "-\r\n"),
        document("", "--\n"),
        document("", "-----BEGIN PGP SIGNATURE----- x\n"),
        plain.replace("SIGNATURE", "PUBLIC KEY BLOCK"),
        plain.replace("BEGIN PGP SIGNATURE", "BEGIN PGP PUBLIC KEY BLOCK"),
        plain.replace("SIGNED ", ""),
        plain.replace("SIGNED MESSAGE", "SIGNED MESSAGE "),
        plain.replace("BEGIN PGP SIGNATURE", "BEGIN"),
        plain.replace("-----BEGIN PGP SIGNATURE", "- -----BEGIN PGP SIGNATURE"),
        format!("{DOCUMENT}\ntext"),
        DOCUMENT.to_string(),
    ] {
        assert_eq!(parts(&other, 0), refused(), "{other:?}");
    }
}
