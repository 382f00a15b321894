import { METRICS_NAMESPACE } from '../../lambdas/environment';
import { SERVICES } from '../../lambdas/metric-names';
import { telemetryOf } from '../../lambdas/telemetry';

interface Line {
  readonly _aws: { readonly CloudWatchMetrics: readonly { readonly Namespace: string }[] };
  readonly [member: string]: unknown;
}

/** What is written, on the console that Powertools takes in development. */
function written(write: () => void): Line {
  const logged = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  write();
  const [[line] = []] = logged.mock.calls as [string][];
  logged.mockRestore();
  return JSON.parse(line ?? '{}') as Line;
}

describe('what a function counts', () => {
  const { env } = process;
  beforeEach(() => {
    const development = { POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'false' };
    process.env = { ...env, ...development, [METRICS_NAMESPACE]: 'Headwater/sports' };
  });
  afterEach(() => {
    process.env = env;
  });

  it('is of its deployment, and of its pipeline', () => {
    const { count } = telemetryOf(SERVICES.ingest);
    const subject = { tenant: 'acme', event: 'final', pipeline: 'a' };
    const line = written(() => count('Received', subject, 3));
    expect(line).toMatchObject({ service: 'ingest', ...subject, Received: 3 });
    expect(line._aws.CloudWatchMetrics.map(({ Namespace }) => Namespace)).toEqual(['Headwater/sports']);
  });

  it.each([
    [SERVICES.sweep, 'Masked', 'stream-processor'],
    [SERVICES.streamProcessor, 'Masked', 'stream-processor'],
    [SERVICES.sweep, 'Split', 'sweep'],
    [SERVICES.edgeSync, 'Unreadable', 'edge-sync'],
  ] as const)('by %s is one metric, whoever counts %s: %s', (by, name, service) => {
    expect(written(() => telemetryOf(by).count(name, {}))).toMatchObject({ service, [name]: 1 });
  });

  it('of a GET is its class, its status and its time', () => {
    const line = written(() => telemetryOf(SERVICES.serve).answered('live', 200, 12));
    expect(line).toMatchObject({
      service: 'serve',
      class: 'live',
      status: '200',
      Requests: 1,
      RequestMs: 12,
    });
  });
});
