//! What the page is asked, in its own language. Each script returns plain values.

/// What has become of the start: `alive`, `not yet`, or what is told about its failure.
pub(crate) const ALIVE: &str = "
    const box = document.getElementById('failure');
    if (box && !box.hidden) return box.innerText;
    return 'alive' in document.documentElement.dataset ? 'alive' : 'not yet';";

/// The cards of the tasks.
pub(crate) const TASKS: &str = "
    const number = (card) => Number(card.id.slice('task-'.length));
    const cards = [...document.querySelectorAll('.thing.task')].sort((a, b) => number(a) - number(b));
    return cards.map((card) => ({
        number: number(card),
        state: card.dataset.state,
        status: card.dataset.status,
        fault: card.dataset.fault,
        badges: [...card.querySelectorAll('.fault')].map((badge) => badge.textContent),
        requests: Number(card.dataset.requests),
        share: Number(card.dataset.share),
        gone: card.classList.contains('gone'),
        selected: card.getAttribute('aria-pressed') === 'true',
        busy: card.querySelectorAll('.slots .busy:not(.checking)').length,
        checking: card.querySelectorAll('.slots .checking').length,
        queue: card.querySelector('.queue') !== null,
    }));";

/// The lines of the log.
pub(crate) const LOG: &str = "
    return [...document.querySelectorAll('#events li')].map((line) => ({
        at: line.querySelector('time').textContent,
        text: line.querySelector('span').textContent,
    }));";

/// What the inspector tells under the name that is given.
pub(crate) const FACT: &str = "
    const names = [...document.querySelectorAll('#inspector dt')];
    return names.find((name) => name.textContent === arguments[0])?.nextElementSibling.textContent;";

/// How many things in the picture, and panels, are on their way to another place.
pub(crate) const MOVING: &str = "
    const moves = (animation) => animation.playState === 'running' && animation.effect.target.matches('.thing, .inspector');
    return document.getAnimations().filter(moves).length;";

/// Where the elements of a selector are.
pub(crate) const RECTS: &str = "
    return [...document.querySelectorAll(arguments[0])].map((element) => {
        const { left, top, right, bottom } = element.getBoundingClientRect();
        return { name: element.id || element.getAttribute('class') || element.localName, left, top, right, bottom };
    });";

/// How much is painted on the layer of the dots.
pub(crate) const PAINTED: &str = "
    const canvas = document.querySelector('canvas.dots');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let painted = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at] > 0) painted += 1;
    return painted;";

/// Words within the places of a selector that are cut off or lie upon others. A line of text is higher than its letters:
/// only its middle counts. What ends in an ellipsis was meant to be cut.
pub(crate) const SPOILT_WORDS: &str = "
    const lines = [];
    for (const place of document.querySelectorAll(arguments[0])) {
        const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const element = node.parentElement;
            const counts = element.checkVisibility() && getComputedStyle(element).clipPath === 'none'
                && !element.closest('option, select');
            if (!counts || !node.data.trim()) continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            for (const { left, right, top, bottom, height, width } of range.getClientRects()) {
                if (width < 1) continue;
                const middle = { left: left + 1, right: right - 1, top: top + height * 0.25, bottom: bottom - height * 0.25 };
                lines.push({ text: node.data.trim(), element, ...middle });
            }
        }
    }
    const inside = (line, box) => line.left >= box.left - 2 && line.right <= box.right + 2
        && line.top >= box.top - 2 && line.bottom <= box.bottom + 2;
    const cut = (line) => {
        for (let around = line.element; around; around = around.parentElement) {
            const style = getComputedStyle(around);
            if (style.textOverflow === 'ellipsis') return false;
            if (style.overflowX !== 'visible' && !inside(line, around.getBoundingClientRect())) return true;
            if (around.matches('.thing')) return !inside(line, around.getBoundingClientRect());
        }
        return line.left < 0 || line.right > innerWidth;
    };
    const visible = (line) => {
        let { left, right } = line;
        for (let around = line.element; around; around = around.parentElement) {
            if (getComputedStyle(around).overflowX === 'visible') continue;
            const box = around.getBoundingClientRect();
            [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
        }
        return { ...line, left, right };
    };
    const upon = (one, other) => one.element !== other.element && one.left < other.right && other.left < one.right
        && one.top < other.bottom && other.top < one.bottom;
    const spoilt = lines.filter(cut).map((line) => `“${line.text}” is cut off`);
    const seen = lines.map(visible);
    seen.forEach((one, index) => seen.slice(index + 1).forEach((other) => {
        if (upon(one, other)) spoilt.push(`“${one.text}” lies upon “${other.text}”`);
    }));
    return spoilt;";
