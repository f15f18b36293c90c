//! The transport: pause, step, speed, and what time it is in the simulation.

use leptos::prelude::*;

use super::help::icons;
use crate::changing::{part, part_if, text};
use crate::driver::pace::SPEEDS;
use crate::playground::Playground;
use crate::words;

#[component]
pub fn Transport() -> impl IntoView {
    let playground = Playground::expect();
    let speeds = SPEEDS.iter().enumerate().map(|(index, speed)| {
        view! { <option value=index.to_string()>{format!("{}×", words::short(*speed, 2))}</option> }
            .into_any()
    });
    let reached = move || {
        playground.reached.get().map(|reached| {
            view! {
                <span class="reached" title="The computer does not keep up with the speed asked for">
                    <span>"reaches "</span>
                    {format!("{}×", words::fixed(reached, 1))}
                </span>
            }
            .into_any()
        })
    };
    let clock = move || {
        let mut text = playground.picture.with(|picture| picture.now.to_string());
        // Tenths are enough for the eye.
        text.truncate(text.len() - 2);
        text
    };
    let play_label = move || if playground.playing.get() { "Pause" } else { "Play" };
    view! {
        <section class="transport" aria-label="Clock">
            <button
                type="button"
                class="button only-icon play"
                id="play"
                aria-label=play_label
                title=play_label
                on:click=move |_| playground.toggle_playing()
            >
                {part(move || if playground.playing.get() { icons::pause() } else { icons::play() })}
            </button>
            <button
                type="button"
                class="button only-icon"
                id="step"
                aria-label="Step"
                title="Step: pause, and go on to the next thing that happens"
                on:click=move |_| playground.step()
            >
                {icons::step()}
            </button>
            <div class="speed">
                <select
                    id="speed"
                    aria-label="Speed"
                    prop:value=move || playground.speed.get().to_string()
                    on:change=move |event| {
                        if let Ok(index) = event_target_value(&event).parse() {
                            playground.set_speed(index);
                        }
                    }
                >
                    {speeds.collect_view()}
                </select>
                {part_if(reached)}
            </div>
            <p class="keys" aria-hidden="true">
                <span><kbd>"Space"</kbd>"pause"</span>
                <span><kbd>"."</kbd>"step"</span>
                <span><kbd>"["</kbd><kbd>"]"</kbd>"speed"</span>
                <span><kbd>"A"</kbd>"add a task"</span>
                <span><kbd>"K"</kbd>"kill the selected"</span>
            </p>
            <time class="clock" id="clock">{text(clock)}</time>
            " "
            <span class="seed">
                "seed "
                {text(move || playground.heading.with(|heading| heading.seed.to_string()))}
            </span>
        </section>
    }
    .into_any()
}
