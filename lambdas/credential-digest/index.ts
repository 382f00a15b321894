import {
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { nodeDigester } from '../../stores/node-digester';
import { answerCloudFormation } from '../custom-resource';
import { digestsOf, type SecretVersions } from './handler';

const client = new SecretsManagerClient({});

/** @returns undefined where the secret has no such version. */
async function valueOf(version: Omit<GetSecretValueCommandInput, 'SecretId'>, SecretId: string) {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId, ...version }))).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException && version.VersionStage !== 'AWSCURRENT') return undefined;
    throw error;
  }
}

const secrets: SecretVersions = {
  read: (secretId, VersionStage) => valueOf({ VersionStage }, secretId),
  has: async (secretId, VersionId) => (await valueOf({ VersionId }, secretId)) !== undefined,
  async replace(SecretId, SecretString, ClientRequestToken) {
    await client.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken }));
  },
};

export const handler = (event: CloudFormationCustomResourceEvent): Promise<void> =>
  answerCloudFormation(event, () => digestsOf(event, secrets, nodeDigester));
