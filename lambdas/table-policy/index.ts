import { setTimeout as sleepMs } from 'node:timers/promises';
import {
  DeleteResourcePolicyCommand,
  DynamoDBClient,
  PutResourcePolicyCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { answerCloudFormation } from '../custom-resource';
import { applyTablePolicy, type TablePolicies } from './handler';

const client = new DynamoDBClient({});

const policies: TablePolicies = {
  async put(ResourceArn, Policy) {
    await client.send(new PutResourcePolicyCommand({ ResourceArn, Policy }));
  },
  async remove(ResourceArn) {
    try {
      await client.send(new DeleteResourcePolicyCommand({ ResourceArn }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  },
};

export const handler = (event: CloudFormationCustomResourceEvent): Promise<void> =>
  answerCloudFormation(event, () => applyTablePolicy(event, policies, sleepMs));
