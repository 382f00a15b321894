import { awsCall, iamCall } from '../aws-calls';

export interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** What a deployed function may do: its role's one inline policy. */
export interface RolePolicy {
  readonly functionName: string;
  readonly roleName: string;
  readonly policyName: string;
  readonly statements: readonly Statement[];
}

/** One action on one resource, in whichever statements of the role. */
export interface Grant {
  readonly action: string;
  readonly resource: string;
}

/** Names of all functions of a region. */
export async function functionNames(region: string): Promise<readonly string[]> {
  return (await functionsOf(region)).map(({ FunctionName }) => FunctionName);
}

/** @throws Error unless exactly one function has `part` in its name. */
export async function policyOf(region: string, part: string): Promise<RolePolicy> {
  const [found, ...others] = (await functionsOf(region)).filter(({ FunctionName }) =>
    FunctionName.includes(part),
  );
  if (found === undefined || others.length > 0)
    throw new Error(`function ${part}: wanted one, got ${others.length + Number(found !== undefined)}`);
  const roleName = found.Role.split('/').at(-1) ?? '';
  const listed = await iamCall('ListRolePolicies', { RoleName: roleName });
  const [policyName = ''] = [...listed.matchAll(/<member>([^<]+)<\/member>/g)].map(([, name]) => name);
  const answer = await iamCall('GetRolePolicy', { RoleName: roleName, PolicyName: policyName });
  const encoded = /<PolicyDocument>([^<]+)</.exec(answer)?.[1] ?? '';
  const { Statement: statements } = JSON.parse(decodeURIComponent(encoded)) as {
    Statement: readonly Statement[];
  };
  return { functionName: found.FunctionName, roleName, policyName, statements };
}

export async function putPolicy(policy: RolePolicy, statements: readonly Statement[]): Promise<void> {
  await iamCall('PutRolePolicy', {
    RoleName: policy.roleName,
    PolicyName: policy.policyName,
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
  });
}

export function grantsOf(statements: readonly Statement[]): readonly Grant[] {
  const all = statements.flatMap(({ Action, Resource }) =>
    listOf(Action).flatMap((action) => listOf(Resource).map((resource) => ({ action, resource }))),
  );
  return [...new Map(all.map((grant) => [nameOf(grant), grant])).values()];
}

/** The statements without some grants; whatever else they allow stays. */
export function without(statements: readonly Statement[], grants: readonly Grant[]): readonly Statement[] {
  const taken = new Set(grants.map(nameOf));
  return statements.flatMap((statement) =>
    listOf(statement.Action).flatMap((action) => {
      const left = listOf(statement.Resource).filter((resource) => !taken.has(nameOf({ action, resource })));
      return left.length === 0 ? [] : [{ ...statement, Action: action, Resource: left }];
    }),
  );
}

export function nameOf({ action, resource }: Grant): string {
  return `${action} on ${resource}`;
}

export interface DeployedFunction {
  readonly FunctionName: string;
  readonly Role: string;
  /** MB. */
  readonly MemorySize: number;
}

export async function functionsOf(region: string): Promise<readonly DeployedFunction[]> {
  const path = '/2015-03-31/functions';
  const { status, text } = await awsCall({ service: 'lambda', region, method: 'GET', path });
  if (status !== 200) throw new Error(`functions of ${region}: wanted status 200, got ${status} ${text}`);
  return (JSON.parse(text) as { Functions: readonly DeployedFunction[] }).Functions;
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
