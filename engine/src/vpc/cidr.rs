//! A block of IP addresses in CIDR notation, IPv4 or IPv6.

use serde::{Deserialize, Serialize};

use core::net::IpAddr;
use std::fmt;
use std::str::FromStr;

/// A block of addresses: those that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cidr {
    address: IpAddr,
    bits: u8,
}

/// Why a text is not a CIDR block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACidr {
    /// It does not have the form of one.
    #[error("an IPv4 or IPv6 address, / and a number of bits, such as \"192.0.2.0/24\" or \"2001:db8::/32\"")]
    Malformed,
    /// More bits are fixed than such an address has.
    #[error("a block with at most {max} bits behind the /")]
    TooManyBits {
        /// How many bits such an address has.
        max: u8,
    },
    /// The address has bits behind those that the block fixes. AWS asks for a valid block and does not say
    /// what it does with such a one; refusing it is our choice, for it means something else than it seems to
    /// say.
    #[error("the first address of a block: \"{instead}\"")]
    NotTheFirst {
        /// The block that the address lies in.
        instead: Cidr,
    },
}

impl Cidr {
    /// The block of the addresses that agree with this one in this many first bits.
    fn around(address: IpAddr, bits: u8) -> Self {
        let address = match address {
            IpAddr::V4(v4) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
                IpAddr::V4((v4.to_bits() & mask).into())
            }
            IpAddr::V6(v6) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
                IpAddr::V6((v6.to_bits() & mask).into())
            }
        };
        Self { address, bits }
    }

    /// The address of the block that comes so many behind its first; the count wraps around at the block's end.
    pub fn nth(self, number: u32) -> IpAddr {
        match self.address {
            IpAddr::V4(first) => {
                let behind = u32::MAX.checked_shr(u32::from(self.bits)).unwrap_or(0) & number;
                IpAddr::V4((first.to_bits() | behind).into())
            }
            IpAddr::V6(first) => {
                let behind = u128::MAX.checked_shr(u32::from(self.bits)).unwrap_or(0) & u128::from(number);
                IpAddr::V6((first.to_bits() | behind).into())
            }
        }
    }

    /// Whether the address lies in the block. An IPv4 address lies in no IPv6 block, and the other way round.
    pub fn contains(self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4()
            && Self::around(address, self.bits).address == self.address
    }
}

impl FromStr for Cidr {
    type Err = NotACidr;

    fn from_str(text: &str) -> Result<Self, NotACidr> {
        let (address, bits) = text.split_once('/').ok_or(NotACidr::Malformed)?;
        let address: IpAddr = address.parse().map_err(|_| NotACidr::Malformed)?;
        if bits.is_empty() || !bits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotACidr::Malformed);
        }
        let max = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.parse().ok().filter(|bits| *bits <= max).ok_or(NotACidr::TooManyBits { max })?;
        let block = Self::around(address, bits);
        if block.address != address {
            return Err(NotACidr::NotTheFirst { instead: block });
        }
        Ok(block)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_a_block_are_counted_from_its_first_and_wrap_around() {
        let block: Cidr = "203.0.113.0/24".parse().expect("a block");
        let texts = [0, 7, 255, 256].map(|number| block.nth(number).to_string());
        assert_eq!(texts, ["203.0.113.0", "203.0.113.7", "203.0.113.255", "203.0.113.0"]);
        let one: Cidr = "198.51.100.10/32".parse().expect("a block");
        assert_eq!(one.nth(3).to_string(), "198.51.100.10");
    }

    /// API `SourceIpConditionConfig`: CIDR blocks, IPv4 and IPv6.
    #[test]
    fn a_block_contains_the_addresses_that_begin_alike() {
        for (block, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("198.51.100.10/32", "198.51.100.10", "198.51.100.11"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("10.0.0.0/9", "10.127.255.255", "10.128.0.0"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("::/0", "2001:db8::", "10.0.0.1"),
            ("::1/128", "::1", "::2"),
        ] {
            let parsed: Cidr = block.parse().expect("valid");
            assert_eq!(parsed.to_string(), block);
            assert!(parsed.contains(inside.parse().expect("an address")), "{block} {inside}");
            assert!(!parsed.contains(outside.parse().expect("an address")), "{block} {outside}");
        }
    }

    #[test]
    fn what_is_no_block_is_refused_with_what_to_write() {
        for text in ["", "10.0.0.1", "10.0.0/8", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/8/8", "10.*/8", "x/8"]
        {
            assert_eq!(text.parse::<Cidr>(), Err(NotACidr::Malformed), "{text}");
        }
        assert_eq!("10.0.0.0/33".parse::<Cidr>(), Err(NotACidr::TooManyBits { max: 32 }));
        assert_eq!("::/300".parse::<Cidr>(), Err(NotACidr::TooManyBits { max: 128 }));
        let refused = "10.1.2.3/8".parse::<Cidr>().expect_err("not the first address").to_string();
        assert_eq!(refused, "the first address of a block: \"10.0.0.0/8\"");
    }
}
