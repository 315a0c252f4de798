// SPDX-License-Identifier: MIT OR Apache-2.0

//! What must hold for any file.

use umd_acme::elf::parse;

/// Checks the parser with the file `file`.
///
/// # Panics
///
/// The parser does not keep a promise of its answer.
pub fn check(file: &[u8]) {
    let Ok(elf) = parse(file) else {
        return;
    };
    assert!(matches!(elf.bits, 32 | 64) && matches!(elf.order, 1 | 2));
    assert_eq!(elf.reserved, 0);
    assert!(elf.bits == 64 || elf.entry <= u64::from(u32::MAX));
    for (offset, entry, number) in [
        (elf.phoff, elf.phentsize, elf.phnum),
        (elf.shoff, elf.shentsize, elf.shnum),
    ] {
        let end = u128::from(offset) + u128::from(entry) * u128::from(number);
        assert!(number == 0 || end <= file.len() as u128);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn any_byte_of_a_header_may_have_any_value() {
        let header = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0";
        let mut file = [0; 128];
        file[..header.len()].copy_from_slice(header);
        file[52] = 64;
        assert!(umd_acme::elf::parse(&file).is_ok());
        for at in 0..64 {
            for value in 0..=u8::MAX {
                let mut file = file;
                file[at] = value;
                super::check(&file);
            }
        }
    }
}
