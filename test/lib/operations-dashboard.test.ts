import { templatesOf } from './templates';

interface Widget {
  readonly properties: { readonly title?: string; readonly metrics?: readonly (readonly unknown[])[] };
}

function widgets(): Widget[] {
  const dashboards = Object.values(templatesOf().away.findResources('AWS::CloudWatch::Dashboard'));
  expect(dashboards).toHaveLength(1);
  const [{ Properties }] = dashboards as [
    { Properties: { DashboardBody: { 'Fn::Join': [string, unknown[]] } } },
  ];
  const [, parts] = Properties.DashboardBody['Fn::Join'];
  const body = parts.map((part) => (typeof part === 'string' ? part : 'X')).join('');
  return (JSON.parse(body) as { widgets: Widget[] }).widgets;
}

describe('the dashboard of a region', () => {
  const found = widgets();
  const titled = (title: string) =>
    JSON.stringify(found.find(({ properties }) => properties.title === title));

  it.each([
    ['Received', 'ingest'],
    ['Late', 'ingest'],
    ['Defective', 'ingest'],
    ['Selected', 'serve'],
    ['Missing', 'sweep'],
    ['Masked', 'stream-processor'],
  ])('shows %s of every pipeline, whatever events there are', (name, service) => {
    const shown = titled(`${name}, by pipeline`).replaceAll('\\\\\\"', '"').replaceAll('\\"', '"');
    expect(shown).toContain(
      `{"Headwater/sports",service,tenant,event,pipeline} MetricName="${name}" service="${service}"`,
    );
  });

  it('shows requests and latency by class and status', () => {
    expect(titled('Requests by class and status')).toContain('Headwater/sports\\",service,class,status}');
    expect(titled('Milliseconds by class, p99, holds included')).toContain("'p99'");
  });

  it.each(['DynamoDB, ms, p99', 'S3, ms, p99', 'Functions, ms, p99', 'Age of the stream, ms'])(
    'shows %s',
    (title) => {
      expect(titled(title)).toBeDefined();
    },
  );

  it('asks S3 for the metrics that it shows', () => {
    const metrics = { MetricsConfigurations: [{ Id: 'EntireBucket' }] };
    expect(
      Object.keys(templatesOf().away.findResources('AWS::S3::Bucket', { Properties: metrics })),
    ).toHaveLength(1);
  });
});
