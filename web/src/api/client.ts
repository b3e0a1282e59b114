/** The only place that speaks HTTP: one JSON error shape, CSRF header, language. */

export interface ErrorBody {
    kind: string;
    reason: string;
    message: string;
    hint: string;
    details?: Record<string, unknown> | null;
    request_id: string;
}

/** An answer that is not a success. `status` 0: the server was not reached. */
export class ApiError extends Error {
    readonly status: number;
    readonly body: ErrorBody | undefined;
    constructor(status: number, body: ErrorBody | undefined) {
        super(body?.message ?? `HTTP ${status}`);
        this.status = status;
        this.body = body;
    }
    get reason() {
        return this.body?.reason ?? (this.status === 0 ? 'offline' : 'unknown');
    }
}

let csrfToken = '';
let language = 'en';
let onSignedOut: () => void = () => {};

export const setCsrfToken = (token: string) => void (csrfToken = token);
export const setRequestLanguage = (value: string) => void (language = value);
export const setSignedOutHandler = (handler: () => void) => void (onSignedOut = handler);

function csrf(): string {
    if (csrfToken) return csrfToken;
    return /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? '';
}

function errorBody(value: unknown): ErrorBody | undefined {
    const error = (value as { error?: ErrorBody } | undefined)?.error;
    return typeof error?.message === 'string' ? error : undefined;
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

function headersFor(method: string): Record<string, string> {
    const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language };
    if (method !== 'GET') headers['X-CSRFToken'] = csrf();
    return headers;
}

/** Refusals of the sign-in itself: no session has ended. */
const signingIn = new Set(['accounts.wrong_credentials', 'accounts.code_needed', 'accounts.wrong_code']);

function failure(status: number, text: string): ApiError {
    const error = new ApiError(status, errorBody(parsed(text)));
    if (status === 401 && !signingIn.has(error.reason)) onSignedOut();
    return error;
}

async function send(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    const headers = headersFor(method);
    let payload: BodyInit | undefined;
    if (body instanceof FormData) payload = body;
    else if (body !== undefined) {
        headers['Content-Type'] = 'application/json';
        payload = JSON.stringify(body);
    }
    try {
        return await fetch(path, { method, headers, body: payload, signal, credentials: 'same-origin' });
    } catch (error) {
        if (signal?.aborted) throw error;
        throw new ApiError(0, undefined);
    }
}

export async function request<T>(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
): Promise<T> {
    const response = await send(method, path, body, signal);
    const text = await response.text();
    if (!response.ok) throw failure(response.status, text);
    return (text ? parsed(text) : undefined) as T;
}

export const get = <T>(path: string, signal?: AbortSignal) => request<T>('GET', path, undefined, signal);
export const post = <T>(path: string, body?: unknown) => request<T>('POST', path, body);
export const patch = <T>(path: string, body: unknown) => request<T>('PATCH', path, body);
export const put = <T>(path: string, body: unknown) => request<T>('PUT', path, body);
export const del = (path: string) => request<void>('DELETE', path);

export interface Uploaded<T> {
    answer: T;
    location: string;
}

/** Sends a file with progress (fetch has none for request bodies). `onProgress` gets a share of 0..1. */
export function upload<T>(
    path: string,
    form: FormData,
    onProgress: (share: number) => void,
    signal?: AbortSignal,
): Promise<Uploaded<T>> {
    return new Promise((done, fail) => {
        const xhr = new XMLHttpRequest();
        xhr.open('POST', path);
        for (const [name, value] of Object.entries(headersFor('POST'))) xhr.setRequestHeader(name, value);
        xhr.upload.onprogress = (event) => {
            if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
        };
        xhr.onload = () => {
            if (xhr.status >= 200 && xhr.status < 300) {
                done({
                    answer: parsed(xhr.responseText) as T,
                    location: xhr.getResponseHeader('Location') ?? '',
                });
            } else fail(failure(xhr.status, xhr.responseText));
        };
        xhr.onerror = () => fail(new ApiError(0, undefined));
        xhr.onabort = () => fail(new ApiError(0, undefined));
        signal?.addEventListener('abort', () => xhr.abort());
        xhr.send(form);
    });
}

/** A path with a query of the values that are set. */
export function withQuery(
    path: string,
    query: Record<string, string | number | boolean | undefined>,
): string {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
        if (value !== undefined) params.set(name, String(value));
    const text = params.toString();
    return text ? `${path}?${text}` : path;
}
