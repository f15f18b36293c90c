//! Reads what the page's own build has packed in postcard's format. Nothing else is ever read with it, so reading cannot
//! fail: without all the ways of failing it takes a fraction of the code that a reader of anybody's bytes needs.

use std::fmt;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

/// Unpacks a value.
///
/// # Panics
/// When the bytes are not such a value: then the page's build is broken, and a test tells.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> T {
    match T::deserialize(&mut Unpacker { bytes }) {
        Ok(value) => value,
        Err(impossible) => match impossible {},
    }
}

struct Unpacker<'de> {
    bytes: &'de [u8],
}

/// There is no error.
#[derive(Debug)]
enum Impossible {}

impl fmt::Display for Impossible {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Impossible {}

impl de::Error for Impossible {
    fn custom<T: fmt::Display>(_: T) -> Self {
        broken()
    }
}

#[cold]
fn broken() -> ! {
    panic!("what the page's build has packed cannot be unpacked")
}

impl<'de> Unpacker<'de> {
    #[inline(never)]
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { broken() };
        self.bytes = rest;
        *first
    }

    /// A whole number: seven bits to the byte, the lowest first.
    #[inline(never)]
    fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 || shift >= 63 {
                return number;
            }
            shift += 7;
        }
    }

    /// A whole number with a sign, which is its lowest bit.
    fn signed(&mut self) -> i64 {
        let number = self.number();
        (number >> 1) as i64 ^ -((number & 1) as i64)
    }

    #[inline(never)]
    fn text(&mut self) -> &'de str {
        let length = self.number() as usize;
        let Some((text, rest)) = self.bytes.split_at_checked(length) else { broken() };
        self.bytes = rest;
        std::str::from_utf8(text).unwrap_or_else(|_| broken())
    }

    fn float(&mut self) -> f64 {
        let Some((number, rest)) = self.bytes.split_first_chunk() else { broken() };
        self.bytes = rest;
        f64::from_le_bytes(*number)
    }
}

macro_rules! read {
    ($($method:ident $visit:ident $read:expr;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Impossible> {
            let read: fn(&mut Unpacker<'de>) -> _ = $read;
            visitor.$visit(read(self))
        })*
    };
}

macro_rules! refuse {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Impossible> {
            broken()
        })*
    };
}

