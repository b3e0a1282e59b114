/// <reference types="vite/client" />
declare module 'virtual:locale/*' {
    const catalogues: Record<string, Record<string, string>>;
    export default catalogues;
}
