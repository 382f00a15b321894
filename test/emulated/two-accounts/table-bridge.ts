import { text } from 'node:stream/consumers';
import { BreakableServer } from '../../support/breakable-server';
import { awsCall } from '../aws-calls';
import type { Admission } from './admissions';

export interface TableBridge {
  /** For `AWS_ENDPOINT_URL_DYNAMODB` of the role's function. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

interface TableRequest {
  readonly TableName: string;
  readonly Key?: { readonly pk: { readonly S: string } };
  readonly ExpressionAttributeValues?: { readonly ':pk'?: { readonly S: string } };
}

/**
 * What the emulator does not have: tables that another account reads. Lets through what a statement of `admissions` lets
 * `roleArn` do, as the table's own account, and refuses the rest as DynamoDB does.
 */
export async function openTableBridge(
  roleArn: string,
  admissions: () => readonly Admission[],
): Promise<TableBridge> {
  const server = new BreakableServer((incoming, outgoing) => {
    void (async () => {
      const target = (incoming.headers['x-amz-target'] ?? '') as string;
      const body = await text(incoming);
      const request = JSON.parse(body) as TableRequest;
      const action = `dynamodb:${target.split('.').at(-1) ?? ''}`;
      const isAdmitted = admissions().some((each) => admits(each, roleArn, action, request));
      const answer = isAdmitted ? await asOwner(target, request, body) : refusal(roleArn, action, request);
      outgoing.writeHead(answer.status, { 'content-type': JSON_TYPE }).end(answer.text);
    })();
  });
  await server.up();
  return { url: server.url.origin, close: () => server.down() };
}

const JSON_TYPE = 'application/x-amz-json-1.0';

function admits(
  { Action, Resource, Condition }: Admission,
  roleArn: string,
  action: string,
  { TableName, Key, ExpressionAttributeValues }: TableRequest,
): boolean {
  const leadingKey = Key?.pk.S ?? ExpressionAttributeValues?.[':pk']?.S ?? '';
  const keys = Condition['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
  return (
    [Action].flat().includes(action) &&
    [Resource].flat().includes(TableName) &&
    Condition.ArnEquals['aws:PrincipalArn'].includes(roleArn) &&
    (keys === undefined || keys.some((pattern) => leadingKey.startsWith(pattern.replace(/\*$/, ''))))
  );
}

function asOwner(target: string, { TableName }: TableRequest, body: string) {
  const region = TableName.split(':')[3] ?? '';
  const headers = { 'x-amz-target': target, 'content-type': JSON_TYPE };
  return awsCall({ service: 'dynamodb', region, method: 'POST', path: '/', headers, body });
}

function refusal(roleArn: string, action: string, { TableName }: TableRequest) {
  const message = `${roleArn} is not authorized to perform: ${action} on resource: ${TableName}`;
  return {
    status: 400,
    text: JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#AccessDeniedException', message }),
  };
}
