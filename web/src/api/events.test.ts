import { afterEach, describe, expect, it, vi } from 'vitest';
import { job } from '../lib/test_data';

/** An EventSource that the test speaks for. */
class Source {
    static all: Source[] = [];
    onopen?: () => void;
    onerror?: () => void;
    listeners = new Map<string, (event: { data: string }) => void>();
    constructor(readonly path: string) {
        Source.all.push(this);
    }
    addEventListener(name: string, listener: (event: { data: string }) => void) {
        this.listeners.set(name, listener);
    }
    say(data: string) {
        this.listeners.get('job')!({ data });
    }
}

class Channel {
    static all: Channel[] = [];
    onmessage?: (event: { data: unknown }) => void;
    constructor() {
        Channel.all.push(this);
    }
    postMessage(data: unknown) {
        for (const other of Channel.all) if (other !== this) other.onmessage?.({ data });
    }
}

/** A tab of its own: the module keeps what belongs to one. */
async function tab() {
    vi.resetModules();
    return import('./events');
}

afterEach(() => {
    vi.unstubAllGlobals();
    Source.all = [];
    Channel.all = [];
});

describe('the stream of events', () => {
    it('is one for all listeners, and says what is no job to none', async () => {
        vi.stubGlobal('EventSource', Source);
        const { onJobEvent, streamIsOpen } = await tab();
        const heard: number[] = [];
        const leave = onJobEvent((told) => heard.push(told.id));
        onJobEvent((told) => heard.push(told.id + 100));
        expect(Source.all.map(({ path }) => path)).toEqual(['/api/v1/events']);
        const [source] = Source.all;
        expect(streamIsOpen()).toBe(false);
        source!.onopen!();
        expect(streamIsOpen()).toBe(true);
        source!.say(JSON.stringify(job));
        source!.say('not json');
        source!.say('{"id":"no number"}');
        expect(heard).toEqual([3, 103]);
        leave();
        source!.say(JSON.stringify(job));
        expect(heard).toEqual([3, 103, 103]);
        source!.onerror!();
        expect(streamIsOpen()).toBe(false);
    });

    it('is shared with the other tabs by the one that holds the lock', async () => {
        vi.stubGlobal('EventSource', Source);
        vi.stubGlobal('BroadcastChannel', Channel);
        let held = false;
        const request = (_: string, run: () => Promise<never>) => {
            if (held) return new Promise(() => {});
            held = true;
            return run();
        };
        vi.stubGlobal('navigator', { ...navigator, locks: { request } });
        const first = await tab();
        const second = await tab();
        const heard: string[] = [];
        first.onJobEvent(({ id }) => heard.push(`first ${id}`));
        second.onJobEvent(({ id }) => heard.push(`second ${id}`));
        expect(Source.all).toHaveLength(1);
        Source.all[0]!.onopen!();
        expect(second.streamIsOpen()).toBe(true);
        Source.all[0]!.say(JSON.stringify(job));
        expect(heard.toSorted()).toEqual(['first 3', 'second 3']);
    });

    it('is not asked for where the browser has none', async () => {
        vi.stubGlobal('EventSource', undefined);
        const { onJobEvent, streamIsOpen } = await tab();
        onJobEvent(() => {});
        expect(Source.all).toEqual([]);
        expect(streamIsOpen()).toBe(false);
    });
});
