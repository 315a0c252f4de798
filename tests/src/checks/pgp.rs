// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the OpenPGP driver does with hostile bytes in the kernel: `frame.c`, `item.c`,
//! `material.c` and `decode.c` of `loader-c/pgp/`.

mod bytes;
mod items;
mod texts;

use super::{Cases, Checks, Line};
use anyhow::Result;

/// The checks of the OpenPGP driver.
pub const CHECKS: Checks = Checks {
    folder: "loader-c/pgp",
    sources: &["frame.c", "item.c", "material.c", "decode.c"],
    main: "pgp_checks.c",
    cases,
    equivalent: &[
        // No number has nothing but its length.
        "material.c: len - at < 2 -> len - at <= 2",
    ],
};

/// What the program does with a record: as in `tests/c/pgp_checks.c`.
#[derive(Clone, Copy, Debug)]
enum What {
    /// Checks the item of a packet's body; the argument is the tag.
    Item,
    /// Checks the reply on a text; the argument is the chunk's length.
    Text,
    /// Prints tag, place and length of each packet.
    Frames,
    /// Prints the header of a packet.
    Header,
    /// Decodes base64, in two pieces; the argument is the length of the first.
    Base64,
    /// Prints the lines of a clearsigned text.
    Lines,
    /// Prints a pair of numbers in DER. The argument has the first one's length in the
    /// upper half, the room in the lower.
    Pair,
    /// Prints the bits of a number.
    Bits,
}

/// Something that is given to the program.
#[derive(Clone, Debug)]
struct Record {
    what: What,
    argument: u32,
    data: Vec<u8>,
    reply: Vec<u8>,
}

impl Record {
    /// Encodes a record for the program. The program flips each bit of the
    /// reply's bytes `lies`, one at a time.
    fn encode(&self, lies: &[usize]) -> Result<Vec<u8>> {
        let lengths = [self.data.len(), self.reply.len(), lies.len()];
        let [data, reply, count] = lengths.map(u32::try_from);
        let mut record = Vec::new();
        for number in [self.what as u32, self.argument, data?, reply?, count?] {
            record.extend_from_slice(&number.to_ne_bytes());
        }
        for lie in lies {
            record.extend_from_slice(&u32::try_from(*lie)?.to_ne_bytes());
        }
        record.extend_from_slice(&self.data);
        record.extend_from_slice(&self.reply);
        Ok(record)
    }
}

impl Cases {
    /// Adds a record on which the program must print exactly this.
    fn say(&mut self, name: &str, record: &Record, expected: &str) -> Result<()> {
        self.input.extend_from_slice(&record.encode(&[])?);
        self.lines.push(Line {
            case: name.to_owned(),
            verdict: Some(expected.to_owned().into()),
        });
        Ok(())
    }

    /// Adds a reply that is accepted, but rejected once any bit in the bytes
    /// `lies` is flipped.
    fn accept(&mut self, name: &str, record: &Record, lies: &[usize]) -> Result<()> {
        self.input.extend_from_slice(&record.encode(lies)?);
        self.lines.push(Line {
            case: name.to_owned(),
            verdict: Some("-".into()),
        });
        for at in lies {
            for bit in 0..8 {
                self.lines.push(Line {
                    case: format!("{name}, bit {bit} of byte {at}"),
                    verdict: None,
                });
            }
        }
        Ok(())
    }
}

fn cases() -> Result<Cases> {
    let mut cases = Cases::default();
    items::add(&mut cases)?;
    texts::add(&mut cases)?;
    bytes::add(&mut cases)?;
    Ok(cases)
}
