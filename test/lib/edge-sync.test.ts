import { Match } from 'aws-cdk-lib/assertions';
import { statementsOf, templatesOf } from './templates';

const templates = templatesOf();
const { home, away } = templates;
const edgeSync = templates.edgeSync!;

describe('the event table', () => {
  it('has a stream, in the home region', () => {
    home.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
  });
});

describe('what makes the CDN follow events', () => {
  it('hears of changed events only, in order, and gives up nothing without a trace', () => {
    edgeSync.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      ParallelizationFactor: 1,
      MaximumRecordAgeInSeconds: 300,
      MaximumRetryAttempts: 5,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
      FilterCriteria: {
        Filters: [
          { Pattern: '{"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"event#"}]},"sk":{"S":["#head"]}}}}' },
        ],
      },
    });
  });

  it('reconciles every five minutes', () => {
    edgeSync.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)' });
  });

  it('is woken when it falls behind', () => {
    edgeSync.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'IteratorAge',
      Statistic: 'Maximum',
      Threshold: 60_000,
    });
  });

  it('may write the one KeyValueStore and invalidate the one distribution, named by outputs of the edge', () => {
    const named = statementsOf(edgeSync, 'Synchroniser').filter(({ Action }) =>
      JSON.stringify(Action).includes('cloudfront'),
    );
    expect(named).toHaveLength(2);
    for (const { Resource } of named) {
      expect(JSON.stringify(Resource)).toContain('Fn::GetStackOutput');
      expect(JSON.stringify(Resource)).not.toContain('*');
    }
  });
});

describe('references', () => {
  it('of this stack keep neither the home region nor the edge from being replaced', () => {
    const text = JSON.stringify(edgeSync.toJSON());
    expect(text).toContain('Fn::GetStackOutput');
    expect(text).not.toContain('Fn::ImportValue');
  });

  it('of regions stay inside of them', () => {
    for (const template of [home, away])
      expect(JSON.stringify(template.toJSON())).not.toMatch(/Fn::GetStackOutput|Fn::ImportValue/);
  });
});

describe('a CDN of your own', () => {
  const own = templatesOf({ edge: false });

  it('needs none of it', () => expect(own.edgeSync).toBeUndefined());

  it('is told by versions: no function counts on the stream', () => {
    expect(JSON.stringify(own.home.toJSON())).toContain('\\"edgeFollows\\":false');
    expect(JSON.stringify(home.toJSON())).toContain('\\"edgeFollows\\":true');
  });
});
