// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keys and signatures of RFC 9580, appendix A.

/// A.3: a certificate of version 6.
pub const CERTIFICATE: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----

xioGY4d/4xsAAAAg+U2nu0jWCmHlZ3BqZYfQMxmZu52JGggkLq2EVD34laPCsQYf
GwoAAABCBYJjh3/jAwsJBwUVCg4IDAIWAAKbAwIeCSIhBssYbE8GCaaX5NUt+mxy
KwwfHifBilZwj2Ul7Ce62azJBScJAgcCAAAAAK0oIBA+LX0ifsDm185Ecds2v8lw
gyU2kCcUmKfvBXbAf6rhRYWzuQOwEn7E/aLwIwRaLsdry0+VcallHhSu4RN6HWaE
QsiPlR4zxP/TP7mhfVEe7XWPxtnMUMtf15OyA51YBM4qBmOHf+MZAAAAIIaTJINn
+eUBXbki+PSAld2nhJh/LVmFsS+60WyvXkQ1wpsGGBsKAAAALAWCY4d/4wKbDCIh
BssYbE8GCaaX5NUt+mxyKwwfHifBilZwj2Ul7Ce62azJAAAAAAQBIKbpGG2dWTX8
j+VjFM21J0hqWlEg+bdiojWnKfA5AQpWUWtnNwDEM0g12vYxoWM8Y81W+bHBw805
I8kWVkXU6vFOi+HWvv/ira7ofJu16NnoUkhclkUrk0mXubZvyl4GBg==
-----END PGP PUBLIC KEY BLOCK-----
";

/// A.6: a document with a signature of version 6.
pub const DOCUMENT: &str = "-----BEGIN PGP SIGNED MESSAGE-----

What we need from the grocery store:

- - tofu
- - vegetables
- - noodles

-----BEGIN PGP SIGNATURE-----

wpgGARsKAAAAKQWCY5ijYyIhBssYbE8GCaaX5NUt+mxyKwwfHifBilZwj2Ul7Ce6
2azJAAAAAGk2IHZJX1AhiJD39eLuPBgiUU9wUA9VHYblySHkBONKU/usJ9BvuAqo
/FvLFuGWMbKAdA+epq7V4HOtAPlBWmU8QOd6aud+aSunHQaaEJ+iTFjP2OMW0KBr
NK2ay45cX1IVAQ==
-----END PGP SIGNATURE-----
";

/// A.1: a key of the legacy form of Ed25519.
pub const LEGACY_KEY: [u8; 53] = *b"\
\x98\x33\x04\x53\xf3\x5f\x0b\x16\x09\x2b\x06\x01\x04\x01\xda\x47\
\x0f\x01\x01\x07\x40\x3f\x09\x89\x94\xbd\xd9\x16\xed\x40\x53\x19\
\x79\x34\xe4\xa8\x7c\x80\x73\x3a\x12\x80\xd6\x2f\x80\x10\x99\x2e\
\x43\xee\x3b\x24\x06";

/// A.2: the signature of that key on the document `OpenPGP`.
pub const LEGACY_SIGNATURE: [u8; 96] = *b"\
\x88\x5e\x04\x00\x16\x08\x00\x06\x05\x02\x55\xf9\x5f\x95\x00\x0a\
\x09\x10\x8c\xfd\xe1\x21\x97\x96\x5a\x9a\xf6\x22\x01\x00\x56\
\xf9\x0c\xca\x98\xe2\x10\x26\x37\xbd\x98\x3f\xdb\x16\xc1\x31\xdf\
\xd2\x7e\xd8\x2b\xf4\xdd\xe5\x60\x6e\x0d\x75\x6a\xed\x33\x66\x01\
\x00\xd0\x9c\x4f\xa1\x15\x27\xf0\x38\xe0\xf5\x7f\x22\x01\xd8\x2f\
\x2e\xa2\xc9\x03\x32\x65\xfa\x6c\xeb\x48\x9e\x85\x4b\xae\x61\xb4\x04";
