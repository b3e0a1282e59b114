import type { Schemas } from './types';

type Job = Schemas['Job'];
type Listener = (job: Job) => void;

/**
 * The one stream of server-sent events of this browser. The tab that holds the lock has the connection and passes
 * each event on to the others; when it closes, another takes over. Without it the pages ask each second instead.
 */
const listeners = new Set<Listener>();
let started = false;
let open = false;

export const streamIsOpen = () => open;

function deliver(text: string) {
    let job: Job;
    try {
        job = JSON.parse(text) as Job;
    } catch {
        return;
    }
    if (typeof job?.id === 'number') for (const listener of listeners) listener(job);
}

function connect(channel: BroadcastChannel | undefined): Promise<never> {
    return new Promise(() => {
        const source = new EventSource('/api/v1/events');
        const tell = (isOpen: boolean) => {
            open = isOpen;
            channel?.postMessage({ open: isOpen });
        };
        source.onopen = () => tell(true);
        source.onerror = () => tell(false);
        source.addEventListener('job', (event) => {
            const { data } = event as MessageEvent<string>;
            deliver(data);
            channel?.postMessage({ data });
        });
    });
}

function start() {
    if (started || typeof EventSource === 'undefined') return;
    started = true;
    if (!navigator.locks || typeof BroadcastChannel === 'undefined') {
        void connect(undefined);
        return;
    }
    const channel = new BroadcastChannel('csva.events');
    channel.onmessage = ({ data }: MessageEvent<{ open?: boolean; data?: string }>) => {
        if (data.open !== undefined) open = data.open;
        if (data.data !== undefined) deliver(data.data);
    };
    void navigator.locks.request('csva.events', () => connect(channel));
}

export function onJobEvent(listener: Listener): () => void {
    start();
    listeners.add(listener);
    return () => void listeners.delete(listener);
}
