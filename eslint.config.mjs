import jest from 'eslint-plugin-jest';
import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Time and randomness are arguments: nothing may reach past the ports for them. */
const ambient = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Take a Clock: time is an argument.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Take a Clock: time is an argument.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Take a Digester or a seed: randomness is an argument.',
  },
];

export default tseslint.config(
  globalIgnores(['node_modules', 'cdk.out', 'dist', 'coverage', 'demo/asset']),
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: [] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 320, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: [
      'origin/**/*.ts',
      'http/**/*.ts',
      'edge/guard/**/*.ts',
      'stores/**/*.ts',
      'embedded/**/*.ts',
      'lambdas/**/*.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...ambient] },
  },
  // Adapters of asynchronous ports whose work is synchronous: `async` makes what they throw a rejection.
  {
    files: ['stores/embedded/**/*.ts', 'test/**/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off' },
  },
  // The one adapter that reads the machine's clock.
  { files: ['stores/system-clock.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['test/**/*.ts'],
    plugins: { jest },
    languageOptions: { globals: jest.environments.globals.globals },
    rules: {
      ...jest.configs['flat/recommended'].rules,
      'jest/no-disabled-tests': 'error',
      'jest/expect-expect': [
        'error',
        { assertFunctionNames: ['expect*', 'fc.assert', '*.hasResource*', '*.resource*'] },
      ],
      'jest/no-standalone-expect': 'off',
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  // Suites that adapters' tests call: files that export tests are the point of them.
  {
    files: ['test/contracts/*.contract.ts', 'test/acceptance/*.suite.ts'],
    rules: { 'jest/no-export': 'off' },
  },
  { files: ['**/*.mjs', '**/*.cjs', '**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
