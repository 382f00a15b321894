#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// The published package brings compiled files; in a checkout tsx compiles the sources as they are loaded.
const built = join(__dirname, '..', 'dist', 'cli', 'index.js');
const isCheckout = existsSync(join(__dirname, '..', 'cli', 'index.ts'));
const loaded = isCheckout
  ? import('tsx').then(() => require('../cli/index.ts'))
  : Promise.resolve(require(built));
loaded
  .then(({ run }) => run(process.argv))
  .then((code) => {
    process.exitCode = code;
  });
