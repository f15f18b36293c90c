//! The marks cover what they should, leave nothing behind, and nothing makes them panic.

use super::*;

const INK: Ink = Ink { fill: [10, 120, 200], paper: [250, 250, 247], halo: 0.0 };

fn pixels(width: usize, height: usize) -> Pixels {
    let mut pixels = Pixels::default();
    pixels.resize(width, height);
    pixels.begin_frame();
    pixels
}

/// The covered area in pixels.
fn coverage(pixels: &Pixels) -> f64 {
    pixels.data().chunks(4).map(|pixel| f64::from(pixel[3]) / 255.0).sum()
}

fn at(pixels: &Pixels, x: usize, y: usize) -> [u8; 4] {
    let start = (y * pixels.width() + x) * 4;
    pixels.data()[start..start + 4].try_into().unwrap()
}

fn assert_near(pixels: &Pixels, expected: f64, tolerance: f64, what: &str) {
    let error = (coverage(pixels) - expected).abs() / expected;
    assert!(error < tolerance, "{what}: {} instead of {expected}", coverage(pixels));
}

fn assert_area(pixels: &Pixels, expected: f64, what: &str) {
    assert_near(pixels, expected, 0.03, what);
}

/// Sub-pixel places, all different in their fraction.
fn places() -> impl Iterator<Item = (f32, f32)> {
    (0..25).map(|i| (32.0 + (i % 5) as f32 * 0.21, 32.0 + (i / 5) as f32 * 0.19))
}

#[test]
fn shapes_cover_their_area_wherever_they_stand() {
    for radius in [3.0_f32, 3.6, 5.4, 7.2, 20.0] {
        for (x, y) in places() {
            let r = f64::from(radius);
            let mut disc = pixels(64, 64);
            disc.disc(x, y, radius, INK);
            assert_area(&disc, std::f64::consts::PI * r * r, &format!("disc {radius} at {x} {y}"));
            let mut diamond = pixels(64, 64);
            diamond.diamond(x, y, radius, INK);
            // A distance rounds the corners of what is this small.
            assert_near(&diamond, 2.0 * r * r, 0.06, &format!("diamond {radius} at {x} {y}"));
        }
    }
}

#[test]
fn a_ring_is_hollow_but_not_transparent() {
    let mut ring = pixels(64, 64);
    ring.ring(32.0, 32.0, 8.0, 2.0, INK);
    // Its inside is paper, its stroke is colour, and both together are a disc.
    assert_area(&ring, std::f64::consts::PI * 81.0, "ring");
    assert_eq!(at(&ring, 32, 32), [250, 250, 247, 255]);
    assert_eq!(at(&ring, 40, 32)[..3], INK.fill);
    let filled: f64 = ring.data().chunks(4).filter(|p| p[0] < 40 && p[3] > 0).map(|_| 1.0).sum();
    assert!(filled > 80.0 && filled < 125.0, "{filled} pixels of stroke");
}

#[test]
fn nothing_is_drawn_outside_of_the_box() {
    for (x, y) in places() {
        let mut picture = pixels(64, 64);
        let ink = Ink { halo: 1.5, ..INK };
        picture.disc(x, y, 4.0, ink);
        picture.diamond(x, y, 5.0, ink);
        picture.ring(x, y, 4.0, 2.0, ink);
        let reach = 5.0 + 1.5 + 1.5;
        for row in 0..64 {
            for column in 0..64 {
                let (dx, dy) = (column as f32 + 0.5 - x, row as f32 + 0.5 - y);
                if dx.abs() > reach || dy.abs() > reach {
                    assert_eq!(at(&picture, column, row), [0; 4], "{column} {row}");
                }
            }
        }
    }
}

#[test]
fn a_halo_is_paper_around_the_colour() {
    let mut picture = pixels(64, 64);
    picture.disc(32.0, 32.0, 6.0, Ink { halo: 3.0, ..INK });
    assert_eq!(at(&picture, 32, 32), [10, 120, 200, 255]);
    assert_eq!(at(&picture, 39, 32), [250, 250, 247, 255]);
    assert_eq!(at(&picture, 43, 32), [0; 4]);
    assert_area(&picture, std::f64::consts::PI * 81.0, "disc and halo");
}

/// By how much the pictures differ where they do most, as a screen shows them on black.
fn apart(a: &Pixels, b: &Pixels) -> u16 {
    let shown =
        |p: &[u8], i: usize| if i == 3 { p[3].into() } else { u16::from(p[i]) * u16::from(p[3]) / 255 };
    let pairs = a.data().chunks(4).zip(b.data().chunks(4));
    pairs.flat_map(|(a, b)| (0..4).map(move |i| shown(a, i).abs_diff(shown(b, i)))).max().unwrap_or(0)
}

