import { Logger } from '@aws-lambda-powertools/logger';
import { credentialsOf } from '../origin';
import { authorizerHandler } from './handler';

export const handler = authorizerHandler(credentialsOf(process.env), {
  log: new Logger({ serviceName: 'authorizer' }),
});
