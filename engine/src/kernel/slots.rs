//! A store for things that come and go all the time: freed places are used again, so that a steady state
//! allocates nothing, and an old handle never finds a new thing.

/// A handle to one thing in [`Slots`]. It goes stale when the thing is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    index: u32,
    generation: u32,
}

/// Things addressed by [`Slot`].
#[derive(Clone, Debug)]
pub struct Slots<T> {
    places: Vec<(u32, Option<T>)>,
    free: Vec<u32>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self { places: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slots<T> {
    /// Stores a thing.
    pub fn insert(&mut self, thing: T) -> Slot {
        if let Some(index) = self.free.pop() {
            let (generation, place) = &mut self.places[index as usize];
            *place = Some(thing);
            return Slot { index, generation: *generation };
        }
        self.places.push((0, Some(thing)));
        Slot { index: (self.places.len() - 1) as u32, generation: 0 }
    }

    /// The thing, unless the handle is stale.
    pub fn get(&self, slot: Slot) -> Option<&T> {
        let (generation, place) = self.places.get(slot.index as usize)?;
        if *generation == slot.generation { place.as_ref() } else { None }
    }

    /// The thing, to change, unless the handle is stale.
    pub fn get_mut(&mut self, slot: Slot) -> Option<&mut T> {
        let (generation, place) = self.places.get_mut(slot.index as usize)?;
        if *generation == slot.generation { place.as_mut() } else { None }
    }

    /// Takes the thing out, unless the handle is stale. All handles to it are stale afterwards.
    pub fn remove(&mut self, slot: Slot) -> Option<T> {
        let (generation, place) = self.places.get_mut(slot.index as usize)?;
        if *generation != slot.generation {
            return None;
        }
        let thing = place.take()?;
        *generation = generation.wrapping_add(1);
        self.free.push(slot.index);
        Some(thing)
    }

    /// All things with their handles, in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &T)> {
        self.places.iter().enumerate().filter_map(|(index, (generation, place))| {
            let slot = Slot { index: index as u32, generation: *generation };
            place.as_ref().map(|thing| (slot, thing))
        })
    }

    /// How many things there are.
    pub fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_used_again_and_an_old_handle_does_not_find_the_new_thing() {
        let mut slots = Slots::default();
        let first = slots.insert("first");
        assert_eq!(slots.remove(first), Some("first"));
        let second = slots.insert("second");
        assert_eq!(slots.places.len(), 1);
        assert_eq!(slots.get(first), None);
        assert_eq!(slots.remove(first), None);
        assert_eq!(slots.get(second), Some(&"second"));
        assert_eq!(slots.len(), 1);
    }
}