#[test]
fn a_copied_mark_is_the_drawn_one() {
    for scale in [1.0, 1.5, 2.0] {
        let stamps = Stamps::new(&Palette::LIGHT, scale);
        for mark in Mark::ALL {
            for (x, y) in places() {
                let quarter = |value: f32| (value * 4.0).round() / 4.0;
                let (mut copied, mut drawn) = (pixels(64, 64), pixels(64, 64));
                stamps.put(&mut copied, x, y, mark);
                drawn.mark(quarter(x), quarter(y), mark, &Palette::LIGHT, scale);
                let rounded = apart(&copied, &drawn);
                assert!(rounded <= 1, "{mark:?} at {x} {y} differs by {rounded}");
                // Once more, close by: now something lies below.
                stamps.put(&mut copied, x + 3.0, y + 2.0, mark);
                drawn.mark(quarter(x + 3.0), quarter(y + 2.0), mark, &Palette::LIGHT, scale);
                let over = apart(&copied, &drawn);
                assert!(over <= 3, "{mark:?} over another differs by {over}");
            }
        }
    }
}

#[test]
fn copied_marks_are_cut_off_at_the_edges_and_wiped() {
    let stamps = Stamps::new(&Palette::DARK, 2.0);
    let far = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, -1e9, -5e5, 9e5, -9.0, -3.0];
    for (width, height) in [(64, 48), (1, 1), (0, 0), (0, 10)] {
        let mut picture = pixels(width, height);
        let near = [0.0, 0.3, 1.0, 31.6, width as f32 - 0.2, width as f32 + 4.0, height as f32];
        for x in far.into_iter().chain(near) {
            for y in far.into_iter().chain(near) {
                for mark in Mark::ALL {
                    picture.begin_frame();
                    assert_eq!(coverage(&picture), 0.0);
                    stamps.put(&mut picture, x, y, mark);
                }
            }
        }
    }
    let mut half = pixels(64, 48);
    stamps.put(&mut half, 0.0, 24.0, Mark::Success);
    let whole = std::f64::consts::PI * f64::from((DISC + HALO) * 2.0).powi(2);
    assert_area(&half, whole / 2.0, "half a mark");
    Stamps::default().put(&mut half, 10.0, 10.0, Mark::Probe);
}

#[test]
fn the_later_mark_lies_on_top() {
    let mut picture = pixels(64, 64);
    picture.disc(30.0, 32.0, 8.0, INK);
    picture.disc(34.0, 32.0, 4.0, Ink { fill: [200, 0, 0], ..INK });
    assert_eq!(at(&picture, 34, 32), [200, 0, 0, 255]);
    assert_eq!(at(&picture, 25, 32), [10, 120, 200, 255]);
    // Half-covered edges over something opaque stay opaque.
    assert!((24..36).all(|x| at(&picture, x, 32)[3] == 255));
}

#[test]
fn a_new_frame_leaves_no_trace_of_the_last() {
    let mut picture = pixels(300, 200);
    for frame in 0..20_u16 {
        picture.begin_frame();
        assert!(picture.data().iter().all(|byte| *byte == 0), "frame {frame}");
        for dot in 0..50_u16 {
            let x = f32::from(dot * 7 + frame * 13) % 340.0 - 20.0;
            let y = f32::from(dot * 11 + frame * 5) % 240.0 - 20.0;
            picture.mark(x, y, Mark::TargetError, &Palette::DARK, 1.5);
            picture.mark(y, x, Mark::Probe, &Palette::DARK, 1.5);
        }
    }
}

#[test]
fn what_changed_is_shown_and_nothing_twice() {
    let mut picture = pixels(300, 200);
    let mut before = picture.data().to_vec();
    for frame in 0..12_u16 {
        picture.begin_frame();
        for dot in 0..3_u16 {
            let x = f32::from(dot * 130 + frame * 29) % 300.0;
            let y = f32::from(dot * 70 + frame * 17) % 200.0;
            picture.mark(x, y, Mark::Request, &Palette::LIGHT, 1.0);
        }
        let mut shown = vec![0_u8; 300 * 200];
        for area in picture.dirty() {
            assert!(area.x + area.w <= 300 && area.y + area.h <= 200 && area.w > 0 && area.h > 0);
            for y in area.y..area.y + area.h {
                for x in area.x..area.x + area.w {
                    shown[(y * 300 + x) as usize] += 1;
                }
            }
        }
        assert!(shown.iter().all(|times| *times <= 1), "frame {frame} shows something twice");
        let pairs = picture.data().chunks(4).zip(before.chunks(4)).zip(&shown);
        for ((now, then), shown) in pairs {
            assert!(now == then || *shown == 1, "frame {frame} hides a change");
        }
        before = picture.data().to_vec();
    }
    // Two frames without marks: the first wipes, the second has nothing left to do.
    picture.begin_frame();
    assert!(picture.dirty().count() > 0);
    picture.begin_frame();
    assert_eq!(picture.dirty().count(), 0);
}

