import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from 'aws-lambda';

/** CloudFormation waits an hour for an answer that never comes, so every way out of the handler sends one. */
export async function answerCloudFormation(
  event: CloudFormationCustomResourceEvent,
  run: () => Promise<Readonly<Record<string, string>>>,
  send: (url: string, body: string) => Promise<void> = putAnswer,
): Promise<void> {
  const base = {
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    // The same for good: changing it would make CloudFormation delete "the old one".
    PhysicalResourceId: 'PhysicalResourceId' in event ? event.PhysicalResourceId : event.LogicalResourceId,
  };
  let answer: CloudFormationCustomResourceResponse;
  try {
    answer = { ...base, Status: 'SUCCESS', Data: { ...(await run()) } };
  } catch (error) {
    answer = { ...base, Status: 'FAILED', Reason: error instanceof Error ? error.message : String(error) };
  }
  await send(event.ResponseURL, JSON.stringify(answer));
}

async function putAnswer(url: string, body: string): Promise<void> {
  const { status } = await fetch(url, { method: 'PUT', body });
  if (status !== 200) throw new Error(`CloudFormation's answer URL: wanted status 200, got ${status}`);
}
