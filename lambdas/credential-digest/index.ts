import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { nodeDigester } from '../../stores/node-digester';
import { answerCloudFormation } from '../custom-resource';
import { digestsOf, type SecretVersions } from './handler';

const client = new SecretsManagerClient({});

const secrets: SecretVersions = {
  async read(SecretId, VersionStage) {
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId, VersionStage }));
      return SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException && VersionStage === 'AWSPREVIOUS') return undefined;
      throw error;
    }
  },
  async replace(SecretId, SecretString, ClientRequestToken) {
    try {
      await client.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken }));
    } catch (error) {
      // There is a version of that token, with another value.
      if (!(error instanceof ResourceExistsException)) throw error;
    }
  },
};

export const handler = (event: CloudFormationCustomResourceEvent): Promise<void> =>
  answerCloudFormation(event, () => digestsOf(event, secrets, nodeDigester));
