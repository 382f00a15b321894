import { credentialsOf } from '../origin';
import { authorizerHandler } from './handler';

export const handler = authorizerHandler(credentialsOf(process.env));
