//! How the page is looked at: the size of the window, the colours, whether things may move.

/// A way of looking at the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// Whether it is a telephone, with fingers for a mouse.
    pub phone: bool,
    /// Whether the system has dark colours.
    pub dark: bool,
    /// Whether the person asked for less motion.
    pub less_motion: bool,
}

impl Look {
    /// A laptop.
    pub const WIDE: Self = Self::new(1440, 900, false);
    /// A tablet, upright.
    pub const MIDDLE: Self = Self::new(768, 1024, false);
    /// A telephone, upright.
    pub const NARROW: Self = Self::new(360, 740, true);
    /// The three of them.
    pub const ALL: [Self; 3] = [Self::WIDE, Self::MIDDLE, Self::NARROW];

    const fn new(width: u32, height: u32, phone: bool) -> Self {
        Self { width, height, phone, dark: false, less_motion: false }
    }

    /// The same in dark colours.
    #[must_use]
    pub const fn dark(self) -> Self {
        Self { dark: true, ..self }
    }

    /// The same with less motion.
    #[must_use]
    pub const fn less_motion(self) -> Self {
        Self { less_motion: true, ..self }
    }

    /// For the names of pictures: `1440-light`.
    pub fn name(self) -> String {
        format!("{}-{}", self.width, if self.dark { "dark" } else { "light" })
    }
}
