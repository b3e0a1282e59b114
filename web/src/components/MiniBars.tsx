/** A tiny bar chart for a column's head; its label says the same in words. */
export function MiniBars({
    counts,
    label,
    width = 120,
    height = 28,
}: {
    counts: number[];
    label: string;
    width?: number;
    height?: number;
}) {
    const most = Math.max(1, ...counts);
    const step = width / Math.max(1, counts.length);
    return (
        <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
            <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--csva-line)" />
            {counts.map((count, i) => {
                const tall = count === 0 ? 0 : Math.max(1.5, (count / most) * (height - 2));
                return (
                    <rect
                        key={i}
                        x={i * step + 0.5}
                        y={height - 1 - tall}
                        width={Math.max(1, step - 1)}
                        height={tall}
                        fill="var(--csva-bar)"
                    />
                );
            })}
        </svg>
    );
}
