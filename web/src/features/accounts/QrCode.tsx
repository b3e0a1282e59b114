import { encode } from 'uqr';

const quiet = 4;

/** A QR code drawn in the page: its text goes nowhere else. Dark on light in either theme, as cameras want it. */
export function QrCode({ text, label }: { text: string; label: string }) {
    const { data, size } = encode(text, { ecc: 'M', border: 0 });
    const path = data
        .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + quiet} ${y + quiet}h1v1h-1z` : '')))
        .join('');
    const side = size + 2 * quiet;
    return (
        <svg
            role="img"
            aria-label={label}
            viewBox={`0 0 ${side} ${side}`}
            width={220}
            height={220}
            shapeRendering="crispEdges"
        >
            <rect width={side} height={side} fill="#fff" />
            <path d={path} fill="#000" />
        </svg>
    );
}
