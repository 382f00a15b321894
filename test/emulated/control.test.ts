import { runSchemathesis } from '../support/schemathesis';
import { deployed } from './deployed';
import { createEvent, freshNumber, mediaName, put, segment } from './live-event';

const SECONDS = 30;

it('answers what docs/openapi.yaml says, never 5xx', async () => {
  const { controlUrl, operatorToken, regions } = deployed();
  const suffix = Date.now().toString(36);
  const live = await createEvent(`live-${suffix}`);
  const changed = await createEvent(`changed-${suffix}`);
  const [home] = regions;
  if (home === undefined) throw new Error('regions: wanted one, got none');
  for (const pipeline of ['a', 'b']) {
    const number = freshNumber();
    await put(home, live, pipeline, mediaName(number), segment(number));
  }
  const seed = Date.now() % 1_000_000;
  process.stderr.write(`seed ${seed}\n`);
  const held = await runSchemathesis(
    {
      ...{ url: controlUrl, token: operatorToken, tenant: 'acme', event: changed.name },
      live: { tenant: 'acme', event: live.name },
    },
    { seed, seconds: SECONDS, phases: 'examples,coverage,fuzzing' },
  );
  expect(held).toBe(true);
}, 120_000);
