import { Match } from 'aws-cdk-lib/assertions';
import { actionsOf, functionNamed, statementsOf, templatesOf } from './templates';

const { home, away } = templatesOf();

describe.each([
  ['home', home],
  ['away', away],
] as const)('the sweep (%s)', (_, template) => {
  it('runs once a minute, and never for a minute that has passed', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [
        Match.objectLike({
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('Sweep'), 'Arn'] },
          RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 1 },
        }),
      ],
    });
    expect(functionNamed(template, 'Sweep')['Timeout']).toBeLessThan(60);
  });

  it('reads candidates of every region and the list of events, appends masks, and nothing else', () => {
    expect(actionsOf(template, 'Sweep')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  it('sees no credentials, which lie in the same table', () => {
    const onEvents = statementsOf(template, 'Sweep').filter(({ Resource }) =>
      JSON.stringify(Resource).includes('sports-events'),
    );
    const keys = onEvents.map(({ Condition }) => JSON.stringify(Condition));
    expect([...new Set(keys)].sort()).toEqual(
      ['event#*', 'events'].map((key) =>
        JSON.stringify({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [key] } }),
      ),
    );
  });
});