#[test]
fn a_touched_place_is_shown_now_and_wiped_next() {
    let mut picture = pixels(200, 200);
    picture.touch(70.0, 70.0, 30.0, 12.0);
    assert_eq!(picture.dirty().collect::<Vec<_>>(), [Area { x: 64, y: 64, w: 64, h: 64 }]);
    picture.begin_frame();
    assert_eq!(picture.dirty().count(), 1);
    picture.begin_frame();
    assert_eq!(picture.dirty().count(), 0);
}

#[test]
fn one_mark_does_not_show_the_whole_picture() {
    let mut picture = pixels(2216, 1272);
    picture.mark(1000.0, 600.0, Mark::Success, &Palette::LIGHT, 2.0);
    let shown: u32 = picture.dirty().map(|area| area.w * area.h).sum();
    assert!(shown <= 4 * 64 * 64, "{shown} pixels for one mark");
}

#[test]
fn strange_numbers_draw_nothing_and_do_not_panic() {
    let strange =
        [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, -1e6, 1e6, 0.0, -0.4, 63.9];
    for (width, height) in [(64, 48), (1, 1), (0, 0), (0, 10)] {
        let mut picture = pixels(width, height);
        for x in strange {
            for y in strange {
                for radius in strange {
                    for halo in strange {
                        let ink = Ink { halo, ..INK };
                        picture.begin_frame();
                        picture.disc(x, y, radius, ink);
                        picture.diamond(x, y, radius, ink);
                        picture.ring(x, y, radius, halo, ink);
                        picture.touch(x, y, radius, halo);
                        assert!(picture.dirty().all(|area| area.x as usize + area.w as usize <= width));
                    }
                }
            }
        }
    }
    let mut picture = pixels(64, 48);
    picture.disc(f32::NAN, 10.0, 4.0, INK);
    picture.disc(10.0, f32::INFINITY, 4.0, INK);
    picture.disc(10.0, 10.0, f32::NAN, INK);
    assert_eq!(coverage(&picture), 0.0);
}

#[test]
fn marks_are_cut_off_at_the_edges() {
    for (x, y) in [(0.0, 24.0), (64.0, 24.0), (32.0, 0.0), (32.0, 48.0)] {
        let mut picture = pixels(64, 48);
        picture.disc(x, y, 6.0, INK);
        assert_area(&picture, std::f64::consts::PI * 18.0, "half a disc");
    }
}

#[test]
fn a_canvas_is_as_sharp_as_the_screen_within_reason() {
    assert_eq!(pixels_for(1108.0, 636.0, 1.0), (1108, 636, 1.0));
    assert_eq!(pixels_for(360.0, 520.0, 3.0), (720, 1040, 2.0));
    assert_eq!(pixels_for(100.0, 100.0, f64::NAN), (100, 100, 1.0));
    assert_eq!(pixels_for(f64::NAN, -4.0, 2.0), (0, 0, 2.0));
    let (width, height, scale) = pixels_for(f64::INFINITY, 9000.0, 2.0);
    assert!(f64::from(width) * f64::from(height) <= MOST_PIXELS * 1.001 && scale < 1.0);
}

#[test]
fn the_style_sheet_has_the_same_colours() {
    let sheet = include_str!("../../../style/tokens.css");
    let (light, dark) = (Palette::LIGHT, Palette::DARK);
    let colours = [
        ("fly", light.request, dark.request),
        ("ok", light.success, dark.success),
        ("client", light.client_error, dark.client_error),
        ("target", light.target_error, dark.target_error),
        ("balancer", light.balancer_error, dark.balancer_error),
        ("probe", light.probe, dark.probe),
        ("paper", light.paper, dark.paper),
        ("soft", light.label, dark.label),
    ];
    for (name, light, dark) in colours {
        let declaration = format!("--{name}: light-dark({}, {});", css(light), css(dark));
        assert!(sheet.contains(&declaration), "style/tokens.css lacks {declaration}");
    }
}
