// SPDX-License-Identifier: MIT OR Apache-2.0

//! Packets, base64, lines and numbers.

use super::{Cases, Record, What};
use anyhow::Result;

fn record(what: What, argument: u32, data: &[u8]) -> Record {
    Record {
        what,
        argument,
        data: data.to_vec(),
        reply: Vec::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn add(cases: &mut Cases) -> Result<()> {
    headers(cases)?;
    frames(cases)?;
    base64(cases)?;
    lines(cases)?;
    pairs(cases)?;
    for (number, bits) in [
        (&[1][..], "1"),
        (&[2], "2"),
        (&[0x7f], "7"),
        (&[0x80], "8"),
        (&[0xff], "8"),
        (&[1, 0], "9"),
        (&[0x80; 256], "2048"),
    ] {
        cases.say("bits", &record(What::Bits, 0, number), bits)?;
    }
    Ok(())
}

/// Headers (section 4.2), cut off everywhere.
fn headers(cases: &mut Cases) -> Result<()> {
    for (header, said) in [
        (&[0xc6, 0][..], "6:2+0"),
        (&[0xff, 191], "63:2+191"),
        (&[0xc2, 192, 0], "2:3+192"),
        (&[0xc2, 192, 255], "2:3+447"),
        (&[0xc2, 223, 255], "2:3+8383"),
        (&[0xc2, 255, 0, 0, 0, 7], "2:6+7"),
        (&[0xc2, 255, 0x12, 0x34, 0x56, 0x78], "2:6+305419896"),
        (&[0xc2, 255, 255, 255, 255, 255], "2:6+4294967295"),
        (&[0x98, 13], "6:2+13"),
        (&[0x88, 255], "2:2+255"),
        (&[0x99, 1, 2], "6:3+258"),
        (&[0xbd, 1, 2], "15:3+258"),
        (&[0x9a, 1, 2, 3, 4], "6:5+16909060"),
    ] {
        for len in 0..header.len() {
            let cut = record(What::Header, 0, &header[..len]);
            cases.say("a header that is cut off", &cut, "more")?;
        }
        cases.say("a header", &record(What::Header, 0, header), said)?;
        let more = [header, &[0xff; 3]].concat();
        cases.say("a header with more", &record(What::Header, 0, &more), said)?;
    }
    for header in [
        &[0][..],
        &[0x7f, 1],
        &[0xc6, 224],
        &[0xc6, 254, 1, 2, 3, 4],
        &[0x9b],
        &[0x9b, 1, 2, 3, 4, 5],
    ] {
        cases.say("no header", &record(What::Header, 0, header), "bad")?;
    }
    Ok(())
}

fn frames(cases: &mut Cases) -> Result<()> {
    let long = [&[0xc2, 192, 8][..], &[5; 200]].concat();
    for (packets, said) in [
        (&[][..], "0"),
        (&[0xc6, 0], "6@2+0 2"),
        (&[0xc6, 1, 5, 0xc2, 2, 5, 5], "6@2+1 2@5+2 7"),
        (&[0x98, 3, 1, 2, 3, 0xcd, 0], "6@2+3 13@7+0 7"),
        (&long, "2@3+200 203"),
        // One byte is missing, or the next header is none.
        (&[0xc6, 1, 5, 0xc2, 2, 5], "6@2+1 3"),
        (&[0xc6, 1, 5, 0xc2], "6@2+1 3"),
        (&[0xc6, 1, 5, 0x42, 0], "6@2+1 3"),
        (&[0xc2, 255, 255, 255, 255, 255, 0], "0"),
    ] {
        cases.say("packets", &record(What::Frames, 0, packets), said)?;
    }
    Ok(())
}

/// Base64 (section 6), split everywhere.
fn base64(cases: &mut Cases) -> Result<()> {
    for (text, said) in [
        ("", ""),
        ("AAEC", "000102"),
        ("/+9a", "ffef5a"),
        ("azAZ09+/", "6b3019d3dfbf"),
        ("AA==", "00"),
        ("/w==", "ff"),
        ("AAE=", "0001"),
        ("//8=", "ffff"),
        (" A\tA\rE\nC \n", "000102"),
        ("AAECAwQ=\n", "0001020304"),
    ] {
        for split in 0..=text.len() {
            let record = record(What::Base64, u32::try_from(split)?, text.as_bytes());
            cases.say("base64", &record, said)?;
        }
    }
    for (text, said) in [
        ("A", " open"),
        ("AA", " open"),
        ("AAE", " open"),
        ("AAECA", "000102 open"),
        ("AA=", " open"),
        ("=", "bad"),
        ("A=", "bad"),
        ("A===", "bad"),
        ("AA=A", "bad"),
        ("AAE=AAEC", "0001bad"),
        ("AA==AAEC", "00bad"),
        // Bits that are not used must be zero.
        ("AB==", "bad"),
        ("AP==", "bad"),
        ("AAF=", "bad"),
        ("AAD=", "bad"),
        ("AAE-", "bad"),
        ("@AAA", "bad"),
        ("AAA[", "bad"),
        ("AA`A", "bad"),
        ("AA{A", "bad"),
        ("AA:A", "bad"),
        ("AA.A", "bad"),
        ("AA,A", "bad"),
        ("AA*A", "bad"),
        ("AA\u{b}A", "bad"),
    ] {
        // In one piece, of which nothing is printed when some of it is wrong.
        let split = u32::try_from(text.len())?;
        let said = if said.ends_with("bad") { "bad" } else { said };
        cases.say(
            "base64",
            &record(What::Base64, split, text.as_bytes()),
            said,
        )?;
    }
    let behind = record(What::Base64, 4, b"AAE=AAEC");
    cases.say("base64 behind its padding", &behind, "0001bad")
}

/// Lines of a clearsigned text (section 7).
fn lines(cases: &mut Cases) -> Result<()> {
    for (text, lines) in [
        ("", &[][..]),
        ("a", &["a"]),
        ("a\n", &["a"]),
        ("\n", &[""]),
        ("\n\n", &["", ""]),
        ("a\r\nb", &["a", "b"]),
        ("a \t \r\nb\t\n", &["a", "b"]),
        ("- a\n- -b\n", &["a", "-b"]),
        ("- \n-\n", &["", "-"]),
        ("-a\n -b\n", &["-a", " -b"]),
        (" a b\n", &[" a b"]),
        ("- ", &[""]),
        ("-", &["-"]),
        ("a\n-", &["a", "-"]),
        ("a\u{b}\n", &["a\u{b}"]),
    ] {
        let said: String = lines
            .iter()
            .map(|line| hex(line.as_bytes()) + "|")
            .collect();
        let said = format!("{said}{}", text.len());
        cases.say("lines", &record(What::Lines, 0, text.as_bytes()), &said)?;
    }
    Ok(())
}

/// A DER INTEGER, by a rule of its own: the length in as many bytes as it needs.
fn integer(number: &[u8]) -> Vec<u8> {
    let mut content = number.to_vec();
    if content.first().is_none_or(|first| first & 0x80 != 0) {
        content.insert(0, 0);
    }
    element(2, &content)
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len())
        .expect("a short number")
        .to_be_bytes();
    let len = match content.len() {
        0..0x80 => vec![low],
        0x80..0x100 => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag][..], &len, content].concat()
}

