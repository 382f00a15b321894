/** Imports point one way (docs/architecture.md): the heart knows nothing of where it runs. */
const path = (pattern) => ({ path: pattern });

module.exports = {
  forbidden: [
    {
      name: 'the-heart-is-pure',
      comment: 'origin/ knows its ports and pure media libraries; http/ and the runtimes know origin/.',
      severity: 'error',
      from: path('^origin/'),
      to: { pathNot: ['^origin/', '^node_modules/(@svta/cml-|valibot)'] },
    },
    {
      name: 'http-is-pure',
      severity: 'error',
      from: path('^http/'),
      to: { pathNot: ['^(origin|http)/', '^node_modules/(@svta/cml-|valibot)'] },
    },
    {
      name: 'the-guard-is-self-contained',
      comment: 'It is built for CloudFront Functions and njs: the schedule, what HTTP is told, and types.',
      severity: 'error',
      from: path('^edge/guard/'),
      to: {
        pathNot: [
          '^edge/guard/',
          '^origin/(schedule/schedule|events/(edge-configuration|template))\\.ts$',
          '^http/(absence-answer|cache-policy|common-headers|method-answer|problem|unknown-answer)\\.ts$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'adapters-do-not-wire',
      comment: 'Stores and edges know the ports; lambdas/, embedded/ and cli/ put them together.',
      severity: 'error',
      from: path('^(stores|edge)/'),
      to: path('^(lambdas|embedded|cli|bin|lib|demo)/'),
    },
    {
      name: 'lib-takes-constants-only',
      comment:
        'Infrastructure shares key schema and names of variables with handlers, never their SDK clients.',
      severity: 'error',
      from: path('^lib/'),
      to: {
        path: '^(stores|lambdas)/',
        pathNot: [
          '^stores/aws/schema\\.ts$',
          '^lambdas/(environment|metric-names)\\.ts$',
          '^lambdas/[^/]+/environment\\.ts$',
        ],
      },
    },
    {
      name: 'lambdas-stay-small',
      comment: 'Nothing of the embedded run, the demo or the CDK may end up in a bundle.',
      severity: 'error',
      from: path('^lambdas/'),
      to: {
        path: '^(embedded|demo|cli|lib|edge|stores/embedded|node_modules/(lmdb|aws-cdk-lib|commander))',
        // What edge-sync writes is what the functions read.
        pathNot: '^edge/cloudfront/key-values\\.ts$',
      },
    },
    {
      name: 'the-publisher-is-no-origin',
      comment: 'It has the heart, what HTTP is told, and the HTTP server; no stores and no runtime.',
      severity: 'error',
      from: path('^publisher/'),
      to: path('^(stores/(aws|embedded)|lambdas|lib|cli|demo|edge|embedded)/'),
    },
    {
      name: 'the-server-knows-no-runtime',
      comment: "Node's HTTP for whoever listens: the embedded run, the publisher, agents.",
      severity: 'error',
      from: path('^server/'),
      to: { pathNot: ['^(server|http|origin)/', '^node:'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'production-does-not-import-tests',
      severity: 'error',
      from: { pathNot: '^(test|bench|scripts)/' },
      to: path('^(test|bench|scripts)/'),
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.(d\\.ts|mjs|cjs)$',
          '^(bin|console|test|bench|scripts)/',
          '^lambdas/environment-credentials',
        ],
      },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(cdk\\.out|dist)/' },
  },
};
