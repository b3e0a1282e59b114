const browsers: [RegExp, string][] = [
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
];
const systems: [RegExp, string][] = [
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS/, 'macOS'],
    [/Linux/, 'Linux'],
];

/** A browser's User-Agent as people name it: "Firefox · Linux"; as it is when nothing is recognised. */
export function browserName(agent: string): string {
    const name = (table: [RegExp, string][]) => table.find(([pattern]) => pattern.test(agent))?.[1];
    const parts = [name(browsers), name(systems)].filter(Boolean);
    return parts.length > 0 ? parts.join(' · ') : agent.slice(0, 60) || '–';
}
