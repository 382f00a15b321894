#!/usr/bin/env node
'use strict';
// Node 20 strips no types, so tsx compiles the sources as they are loaded (and keeps what it compiled).
import('tsx')
  .then(() => require('../cli/index.ts').run(process.argv))
  .then((code) => {
    process.exitCode = code;
  });
