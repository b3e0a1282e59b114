import type { ReactNode } from 'react';

/** Names with what they are: beside one another, on a telephone below. */
export function Facts({ facts }: { facts: [string, ReactNode][] }) {
    return (
        <dl className="facts">
            {facts.map(([name, value]) => (
                <div key={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            ))}
        </dl>
    );
}
