/** The rooms of `src/`, in their order: a folder imports from itself and from those before it. */
const rooms = [
  'base',
  'target',
  'codec',
  'protocol',
  'channel',
  'link',
  'host',
  'task',
  'backend',
  'worker',
  'pool',
  'server',
  'ssh',
  'sweep',
  'cli',
];
const callersSide = rooms.slice(rooms.indexOf('backend'));

/** What users import. They may import from every room. */
const entries = ['src/index.ts', 'src/context.ts', 'src/sweep.ts'];

/** The one file through which a package comes in. `typesIn`: files that may name its types, and nothing else of it. */
const doors = {
  commander: { file: 'src/cli/sweep/parser.ts' },
  eventemitter3: { file: 'src/base/events.ts' },
  msgpackr: { file: 'src/codec/packer.ts' },
  ssh2: { file: 'src/ssh/ssh2.ts' },
  'ssh-config': { file: 'src/ssh/host-settings.ts' },
  tinypool: { file: 'src/backend/thread-supply.ts', typesIn: 'src/backend/lent-thread.ts' },
  'tree-kill': { file: 'src/base/kill-tree.ts' },
  echarts: { file: 'src/sweep/report/page/echarts.ts' },
  '@uwdata/flechette': { file: 'src/sweep/results/arrow.ts' },
  'hyparquet-writer': { file: 'src/sweep/results/parquet.ts' },
  'ansi-escapes': { file: 'src/sweep/view/screen.ts' },
  picocolors: { file: 'src/sweep/view/colours.ts' },
  'string-width': { file: 'src/sweep/results/text-width.ts' },
  yaml: { file: 'src/sweep/config/read-yaml.ts' },
};

const exactly = (...files) => `^(${files.map((file) => file.replaceAll('.', '\\.')).join('|')})$`;
const anyOf = (names) => `^src/(${names.join('|')})/`;
const inPackage = (name) => `(^|/)node_modules/${name}/`;

const layerRules = rooms.slice(0, -1).map((room, index) => ({
  name: `${room}-comes-before`,
  comment: `src/${room} knows nothing of what is built on it.`,
  severity: 'error',
  from: { path: anyOf([room]) },
  to: { path: anyOf(rooms.slice(index + 1)) },
}));

const doorRules = Object.entries(doors).flatMap(([name, { file, typesIn }]) => [
  {
    name: `${name}-has-one-door`,
    comment: `${name} comes in by ${file}.`,
    severity: 'error',
    from: { path: '^src/', pathNot: exactly(file, ...(typesIn ? [typesIn] : [])) },
    to: { path: inPackage(name) },
  },
  ...(typesIn
    ? [
        {
          name: `${name}-types-only`,
          comment: `${typesIn} may name the types of ${name}, and use nothing of it.`,
          severity: 'error',
          from: { path: exactly(typesIn) },
          to: { path: inPackage(name), dependencyTypesNot: ['type-only'] },
        },
      ]
    : []),
]);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layerRules,
    ...doorRules,
    {
      name: 'the-sides-never-meet',
      comment:
        "The caller's side names the host's entry by its address, new URL('../host/...', import.meta.url), and imports nothing of it.",
      severity: 'error',
      from: { path: anyOf(callersSide) },
      to: { path: anyOf(['host']) },
    },
    {
      name: 'only-named-rooms',
      comment: 'A folder under src/ has a place in the order of rooms, at the top of this file.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: anyOf(rooms) },
      to: {},
    },
    {
      name: 'known-packages',
      comment: 'A package of ours is listed at the top of this file with its one door.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: '(^|/)node_modules/',
        pathNot: [...Object.keys(doors).map(inPackage), inPackage('@types/node')],
      },
    },
    {
      name: 'entries-are-few',
      comment: 'Directly under src/ lie only the entry points that are listed at the top of this file.',
      severity: 'error',
      from: { path: '^src/[^/]+$', pathNot: exactly(...entries) },
      to: {},
    },
    {
      name: 'context-is-light',
      comment: 'Every host loads it with its target.',
      severity: 'error',
      from: { path: exactly('src/context.ts') },
      to: { path: '(^|/)node_modules/', pathNot: inPackage('@types/node'), reachable: true },
    },
    {
      name: 'entries-are-not-imported',
      comment: 'Files directly under src/ are what users import. Inside, import from the defining file.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/[^/]+\\.ts$' },
    },
    {
      name: 'no-barrels',
      comment: 'index.ts is there once, at the root.',
      severity: 'error',
      from: { path: '/index\\.ts$', pathNot: exactly('src/index.ts') },
      to: {},
    },
    {
      name: 'no-cycles',
      comment: 'Not even of types: two files that need each other are one concept, or three.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'found',
      comment: 'What is imported is there.',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'tests-use-what-ships',
      comment: "Tests import 'pyworkers', as users do: what is tested is what ships.",
      severity: 'error',
      from: { path: '^test/' },
      to: { path: '^src/' },
    },
    {
      name: 'source-stands-alone',
      comment: 'src/ imports nothing from outside of itself but packages.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|examples|bench|docs|dist|build)/' },
    },
  ],
  options: {
    doNotFollow: { path: ['(^|/)node_modules/', '^(build|dist)/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    moduleSystems: ['es6', 'tsd'],
    detectJSDocImports: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