fn pairs(cases: &mut Cases) -> Result<()> {
    let sizes = [
        0, 1, 2, 60, 61, 62, 63, 117, 118, 119, 120, 124, 125, 126, 127, 128, 129,
    ];
    let long = [
        246, 247, 248, 249, 250, 251, 253, 254, 255, 256, 257, 512, 1024,
    ];
    for first in sizes.into_iter().chain(long) {
        for second in [0, 1, 3, 4, 8] {
            for top in [0x01, 0x7f, 0x80, 0xff] {
                let number = |len: usize| {
                    let mut bytes = vec![0x5a; len];
                    if let Some(first) = bytes.first_mut() {
                        *first = top;
                    }
                    bytes
                };
                let (one, other) = (number(first), number(second));
                let whole = element(0x30, &[integer(&one), integer(&other)].concat());
                let data = [one, other].concat();
                let room = |room: usize| -> Result<Record> {
                    let argument = u32::try_from(first << 16 | room)?;
                    Ok(record(What::Pair, argument, &data))
                };
                cases.say("a pair", &room(whole.len())?, &hex(&whole))?;
                cases.say("a pair with room", &room(whole.len() + 1)?, &hex(&whole))?;
                cases.say("a pair without room", &room(whole.len() - 1)?, "")?;
            }
        }
    }
    Ok(())
}
