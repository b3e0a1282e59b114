import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeAll } from 'vitest';
import { startI18n } from './i18n';

// jsdom lacks what Mantine and the charts ask of a browser.
window.matchMedia = (query) =>
    ({
        matches: false,
        media: query,
        addEventListener() {},
        removeEventListener() {},
        addListener() {},
        removeListener() {},
    }) as unknown as MediaQueryList;
window.ResizeObserver = class {
    observe() {}
    unobserve() {}
    disconnect() {}
};
window.HTMLElement.prototype.scrollIntoView = () => {};

// Pages load lazily, and test machines may be busy.
configure({ asyncUtilTimeout: 10_000 });
beforeAll(() => startI18n('en'));
afterEach(() => cleanup());

// jsdom lays nothing out: tables that draw only the rows in sight need a size.
const sizeOfGrid = (size: number) => ({
    configurable: true,
    get(this: HTMLElement) {
        return this.classList.contains('grid') || this.classList.contains('runs') ? size : 0;
    },
});
Object.defineProperties(HTMLElement.prototype, {
    clientWidth: sizeOfGrid(1200),
    clientHeight: sizeOfGrid(600),
});
