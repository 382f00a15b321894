import { Match, type Template } from 'aws-cdk-lib/assertions';
import {
  actionsOf,
  LITERAL_ARNS,
  type Statement,
  statementsOf,
  templatesOf,
  TWO_ACCOUNTS,
} from './templates';

interface Grant extends Statement {
  readonly Principal?: { readonly AWS?: unknown };
  readonly Condition: Readonly<Record<string, unknown>>;
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const READS = [
  'dynamodb:GetItem',
  'dynamodb:Query',
  's3:GetObject',
  's3:ListBucket',
  's3express:CreateSession',
];
const deployment = { ...TWO_ACCOUNTS, hotZones: { 'eu-west-1': 'euw1-az1' } };
const templates = templatesOf(deployment, false, LITERAL_ARNS);
const { home, away } = templates;
const [serveHome, serveAway] = [templates.serveHome!, templates.serveAway!];

const HOME_ROLE = 'arn:aws:iam::222222222222:role/sports-serve-eu-west-1';
const AWAY_ROLE = 'arn:aws:iam::222222222222:role/sports-serve-eu-central-1';
const cells = [
  ['home', home, 'eu-west-1', HOME_ROLE],
  ['away', away, 'eu-central-1', AWAY_ROLE],
] as const;
const serves = [
  ['home', serveHome, 'eu-west-1'],
  ['away', serveAway, 'eu-central-1'],
] as const;

function resourcesOf(template: Template): Resource[] {
  return Object.values(template.toJSON()['Resources'] as Record<string, Resource>);
}

/** Of everything in a template that has a policy of its own, what the policy says to others than its own account. */
function grantsIn(template: Template): Grant[] {
  const documents = resourcesOf(template).map(({ Type, Properties }) => {
    if (Type === 'Custom::TablePolicy') return JSON.parse(Properties['Policy'] as string) as unknown;
    if (Type === 'AWS::DynamoDB::Table')
      return (Properties['ResourcePolicy'] as { PolicyDocument: unknown } | undefined)?.PolicyDocument;
    return Properties['PolicyDocument'];
  });
  return documents
    .flatMap((document) => (document as { Statement?: Grant[] } | undefined)?.Statement ?? [])
    .filter(({ Principal }) => JSON.stringify(Principal ?? '').includes('222222222222'));
}

const grant = (Action: Statement['Action'], Resource: unknown, Condition: object) => ({
  ...{ Action, Resource, Condition, Effect: 'Allow' },
  Principal: { AWS: 'arn:aws:iam::222222222222:root' },
});
const toRoles = (...arns: string[]) => ({ ArnEquals: { 'aws:PrincipalArn': arns } });
const ONLY_EVENTS = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['event#*'] } };

describe.each(cells)('%s lets the serve account in', (_, template, region, ownRole) => {
  const bucket = `arn:aws:s3:::sports-111111111111-${region}`;
  const table = `arn:aws:dynamodb:${region}:111111111111:table`;
  const everyRole = toRoles(HOME_ROLE, AWAY_ROLE);

  it.each([
    ['to query candidates', grant('dynamodb:Query', `${table}/sports-candidates`, everyRole)],
    ['to get bytes', grant('s3:GetObject', [`${bucket}/segments/*`, `${bucket}/documents/*`], everyRole)],
    ['to tell a missing object from a forbidden one', grant('s3:ListBucket', bucket, everyRole)],
    [
      "to read events, never credentials, from the region's own replica",
      grant(['dynamodb:GetItem', 'dynamodb:Query'], `${table}/sports-events`, {
        ...ONLY_EVENTS,
        ...toRoles(ownRole),
      }),
    ],
  ])('%s', (__, wanted) => {
    expect(grantsIn(template)).toContainEqual(wanted);
  });

  it('for nothing else, and nobody in it besides these roles', () => {
    const grants = grantsIn(template);
    expect(grants).toHaveLength(region === 'eu-west-1' ? 5 : 4);
    for (const { Action, Condition } of grants) {
      expect([Action].flat().filter((action) => !READS.includes(action))).toEqual([]);
      expect(Condition['ArnEquals']).toBeDefined();
    }
  });
});

it('a hot tier is opened to its own region’s serve, to read', () => {
  const zone = 'arn:aws:s3express:eu-west-1:111111111111:bucket/sports-111111111111-hot--euw1-az1--x-s3';
  expect(grantsIn(home)).toContainEqual(
    grant('s3express:CreateSession', zone, {
      StringEquals: { 's3express:SessionMode': 'ReadOnly' },
      ...toRoles(HOME_ROLE),
    }),
  );
});

describe('what serve’s own role may do', () => {
  it.each(serves)('%s: it is the role that the other account names', (_, template, region) => {
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: `sports-serve-${region}` });
  });

  it('is to read, and to write its own log', () => {
    const log = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    const reads = READS.filter((action) => action !== 's3express:CreateSession');
    expect(actionsOf(serveAway, 'ServeFunction')).toEqual([...reads, ...log].sort());
    expect(actionsOf(serveHome, 'ServeFunction')).toEqual([...READS, ...log].sort());
  });

  it.each([
    ['home', serveHome, HOME_ROLE],
    ['away', serveAway, AWAY_ROLE],
  ])('%s: is said in both accounts alike: neither wants what the other does not let', (_, template, role) => {
    const admitted = [...grantsIn(home), ...grantsIn(away)].filter(({ Condition }) =>
      JSON.stringify(Condition).includes(role),
    );
    expect(pairsOf(admitted)).toEqual(pairsOf(statementsOf(template, 'ServeFunction')));
  });
});

/** Each action on each resource; a function's own log is in its own account. */
function pairsOf(statements: readonly Statement[]): string[] {
  return statements
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((each) => `${action} ${String(each)}`)),
    )
    .filter((pair) => !pair.startsWith('logs:'))
    .sort();
}

describe('the policy of a replica', () => {
  it('is put in every region after the table: CloudFormation takes none with a new replica', () => {
    expect(JSON.stringify(home.findResources('AWS::DynamoDB::GlobalTable'))).not.toContain('ResourcePolicy');
    home.hasResource('Custom::TablePolicy', { DependsOn: [Match.stringLikeRegexp('OriginEvents')] });
    away.resourceCountIs('Custom::TablePolicy', 1);
  });

  it('is what its function may change, and nothing besides', () => {
    const statements = statementsOf(away, 'ServeAdmissionEventsFunction');
    expect(statements.filter(({ Action }) => JSON.stringify(Action).includes('dynamodb'))).toEqual([
      {
        Action: ['dynamodb:PutResourcePolicy', 'dynamodb:DeleteResourcePolicy'],
        Effect: 'Allow',
        Resource: 'arn:aws:dynamodb:eu-central-1:111111111111:table/sports-events',
      },
    ]);
    expect(actionsOf(away, 'ServeAdmissionEventsFunction')).toHaveLength(4);
  });
});

it('in one account there is no policy of a table, and nobody who could put one', () => {
  const { home: alone, serveHome: none } = templatesOf();
  expect(none).toBeUndefined();
  expect(JSON.stringify(alone.toJSON())).not.toContain('ResourcePolicy');
});
