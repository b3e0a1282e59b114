import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default tseslint.config(
    { ignores: ['dist', 'coverage', 'src/api/schema.d.ts'] },
    ...tseslint.configs.recommended,
    {
        plugins: { 'react-hooks': hooks },
        rules: {
            ...hooks.configs.recommended.rules,
            'react-hooks/incompatible-library': 'off', // TanStack Virtual
            eqeqeq: ['error', 'smart'],
            'no-console': 'error',
        },
    },
    { files: ['e2e/**', 'scripts/**'], rules: { 'no-console': 'off' } },
);