impl<'de> Deserializer<'de> for &mut Unpacker<'de> {
    type Error = Impossible;

    read! {
        deserialize_bool visit_bool |from| from.byte() != 0;
        deserialize_u8 visit_u8 |from| from.byte();
        deserialize_u16 visit_u16 |from| from.number() as u16;
        deserialize_u32 visit_u32 |from| from.number() as u32;
        deserialize_u64 visit_u64 |from| from.number();
        deserialize_i8 visit_i8 |from| from.byte() as i8;
        deserialize_i16 visit_i16 |from| from.signed() as i16;
        deserialize_i32 visit_i32 |from| from.signed() as i32;
        deserialize_i64 visit_i64 |from| from.signed();
        deserialize_f64 visit_f64 |from| from.float();
        deserialize_str visit_borrowed_str |from| from.text();
        deserialize_string visit_borrowed_str |from| from.text();
    }

    // Nothing that is packed has these, or says by itself what it is.
    refuse! {
        deserialize_any deserialize_ignored_any deserialize_identifier
        deserialize_f32 deserialize_char deserialize_bytes deserialize_byte_buf
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Impossible> {
        if self.byte() == 0 { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Impossible> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Impossible> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Impossible> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Impossible> {
        let left = self.number() as usize;
        visitor.visit_seq(Parts { from: self, left })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value, Impossible> {
        visitor.visit_seq(Parts { from: self, left })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        left: usize,
        visitor: V,
    ) -> Result<V::Value, Impossible> {
        visitor.visit_seq(Parts { from: self, left })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Impossible> {
        let left = self.number() as usize;
        visitor.visit_map(Parts { from: self, left })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Impossible> {
        visitor.visit_seq(Parts { from: self, left: fields.len() })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Impossible> {
        visitor.visit_enum(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// The parts of something that has several.
struct Parts<'a, 'de> {
    from: &'a mut Unpacker<'de>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Parts<'_, 'de> {
    type Error = Impossible;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Impossible> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(&mut *self.from).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'de> MapAccess<'de> for Parts<'_, 'de> {
    type Error = Impossible;

    fn next_key_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Impossible> {
        self.next_element_seed(seed)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Impossible> {
        seed.deserialize(&mut *self.from)
    }
}

impl<'de> EnumAccess<'de> for &mut Unpacker<'de> {
    type Error = Impossible;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Impossible> {
        let number = self.number() as u32;
        let variant = seed.deserialize(de::value::U32Deserializer::new(number))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for &mut Unpacker<'de> {
    type Error = Impossible;

    fn unit_variant(self) -> Result<(), Impossible> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Impossible> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value, Impossible> {
        visitor.visit_seq(Parts { from: self, left })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Impossible> {
        visitor.visit_seq(Parts { from: self, left: fields.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use albatross_engine::autoscaling::{Schedule, StepAdjustment};
    use albatross_engine::ecs::deployment::settings::{DeploymentOptions, DeploymentStrategy, minutes};
    use albatross_engine::ecs::placement::{
        PlacementConstraint, PlacementRules, PlacementStrategy, SpreadField,
    };
    use albatross_engine::ecs::{Launch, Release};
    use albatross_engine::kernel::Thousandths;
    use serde::{Deserialize, Serialize};
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Shape {
        Nothing,
        Pair(i32, u16),
        Named { text: String, deep: Option<Box<Shape>> },
        One(f64),
    }

    #[test]
    fn what_was_packed_comes_out_again() {
        let deep = Some(Box::new(Shape::Pair(-300, 65_535)));
        let value = (
            vec![Shape::Nothing, Shape::One(-0.25), Shape::Named { text: "Größe".to_owned(), deep }],
            (u64::MAX, i64::MIN, 0_u8, -1_i8, true),
            BTreeMap::from([(3_u32, "three".to_owned()), (300, String::new())]),
            [Some(1_i16), None],
        );
        let bytes = postcard::to_allocvec(&value).expect("it can be packed");
        let mut unpacked = value;
        unpacked.0.clear();
        assert_ne!(bytes, postcard::to_allocvec(&unpacked).expect("it can be packed"));
        unpacked = unpack(&bytes);
        assert_eq!(postcard::to_allocvec(&unpacked).expect("it can be packed"), bytes);
    }

    fn again<T: Serialize + DeserializeOwned>(value: &T) -> T {
        unpack(&postcard::to_allocvec(value).expect("it can be packed"))
    }

    /// What scenarios are made of: numbers below nought, what may be absent, enums with and without parts.
    #[test]
    fn settings_of_scenarios_come_out_again() {
        let strategies = vec![PlacementStrategy::Spread(SpreadField::InstanceId), PlacementStrategy::Random];
        let constraints = vec![PlacementConstraint::DistinctInstance];
        let launch = Launch::Ec2(PlacementRules { strategies, constraints });
        assert_eq!(again(&launch), launch);
        let strategy = DeploymentStrategy::canary(minutes(5));
        let options = DeploymentOptions { strategy, ..DeploymentOptions::default() };
        assert_eq!(again(&options), options);
        let upper_bound = Some(Thousandths::new(-1_500));
        let step = StepAdjustment { lower_bound: None, upper_bound, adjustment: -3 };
        assert_eq!(again(&step), step);
        for text in ["at(2026-01-05T09:30:00)", "rate(5 minutes)", "cron(0/15 8-18 ? * MON-FRI *)"] {
            let schedule: Schedule = text.parse().expect("it is one");
            assert_eq!(again(&schedule), schedule);
        }
        for release in [Release::Good, Release::Slow { percent: 300 }, Release::AnswersWith(503)] {
            assert_eq!(again(&release), release);
        }
    }

    #[test]
    #[should_panic(expected = "cannot be unpacked")]
    fn what_is_cut_off_is_told() {
        unpack::<String>(&[5, b'a']);
    }
}
