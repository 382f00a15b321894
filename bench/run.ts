import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { benchEdges } from './appliance';
import { benchBundles } from './bundles';
import { benchInspection } from './inspection';
import { benchOrigin } from './origin-load';
import { benchSelection } from './selection';
import { benchStorm } from './storm';
import { markdownTable } from './table';

/**
 * `npm run bench`: measures on this machine and writes docs/performance.md. Needs nginx with njs, Varnish and
 * wrk (Debian packages).
 */
async function main(): Promise<void> {
  const sections = [
    ['Inspection of one segment', 'Box parsers only read; Headwater also judges.', benchInspection()],
    ['Selection', 'One core, candidates in memory.', benchSelection()],
    [
      'Lambda bundles',
      'As deployed: ESM, minified, SDK included. Load: import in a fresh process, median of 5.',
      await benchBundles(),
    ],
    [
      'PUT and GET of whole segments',
      'Embedded run against nginx with `dav_methods`, one process each, wrk with one thread on the same machine. PUTs are ' +
        'inspected, recorded and answered; nginx stores them. Neither syncs to disk on each write.',
      await benchOrigin(),
    ],
    [
      'The next segment, held',
      '1,000 clients on 1,000 connections ask an edge for the next segment (50 kB) 1.0 to 0.1 s before its publication: how ' +
        'long after it each has its last byte (held), against 1,000 simultaneous hits of the same bytes on the same ' +
        'connections in the same round (warm). Medians of 7 rounds, in which the edges take turns before the same region.',
      await benchEdges(),
    ],
    [
      'PUT beside a cold storm',
      'PUTs of 500 kB to a region, 20 a second, while all clients ask the edge for one new segment (50 kB) after another. The ' +
        'clients run on the same cores. The edge of the embedded run shares its event loop with PUT; one of its own does not.',
      await benchStorm(),
    ],
  ] as const;
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}`;
  const text = [
    '# Performance',
    '',
    'Written by `npm run bench`. The machines are shared and noisy: quote the ratios, which were measured in one run, not',
    `the rates. This run: ${machine}.`,
    '',
    ...sections.flatMap(([title, note, rows]) => [`## ${title}`, '', note, '', markdownTable(rows), '']),
  ].join('\n');
  writeFileSync(join(__dirname, '../docs/performance.md'), text);
  console.log(text);
}

void main();
